/* Every creation runs several times in a row, because Go makes the plan only at the first call (see capi/fast_plan.c).
 * Results and errors must be the same each time, whatever the environment, the current directory, the options or a fork
 * change. */
#include "check.h"
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>

enum { TIMES = 4, NAMES = 40 };

static char base[TEMPFILE_PATH_SIZE / 2];

/* Replaces functions of the C library, as other libraries may do. The library's C code must not call them, because Go does
 * not: a directory whose identity seems to be another's is not removed. */
int fstatat(int descriptor, const char *path, struct stat *status, int how)
{
    (void)descriptor, (void)path, (void)how;
    *status = (struct stat){.st_mode = S_IFDIR, .st_dev = 1, .st_ino = 1};
    return 0;
}

static const char *below(const char *name)
{
    static char path[TEMPFILE_PATH_SIZE];

    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static mode_t mode_of(const char *path)
{
    struct stat stat;

    CHECK(lstat(path, &stat) == 0);
    return stat.st_mode;
}

/* Checks that a path is DIRECTORY/PREFIX, 8 letters of the alphabet, SUFFIX. */
static void expect_path(const char *path, const char *directory, const char *prefix, const char *suffix)
{
    size_t head = strlen(directory) + 1 + strlen(prefix);

    CHECK(strncmp(path, directory, strlen(directory)) == 0 && path[strlen(directory)] == '/');
    CHECK(strncmp(path + strlen(directory) + 1, prefix, strlen(prefix)) == 0);
    CHECK(strspn(path + head, "abcdefghijklmnopqrstuvwxyz0123456789_") >= 8 && strcmp(path + head + 8, suffix) == 0);
}

/* Uses a file of any class through the library, so that Go meets an object that C has made. */
static void use(tempfile_file *file)
{
    char text[8];

    CHECK(tempfile_file_write(file, "create", 6) == 6 && tempfile_file_tell(file) == 6);
    CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0 && tempfile_file_read(file, text, sizeof text) == 6 &&
          memcmp(text, "create", 6) == 0);
}

