/* The public types and macros, written by hand; make header puts them into include/tempfile.h. They stand in the package's
 * folder so that the build cache sees a change of them. Everything after the first blank line is copied. */

/**
 * libtempfile: temporary files and directories that are safe by construction. Python's tempfile, for C.
 *
 *     tempfile_file *file;
 *     if (tempfile_named_temporary_file(NULL, &file) != 0)
 *         fprintf(stderr, "%s\n", tempfile_last_error()->message);
 *
 * What is whose. What a function makes through its last argument is the caller's, who frees it by the function of that name.
 * A const char * belongs to the object that gave it, until that is freed. A descriptor from tempfile_mkstemp or
 * tempfile_file_detach is the caller's to close, one from tempfile_file_fileno is not. All are closed on exec.
 *
 * Errors. A function returns 0 or a count if it succeeded and a negative errno if not; then its outputs are untouched,
 * nothing was created, and tempfile_last_error() has the path and the reason. -EBADF: a handle that is NULL, freed, of
 * another kind or no handle at all, which is safe to pass. -EINVAL: a bad argument. -ERANGE: a buffer that is too small.
 * -ENAMETOOLONG: a string longer than any path. -EFAULT: memory that is not there. -ENOTRECOVERABLE: a fault of the library's
 * own, which did not spread. -EOWNERDEAD: see "Forks". The message is one line for people: control characters and bytes that
 * are not UTF-8 stand in it as \n or \x1b, while the path has the bytes themselves.
 *
 * The start. Loading the library does nothing; the first call that needs it starts a Go runtime, some 2 ms. What that needs is
 * tried before: 1 GB of address space (ulimit -v), 6 threads and one for each processor up to 16 (ulimit -u), a signal stack.
 * Where it is missing or refused the call fails with -ENOMEM or -EAGAIN and the reason, and a later call tries again. After
 * the start the runtime may ask for another thread at any time; if it gets none for ten seconds, it ends the process.
 *
 * Forks. A forked child may use the library and all that its parent made: same data, same descriptors, same names. Only
 * the process that made an object deletes it when it is closed, freed or left behind at exit; an explicit clean-up, or
 * tempfile_file_adopt, is for the others. The child's first call that needs Go starts it anew, with the same needs; a child
 * that lacks them is refused with -EOWNERDEAD and the reason, but still reads what is in memory, and frees. What another
 * thread was opening or rolling over at the fork may be closed in the child (-EBADF). A child made by _Fork or a raw clone may
 * do so too if no other thread was in the C library at that moment. A child of vfork counts as its parent: it cannot start the
 * runtime (-EAGAIN), and had better only exec or _exit.
 *
 * Threads. Any function may be called from any thread at any time; objects lock themselves, error details are per thread.
 *
 * Signals. A host's handlers, masks and limits stay as they are, at the start of the runtime too, but for SIGSEGV, SIGBUS and
 * SIGFPE: their handlers are the library's from the first call that needs Go on, and pass on what is no fault within it. A
 * handler may interrupt the library, and have frames of up to 200 KB then, without SA_ONSTACK or on a stack of the host's; it
 * may not call the library, nor leave by longjmp while the library was interrupted, and a child that it makes then, by _Fork,
 * may only exec or _exit. On arm64 a signal waits until the call has left Go.
 *
 * The environment is read at each call that may need it, so set TMPDIR and the like whenever you want, in a process with one
 * thread. With several, setenv, unsetenv and putenv are safe beside a call of the library where they are safe beside getenv:
 * with glibc from 2.41 on. With an older glibc, and with musl, no reader is safe from them: set the variables before there are
 * threads that create things, or call tempfile_settempdir, which is always safe.
 *
 * Rights and sandboxes. A call does its work on files in the calling thread, or in helpers that inherit from it: with its user,
 * capabilities and sandbox. The runtime's own threads do no work on files. But what a thread changes for itself alone does not
 * reach them: after capset, prctl(PR_SET_NO_NEW_PRIVS), Landlock, or seccomp without SECCOMP_FILTER_FLAG_TSYNC they keep what
 * they had, and whoever takes the process over could use it. So put the process into its sandbox first and make the first call
 * after it: all threads then inherit it. Loading the library starts none. unshare(CLONE_NEWUSER), and setns into a user name
 * space, are EINVAL in a process with threads, hence after the first call. setuid and its kind reach all threads.
 *
 * The end. A normal exit removes what the process made and did not free: files first, then directories, innermost first. It
 * does so in exit(3), in the order of atexit handlers from the library's first use on, and once more in the library's destructor
 * for what later handlers made. Other threads may be busy: what they make then waits, for a second at most after each, and an
 * object that they work on loses its name. A handler may call exit(3) even if it interrupted the library; a directory then goes
 * within the bounds of tempfile_cleanup_at_signal, and what was just being created stays. Where the library was in Go, a call
 * from an exit handler of the host's is -EDEADLK then, and a free leaves the object to the library's own exit handler. _exit,
 * exec and a signal leave all of it, but see tempfile_cleanup and tempfile_cleanup_on_signals. The library stays loaded:
 * dlclose does nothing. It keeps no descriptor open but those of files and removals, so a daemon may close all others. A main
 * thread that ends by pthread_exit must leave another to call exit: the library's own threads never end, and take no signal,
 * so the process would stay.
 *
 * Limits. Under RLIMIT_FSIZE (ulimit -f) the library itself writes no more than is allowed. A write of the caller's that goes
 * beyond it raises SIGXFSZ, which ends the process, or is -EFBIG where that is ignored, as with write(2).
 *
 * Paths and names are bytes without a NUL, in no encoding. Linux with glibc or musl, on x86-64 and arm64. With musl one copy of
 * the library can be used in a process: one that is loaded later refuses to start Go, with -EBUSY.
 */

