/* What recovery's functions refuse, locks on directories, and journals of processes that end by themselves. What recovery
 * removes, and what it leaves, is tested by tests/host/recovery. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char journals[TEMPFILE_PATH_SIZE];

static int ends_with(pid_t child)
{
    int status;

    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static void refusals(void)
{
    tempfile_recovered item = {.struct_size = sizeof item};
    tempfile_recovery *recovery, *freed;
    tempfile_directory *directory;
    char path[TEMPFILE_PATH_SIZE + 32];

    CHECK(tempfile_recovery_start(NULL, 1, &recovery) == -EINVAL && tempfile_recovery_start("", 0, &recovery) == -EINVAL);
    CHECK(tempfile_recovery_start(journals, 0, NULL) == -EINVAL);
    CHECK(tempfile_recovery_start("/proc/self/exe", 0, &recovery) == -ENOTDIR);
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    CHECK(tempfile_recovery_start(path, 0, &recovery) == -ENAMETOOLONG && tempfile_recovery_enable(path) == -ENAMETOOLONG);
    CHECK(tempfile_recovery_enable("") == -EINVAL && tempfile_recovery_enable("/proc/self/exe") == -ENOTDIR);
    CHECK(tempfile_recovery_enable("/nonexistent/journals") == -ENOENT);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(chmod(tempfile_directory_name(directory), 0777) == 0);
    CHECK(tempfile_recovery_enable(tempfile_directory_name(directory)) == -EPERM);
    CHECK(strstr(tempfile_last_error()->message, "others") != NULL);
    CHECK(tempfile_recovery_start(tempfile_directory_name(directory), 0, &recovery) == -EPERM);
    tempfile_directory_free(directory);

    CHECK(tempfile_recovery_start("/nonexistent/journals", 0, &recovery) == 0); /* holds nothing */
    CHECK(tempfile_recovery_step(recovery, 0, &item) == -EINVAL && tempfile_recovery_step(recovery, 1, NULL) == -EINVAL);
    item.struct_size = 0;
    CHECK(tempfile_recovery_step(recovery, 1, &item) == -EINVAL);
    item.struct_size = sizeof item - 8;
    CHECK(tempfile_recovery_step(recovery, 1, &item) == -EINVAL);
    item.struct_size = sizeof item;
    CHECK(tempfile_recovery_step(recovery, 1, &item) == 0 && tempfile_recovery_step(recovery, 1, &item) == 0);
    freed = recovery;
    tempfile_recovery_free(recovery);
    tempfile_recovery_free(freed);
    tempfile_recovery_free(NULL);
    CHECK(tempfile_recovery_step(freed, 1, &item) == -EBADF && tempfile_recovery_step(NULL, 1, &item) == -EBADF);
    CHECK(tempfile_file_close((tempfile_file *)freed) == -EBADF);

    CHECK(tempfile_recovery_announce(NULL, 1) == -EINVAL && tempfile_recovery_announce("relative", 1) == -EINVAL);
    CHECK(tempfile_recovery_announce("/tmp/x", 3) == -EINVAL && tempfile_recovery_withdraw("relative") == -EINVAL);
    CHECK(tempfile_recovery_announce("/tmp/x", 1) == 0 && tempfile_recovery_withdraw("/tmp/x") == 0); /* no journal */
}

/* A process that ends normally, or by a signal that it cleans up at, leaves no journal. */
static void ends(void)
{
    for (int way = 0; way < 3; way++) {
        pid_t child = fork();

        if (child == 0) {
            tempfile_directory *directory;
            tempfile_file *file;

            CHECK(tempfile_recovery_enable(journals) == 0 && tempfile_recovery_enable(journals) == 0);
            CHECK(tempfile_recovery_enable("/tmp") != 0);
            CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
            CHECK(entries_of(journals) == 1);
            if (way == 0)
                exit(0);
            CHECK(tempfile_cleanup_on_signals() == 0);
            if (way == 1)
                raise(SIGTERM);
            tempfile_file_free(file);
            tempfile_directory_free(directory);
            exit(0);
        }
        CHECK(ends_with(child) == (way == 1 ? SIGTERM : 0));
        CHECK(entries_of(journals) == 0);
    }
}

