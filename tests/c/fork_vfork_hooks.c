/* A child of vfork shares its parent's memory, so Go must not start in it: the new threads would be the child's, and would
 * soon end. A call that would start Go fails there, and the parent's own first call works. Functions that C answers work in
 * the child, and if Go runs already, all others, too. The control starts Go in the child, and its parent must hang. */
#include "process.h"
#include "hooks.h"
#include <errno.h>
#include <time.h>

static char path[TEMPFILE_PATH_SIZE], reason[256];
static volatile int result;

/* These are separate functions, because the child must not overwrite its parent's stack frame. */
static __attribute__((noinline)) void call(void)
{
    result = tempfile_mkdtemp(NULL, path, sizeof path);
    snprintf(reason, sizeof reason, "%s", tempfile_last_error()->message);
}

static __attribute__((noinline)) void ask_c(void)
{
    result = *tempfile_version() != '\0' && tempfile_file_tell(NULL) == -EBADF ? 0 : -1;
}

static __attribute__((noinline)) void in_vfork(void (*work)(void))
{
    int status;
    pid_t pid;

    result = 1;
    pid = vfork();
    if (pid == 0) {
        work();
        _exit(0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static void use(void)
{
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    CHECK(tempfile_test_collect() > 0);
}

/* In a process in which Go does not run. */
static void refused(void)
{
    for (int i = 0; i < 3; i++) {
        in_vfork(call);
        CHECK(result == -EAGAIN && strstr(reason, "vfork") != NULL && threads_now() == 1);
        in_vfork(ask_c);
        CHECK(result == 0);
    }
    use();
    CHECK(threads_now() > 1);
    in_vfork(call);
    CHECK(result == 0 && tempfile_rmtree(path, 0) == 0);
    use();
}

static void control(void)
{
    tempfile_test_restart_off(1);
    in_vfork(call);
    tempfile_test_restart_off(0);
    tempfile_test_collect();
}

static pid_t in_child(void (*work)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        work();
        exit(0);
    }
    return pid;
}

static int control_hung(void)
{
    struct timespec moment = {0, 100000000};
    pid_t pid = in_child(control);
    int status;

    for (int i = 0; i < 30; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return 0;
        nanosleep(&moment, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return 1;
}

int main(void)
{
    ends_well(in_child(refused)); /* in the child of a process that never used the library */
    CHECK(control_hung());
    /* the directory of the control */
    CHECK(entries_of(getenv("TMPDIR")) == 1 && (result = system("rm -rf \"$TMPDIR\"/*")) == 0);
    refused();
    ends_well(in_child(refused));
    return passed();
}