static void make_each(const tempfile_options *options, const char *directory, const char *prefix, const char *suffix,
                      mode_t file_mode, mode_t directory_mode)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_directory *made;
    tempfile_file *file;
    struct stat status;
    int descriptor;

    CHECK((descriptor = tempfile_mkstemp(options, path, sizeof path)) >= 0);
    expect_path(path, directory, prefix, suffix);
    CHECK(mode_of(path) == (S_IFREG | file_mode) && fcntl(descriptor, F_GETFD) == FD_CLOEXEC &&
          (fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDWR);
    CHECK(close(descriptor) == 0 && unlink(path) == 0);

    CHECK(tempfile_mkdtemp(options, path, sizeof path) == 0);
    expect_path(path, directory, prefix, suffix);
    CHECK(mode_of(path) == (S_IFDIR | directory_mode) && rmdir(path) == 0);

    CHECK((descriptor = tempfile_unnamed(options)) >= 0 && fstat(descriptor, &status) == 0);
    CHECK(status.st_mode == (S_IFREG | file_mode) && status.st_nlink == 0 && fcntl(descriptor, F_GETFD) == FD_CLOEXEC);
    CHECK((fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDWR && close(descriptor) == 0);

    for (int used = 0; used < 3; used++) {
        CHECK(tempfile_named_temporary_file(options, &file) == 0);
        expect_path(tempfile_file_name(file), directory, prefix, suffix);
        CHECK(mode_of(tempfile_file_name(file)) == (S_IFREG | file_mode));
        snprintf(path, sizeof path, "%s", tempfile_file_name(file));
        if (used == 1)
            use(file);
        if (used == 2)
            CHECK(tempfile_file_close(file) == 0 && access(path, F_OK) != 0 && strcmp(tempfile_file_name(file), path) == 0);
        tempfile_file_free(file);
        CHECK(access(path, F_OK) != 0 && tempfile_file_name(file) == NULL);

        CHECK(tempfile_temporary_file(options, &file) == 0 && tempfile_file_name(file) == NULL);
        if (used)
            use(file);
        CHECK((descriptor = tempfile_file_fileno(file)) >= 0 && fcntl(descriptor, F_GETFD) == FD_CLOEXEC);
        tempfile_file_free(file);
        CHECK(fcntl(descriptor, F_GETFD) < 0);

        CHECK(tempfile_temporary_directory(options, &made) == 0);
        snprintf(path, sizeof path, "%s", tempfile_directory_name(made));
        expect_path(path, directory, prefix, suffix);
        CHECK(mode_of(path) == (S_IFDIR | directory_mode));
        if (used && directory_mode == 0700) { /* not empty */
            strcat(path, "/file");
            CHECK((descriptor = open(path, O_CREAT | O_WRONLY, 0600)) >= 0 && close(descriptor) == 0);
            *strrchr(path, '/') = '\0';
        }
        if (used == 2)
            CHECK(tempfile_directory_cleanup(made) == 0 && access(path, F_OK) != 0);
        tempfile_directory_free(made);
        CHECK(access(path, F_OK) != 0 && tempfile_directory_name(made) == NULL);
    }
}

/* Takes turns with more sets of options than a thread keeps plans for. */
static void same_each_time(void)
{
    tempfile_options defaults = TEMPFILE_OPTIONS_INIT, parts = defaults, mode = defaults, elsewhere = defaults;
    char other[TEMPFILE_PATH_SIZE];

    snprintf(other, sizeof other, "%s", below("other"));
    parts.prefix = "a.";
    parts.suffix = ".txt";
    mode.permissions = 0640;
    mode.prefix = "";
    elsewhere.dir = other;
    elsewhere.buffering = TEMPFILE_UNBUFFERED;
    for (int i = 0; i < TIMES; i++) {
        make_each(i % 2 ? NULL : &defaults, base, "tmp", "", 0600, 0700);
        make_each(&parts, base, "a.", ".txt", 0600, 0700);
        make_each(&mode, base, "", "", 0640, 0640);
        make_each(&elsewhere, other, "tmp", "", 0600, 0700);
    }
}

/* A directory that is beside a path or chosen by its file system, each time as the first time. */
static void places(void)
{
    tempfile_options beside = TEMPFILE_OPTIONS_INIT, chosen = beside;
    struct statfs system;
    bool memory;
    char target[TEMPFILE_PATH_SIZE], other[TEMPFILE_PATH_SIZE];

    snprintf(other, sizeof other, "%s", below("other"));
    snprintf(target, sizeof target, "%s", below("other/target"));
    beside.beside = target;
    for (int i = 0; i < TIMES; i++)
        make_each(&beside, other, "tmp", "", 0600, 0700);
    snprintf(target, sizeof target, "%s", below("target")); /* another path at the same address */
    for (int i = 0; i < TIMES; i++)
        make_each(&beside, base, "tmp", "", 0600, 0700);
    for (int i = 0; i < TIMES; i++) {
        CHECK(chdir(i % 2 ? base : other) == 0);
        beside.beside = "target";
        make_each(&beside, i % 2 ? base : other, "tmp", "", 0600, 0700);
    }
    CHECK(statfs(base, &system) == 0);
    memory = system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
    for (int i = 0; i < TIMES; i++) {
        chosen.flags = memory ? TEMPFILE_IN_MEMORY : TEMPFILE_ON_DISK;
        chosen.min_free = i % 2;
        make_each(&chosen, base, "tmp", "", 0600, 0700);
    }
}

static void expect_in(const tempfile_options *options, const char *directory)
{
    for (int i = 0; i < 2; i++)
        make_each(options, directory, "tmp", "", 0600, 0700);
}

/* Each call sees the present environment, setting and current directory. */
static void what_changes(void)
{
    tempfile_options here = TEMPFILE_OPTIONS_INIT;
    char assignment[TEMPFILE_PATH_SIZE + 16], other[TEMPFILE_PATH_SIZE], third[TEMPFILE_PATH_SIZE];

    snprintf(other, sizeof other, "%s", below("other"));
    snprintf(third, sizeof third, "%s", below("third"));
    expect_in(NULL, base);
    setenv("TMPDIR", other, 1);
    expect_in(NULL, other);
    unsetenv("TMPDIR");
    setenv("TEMP", third, 1);
    expect_in(NULL, third);
    unsetenv("TEMP");
    setenv("TMP", other, 1);
    expect_in(NULL, other);
    CHECK(tempfile_settempdir(third) == 0);
    expect_in(NULL, third);
    CHECK(tempfile_settempdir(NULL) == 0);
    expect_in(NULL, other);
    snprintf(assignment, sizeof assignment, "TMPDIR=%s", third);
    CHECK(putenv(assignment) == 0);
    expect_in(NULL, third);
    snprintf(assignment, sizeof assignment, "TMPDIR=%s", base); /* the host writes over the variable in place */
    expect_in(NULL, base);
    setenv("TMPDIR", base, 1);
    unsetenv("TMP");
    expect_in(NULL, base);

    here.dir = "";
    for (int i = 0; i < TIMES; i++) {
        const char *place = i % 2 ? base : other;

        CHECK(chdir(place) == 0);
        expect_in(&here, place);
        CHECK(tempfile_settempdir(".") == 0);
        expect_in(NULL, place);
        CHECK(tempfile_settempdir(NULL) == 0);
    }
}

/* Each later call is refused like the first one. */
static void expect_error(const tempfile_options *options, int code, const char *operation, const char *path)
{
    char made[TEMPFILE_PATH_SIZE] = "untouched";
    tempfile_directory *directory = NULL;
    tempfile_file *file = NULL;

    for (int i = 0; i < 5; i++) {
        const tempfile_error *error;
        int result = i == 0   ? tempfile_mkstemp(options, made, sizeof made)
                     : i == 1 ? tempfile_mkdtemp(options, made, sizeof made)
                     : i == 2 ? tempfile_named_temporary_file(options, &file)
                     : i == 3 ? tempfile_temporary_directory(options, &directory)
                              : tempfile_temporary_file(options, &file);

        if (i == 4 && result == 0) { /* a file without a name cannot collide */
            tempfile_file_free(file);
            file = NULL;
            continue;
        }
        error = tempfile_last_error();
        CHECK(result == code && error->code == code && *error->message != '\0');
        CHECK(strcmp(error->operation, code == -EINVAL ? "arguments" : i % 2 ? "mkdir" : operation) == 0);
        CHECK(strncmp(error->path, path, strlen(path)) == 0);
        CHECK(strcmp(made, "untouched") == 0 && file == NULL && directory == NULL);
    }
}

static void what_fails(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char gone[TEMPFILE_PATH_SIZE], path[TEMPFILE_PATH_SIZE], small[TEMPFILE_PATH_SIZE];

    snprintf(gone, sizeof gone, "%s", below("gone"));
    options.dir = gone;
    for (int i = 0; i < TIMES; i++) {
        CHECK(mkdir(gone, 0700) == 0);
        make_each(&options, gone, "tmp", "", 0600, 0700);
        CHECK(rmdir(gone) == 0);
        expect_error(&options, -ENOENT, "open", gone);
    }
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_last_error()->code == 0 && rmdir(path) == 0);

    /* a buffer that is one byte too small, and no buffer */
    memset(small, 'x', sizeof small);
    for (int i = 0; i < TIMES; i++) {
        size_t needed = strlen(base) + 1 + 3 + 8 + 1;

        CHECK(tempfile_mkstemp(NULL, small, needed - 1) == -ERANGE && tempfile_last_error()->needed == needed);
        CHECK(tempfile_mkdtemp(NULL, small, needed - 1) == -ERANGE && tempfile_last_error()->needed == needed);
        CHECK(tempfile_mkstemp(NULL, NULL, 0) == -ERANGE && tempfile_mkstemp(NULL, NULL, needed) == -EINVAL);
        CHECK(small[0] == 'x' && memcmp(small, small + 1, sizeof small - 1) == 0);
        CHECK(tempfile_mkdtemp(NULL, small, needed) == 0 && rmdir(small) == 0 && small[needed] == 'x');
        memset(small, 'x', sizeof small);
    }
}

