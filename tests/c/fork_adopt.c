/* A program becomes a daemon by forking twice, and adopts some of its objects there. The daemon's exit deletes the adopted
 * objects. The other objects, and those that are to be kept, stay. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char named[TEMPFILE_PATH_SIZE], tree[TEMPFILE_PATH_SIZE], kept[TEMPFILE_PATH_SIZE], left[TEMPFILE_PATH_SIZE];

/* Becomes the daemon. Only the third process returns, with a pipe that is closed when the daemon ends. */
static void daemonize(void)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid > 0)
        _exit(0); /* exit would delete the objects of this process, and run its handlers twice */
    CHECK(setsid() > 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid > 0)
        _exit(0); /* exit would delete the objects of this process, and run its handlers twice */
}

static void tell(int to, const char *path)
{
    char whole[TEMPFILE_PATH_SIZE] = "";

    strcpy(whole, path);
    CHECK(write(to, whole, sizeof whole) == sizeof whole);
}

static void program(int started, int go_on)
{
    tempfile_file *file, *keep, *not_adopted, *spooled;
    tempfile_directory *directory;
    char inner[TEMPFILE_PATH_SIZE + 8], byte;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_named_temporary_file(NULL, &keep) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &not_adopted) == 0 && tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0 && tempfile_file_keep(keep) == 0);
    snprintf(inner, sizeof inner, "%s/inner", tempfile_directory_name(directory));
    CHECK(mkdir(inner, 0700) == 0);
    tell(started, tempfile_file_name(file));
    tell(started, tempfile_directory_name(directory));
    tell(started, tempfile_file_name(keep));
    tell(started, tempfile_file_name(not_adopted));
    daemonize();
    alarm(60);
    CHECK(tempfile_file_adopt(file) == 0 && tempfile_directory_adopt(directory) == 0);
    CHECK(tempfile_file_adopt(keep) == 0 && tempfile_file_adopt(spooled) == 0 && tempfile_file_adopt(file) == 0);
    CHECK(tempfile_file_adopt(NULL) == -EBADF && tempfile_directory_adopt((tempfile_directory *)file) == -EBADF);
    CHECK(write(started, "!", 1) == 1);
    CHECK(read(go_on, &byte, 1) == 1);
    exit(0);
}

static void read_all(int from, char *to, size_t size)
{
    while (size > 0) {
        ssize_t n = read(from, to, size);

        CHECK(n > 0);
        to += n;
        size -= (size_t)n;
    }
}

int main(void)
{
    int started[2], go_on[2], status;
    char byte;
    pid_t pid;

    CHECK(pipe(started) == 0 && pipe(go_on) == 0);
    pid = fork();
    if (pid == 0) {
        close(started[0]);
        close(go_on[1]);
        program(started[1], go_on[0]);
    }
    close(started[1]);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0); /* the first process ended normally */
    read_all(started[0], named, sizeof named);
    read_all(started[0], tree, sizeof tree);
    read_all(started[0], kept, sizeof kept);
    read_all(started[0], left, sizeof left);
    CHECK(read(started[0], &byte, 1) == 1);
    CHECK(access(named, F_OK) == 0 && access(tree, F_OK) == 0 && access(kept, F_OK) == 0);
    CHECK(write(go_on[1], "!", 1) == 1);
    CHECK(read(started[0], &byte, 1) == 0); /* the daemon is gone */
    CHECK(access(named, F_OK) != 0 && access(tree, F_OK) != 0 && access(kept, F_OK) == 0);
    CHECK(unlink(kept) == 0 && unlink(left) == 0);
    return passed();
}
