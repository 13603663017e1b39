/* Chains of children: five generations by fork, three by a raw clone that runs no handler, a child that calls vfork and
 * exec, and a child forked before the first use of the library. Objects of every kind stay usable in all of them. */
#include "check.h"
#include "platform.h"
#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { KINDS = 6 };

extern char **environ;
static tempfile_file *open_named, *closed_named, *kept, *detached, *half_read, *spooled;
static tempfile_directory *directory;
static tempfile_removal *removal;
static char kept_path[TEMPFILE_PATH_SIZE], tree[TEMPFILE_PATH_SIZE];

static void make_objects(void)
{
    tempfile_options lasting = TEMPFILE_OPTIONS_INIT;

    lasting.flags = TEMPFILE_NO_DELETE_ON_CLOSE;
    CHECK(tempfile_named_temporary_file(NULL, &open_named) == 0);
    CHECK(tempfile_file_write(open_named, "open", 4) == 4);
    CHECK(tempfile_named_temporary_file(&lasting, &closed_named) == 0);
    CHECK(tempfile_file_close(closed_named) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &kept) == 0);
    CHECK(tempfile_file_keep(kept) == 0);
    strcpy(kept_path, tempfile_file_name(kept));
    CHECK(tempfile_named_temporary_file(NULL, &detached) == 0);
    close(tempfile_file_detach(detached));
    CHECK(tempfile_temporary_file(NULL, &half_read) == 0);
    CHECK(tempfile_file_write(half_read, "first\nsecond\nthird\n", 19) == 19);
    CHECK(tempfile_file_seek(half_read, 0, SEEK_SET) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_mkdtemp(NULL, tree, sizeof tree) == 0);
    for (int i = 0; i < 10; i++) {
        char path[TEMPFILE_PATH_SIZE + 8];

        snprintf(path, sizeof path, "%s/%d", tree, i);
        CHECK(mkdir(path, 0700) == 0);
    }
    CHECK(tempfile_removal_start(tree, 0, &removal) == 0);
}

static void check_objects(void)
{
    char text[16];

    CHECK(tempfile_file_seek(open_named, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(open_named, text, sizeof text) == 4 && memcmp(text, "open", 4) == 0);
    CHECK(access(tempfile_file_name(open_named), F_OK) == 0);
    CHECK(tempfile_file_tell(closed_named) == -EBADF && access(tempfile_file_name(closed_named), F_OK) == 0);
    CHECK(access(tempfile_file_name(kept), F_OK) == 0);
    CHECK(tempfile_file_tell(detached) == -EBADF && access(tempfile_file_name(detached), F_OK) == 0);
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0 && tempfile_file_rolled(spooled) == 0);
    CHECK(tempfile_file_read(spooled, text, sizeof text) == 7 && memcmp(text, "spooled", 7) == 0);
    CHECK(access(tempfile_directory_name(directory), F_OK) == 0);
}

/* One line is read before each fork. The child reads the next line from the inherited read buffer. */
static void check_half_read(const char *line)
{
    char text[16];

    CHECK(tempfile_file_readline(half_read, text, sizeof text) == (int64_t)strlen(line) && strcmp(text, line) == 0);
}

static pid_t by_fork(void)
{
    return fork();
}

static pid_t by_clone(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void wait_for(pid_t pid)
{
    int status;

    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
}

static void generations(int depth, pid_t (*make_child)(void))
{
    tempfile_file *own;
    pid_t pid = make_child();

    CHECK(pid >= 0);
    if (pid > 0) {
        wait_for(pid);
        return;
    }
    alarm(60);
    check_objects();
    CHECK(tempfile_named_temporary_file(NULL, &own) == 0);
    if (depth > 1)
        generations(depth - 1, make_child);
    CHECK(access(tempfile_file_name(own), F_OK) == 0);
    /* All of these belong to the first process, and stay. */
    tempfile_file_free(closed_named);
    CHECK(tempfile_file_close(open_named) == 0);
    tempfile_directory_free(directory);
    exit(0);
}

static void spawned_and_vforked(void)
{
    char *const arguments[] = {"true", NULL};
    pid_t pid;

    CHECK(posix_spawnp(&pid, "true", NULL, NULL, arguments, environ) == 0);
    wait_for(pid);
    pid = vfork();
    if (pid == 0) {
        execvp("true", arguments);
        _exit(127);
    }
    wait_for(pid);
}

/* The child finishes a removal that began before the fork. The parent's copy then finds an empty place. */
static void removal_goes_on(void)
{
    uint64_t removed;
    pid_t pid;

    CHECK(tempfile_removal_step(removal, 3, &removed) == 1 && removed == 3);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        CHECK(tempfile_removal_step(removal, 100, &removed) == 0 && removed == 8);
        CHECK(access(tree, F_OK) != 0);
        tempfile_removal_free(removal);
        exit(0);
    }
    wait_for(pid);
    while (tempfile_removal_step(removal, 100, NULL) == 1)
        ;
    tempfile_removal_free(removal);
}

int main(void)
{
    const char *skipped = "";
    pid_t pid = fork(); /* before the first use: Go runs in neither process */

    if (pid == 0) {
        alarm(60);
        make_objects();
        check_objects();
        tempfile_removal_free(removal);
        CHECK(tempfile_rmtree(tree, 0) == 0);
        unlink(kept_path);
        exit(0);
    }
    wait_for(pid);
    make_objects();
    generations(5, by_fork);
    if (wipes_pages())
        generations(3, by_clone);
    else
        skipped = "by clone: skipped, as nothing wipes pages here; ";
    spawned_and_vforked();
    check_half_read("first\n");
    pid = fork();
    if (pid == 0) {
        alarm(60);
        check_half_read("second\n");
        check_half_read("third\n");
        exit(0);
    }
    wait_for(pid);
    check_half_read("second\n");
    removal_goes_on();
    check_objects();
    unlink(kept_path);
    printf("%s", skipped);
    return passed();
}
