/* The public types and macros, written by hand. make header copies everything after the first blank line into
 * include/tempfile.h. The file lies in the package's folder, because Go's build cache sees no change of a file elsewhere. */

/* SPDX-License-Identifier: MIT */

/**
 * libtempfile: temporary files and directories that are safe by construction. Python's tempfile module, for C.
 *
 *     tempfile_file *file;
 *     if (tempfile_named_temporary_file(NULL, &file) != 0)
 *         fprintf(stderr, "%s\n", tempfile_last_error()->message);
 *
 * Ownership. The caller owns each object that a function makes, and frees it with the function that the description
 * names. A const char * that a function returns belongs to its object, and is valid until the object is freed. The
 * caller also owns a descriptor from tempfile_mkstemp, tempfile_unnamed or tempfile_file_detach, and closes it; a
 * descriptor from tempfile_file_fileno still belongs to the file. Every descriptor is closed on exec.
 *
 * Errors. A function returns 0, a count or a descriptor on success, and a negative errno on failure. On failure its
 * outputs are unchanged, nothing was created, and tempfile_last_error() has the path and the reason. These errors have
 * one meaning everywhere:
 *   - -EBADF: the handle is NULL, was freed, is of another type, or never was a handle. To pass such a handle is safe.
 *   - -EINVAL: an argument is wrong.
 *   - -ERANGE: a buffer is too small.
 *   - -ENAMETOOLONG: a string is longer than any path.
 *   - -EFAULT: a pointer leads to memory that does not exist.
 *   - -ENOMEM, -EAGAIN: see "The start".
 *   - -EOWNERDEAD: see "Forks".
 *   - -ENOTRECOVERABLE: the library has a bug, which was contained.
 *
 * The message of an error is one line of text for people. It shows control characters and invalid UTF-8 as escapes such
 * as \n or \x1b; the path has the bytes themselves.
 *
 * The start. Loading the library starts nothing. The first call that needs Go starts a Go runtime, in about 2 ms. The
 * library checks the needs of the runtime before: 1 GB of address space (ulimit -v), 6 threads and one for each
 * processor up to 16 (ulimit -u), and a signal stack. If one of them is missing or refused, the call fails with -ENOMEM
 * or -EAGAIN and the reason, and a later call tries again. After the start the runtime may need another thread at any
 * time; if it gets no thread for ten seconds, it ends the process.
 *
 * Forks. A forked child may use the library and all objects of its parent: they have the same data, descriptors and
 * names. Closing, freeing and a normal exit delete an object only in its owner, the process that made it. An explicit
 * cleanup works in any process, and tempfile_file_adopt makes the child the owner. The first call of the child that
 * needs Go starts Go again, with the same needs. If they are missing, the call fails with -EOWNERDEAD and the reason;
 * most reads and writes, and freeing, still work. A file that another thread was opening or rolling over during the fork
 * may be closed in the child (-EBADF). Writes that a file holds back (TEMPFILE_BUFFERED_WRITES) stay with the process
 * that made them: the child drops its copy, and its position is the descriptor's, which the two share.
 *
 * Other ways to fork. A child made by _Fork or a raw clone may use the library too, if no other thread was in the C
 * library at that moment. A child of vfork counts as its parent: it cannot start the runtime (-EAGAIN), and should only
 * exec or _exit.
 *
 * Threads. Any function may be called from any thread at any time. Objects lock themselves, and error details are per
 * thread.
 *
 * Signals. The host's handlers, masks and limits stay as they are, at the start of the runtime too. The exceptions are
 * SIGSEGV, SIGBUS and SIGFPE: from the first call that needs Go on the library has handlers for them, which pass on each
 * fault that is not the library's own. The host's handlers may interrupt the library. They may then have frames of up to
 * 200 KB, with or without SA_ONSTACK. They may not call the library, and may not leave it by longjmp. A child that a
 * handler makes by _Fork may only exec or _exit. On arm64 a signal waits until the call has left Go.
 *
 * The environment. Each call reads the variables that it needs, so a program with one thread may set TMPDIR and others
 * at any time. With several threads, setenv, unsetenv and putenv are safe beside a call of the library where they are
 * safe beside getenv: with glibc 2.41 and later. With older versions of glibc, and with musl, they are never safe beside
 * a reader: set the variables before you start threads, or call tempfile_settempdir, which is always safe.
 *
 * Rights and sandboxes. A call works on files in the calling thread, or in helper threads that inherit its user,
 * capabilities and sandbox. The runtime's own threads do not work on files. But they keep the rights that they started
 * with, and an attacker who takes over the process could use those: a thread that calls capset,
 * prctl(PR_SET_NO_NEW_PRIVS), Landlock, or seccomp without SECCOMP_FILTER_FLAG_TSYNC changes itself alone. So enter the
 * sandbox first and make the first call of the library after that; then all threads inherit the sandbox. setuid and its
 * relatives reach all threads. unshare(CLONE_NEWUSER), and setns into a user namespace, fail with EINVAL in a process
 * with threads, hence after the first call.
 *
 * Exit. A normal exit removes all objects that the process made and did not free: first files, then directories,
 * innermost first. This happens in exit(3), in the order of atexit handlers as of the first use of the library, and once
 * more in the library's destructor for objects that later handlers made. Other threads may still be busy: a thread that
 * makes another object during the exit waits, for a second at most, and an object that a thread is working on loses its
 * name. A signal handler may call exit(3) even if it interrupted the library; directories are then removed within the
 * bounds of tempfile_cleanup_at_signal, and an object that was just being created stays. If the handler interrupted the
 * library in Go, a call from an exit handler of the host's is -EDEADLK, and a free leaves the object to the library's own
 * exit handler. _exit, exec and signals remove nothing, but see tempfile_cleanup and tempfile_cleanup_on_signals.
 *
 * Unloading and daemons. The library stays loaded: dlclose does nothing. It keeps no descriptors open except those of
 * files and removals, so a daemon may close all others. If the main thread ends by pthread_exit, another thread must
 * call exit: the library's own threads never end and take no signal, so the process would stay.
 *
 * Limits. Under RLIMIT_FSIZE (ulimit -f) the library itself writes no more than the limit allows. A write of the
 * caller's beyond it raises SIGXFSZ, which ends the process, or fails with -EFBIG if the signal is ignored, as with
 * write(2).
 *
 * Platforms. Linux with glibc or musl, on x86-64 and arm64. With musl a process can use one copy of the library: a copy
 * that is loaded later refuses to start Go, with -EBUSY. Paths and names are bytes without a NUL, in no particular
 * encoding.
 */