/* The caller gives the names, as a language does that draws them itself. */
static void given_names(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE], name[32];

    options.dir = base;
    options.prefix = "";
    for (int i = 0; i < 20; i++) {
        int descriptor;

        snprintf(name, sizeof name, "name-%06d", i);
        options.name = name;
        CHECK((descriptor = tempfile_mkstemp(&options, path, sizeof path)) >= 0 && strcmp(path, below(name)) == 0);
        expect_error(&options, -EEXIST, "open", path);
        CHECK(close(descriptor) == 0 && unlink(path) == 0);
        for (int k = 0; k < 4; k++) { /* names of the same length, longer ones and shorter ones */
            static const char *const bad[] = {"../../../ab", "/etc/passwd", "..", "name/"};

            options.name = bad[k];
            expect_error(&options, -EINVAL, "arguments", "");
        }
        options.name = "x";
        CHECK(tempfile_mkdtemp(&options, path, sizeof path) == 0 && strcmp(path, below("x")) == 0 && rmdir(path) == 0);
        options.name = i % 2 ? "..." : "..a";
        CHECK(tempfile_mkdtemp(&options, path, sizeof path) == 0 && strcmp(path, below(options.name)) == 0 &&
              rmdir(path) == 0);
        options.name = ".";
        expect_error(&options, -EINVAL, "arguments", "");
        options.name = NULL;
        CHECK(tempfile_mkdtemp(&options, path, sizeof path) == 0 && rmdir(path) == 0);
        expect_path(path, base, "", "");
    }
}

