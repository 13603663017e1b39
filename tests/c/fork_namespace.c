/* The first process of a PID namespace forks the first process of another one. Both are PID 1, so a PID cannot tell the
 * child from its parent. The child works, and deletes nothing of its parent's. */
#include "check.h"
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

static tempfile_file *files[3], *spooled;

static void wait_for(pid_t pid)
{
    int status;

    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void generation(int depth)
{
    char text[8];

    CHECK(depth == 0 || getpid() == 1);
    CHECK(tempfile_named_temporary_file(NULL, &files[depth]) == 0);
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0 && tempfile_file_read(spooled, text, sizeof text) == 7);
    if (depth < 2) {
        pid_t pid;

        if (unshare(CLONE_NEWPID) != 0) {
            CHECK(depth == 0);
            printf("a new pid namespace is refused: %s", strerror(errno));
            exit(77);
        }
        pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(60);
            generation(depth + 1);
            exit(0);
        }
        wait_for(pid);
    }
    for (int i = 0; i < depth; i++) {
        const char *name = tempfile_file_name(files[i]);

        CHECK(tempfile_file_close(files[i]) == 0 && access(name, F_OK) == 0);
    }
    CHECK(access(tempfile_file_name(files[depth]), F_OK) == 0);
}

int main(void)
{
    if (geteuid() != 0) {
        printf("a new pid namespace needs root");
        return 77;
    }
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    generation(0);
    return passed();
}