#include <stddef.h>
#include <stdint.h>

/** The version that this header describes. tempfile_version() returns the version of the library that was loaded. */
#define TEMPFILE_VERSION_MAJOR 0
#define TEMPFILE_VERSION_MINOR 1
#define TEMPFILE_VERSION_PATCH 0
#define TEMPFILE_VERSION "0.1.0"

/** The size in bytes of a buffer that holds every path the system can open. */
#define TEMPFILE_PATH_SIZE 4096

/** A descriptor of the system, as open(2) returns it. */
typedef int tempfile_fd;

/** A NamedTemporaryFile, TemporaryFile or SpooledTemporaryFile. A handle, not an address: never dereference it. */
typedef struct tempfile_file tempfile_file;

/** A TemporaryDirectory. A handle, not an address: never dereference it. */
typedef struct tempfile_directory tempfile_directory;

/** A removal in steps. A handle, not an address: never dereference it. */
typedef struct tempfile_removal tempfile_removal;

/** A recovery in steps. A handle, not an address: never dereference it. */
typedef struct tempfile_recovery tempfile_recovery;

/** Flags of tempfile_options, and of arguments whose description names them. An unknown flag is -EINVAL. */
#define TEMPFILE_NO_DELETE UINT32_C(0x01)             /**< Python's delete=False: keep the name or the directory */
#define TEMPFILE_NO_DELETE_ON_CLOSE UINT32_C(0x02)    /**< delete_on_close=False: delete when freed, not when closed */
#define TEMPFILE_IGNORE_CLEANUP_ERRORS UINT32_C(0x04) /**< ignore_cleanup_errors=True */
#define TEMPFILE_TEXT UINT32_C(0x08)                  /**< text=True of mkstemp; no effect on Linux */
#define TEMPFILE_NO_O_TMPFILE UINT32_C(0x10)          /**< files without a name: create and unlink, never O_TMPFILE */
#define TEMPFILE_ONLY_O_TMPFILE UINT32_C(0x20)        /**< files without a name: O_TMPFILE or an error, never a name */
#define TEMPFILE_BUFFERED_WRITES UINT32_C(0x40)       /**< hold back what is written, see tempfile_file_write */
#define TEMPFILE_APPEND UINT32_C(0x80)                /**< every write goes to the end of the file (O_APPEND) */
#define TEMPFILE_ON_DISK 0x100u                       /**< take no candidate for the default directory on tmpfs or ramfs */
#define TEMPFILE_IN_MEMORY 0x200u   /**< take only a candidate for the default directory on tmpfs or ramfs */
#define TEMPFILE_LOCK 0x400u        /**< a directory: hold it by a shared flock(2) for its life */
#define TEMPFILE_RECOVERABLE 0x800u /**< do not make what the journal cannot have, see tempfile_recovery_enable */