#include <stddef.h>
#include <stdint.h>

/** The version that this header describes; tempfile_version() is the one of the library that was loaded. */
#define TEMPFILE_VERSION_MAJOR 0
#define TEMPFILE_VERSION_MINOR 1
#define TEMPFILE_VERSION_PATCH 0
#define TEMPFILE_VERSION "0.1.0"

/** A buffer of so many bytes holds every path that the system can open. */
#define TEMPFILE_PATH_SIZE 4096

/** A descriptor of the system, as open(2) gives it. */
typedef int tempfile_fd;

/** A NamedTemporaryFile, TemporaryFile or SpooledTemporaryFile. It is a handle, not an address: never dereference it. */
typedef struct tempfile_file tempfile_file;

/** A TemporaryDirectory. It is a handle, not an address. */
typedef struct tempfile_directory tempfile_directory;

/** A removal that goes in steps. It is a handle, not an address. */
typedef struct tempfile_removal tempfile_removal;

/** Flags of tempfile_options and, where a function says so, of its argument. Unknown ones are -EINVAL. */
#define TEMPFILE_NO_DELETE UINT32_C(0x01)             /**< Python's delete=False: keep the name or the directory */
#define TEMPFILE_NO_DELETE_ON_CLOSE UINT32_C(0x02)    /**< delete_on_close=False: freeing deletes, not closing */
#define TEMPFILE_IGNORE_CLEANUP_ERRORS UINT32_C(0x04) /**< ignore_cleanup_errors=True */
#define TEMPFILE_TEXT UINT32_C(0x08)                  /**< text=True of mkstemp; the same as binary on Linux */
#define TEMPFILE_NO_O_TMPFILE UINT32_C(0x10)          /**< files without a name: create and unlink, never O_TMPFILE */
#define TEMPFILE_ONLY_O_TMPFILE UINT32_C(0x20)        /**< files without a name: O_TMPFILE or an error, never a name */

/** A flag of tempfile_cleanup_at_signal: also where the host has a handler, which is called afterwards. */
#define TEMPFILE_SIGNAL_ALWAYS 0x01u

/** As tempfile_options.buffering: every read is a read of the system. */
#define TEMPFILE_UNBUFFERED INT64_C(-2)

