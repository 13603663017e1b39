"""What is compared with what: the rows with goals, and what else people use."""

from collections import namedtuple

# A contestant is WORKER:NAME, see workers.py. The floor is what the kernel or the interpreter takes for the same calls, made
# by the shortest program. rounds: a part of the rounds that are asked for, where one takes long.
Row = namedtuple("Row", "title against ours theirs floor goal rounds", defaults=[1])

GOALS = [
    Row("C: mkstemp, close, unlink", "mkostemp, the same", "c:our_mkstemp", "c:libc_mkostemp", "c:raw_file", 1.08),
    Row("C: NamedTemporaryFile, new and free", "its system calls", "c:our_named", "c:raw_file", "c:raw_file", 1.18),
    Row(
        "C: TemporaryDirectory, new and free", "mkdtemp, rmdir", "c:our_directory", "c:libc_mkdtemp", "c:raw_directory", 1.30
    ),
    Row(
        "C: spooled, 64 writes of 64 bytes, read back",
        "O_TMPFILE with stdio",
        "c:our_spooled",
        "c:libc_spooled",
        "c:raw_spooled",
        0.50,
    ),
    Row("C: 8 threads: mkstemp, close, unlink", "its system calls", "c:our_threads", "c:raw_threads", "c:raw_threads", 1.10),
    Row(
        "C: mkstemp among 1,000,000 files",
        "in an empty directory",
        "c:our_crowded_mkstemp",
        "c:our_lonely_mkstemp",
        "c:raw_crowded_file",
        1.10,
    ),
    Row(
        "C: replace a file by 4 KB",
        "its system calls",
        "c:our_replace_small",
        "c:held_replace_small",
        "c:raw_replace_small",
        1.08,
    ),
    Row(
        "C: replace a file by 100 MB",
        "its system calls",
        "c:our_replace_large",
        "c:held_replace_large",
        "c:raw_replace_large",
        1.08,
        0.02,
    ),
    Row(
        "Python: mkstemp, close, unlink",
        "CPython's",
        "python:our_mkstemp",
        "python:cpython_mkstemp",
        "python:raw_mkstemp",
        0.90,
    ),
    Row(
        "Python: with NamedTemporaryFile(), one write",
        "CPython's",
        "python:our_named",
        "python:cpython_named",
        "python:raw_named",
        0.68,
    ),
    Row(
        "Python: with TemporaryDirectory()",
        "CPython's",
        "python:our_directory",
        "python:cpython_directory",
        "python:raw_directory",
        0.70,
    ),
    Row(
        "Python: with TemporaryFile(), one write",
        "CPython's",
        "python:our_unnamed",
        "python:cpython_unnamed",
        "python:raw_unnamed",
        0.94,
    ),
    Row(
        "Python: spooled, 1 KB written, read back",
        "CPython's",
        "python:our_spooled",
        "python:cpython_spooled",
        "python:raw_spooled",
        0.97,
    ),
    Row(
        "Python: spooled, 1,000 writes of 64 bytes",
        "CPython's",
        "python:our_spooled_often",
        "python:cpython_spooled_often",
        "python:raw_spooled_often",
        0.88,
    ),
    Row(
        "Python: import in a fresh interpreter",
        "import tempfile",
        "import:libtempfile",
        "import:tempfile",
        "import:empty_package",
        0.75,
        0.1,
    ),
    Row(
        "Python: cleanup() of 20,000 files in 40 directories",
        "CPython's",
        "python:our_clean_up",
        "python:cpython_clean_up",
        "python:raw_clean_up",
        0.55,
        0.02,
    ),
]

