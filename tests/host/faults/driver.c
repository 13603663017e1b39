/* Runs one public operation, which the fault harness makes fail. The system calls of the operation stand between two markers
 * in strace's log. The program prints the result.
 *
 * usage: driver OPERATION FOLDER [once|storm|nofile N|fsize N]
 *
 * Everything happens in FOLDER. The printed line has these fields, with a tab between them: the result; the code, operation,
 * path and message of the detail; the number of leaked descriptors; and the result of cleaning up without faults ("once":
 * not done). DENY=NUMBER:ERRNO,... makes system calls fail by a seccomp filter. HELPERS=N gives removals N helpers from the
 * start; it needs the library with hooks. */
#include "tempfile.h"

#include <errno.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "deny.h"

/* A result that is no errno: the operation reported success, or said that the data is kept, and this is wrong. */
enum { WRONG = -10000 };

enum { CONTENT = 20000, LINE = 20, MAX_SIZE = 100 };

static char path[TEMPFILE_PATH_SIZE];
static char content[CONTENT];
static tempfile_directory *made;
static int levels = 3;

static void begin(void)
{
    access("/libtempfile/begin", F_OK);
}
static void end(void)
{
    access("/libtempfile/end", F_OK);
}

static char detail[TEMPFILE_PATH_SIZE * 3];

/* Copies the detail of a failure, before another call clears it. */
static int note(int64_t result)
{
    const tempfile_error *error = tempfile_last_error();

    if (*detail == '\0' && result < 0)
        snprintf(detail, sizeof detail, "%d\t%s\t%s\t%s", error->code, error->operation, error->path, error->message);
    return (int)result;
}

static void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "driver: %s: %s (%s)\n", what, strerror(errno), tempfile_last_error()->message);
        exit(2);
    }
}

static void put(int directory, const char *name)
{
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    need(file >= 0 && write(file, "x", 1) == 1 && close(file) == 0, name);
}

/* Makes a root with a file, a symbolic link and an empty directory, and a branch root/middle/leaf with a file on each
 * level. */