/** Flags of tempfile_publish_options, and of the functions that publish. No other function takes them. */
#define TEMPFILE_NO_REPLACE 0x10000u      /**< -EEXIST if something has the name */
#define TEMPFILE_SYNC 0x20000u            /**< content and name are durable when the call returns */
#define TEMPFILE_ACROSS 0x40000u          /**< copy a file that is on another file system; without it -EXDEV */
#define TEMPFILE_LIKE_TARGET 0x80000u     /**< mode, owner, attributes and access control list of what is replaced */
#define TEMPFILE_FOLLOW 0x100000u         /**< follow a symbolic link at the target; without it the link is replaced */
#define TEMPFILE_BACKUP 0x200000u         /**< what is replaced stays, under a second name */
#define TEMPFILE_WHERE_POSSIBLE 0x400000u /**< with TEMPFILE_LIKE_TARGET: what cannot be kept is no error */
#define TEMPFILE_EXCHANGE 0x800000u       /**< tempfile_directory_persist: exchange two directories */

/** A flag of tempfile_cleanup_at_signal: clean up even if the host has a handler, and call that handler afterwards. */
#define TEMPFILE_SIGNAL_ALWAYS 0x01u

/** A flag of tempfile_file_sync: the contents alone, as fdatasync(2). */
#define TEMPFILE_DATA_ONLY 0x01u

/** A flag of tempfile_recovery_start: nothing is removed, and the steps say what would be. */
#define TEMPFILE_DRY_RUN 0x1000000u

/** A value of tempfile_options.buffering: each read is a system call, and nothing is read ahead. */
#define TEMPFILE_UNBUFFERED INT64_C(-2)