# Reading and writing. A line has 64 bytes; both sides have a buffer of 64 KB. Two numbers of processors are no ratio of
# theirs: eight threads are to do what one does in their share of the time, and 1.11 is nine tenths of its rate.
GOALS[6:6] = [
    Row("C: 2,000 lines written, buffered", "fwrite", "c:our_lines", "c:stdio_lines", "c:raw_lines", 1.00),
    Row(
        "C: 2,000 lines written through",
        "write(2)",
        "c:our_lines_through",
        "c:raw_lines_through",
        "c:raw_lines_through",
        1.10,
    ),
    Row("C: 2,000 lines read", "fgets", "c:our_lines_read", "c:stdio_lines_read", "c:raw_lines_read", 1.00),
    Row(
        "C: 2,000 lines of text written and read",
        "in binary",
        "c:our_text_and_back",
        "c:our_lines_and_back",
        "c:raw_lines_and_back",
        2.00,
    ),
    Row(
        "C: spooled, 64 writes and back, in memory",
        "open_memstream, fmemopen",
        "c:our_spooled",
        "c:stdio_spool",
        "c:raw_spooled",
        1.00,
    ),
    Row("C: 1 MB written and read", "write(2), read(2)", "c:our_blocks", "c:raw_blocks", "c:raw_blocks", 1.02),
    Row(
        "C: 8 threads, each its own spools",
        "one thread's share",
        "c:our_spool_threads",
        "c:our_spool_share",
        "c:raw_spool_threads",
        1.11,
    ),
    Row("Go: 2,000 lines written, buffered", "bufio over os.File", "go:core_lines", "go:go_lines", "c:raw_lines", 1.00),
    Row(
        "Go: spooled, 64 writes and back, rolls over",
        "bytes.Buffer, os.CreateTemp",
        "go:core_rolled",
        "go:go_rolled",
        "c:raw_rolled",
        1.20,
    ),
]

# Where 1,000,000 files lie meanwhile: they are made before, and removed after.
CROWDED = GOALS[5]

Comparison = namedtuple("Comparison", "title ours peers rounds", defaults=[1])

