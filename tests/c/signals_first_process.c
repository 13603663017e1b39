/* The first process of a PID namespace, as in a container. There the kernel ignores signals with the default action. A
 * program after a clean-up must not go on without its files, so it ends with the status that a shell gives for the signal. A
 * program that is not the first process ends by the signal. */
#include "check.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};

static void first_process(int number, int ready)
{
    tempfile_file *file;
    tempfile_directory *directory;

    CHECK(getpid() == 1);
    CHECK(tempfile_cleanup_on_signals() == 0 && tempfile_cleanup_on_signal(SIGUSR1) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(write(ready, "x", 1) == 1);
    if (number == SIGUSR1)
        raise(number);
    alarm(20); /* the first process ignores the alarm, too */
    for (int i = 0; i < 20; i++)
        sleep(1);
    _exit(1);
}

static void expect(int number, const char *tempdir)
{
    int ready[2], status;
    char byte;
    pid_t pid;

    CHECK(pipe(ready) == 0);
    pid = fork();
    if (pid == 0) {
        setenv("TMPDIR", tempdir, 1);
        first_process(number, ready[1]);
    }
    CHECK(pid > 0 && read(ready[0], &byte, 1) == 1);
    if (number != SIGUSR1)
        CHECK(kill(pid, number) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 128 + number)
        fprintf(stderr, "signal %d: status %x\n", number, (unsigned)status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 128 + number && entries_of(tempdir) == 0);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    char tempdir[TEMPFILE_PATH_SIZE];
    int status;
    pid_t pid;

    CHECK(tempfile_mkdtemp(NULL, tempdir, sizeof tempdir) == 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pid = fork(); /* the end of the first process ends the namespace */
        if (pid == 0) {
            if (unshare(CLONE_NEWPID) != 0)
                _exit(77);
            expect(numbers[i], tempdir);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        if (status == 77 << 8) {
            CHECK(rmdir(tempdir) == 0);
            printf("a PID namespace may not be made here (it needs CAP_SYS_ADMIN)");
            return 77;
        }
        CHECK(status == 0);
    }
    CHECK(rmdir(tempdir) == 0);
    return passed();
}
