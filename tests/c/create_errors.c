/* How a creation continues after an error of the system. The library's C code makes its system calls with syscall(2), which
 * this program replaces: it fails as a case says, and passes all other calls on. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { TRIES = 238328 }; /* TMP_MAX */

/* The call that fails, how often, and the error; then the calls that were made. */
static struct {
    long number;
    bool unnamed; /* openat with O_TMPFILE, or without */
    int times, error;
    int calls;
    char paths[4][TEMPFILE_PATH_SIZE]; /* the paths of the first calls */
} fault;
static int other_opens, closed;

static bool is_hit(long number, const long arguments[6])
{
    bool unnamed = (arguments[2] & O_TMPFILE) == O_TMPFILE;

    if (number == SYS_openat && fault.number == SYS_openat && (arguments[2] & (O_CREAT | O_TMPFILE)) != 0)
        return unnamed == fault.unnamed;
    return number == fault.number && number != SYS_openat;
}

long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long arguments[6];
    va_list list;

    va_start(list, number);
    for (int i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_close)
        closed = (int)arguments[0];
    if (!is_hit(number, arguments)) {
        other_opens += number == SYS_openat && (arguments[2] & (O_CREAT | O_TMPFILE)) != 0;
        return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    }
    if (fault.calls < 4 && number != SYS_getrandom)
        snprintf(fault.paths[fault.calls], TEMPFILE_PATH_SIZE, "%s", (const char *)arguments[1]);
    if (fault.calls++ < fault.times) {
        errno = fault.error;
        return -1;
    }
    return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

static void fail(long number, bool unnamed, int times, int error)
{
    memset(&fault, 0, sizeof fault);
    fault.number = number;
    fault.unnamed = unnamed;
    fault.times = times;
    fault.error = error;
    other_opens = 0;
    closed = -1;
}

static void expect_detail(int code, const char *function, const char *operation, const char *path, const char *reason)
{
    const tempfile_error *error = tempfile_last_error();
    char message[TEMPFILE_PATH_SIZE + 128];

    snprintf(message, sizeof message, "%s: %s: %s: %s", function, operation, path, reason);
    CHECK(error->code == code && strcmp(error->operation, operation) == 0 && strcmp(error->path, path) == 0);
    CHECK(strcmp(error->message, message) == 0);
}

static const char *base;

static int mkstemp_named(const char *name, char *path)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    int descriptor;

    options.name = name;
    descriptor = tempfile_mkstemp(&options, path, TEMPFILE_PATH_SIZE);
    if (descriptor >= 0)
        CHECK(close(descriptor) == 0 && unlink(path) == 0);
    return descriptor;
}

static int mkdtemp_named(const char *name, char *path)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    int result;

    options.name = name;
    result = tempfile_mkdtemp(&options, path, TEMPFILE_PATH_SIZE);
    if (result == 0)
        CHECK(rmdir(path) == 0);
    return result;
}

/* The library draws another name while names are taken. It tries a name of the caller's once. */
static void names(long number, int (*create)(const char *name, char *path), const char *function, const char *operation)
{
    char path[TEMPFILE_PATH_SIZE] = "untouched";

    for (int i = 0; i < 2; i++) { /* with a plan from Go, and again with the stored plan */
        fail(number, false, 3, EEXIST);
        CHECK(create(NULL, path) >= 0 && fault.calls == 4 && strcmp(path, fault.paths[3]) == 0);
        for (int k = 1; k < 4; k++)
            CHECK(strcmp(fault.paths[k], fault.paths[k - 1]) != 0 && strncmp(fault.paths[k], base, strlen(base)) == 0);
    }
    fail(number, false, 2, EINTR);
    CHECK(create(NULL, path) >= 0 && fault.calls == 3 && strcmp(fault.paths[0], path) == 0 &&
          strcmp(fault.paths[1], path) == 0);
    strcpy(path, "untouched");
    fail(number, false, TRIES + 1, EEXIST);
    CHECK(create(NULL, path) == -EEXIST && fault.calls == TRIES && strcmp(path, "untouched") == 0);
    CHECK(tempfile_last_error()->code == -EEXIST && strcmp(tempfile_last_error()->operation, operation) == 0);
    for (int i = 0; i < 2; i++) {
        fail(number, false, 1, EEXIST);
        CHECK(create("given", path) == -EEXIST && fault.calls == 1 && strcmp(path, "untouched") == 0);
        expect_detail(-EEXIST, function, operation, fault.paths[0], "file exists");
    }
    fail(number, false, 1, ENOSPC);
    CHECK(create(NULL, path) == -ENOSPC && fault.calls == 1 && strcmp(path, "untouched") == 0);
    expect_detail(-ENOSPC, function, operation, fault.paths[0], "no space left on device");
}