/* The flags of the options stay with the object. */
static void flags(void)
{
    tempfile_options keep = TEMPFILE_OPTIONS_INIT, later = keep, plain = keep, text = keep;

    keep.flags = TEMPFILE_NO_DELETE;
    later.flags = TEMPFILE_NO_DELETE_ON_CLOSE;
    plain.flags = TEMPFILE_NO_O_TMPFILE;
    text.mode = "w+";
    text.encoding = "utf_16_le";
    text.newline = "\r\n";
    for (int i = 0; i < TIMES; i++) {
        char path[TEMPFILE_PATH_SIZE], bytes[16];
        tempfile_directory *directory;
        tempfile_file *file;

        CHECK(tempfile_named_temporary_file(&keep, &file) == 0 && tempfile_temporary_directory(&keep, &directory) == 0);
        snprintf(path, sizeof path, "%s", tempfile_file_name(file));
        tempfile_file_free(file);
        CHECK(unlink(path) == 0);
        snprintf(path, sizeof path, "%s", tempfile_directory_name(directory));
        tempfile_directory_free(directory);
        CHECK(rmdir(path) == 0);

        CHECK(tempfile_named_temporary_file(&later, &file) == 0);
        snprintf(path, sizeof path, "%s", tempfile_file_name(file));
        CHECK(tempfile_file_close(file) == 0 && access(path, F_OK) == 0);
        tempfile_file_free(file);
        CHECK(access(path, F_OK) != 0);

        CHECK(tempfile_temporary_file(&plain, &file) == 0 && tempfile_file_name(file) == NULL && entries_of(base) == 2);
        use(file);
        tempfile_file_free(file);

        CHECK(tempfile_named_temporary_file(&text, &file) == 0 && tempfile_file_write(file, "\xc3\xa9\n", 3) == 3);
        CHECK(pread(tempfile_file_fileno(file), bytes, sizeof bytes, 0) == 6 && memcmp(bytes, "\xe9\0\r\0\n\0", 6) == 0);
        tempfile_file_free(file);
    }
}

/* Returns the content of a text file that was made with these options and got one line. */
static size_t bytes_of(const tempfile_options *options, const char *line, char *bytes, size_t size)
{
    tempfile_file *file;
    ssize_t length;

    CHECK(tempfile_named_temporary_file(options, &file) == 0);
    tempfile_file_write(file, line, strlen(line));
    length = pread(tempfile_file_fileno(file), bytes, size, 0);
    CHECK(length >= 0);
    tempfile_file_free(file);
    return (size_t)length;
}