static void plant(const char *root)
{
    int here = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    need(here >= 0 && symlinkat("/nowhere", here, "link") == 0 && mkdirat(here, "empty", 0700) == 0, root);
    put(here, "file");
    for (int i = 1; i < levels; i++) {
        const char *name = i == 1 ? "middle" : i == levels - 1 ? "leaf" : "d";
        int below;

        need(mkdirat(here, name, 0700) == 0, name);
        below = openat(here, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        need(below >= 0, name);
        close(here);
        here = below;
        put(here, "file");
    }
    close(here);
}

static void plant_tree(const char *folder)
{
    snprintf(path, sizeof path, "%s/tree", folder);
    need(mkdir(path, 0700) == 0, path);
    plant(path);
}

static void lock(const char *below, mode_t mode)
{
    char whole[TEMPFILE_PATH_SIZE + 64];

    snprintf(whole, sizeof whole, "%s%s", path, below);
    need(chmod(whole, mode) == 0, whole);
}

/* --- operations: `prepare` runs before the first marker, and again after the last one */

static tempfile_options options = TEMPFILE_OPTIONS_INIT;

static int keep_first(int first, int64_t later)
{
    return first != 0 ? first : later < 0 ? (int)later : 0;
}

static int run_mkstemp(void)
{
    int file = tempfile_mkstemp(&options, path, sizeof path);

    if (file >= 0) {
        end();
        close(file);
        unlink(path);
        return 0;
    }
    return file;
}

static int run_mkdtemp(void)
{
    int result = tempfile_mkdtemp(&options, path, sizeof path);

    if (result == 0) {
        end();
        rmdir(path);
    }
    return result;
}

static int run_mktemp(void)
{
    return tempfile_mktemp(&options, path, sizeof path);
}

static int run_gettempdir(void)
{
    return tempfile_gettempdir(path, sizeof path);
}

static int run_random_names(void)
{
    char names[2][9];
    int result = tempfile_random_names(&names[0][0], 2);

    return result == 0 && (strlen(names[0]) != 8 || strcmp(names[0], names[1]) == 0) ? WRONG : result;
}

/* Calls every function of a file. */
static int use(tempfile_file *file)
{
    char line[80], *rest = malloc(CONTENT);
    int64_t result = tempfile_file_write(file, content, CONTENT);

    if (result < 0 || (result = tempfile_file_seek(file, 0, SEEK_SET)) < 0)
        goto out;
    if ((result = tempfile_file_readline(file, line, sizeof line)) < 0)
        goto out;
    if (result != LINE || memcmp(line, content, LINE) != 0) {
        result = WRONG;
        goto out;
    }
    if ((result = tempfile_file_flush(file)) < 0 || (result = tempfile_file_read(file, rest, CONTENT)) < 0)
        goto out;
    if (result != CONTENT - LINE || memcmp(rest, content + LINE, CONTENT - LINE) != 0 ||
        (result = tempfile_file_tell(file)) != CONTENT) {
        result = result < 0 ? result : WRONG;
        goto out;
    }
    if ((result = tempfile_file_truncate(file, 10)) >= 0 && (result = tempfile_file_seek(file, 0, SEEK_END)) >= 0 &&
        result != 10)
        result = WRONG;
    if (result >= 0)
        result = tempfile_file_fileno(file);
out:
    free(rest);
    return result < 0 ? (int)result : 0;
}

static int close_file(tempfile_file *file, int result)
{
    result = keep_first(result, note(tempfile_file_close(file)));
    end();
    tempfile_file_free(file);
    return result;
}

static int use_new(int (*create)(const tempfile_options *, tempfile_file **))
{
    tempfile_file *file;
    int result = create(&options, &file);

    return result == 0 ? close_file(file, note(use(file))) : result;
}

static int run_named(void)
{
    return use_new(tempfile_named_temporary_file);
}
static int run_temporary(void)
{
    return use_new(tempfile_temporary_file);
}

static int run_temporary_named(void)
{
    options.flags = TEMPFILE_NO_O_TMPFILE;
    return use_new(tempfile_temporary_file);
}

static int run_spooled(void)
{
    options.max_size = MAX_SIZE;
    return use_new(tempfile_spooled_temporary_file);
}

static int run_named_outliving(void)
{
    tempfile_file *file;
    int result;

    options.flags = TEMPFILE_NO_DELETE_ON_CLOSE;
    if ((result = tempfile_named_temporary_file(&options, &file)) != 0)
        return result;
    result = note(tempfile_file_close(file));
    tempfile_file_free(file);
    return result;
}

/* A failed roll-over must leave all bytes and the position in memory. */
static int roll_over(int (*go)(tempfile_file *))
{
    char rest[CONTENT];
    tempfile_file *file;
    int result = tempfile_spooled_temporary_file(&options, &file), failure;

    if (result != 0)
        return result;
    need(tempfile_file_write(file, content, CONTENT) == CONTENT && tempfile_file_seek(file, 7, SEEK_SET) == 7, "the spool");
    failure = note(go(file));
    end();
    if (failure < 0) {
        if (tempfile_file_rolled(file) != 0 || tempfile_file_read(file, rest, CONTENT) != CONTENT - 7 ||
            memcmp(rest, content + 7, CONTENT - 7) != 0)
            result = WRONG;
        else
            result = failure;
    } else if (go == tempfile_file_detach) {
        if (pread(failure, rest, CONTENT, 0) != CONTENT || memcmp(rest, content, CONTENT) != 0 ||
            lseek(failure, 0, SEEK_CUR) != 7)
            result = WRONG;
        close(failure);
    }
    tempfile_file_free(file);
    return result;
}

static int run_rollover(void)
{
    return roll_over(tempfile_file_rollover);
}
static int run_detach(void)
{
    return roll_over(tempfile_file_detach);
}

static int run_directory(void)
{
    tempfile_directory *directory;
    int result = tempfile_temporary_directory(&options, &directory);

    if (result == 0) {
        result = note(tempfile_directory_cleanup(directory));
        end();
        tempfile_directory_free(directory);
    }
    return result;
}

/* Makes one object of each kind. After the first time, C makes them without Go. */
static void prepare_again(const char *folder)
{
    tempfile_file *named, *unnamed;
    tempfile_directory *directory;
    int file = tempfile_mkstemp(&options, path, sizeof path);

    (void)folder;
    need(file >= 0 && close(file) == 0 && unlink(path) == 0, "the file");
    need(tempfile_mkdtemp(&options, path, sizeof path) == 0 && rmdir(path) == 0, "the directory");
    need(tempfile_named_temporary_file(&options, &named) == 0 && tempfile_temporary_file(&options, &unnamed) == 0 &&
             tempfile_temporary_directory(&options, &directory) == 0,
         "the objects");
    tempfile_file_free(named);
    tempfile_file_free(unnamed);
    tempfile_directory_free(directory);
}

static int make_and_free(int (*make)(const tempfile_options *, tempfile_file **))
{
    tempfile_file *file;
    int result = make(&options, &file);

    if (result == 0)
        tempfile_file_free(file);
    return result;
}

static int run_named_free(void)
{
    return make_and_free(tempfile_named_temporary_file);
}

static int run_temporary_free(void)
{
    return make_and_free(tempfile_temporary_file);
}

static int run_empty_free(void)
{
    tempfile_directory *directory;
    int result = tempfile_temporary_directory(&options, &directory);

    if (result == 0)
        tempfile_directory_free(directory);
    return result;
}

static void prepare_directory(const char *folder)
{
    options.name = "tree";
    options.prefix = "";
    options.dir = folder;
    need(tempfile_temporary_directory(&options, &made) == 0, "the directory");
    snprintf(path, sizeof path, "%s", tempfile_directory_name(made));
    plant(path);
}

static int run_cleanup(void)
{
    return tempfile_directory_cleanup(made);
}

static int run_free(void)
{
    tempfile_directory_free(made);
    return 0;
}

static int again_free(void)
{
    return tempfile_rmtree(path, 0);
}

static void prepare_locked(const char *folder)
{
    plant_tree(folder);
    lock("/middle/leaf", 0);
    lock("/middle", 0500);
    lock("/empty", 0);
}

static void prepare_locked_root(const char *folder)
{
    plant_tree(folder);
    lock("", 0);
}

static void prepare_deep(const char *folder)
{
    levels = 22; /* more levels than the removal keeps open, so it comes back by ".." */
    plant_tree(folder);
}

static int run_rmtree(void)
{
    return tempfile_rmtree(path, 0);
}

static int run_steps(void)
{
    tempfile_removal *removal;
    uint64_t removed = 0, before;
    int more, result = tempfile_removal_start(path, 0, &removal);

    if (result != 0)
        return result;
    do {
        before = removed;
        more = tempfile_removal_step(removal, 1, &removed);
        if (removed < before)
            more = WRONG;
    } while (more > 0);
    note(more);
    tempfile_removal_free(removal);
    return more;
}

static void prepare_unlink(const char *folder)
{
    int file = tempfile_mkstemp(&options, path, sizeof path);

    (void)folder;
    need(file >= 0, "the file");
    close(file);
}

static int run_unlink(void)
{
    return tempfile_unlink(path, getpid());
}

static const struct operation {
    const char *name;
    int (*run)(void);
    void (*prepare)(const char *folder);
    int (*again)(void);
} operations[] = {
    {"mkstemp", run_mkstemp, NULL, NULL},
    {"mkdtemp", run_mkdtemp, NULL, NULL},
    {"mktemp", run_mktemp, NULL, NULL},
    {"gettempdir", run_gettempdir, NULL, NULL},
    {"random_names", run_random_names, NULL, NULL},
    {"named", run_named, NULL, NULL},
    {"named_outliving", run_named_outliving, NULL, NULL},
    {"temporary", run_temporary, NULL, NULL},
    {"temporary_named", run_temporary_named, NULL, NULL},
    {"spooled", run_spooled, NULL, NULL},
    {"rollover", run_rollover, NULL, NULL},
    {"detach", run_detach, NULL, NULL},
    {"directory", run_directory, NULL, NULL},
    {"mkstemp_again", run_mkstemp, prepare_again, NULL},
    {"mkdtemp_again", run_mkdtemp, prepare_again, NULL},
    {"named_again", run_named, prepare_again, NULL},
    {"named_free", run_named_free, prepare_again, NULL},
    {"temporary_again", run_temporary, prepare_again, NULL},
    {"temporary_free", run_temporary_free, prepare_again, NULL},
    {"directory_again", run_directory, prepare_again, NULL},
    {"empty_free", run_empty_free, prepare_again, NULL},
    {"cleanup", run_cleanup, prepare_directory, run_cleanup},
    {"directory_free", run_free, prepare_directory, again_free},
    {"rmtree", run_rmtree, plant_tree, run_rmtree},
    {"rmtree_locked", run_rmtree, prepare_locked, run_rmtree},
    {"rmtree_locked_root", run_rmtree, prepare_locked_root, run_rmtree},
    {"rmtree_deep", run_rmtree, prepare_deep, run_rmtree},
    {"steps", run_steps, plant_tree, run_rmtree},
    {"unlink", run_unlink, prepare_unlink, run_unlink},
    {"remove", run_rmtree, NULL, run_rmtree}, /* the harness has made FOLDER/tree */
};

/* Counts the open descriptors, without the two that Go's runtime keeps after its first collection. Does not read a
 * directory, because the calls for that may be made to fail. */
static int descriptors(void)
{
    char name[32], kind[16];
    int count = 0;

    for (int i = 0; i < 1024; i++) {
        if (fcntl(i, F_GETFD) < 0)
            continue;
        snprintf(name, sizeof name, "/proc/self/fd/%d", i);
        count += readlink(name, kind, sizeof kind) < (ssize_t)sizeof kind ||
                 memcmp(kind, "anon_inode:[even", sizeof kind) != 0;
    }
    return count;
}

/* Prints with a system call that the harness never makes fail. */
static void say(const char *text)
{
    struct iovec line = {(void *)text, strlen(text)};

    need(writev(STDOUT_FILENO, &line, 1) == (ssize_t)line.iov_len, "the result");
}

static void ignore(int number)
{
    (void)number;
}

/* Sends a signal every 200 microseconds. Its handler has no SA_RESTART, so the system restarts no call. */
static void storm(void)
{
    struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_ONSTACK};
    struct itimerval every = {{0, 200}, {0, 200}};

    need(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &every, NULL) == 0, "the storm");
}