static int unnamed(uint32_t flags)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    int descriptor;
    struct stat status;

    options.flags = flags;
    descriptor = tempfile_unnamed(&options);
    if (descriptor >= 0)
        CHECK(fstat(descriptor, &status) == 0 && status.st_nlink == 0 && close(descriptor) == 0);
    return descriptor;
}

/* Without O_TMPFILE, a file has a name for a moment, unless the caller forbids it. Every other error is reported. */
static void fallback(void)
{
    static const int lacking[] = {EOPNOTSUPP, EISDIR, ENOENT, EINVAL, ENOSYS}, other[] = {ENOSPC, EMFILE, EACCES, EEXIST};
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++) {
        fail(SYS_openat, true, 1, lacking[i]);
        CHECK(unnamed(0) >= 0 && fault.calls == 1 && strcmp(fault.paths[0], base) == 0 && other_opens == 1);
        fail(SYS_openat, true, 1, lacking[i]);
        CHECK(tempfile_temporary_file(&options, &file) == 0 && other_opens == 1 && tempfile_file_name(file) == NULL);
        CHECK(tempfile_file_write(file, "text", 4) == 4);
        tempfile_file_free(file);
        fail(SYS_openat, true, 1, lacking[i]);
        CHECK(unnamed(TEMPFILE_ONLY_O_TMPFILE) == -lacking[i] && other_opens == 0);
        CHECK(entries_of(base) == 0);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        fail(SYS_openat, true, 1, other[i]);
        CHECK(unnamed(0) == -other[i] && other_opens == 0 && strcmp(tempfile_last_error()->path, base) == 0);
    }
    fail(SYS_openat, true, 1, EIO);
    CHECK(unnamed(TEMPFILE_NO_O_TMPFILE) >= 0 && fault.calls == 0 && other_opens == 1);
    fail(SYS_openat, true, 2, EINTR);
    CHECK(unnamed(0) >= 0 && fault.calls == 3 && other_opens == 0);

    fail(SYS_unlinkat, false, 1, EIO); /* the name cannot be unlinked again */
    CHECK(unnamed(TEMPFILE_NO_O_TMPFILE) == -EIO && closed >= 0 && fcntl(closed, F_GETFD) < 0);
    expect_detail(-EIO, "tempfile_unnamed", "unlink", fault.paths[0], "input/output error");
    CHECK(unlink(fault.paths[0]) == 0);
}

/* Names come from /dev/urandom if a sandbox denies getrandom. */
static void random_source(void)
{
    char paths[40][TEMPFILE_PATH_SIZE];

    fail(SYS_getrandom, false, 1000, EPERM);
    for (int i = 0; i < 40; i++) {
        CHECK(mkstemp_named(NULL, paths[i]) >= 0);
        for (int k = 0; k < i; k++)
            CHECK(strcmp(paths[i], paths[k]) != 0);
    }
    CHECK(fault.calls > 0);
}

/* When C is in doubt about a new directory, Go looks, and finds the same one. */
static void identity(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory;
    char path[TEMPFILE_PATH_SIZE];

    for (int i = 0; i < 2; i++) {
        fail(SYS_statx, false, 1, ENOSYS);
        CHECK(tempfile_temporary_directory(&options, &directory) == 0 && fault.calls == 1 && entries_of(base) == 1);
        snprintf(path, sizeof path, "%s/file", tempfile_directory_name(directory));
        CHECK(close(open(path, O_CREAT | O_WRONLY, 0600)) == 0);
        tempfile_directory_free(directory);
        CHECK(entries_of(base) == 0);
    }
}

int main(void)
{
    static char resolved[TEMPFILE_PATH_SIZE];

    base = realpath(getenv("TMPDIR"), resolved);
    CHECK(base != NULL && setenv("TMPDIR", base, 1) == 0);
    names(SYS_openat, mkstemp_named, "tempfile_mkstemp", "open");
    names(SYS_mkdirat, mkdtemp_named, "tempfile_mkdtemp", "mkdir");
    fallback();
    random_source();
    identity();
    CHECK(entries_of(base) == 0);
    return passed();
}