/* Sixty-four announced paths are kept, and no more. */
static void announcements(void)
{
    pid_t child = fork();

    if (child == 0) {
        char path[64];

        CHECK(tempfile_recovery_enable(journals) == 0);
        for (int i = 0; i < 64; i++) {
            snprintf(path, sizeof path, "/nonexistent/%d", i);
            CHECK(tempfile_recovery_announce(path, TEMPFILE_RECOVERED_FILE) == 0);
        }
        CHECK(tempfile_recovery_announce("/nonexistent/more", TEMPFILE_RECOVERED_FILE) == -EAGAIN);
        CHECK(tempfile_recovery_withdraw("/nonexistent/7") == 0 && tempfile_recovery_withdraw("/nonexistent/7") == 0);
        CHECK(tempfile_recovery_announce("/nonexistent/more", TEMPFILE_RECOVERED_DIRECTORY) == 0);
        CHECK(tempfile_recovery_withdraw("/nonexistent/more") == 0);
        for (int i = 0; i < 64; i++) {
            snprintf(path, sizeof path, "/nonexistent/%d", i);
            CHECK(tempfile_recovery_withdraw(path) == 0);
        }
        exit(0);
    }
    CHECK(ends_with(child) == 0 && entries_of(journals) == 0);
}

/* An object that must be recoverable is not made without a journal, nor without room in it. */
static void recoverable(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *folder, *directory;
    tempfile_file *file;
    pid_t child;

    CHECK(tempfile_temporary_directory(NULL, &folder) == 0);
    options.dir = tempfile_directory_name(folder);
    options.flags = TEMPFILE_RECOVERABLE;
    CHECK(tempfile_named_temporary_file(&options, &file) == -EOPNOTSUPP);
    CHECK(tempfile_temporary_directory(&options, &directory) == -EOPNOTSUPP && entries_of(options.dir) == 0);
    child = fork();
    if (child == 0) {
        const struct rlimit none = {20000, 20000};
        int made = 0;

        CHECK(tempfile_recovery_enable(journals) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0);
        CHECK(tempfile_temporary_directory(&options, &directory) == 0);
        while (tempfile_named_temporary_file(&options, &file) == 0)
            made++;
        CHECK(tempfile_last_error()->code == -EFBIG && made == 62 && entries_of(options.dir) == made + 1);
        options.flags = 0;
        CHECK(tempfile_named_temporary_file(&options, &file) == 0 && entries_of(options.dir) == made + 2);
        exit(0);
    }
    CHECK(ends_with(child) == 0 && entries_of(options.dir) == 0 && entries_of(journals) == 0);
    tempfile_directory_free(folder);
}

/* Tells whether somebody holds a directory, as a program that cleans up asks. */
static int is_held(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), held;

    CHECK(descriptor >= 0);
    held = flock(descriptor, LOCK_EX | LOCK_NB) != 0;
    close(descriptor);
    return held;
}

static void locks(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory;
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    CHECK(!is_held(tempfile_directory_name(directory)));
    tempfile_directory_free(directory);
    options.flags = TEMPFILE_LOCK;
    for (int i = 0; i < 3; i++) { /* with Go's plan, and again */
        CHECK(tempfile_temporary_directory(&options, &directory) == 0);
        strcpy(path, tempfile_directory_name(directory));
        CHECK(is_held(path));
        if (i == 1) {
            CHECK(tempfile_directory_keep(directory) == 0);
            tempfile_directory_free(directory);
            CHECK(!is_held(path) && rmdir(path) == 0);
        } else {
            tempfile_directory_free(directory);
            CHECK(access(path, F_OK) != 0);
        }
    }
}

int main(void)
{
    tempfile_directory *directory;
    int descriptors = entries_of("/proc/self/fd");

    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(journals, tempfile_directory_name(directory));
    refusals();
    locks();
    ends();
    announcements();
    recoverable();
    CHECK(entries_of("/proc/self/fd") == descriptors);
    tempfile_directory_free(directory);
    return passed();
}