static void calm(void)
{
    struct itimerval never = {{0, 0}, {0, 0}};

    setitimer(ITIMER_REAL, &never, NULL);
}

/* "nofile N" and "fsize N" lower a limit of the process for good. */
static void restrain(const char *how)
{
    struct rlimit limit;
    unsigned value;

    if (sscanf(how, "nofile %u", &value) == 1 || sscanf(how, "fsize %u", &value) == 1) {
        limit.rlim_cur = limit.rlim_max = value;
        need(setrlimit(how[0] == 'n' ? RLIMIT_NOFILE : RLIMIT_FSIZE, &limit) == 0, how);
    }
}

/* Gives removals helpers, for which the library must be the one with hooks. */
static void force_helpers(const char *how_many)
{
    int (*helpers)(int) = NULL;

    if (how_many == NULL)
        return;
    *(void **)&helpers = dlsym(RTLD_DEFAULT, "tempfile_test_helpers");
    need(helpers != NULL && helpers(atoi(how_many)) >= 0, "the hook");
}

int main(int count, char **arguments)
{
    const struct operation *operation = operations;
    const char *how = count > 3 ? arguments[3] : "";
    const char *folder = count > 2 ? arguments[2] : "";
    char line[sizeof detail + 64];
    int result, before, leaked, again = 0;

    if (count > 1 && strcmp(arguments[1], "list") == 0) {
        for (; operation < operations + sizeof operations / sizeof *operations; operation++)
            puts(operation->name);
        return 0;
    }
    while (operation < operations + sizeof operations / sizeof *operations && strcmp(operation->name, arguments[1]) != 0)
        operation++;
    need(count > 2 && operation < operations + sizeof operations / sizeof *operations, "the operation");
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < CONTENT; i++)
        content[i] = "the quick brown fox\n"[i % LINE];
    if (operation->run != run_gettempdir)
        options.dir = folder;
    snprintf(path, sizeof path, "%s/tree", folder);
    tempfile_candidates(NULL, 0); /* loads everything before the markers */
    force_helpers(getenv("HELPERS"));
    if (operation->prepare != NULL)
        operation->prepare(folder);
    before = descriptors();
    if (strcmp(how, "storm") == 0)
        storm();
    restrain(how);
    deny(getenv("DENY"));
    begin();
    result = note(operation->run());
    end();
    calm();
    leaked = descriptors() - before;
    if (strcmp(how, "once") != 0 && operation->again != NULL)
        again = operation->again();
    snprintf(line, sizeof line, "result\t%d\t%s\t%d\t%d\n", result, *detail != '\0' ? detail : "0\t\t\t", leaked, again);
    say(line);
    return 0;
}