static void expect_bytes(const tempfile_options *options, const char *line, const char *expected, size_t size)
{
    char bytes[32];

    CHECK(bytes_of(options, line, bytes, sizeof bytes) == size && memcmp(bytes, expected, size) == 0);
}

static bool rolls(const tempfile_options *options)
{
    tempfile_file *file;
    bool rolled;

    CHECK(tempfile_spooled_temporary_file(options, &file) == 0 && tempfile_file_write(file, "12345678", 8) == 8);
    rolled = tempfile_file_rolled(file);
    tempfile_file_free(file);
    return rolled;
}

static int64_t read_ahead(const tempfile_options *options)
{
    tempfile_file *file;
    int descriptor;
    int64_t ahead;
    char byte;

    CHECK(tempfile_named_temporary_file(options, &file) == 0 && tempfile_file_write(file, "12345678", 8) == 8);
    descriptor = tempfile_file_fileno(file);
    CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0 && tempfile_file_read(file, &byte, 1) == 1);
    ahead = lseek(descriptor, 0, SEEK_CUR);
    tempfile_file_free(file);
    return ahead;
}

/* A changed value of a field is noticed, also at the same address. Each function alternates between two values, with no call
 * in between that would make the thread forget its plans. */
static void alternate_part(const char **part, const tempfile_options *options, const char *format)
{
    char value[TEMPFILE_PATH_SIZE / 2 + 16], path[TEMPFILE_PATH_SIZE];

    *part = value;
    for (int i = 0; i < TIMES; i++) {
        snprintf(value, sizeof value, format, i % 2 ? "other" : "third");
        CHECK(tempfile_mkdtemp(options, path, sizeof path) == 0 && rmdir(path) == 0 && strstr(path, value) != NULL);
    }
    *part = NULL;
}

static void alternate_permissions(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE];

    for (int with_string = 0; with_string < 2; with_string++)
        for (int i = 0; i < TIMES; i++) {
            options.prefix = with_string ? "a" : NULL;
            options.permissions = i % 2 ? 0750 : 0500;
            CHECK(tempfile_mkdtemp(&options, path, sizeof path) == 0 && mode_of(path) == (S_IFDIR | options.permissions) &&
                  rmdir(path) == 0);
        }
}

static void alternate_text(void)
{
    char mode[] = "w+b", encoding[] = "utf_16_le", errors[] = "xmlcharrefreplace", newline[] = "\r";
    tempfile_options options = TEMPFILE_OPTIONS_INIT, text = options;

    options.mode = mode;
    for (int i = 0; i < TIMES; i++) {
        strcpy(mode, i % 2 ? "w+b" : "w+");
        expect_bytes(&options, "\xc3\xa9", "\xc3\xa9", 2);
        CHECK(bytes_of(&options, "\xff", (char[4]){0}, 4) == (i % 2 ? 1 : 0)); /* not UTF-8 */
    }
    text.mode = "w+";
    text.newline = newline;
    for (int i = 0; i < TIMES; i++) {
        newline[0] = i % 2 ? '\r' : '\n';
        expect_bytes(&text, "\n", newline, 1);
    }
    text.newline = NULL;
    text.encoding = encoding;
    for (int i = 0; i < TIMES; i++) {
        encoding[7] = i % 2 ? 'l' : 'b';
        expect_bytes(&text, "a", i % 2 ? "a\0" : "\0a", 2);
    }
    text.encoding = "ascii";
    text.errors = errors;
    for (int i = 0; i < TIMES; i++) {
        strcpy(errors, i % 2 ? "replace" : "ignore");
        expect_bytes(&text, "\xc3\xa9", "?", i % 2);
    }
}