PEERS = [
    Comparison(
        "a file with a name, made and removed",
        ("C: NamedTemporaryFile", "c:our_named"),
        [
            ("the system calls, in C", "c:raw_file"),
            ("C: mkostemp, close, unlink", "c:libc_mkostemp"),
            ("Go: this library's core", "go:core_named"),
            ("Go: os.CreateTemp, Close, Remove", "go:go_create_temp"),
            ("Rust: tempfile, NamedTempFile", "rust:rust_named"),
        ],
    ),
    Comparison(
        "a file without a name",
        ("C: TemporaryFile", "c:our_unnamed"),
        [
            ("the system calls, in C", "c:raw_unnamed"),
            ("Go: this library's core", "go:core_unnamed"),
            ("Rust: tempfile, tempfile()", "rust:rust_unnamed"),
        ],
    ),
    # The C library's has no choice of the directory, so that no other file system can be compared.
    Comparison(
        "a file without a name, in /tmp",
        ("C: TemporaryFile", "c:our_unnamed_in_tmp"),
        [("the system calls, in C", "c:raw_unnamed_in_tmp"), ("C: tmpfile, fclose", "c:libc_tmpfile")],
    ),
    Comparison(
        "an empty directory, made and removed",
        ("C: TemporaryDirectory", "c:our_directory"),
        [
            ("the system calls, in C", "c:raw_directory"),
            ("C: mkdtemp, rmdir", "c:libc_mkdtemp"),
            ("Go: this library's core", "go:core_directory"),
            ("Go: os.MkdirTemp, Remove", "go:go_mkdir_temp"),
            ("Rust: tempfile, TempDir", "rust:rust_directory"),
        ],
    ),
    Comparison(
        "spooled, 64 writes of 64 bytes, read back",
        ("C: SpooledTemporaryFile", "c:our_spooled"),
        [
            ("the floor: realloc and memcpy, in C", "c:raw_spooled"),
            ("C: O_TMPFILE with stdio", "c:libc_spooled"),
            ("C: open_memstream, then fmemopen", "c:stdio_spool"),
            ("Go: this library's core", "go:core_spool"),
            ("Go: bytes.Buffer", "go:go_spool"),
            ("Rust: tempfile, SpooledTempFile", "rust:rust_spooled"),
        ],
    ),
    # Calls that are a copy of 64 bytes, with what the system takes once in a thousand of them.
    Comparison(
        "a write into the buffer",
        ("C: tempfile_file_write", "c:call_write_held"),
        [("C: fwrite", "c:call_fwrite"), ("the same of text", "c:call_write_text")],
    ),
    Comparison(
        "2,000 lines written in Go, buffered",
        ("Go: this library's core", "go:core_lines"),
        [("Go: bufio over os.File", "go:go_lines"), ("Go: the same under a sync.Mutex", "go:go_lines_locked")],
    ),
    Comparison("a read of what is ahead", ("C: tempfile_file_read", "c:call_read"), [("C: fread", "c:call_fread")]),
    Comparison(
        "a line of what is ahead",
        ("C: tempfile_file_readline", "c:call_readline"),
        [("C: fgets", "c:call_fgets"), ("the same of text", "c:call_readline_text")],
    ),
    Comparison(
        "a write into a spool",
        ("C: tempfile_file_write", "c:call_write_spool"),
        [("a read of it", "c:call_read_spool"), ("a seek in it", "c:call_seek_spool"), ("tell", "c:call_tell_spool")],
    ),
    Comparison(
        "removal of 20,000 files in 40 directories",
        ("C: tempfile_rmtree", "c:our_rmtree"),
        [
            ("the system calls, in C", "c:raw_rmtree"),
            ("rm -rf", "c:rm_rf"),
            ("Go: this library's core", "go:core_remove_all"),
            ("Go: os.RemoveAll", "go:go_os_remove_all"),
            ("Rust: remove_dir_all", "rust:rust_remove_dir_all"),
            ("Rust: std::fs::remove_dir_all", "rust:rust_std_remove_dir_all"),
            ("Python: shutil.rmtree", "python:shutil_rmtree"),
        ],
        0.015,
    ),
    Comparison(
        "a file replaced by 4 KB: atomic",
        ("C: tempfile_replace", "c:our_replace_small"),
        [
            ("its system calls, in C", "c:held_replace_small"),
            ("open, write, rename, in C", "c:raw_replace_small"),
            ("Go: this library's core", "go:core_replace_small"),
            ("Python: atomic_write", "python:our_replace_small"),
            ("Rust: tempfile, persist", "rust:rust_persist_small"),
        ],
    ),
    Comparison(
        "a file replaced by 100 MB: atomic",
        ("C: tempfile_replace", "c:our_replace_large"),
        [
            ("its system calls, in C", "c:held_replace_large"),
            ("open, write, rename, in C", "c:raw_replace_large"),
            ("Go: this library's core", "go:core_replace_large"),
            ("Python: atomic_write", "python:our_replace_large"),
            ("Rust: tempfile, persist", "rust:rust_persist_large"),
        ],
        0.02,
    ),
    # publish.md says who promises what. renameio and write-file-atomic sync the content alone.
    Comparison(
        "a file replaced by 4 KB: synced",
        ("C: tempfile_replace, TEMPFILE_SYNC", "c:our_replace_small_synced"),
        [
            ("the system calls, in C", "c:raw_replace_small_synced"),
            ("Go: this library's core, Sync", "go:core_replace_small_synced"),
            ("Python: atomic_write, sync=True", "python:our_replace_small_synced"),
            ("Go: renameio, the content alone", "go-peers:renameio_small"),
            ("Rust: atomic-write-file", "rust:rust_atomic_small"),
            ("Python: atomicwrites", "python-peers:atomicwrites_small"),
            ("Node: write-file-atomic, the content alone", "node-peers:node_small"),
        ],
    ),
    Comparison(
        "a file replaced by 100 MB: synced",
        ("C: tempfile_replace, TEMPFILE_SYNC", "c:our_replace_large_synced"),
        [
            ("the system calls, in C", "c:raw_replace_large_synced"),
            ("Go: this library's core, Sync", "go:core_replace_large_synced"),
            ("Python: atomic_write, sync=True", "python:our_replace_large_synced"),
            ("Go: renameio, the content alone", "go-peers:renameio_large"),
            ("Rust: atomic-write-file", "rust:rust_atomic_large"),
            ("Python: atomicwrites", "python-peers:atomicwrites_large"),
            ("Node: write-file-atomic, the content alone", "node-peers:node_large"),
        ],
        0.02,
    ),
    # A process with threads pays more for a system call. What somebody pays who loads the library and calls another.
    Comparison(
        "mkostemp in C, with the library loaded",
        ("with the library", "c:libc_mkostemp"),
        [("without", "c-alone:libc_mkostemp")],
    ),
    Comparison(
        "CPython's mkstemp, with the library loaded",
        ("with the library", "python:cpython_mkstemp"),
        [("without", "python-alone:cpython_mkstemp")],
    ),
]