/**
 * Text. A mode without 'b' makes a text file. The caller reads and writes UTF-8, and the file has the encoding of the
 * options, as with Python's io.TextIOWrapper. Sizes are bytes of UTF-8 on the caller's side, and a read never ends
 * within a character.
 *
 * encoding is one of the names below or one of Python's aliases for it. Case does not matter, and '-', '_' and spaces
 * are the same. Any other name is -EINVAL before anything is created. The tables are Python's to the last character:
 *   utf_8 utf_8_sig utf_16 utf_32 (the last three begin with a byte order mark, in the machine's byte order)
 *   utf_16_le utf_16_be utf_32_le utf_32_be ascii latin_1 iso8859_2 to iso8859_16 (12 does not exist)
 *   tis_620 koi8_r koi8_u mac_roman mac_cyrillic
 *   cp1250 to cp1258 cp874 cp437 cp850 cp852 cp855 cp858 cp860 cp862 cp863 cp865 cp866 cp037 cp1140
 *   shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 gb2312 gbk gb18030 big5 cp950
 *
 * errors decides how a write treats characters that the encoding does not have, and how a read treats bytes that it does
 * not have:
 *   "strict"             -EILSEQ; the message has the offset in the data or in the file, and the write has written nothing
 *   "ignore"             leave them out
 *   "replace"            write '?'; read U+FFFD
 *   "backslashreplace"   write \xe9, \u20ac or \U0001f600; read \xe9 for each byte
 *   "xmlcharrefreplace"  write &#8364; and read strictly
 * Any other value is -EINVAL; surrogateescape has no form in UTF-8. Data that is not UTF-8 is always -EILSEQ, so do not
 * split a character between two writes.
 *
 * newline decides how a line ends:
 *   NULL    reading: any of "\n", "\r" and "\r\n", each read as "\n"; writing: "\n" as it is
 *   ""      any of the three, read and written as it is
 *   "\n"    "\n" alone, read and written as it is
 *   "\r"    "\r" alone, read as it is; "\n" is written as "\r"
 *   "\r\n"  "\r\n" alone, read as it is; "\n" is written as "\r\n"
 *
 * A read goes ahead of the text by up to 8,192 bytes, or by the size of a large read. As in Python, a write that follows
 * a read without a seek, and a truncation at the position, take place behind the read-ahead. To go back to the
 * text's own position first, call tempfile_file_seek(file, 0, SEEK_CUR). buffering is only the size of what
 * TEMPFILE_BUFFERED_WRITES holds back; TEMPFILE_UNBUFFERED is -EINVAL.
 */

/**
 * The keyword arguments of Python's functions. Start from TEMPFILE_OPTIONS_INIT, which has Python's defaults, and set
 * the fields that differ. NULL in place of the options means all defaults. A function ignores fields that it does not
 * use, so one struct can serve several calls. The strings are read during the call only, and must not change during it.
 *
 * Fields are only ever added at the end. A program compiled with an older header works with a newer library. A program
 * compiled with a newer header works with an older library as long as the fields that the library does not know are 0
 * (-E2BIG otherwise).
 */
typedef struct tempfile_options {
    size_t struct_size;   /**< sizeof(tempfile_options), set by TEMPFILE_OPTIONS_INIT; 0 is -EINVAL */
    const char *suffix;   /**< the end of the name; NULL: "". No '/' */
    const char *prefix;   /**< the beginning of the name; NULL: tempfile_gettempprefix(). No '/' */
    const char *dir;      /**< the directory to create in; NULL: tempfile_gettempdir(), "": the current directory */
    const char *mode;     /**< one of r w a x, with + and b or t, in any order; NULL: "w+b". See tempfile_file_read */
    const char *encoding; /**< text modes: the encoding of the file; NULL: UTF-8. See "Text" in tempfile.h */
    const char *errors;   /**< text modes: how to treat characters without code; NULL: "strict". See "Text" in tempfile.h */
    const char *newline;  /**< text modes: NULL, "", "\n", "\r" or "\r\n", as in Python. See "Text" in tempfile.h */
    const char *name;     /**< a fixed middle part instead of a random one: one attempt, -EEXIST if it is taken. No '/' */
    int64_t buffering;    /**< bytes of buffer; 0, -1 or 1: the default, 8192; TEMPFILE_UNBUFFERED: no read-ahead */
    int64_t max_size;     /**< SpooledTemporaryFile: the bytes past which it rolls over; 0: no such limit */
    uint32_t flags;       /**< TEMPFILE_NO_DELETE and others */
    uint32_t permissions; /**< at most 0777; 0: 0600 for files, 0700 for directories. The umask applies, as in Python */
    const char *beside;   /**< create in the directory of this path, hence on its file system; NULL: in dir */
    int64_t min_free;     /**< bytes that a candidate for the default directory must have free; 0: any number */
} tempfile_options;