static void alternate_numbers(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    for (int with_string = 0; with_string < 2; with_string++) {
        options.mode = with_string ? "w+b" : NULL;
        for (int i = 0; i < TIMES; i++) {
            options.max_size = i % 2 ? 4 : 400;
            CHECK(rolls(&options) == (i % 2 == 1));
        }
        for (int i = 0; i < TIMES; i++) {
            options.buffering = i % 2 ? TEMPFILE_UNBUFFERED : 0;
            CHECK((read_ahead(&options) == 1) == (i % 2 == 1));
        }
        options.buffering = 0;
    }
}

static void every_field(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char format[TEMPFILE_PATH_SIZE / 2 + 4];

    alternate_part(&options.suffix, &options, "%s");
    alternate_part(&options.prefix, &options, "%s");
    snprintf(format, sizeof format, "%s/%%s", base);
    alternate_part(&options.dir, &options, format);
    alternate_permissions();
    alternate_text();
    alternate_numbers();
}

/* The directory of a spooled file that rolls over. */
static void expect_roll_over(const char *directory)
{
    char link[64], path[TEMPFILE_PATH_SIZE] = "";
    tempfile_file *file;

    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
    setenv("TMPDIR", directory, 1); /* the directory is chosen already */
    snprintf(link, sizeof link, "/proc/self/fd/%d", tempfile_file_fileno(file));
    CHECK(readlink(link, path, sizeof path - 1) > 0 && strncmp(path, directory, strlen(directory)) == 0 &&
          path[strlen(directory)] == '/');
    tempfile_file_free(file);
}

static void spooled_places(void)
{
    for (int i = 0; i < TIMES; i++)
        expect_roll_over(i % 2 ? base : below("other"));
    setenv("TMPDIR", base, 1);
}

/* A descriptor is returned directly, or after work that needs Go. */
static void descriptors(void)
{
    static int (*const create[])(const tempfile_options *, tempfile_file **) = {
        tempfile_named_temporary_file, tempfile_temporary_file, tempfile_spooled_temporary_file};
    tempfile_options text = TEMPFILE_OPTIONS_INIT;

    text.mode = "w+";
    for (int i = 0; i < 24; i++) {
        const int kind = i % 3, used = i / 3 % 2, as_text = i / 6 % 2;
        char path[TEMPFILE_PATH_SIZE] = "", line[8];
        tempfile_file *file;
        int descriptor;

        CHECK(create[kind](as_text ? &text : NULL, &file) == 0);
        if (kind == 0)
            snprintf(path, sizeof path, "%s", tempfile_file_name(file));
        if (used) { /* some bytes are read ahead */
            CHECK(tempfile_file_write(file, "one\ntwo\n", 8) == 8 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
            CHECK(tempfile_file_readline(file, line, sizeof line) == 4);
        }
        CHECK((descriptor = tempfile_file_fileno(file)) >= 0 && tempfile_file_fileno(file) == descriptor);
        CHECK(lseek(descriptor, 0, SEEK_CUR) == (used ? 4 : 0));
        CHECK(tempfile_file_detach(file) == descriptor);
        CHECK(tempfile_file_detach(file) == -EBADF && strstr(tempfile_last_error()->message, "was detached") != NULL);
        CHECK(tempfile_file_fileno(file) == -EBADF && tempfile_file_write(file, "x", 1) == -EBADF);
        CHECK(kind != 0 || access(path, F_OK) == 0);
        tempfile_file_free(file);
        CHECK(kind != 0 || access(path, F_OK) != 0);
        CHECK(fcntl(descriptor, F_GETFD) == FD_CLOEXEC && close(descriptor) == 0);

        CHECK(create[kind](NULL, &file) == 0 && tempfile_file_close(file) == 0);
        CHECK(tempfile_file_fileno(file) == -EBADF && strstr(tempfile_last_error()->message, "is closed") != NULL);
        tempfile_file_free(file);
    }
}

/* The test draws names in one process. */
static void draw(char names[NAMES][16])
{
    for (int i = 0; i < NAMES; i++) {
        char path[TEMPFILE_PATH_SIZE];

        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && rmdir(path) == 0);
        snprintf(names[i], sizeof names[i], "%s", strrchr(path, '/') + 1);
    }
}

