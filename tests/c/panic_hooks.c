/* A panic inside the library is an error of one call, on a thread with an alternate signal stack and on one without, and
 * in a forked child; the calls after it work. */
#include "check.h"
#include "hooks.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void panic_and_go_on(void)
{
    char path[TEMPFILE_PATH_SIZE];

    for (int i = 0; i < 100; i++) {
        CHECK(tempfile_test_panic() == -ENOTRECOVERABLE);
        CHECK(strstr(tempfile_last_error()->message, "a panic that a test asked for") != NULL);
        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    }
}

static void *with_stack(void *memory)
{
    stack_t own = {.ss_sp = memory, .ss_size = 64 << 10}, none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&own, NULL) == 0);
    panic_and_go_on();
    CHECK(sigaltstack(&none, NULL) == 0);
    return NULL;
}

int main(void)
{
    static char memory[64 << 10];
    pthread_t thread;
    int status;
    pid_t pid;

    panic_and_go_on();
    CHECK(pthread_create(&thread, NULL, with_stack, memory) == 0 && pthread_join(thread, NULL) == 0);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        panic_and_go_on();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    return passed();
}