/** Python's defaults: tempfile_options options = TEMPFILE_OPTIONS_INIT; */
#ifdef __cplusplus
static inline tempfile_options tempfile_options_init(void)
{
    tempfile_options options = tempfile_options();
    options.struct_size = sizeof options;
    return options;
}
#define TEMPFILE_OPTIONS_INIT tempfile_options_init()
#else
#define TEMPFILE_OPTIONS_INIT {.struct_size = sizeof(tempfile_options)}
#endif

/**
 * How a file gets its lasting name. Start from TEMPFILE_PUBLISH_OPTIONS_INIT, and set the fields that differ. NULL in
 * place of the options means all defaults. It grows as tempfile_options does.
 */
typedef struct tempfile_publish_options {
    size_t struct_size;   /**< sizeof(tempfile_publish_options), set by the initializer; 0 is -EINVAL */
    uint32_t flags;       /**< TEMPFILE_NO_REPLACE and others */
    uint32_t permissions; /**< exactly these, at most 0777; 0: those that open(2) gives a new file in the directory */
    const char *within;   /**< a directory that the path may not leave; NULL: none. See tempfile_file_publish */
    const char *backup;   /**< with TEMPFILE_BACKUP: a name in the target's directory; NULL: the target's with "~" added */
} tempfile_publish_options;

/** All defaults: tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT; */
#ifdef __cplusplus
static inline tempfile_publish_options tempfile_publish_options_init(void)
{
    tempfile_publish_options options = tempfile_publish_options();
    options.struct_size = sizeof options;
    return options;
}
#define TEMPFILE_PUBLISH_OPTIONS_INIT tempfile_publish_options_init()
#else
#define TEMPFILE_PUBLISH_OPTIONS_INIT {.struct_size = sizeof(tempfile_publish_options)}
#endif

/**
 * The detail of this thread's last failure, from tempfile_last_error(). Fields are only ever added at the end, and
 * struct_size tells which ones exist. No string is NULL; unused ones are "".
 */
typedef struct tempfile_error {
    size_t struct_size;    /**< the size in bytes of the struct that the library filled */
    int code;              /**< the negative errno that the call returned; 0: it succeeded */
    const char *operation; /**< the step that failed: "open", "mkdir", "write", ... */
    const char *path;      /**< the path that the step failed on, as bytes; "" without a path */
    const char *message;   /**< one line for people: the function, the step, the path and the reason */
    size_t needed;         /**< after -ERANGE: the size in bytes that the buffer must have */
} tempfile_error;

/** Kinds of tempfile_recovered. */
#define TEMPFILE_RECOVERED_FILE 1u
#define TEMPFILE_RECOVERED_DIRECTORY 2u
#define TEMPFILE_RECOVERED_JOURNAL 3u /**< a journal that could not be dealt with */

/** Actions of tempfile_recovered. */
#define TEMPFILE_RECOVERED 1u     /**< the object is removed, or after 2 of tempfile_recovery_step is being removed */
#define TEMPFILE_WOULD_RECOVER 2u /**< with TEMPFILE_DRY_RUN: it would be */
#define TEMPFILE_NOT_RECOVERED 3u /**< it was left alone; reason says why */

/**
 * What tempfile_recovery_step did with one object. The caller sets struct_size to sizeof(tempfile_recovered); a smaller
 * size is -EINVAL. Fields are only ever added at the end. Both strings are valid until the next step of the recovery, or
 * until it is freed.
 */
typedef struct tempfile_recovered {
    size_t struct_size; /**< set by the caller */
    int code;           /**< 0, or the negative errno for which the object was left */
    uint32_t kind;      /**< TEMPFILE_RECOVERED_FILE and others */
    uint32_t action;    /**< TEMPFILE_RECOVERED and others */
    uint32_t reserved;  /**< 0, for a later version */
    int64_t age;        /**< seconds since the object was made */
    int64_t size;       /**< of a file, in bytes */
    const char *path;   /**< the object's absolute path */
    const char *reason; /**< why it was left, for people; "" otherwise */
} tempfile_recovered;