/**
 * Text. A mode without 'b' makes a text file: the caller reads and writes UTF-8, and the file has another encoding, as with
 * Python's io.TextIOWrapper. Sizes are bytes of UTF-8 on the caller's side, and no read ends within a character.
 *
 * encoding is one of the names below or one of Python's aliases for it; case does not matter, and '-', '_' and spaces are
 * the same. Any other is -EINVAL before anything is created. Tables are Python's to the last character:
 *   utf_8 utf_8_sig (begins with a byte order mark) utf_16 utf_32 (likewise, in the machine's byte order) utf_16_le
 *   utf_16_be utf_32_le utf_32_be ascii latin_1 iso8859_2 to iso8859_16 (12 does not exist) tis_620 koi8_r koi8_u mac_roman mac_cyrillic
 *   cp1250 to cp1258 cp874 cp437 cp850 cp852 cp855 cp858 cp860 cp862 cp863 cp865 cp866 cp037 cp1140
 *   shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 gb2312 gbk gb18030 big5 cp950
 *
 * errors says what becomes of characters that the encoding does not have, and of bytes that it does not have:
 *   "strict"             -EILSEQ; the message has the offset, in what was to be written or in the file, and a write that
 *                        fails so has written nothing
 *   "ignore"             nothing
 *   "replace"            '?' in the file; U+FFFD when reading
 *   "backslashreplace"   \xe9, \u20ac or \U0001f600; when reading, \xe9 for each byte
 *   "xmlcharrefreplace"  &#8364; in the file; reading is strict
 * Others are -EINVAL: what surrogateescape makes of a bad byte has no form in UTF-8. A write that is not UTF-8 itself is
 * always -EILSEQ, so a character must not be split between two writes.
 *
 * newline says what ends a line:
 *   NULL    reading: any of "\n", "\r" and "\r\n", which is read as "\n"; writing: "\n" is written as it is
 *   ""      any of the three, read and written as it is
 *   "\n"    "\n" alone, read and written as it is
 *   "\r"    "\r" alone, read as it is; "\n" is written as "\r"
 *   "\r\n"  "\r\n" alone, read as it is; "\n" is written as "\r\n"
 *
 * Reading goes ahead of the text by up to 8,192 bytes, or the size of a large read. As in Python, a write that follows a
 * read without a seek, and a truncation at the position, take place behind what was read ahead:
 * tempfile_file_seek(file, 0, SEEK_CUR) goes back to the text's own position first. buffering is of no use to text, but
 * TEMPFILE_UNBUFFERED is -EINVAL.
 */

/**
 * What Python's functions take by keyword. Start from TEMPFILE_OPTIONS_INIT, which is Python's defaults, and set what
 * differs; a NULL pointer in place of the options is all defaults too. A field that a function has no use for is ignored,
 * so that one struct can serve several calls. The strings are read during the call only, and may not change then.
 *
 * Fields are only ever added at the end: a program compiled with an older header works with a newer library, and the other
 * way round as long as it sets nothing that the library does not know (-E2BIG).
 */
typedef struct tempfile_options {
    size_t struct_size;   /**< sizeof(tempfile_options), set by TEMPFILE_OPTIONS_INIT; 0 is -EINVAL */
    const char *suffix;   /**< what the name ends with; NULL: nothing. No '/' */
    const char *prefix;   /**< what the name begins with; NULL: tempfile_gettempprefix(). No '/' */
    const char *dir;      /**< where; NULL: tempfile_gettempdir(), "": the current directory */
    const char *mode;     /**< one of r w a x, with + and b or t, in any order; NULL: "w+b". See tempfile_file_read */
    const char *encoding; /**< text modes: what the file has; NULL: UTF-8. See "Text" in tempfile.h */
    const char *errors;   /**< text modes: what becomes of what has no code; NULL: "strict". See "Text" in tempfile.h */
    const char *newline;  /**< text modes: NULL, "", "\n", "\r" or "\r\n", as Python's. See "Text" in tempfile.h */
    const char *name;     /**< the exact middle part in place of a random one: one attempt, -EEXIST if it is taken. No '/' */
    int64_t buffering;    /**< bytes of read-ahead; 0, -1 or 1: the default, 8192; TEMPFILE_UNBUFFERED: none */
    int64_t max_size;     /**< SpooledTemporaryFile: the position past which it rolls over; 0: never by size */
    uint32_t flags;       /**< TEMPFILE_NO_DELETE and so on */
    uint32_t permissions; /**< at most 0777; 0: 0600 for files, 0700 for directories. The umask applies, as in Python */
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
 * What went wrong in this thread's last call. tempfile_last_error() gives it. Fields are only ever added at the end, and
 * those within struct_size are there. No string is ever NULL; unused ones are "".
 */
typedef struct tempfile_error {
    size_t struct_size;    /**< of the struct that the library filled */
    int code;              /**< what the call returned, a negative errno; 0: it succeeded */
    const char *operation; /**< the step that failed: "open", "mkdir", "write", ... */
    const char *path;      /**< what it failed on, as bytes; "" where there is no path */
    const char *message;   /**< one line for people: the function, the step, the path and the reason */
    size_t needed;         /**< after -ERANGE: the size in bytes that the buffer needs */
} tempfile_error;