/* Each letter of the alphabet occurs at each position of a name. */
static void letters(void)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    unsigned seen[8][sizeof alphabet] = {{0}};
    char names[NAMES][16];

    for (int i = 0; i < 50; i++) {
        draw(names);
        for (int k = 0; k < NAMES; k++)
            for (int place = 0; place < 8; place++)
                seen[place][strchr(alphabet, names[k][strlen("tmp") + (size_t)place]) - alphabet]++;
    }
    for (int place = 0; place < 8; place++)
        for (const char *letter = alphabet; *letter != '\0'; letter++)
            CHECK(seen[place][letter - alphabet] > 0);
}

/* A parent and its children never draw the same name, although each had drawn names ahead before the fork. */
static void forks(int how)
{
    enum { CHILDREN = 3 };
    char (*names)[NAMES][16] = mmap(NULL, (CHILDREN + 1) * sizeof *names, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                                    -1, 0);

    CHECK(names != MAP_FAILED);
    for (int child = 0; child < CHILDREN; child++) {
        int status;
        pid_t pid;

        make_each(NULL, base, "tmp", "", 0600, 0700);
        pid = how == 0 ? fork() : how == 1 ? _Fork() : (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            alarm(60);
            draw(names[child]);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    draw(names[CHILDREN]);
    for (int i = 0; i < (CHILDREN + 1) * NAMES; i++)
        for (int k = 0; k < i; k++)
            CHECK(strcmp(names[i / NAMES][i % NAMES], names[k / NAMES][k % NAMES]) != 0);
    munmap(names, (CHILDREN + 1) * sizeof *names);
}

/* A child frees the objects that it inherited, and deletes none of them. Go has not worked on them in either process. */
static void inherited(void)
{
    tempfile_directory *directory;
    tempfile_file *file;
    int status;
    pid_t pid;

    for (int i = 0; i < 2; i++) { /* the second is made with the plan of the first */
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
        pid = fork();
        if (pid == 0) {
            alarm(60);
            if (i == 1)
                use(file);
            tempfile_file_free(file);
            tempfile_directory_free(directory);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        CHECK(access(tempfile_file_name(file), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
        tempfile_file_free(file);
        tempfile_directory_free(directory);
        CHECK(entries_of(base) == 2);
    }
}

/* Several threads use one object that Go has not worked on before. */
static tempfile_file *shared_file;
static tempfile_directory *shared_directory;

static void *keep(void *unused)
{
    CHECK(tempfile_directory_keep(shared_directory) == 0 && tempfile_file_tell(shared_file) == 0);
    return unused;
}

static void threads(void)
{
    enum { ROUNDS = 300, THREADS = 3 };

    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread[THREADS];

        CHECK(tempfile_named_temporary_file(NULL, &shared_file) == 0 &&
              tempfile_temporary_directory(NULL, &shared_directory) == 0);
        for (int k = 0; k < THREADS; k++)
            CHECK(pthread_create(&thread[k], NULL, keep, NULL) == 0);
        for (int k = 0; k < THREADS; k++)
            CHECK(pthread_join(thread[k], NULL) == 0);
        CHECK(tempfile_directory_cleanup(shared_directory) == 0);
        tempfile_directory_free(shared_directory);
        tempfile_file_free(shared_file);
    }
}

int main(void)
{
    CHECK(realpath(getenv("TMPDIR"), base) != NULL && setenv("TMPDIR", base, 1) == 0);
    umask(0);
    CHECK(mkdir(below("other"), 0700) == 0 && mkdir(below("third"), 0700) == 0);
    same_each_time();
    places();
    what_changes();
    what_fails();
    given_names();
    flags();
    every_field();
    spooled_places();
    descriptors();
    letters();
    forks(0);
    if (wipes_pages()) {
        forks(1);
        forks(2);
    } else {
        printf("_Fork and clone: skipped, as nothing wipes pages here; ");
    }
    inherited();
    threads();
    CHECK(entries_of(base) == 2 && rmdir(below("other")) == 0 && rmdir(below("third")) == 0);
    return passed();
}
