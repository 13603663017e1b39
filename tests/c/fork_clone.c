/* Chains of three children made by the system call itself, which runs no handler of pthread_atfork; half of them from a
 * worker thread. No other thread is in the C library meanwhile: its locks would stay taken in the child, malloc's above all,
 * and nobody could promise more than what is async-signal-safe. */
#include "check.h"
#include "platform.h"
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { CHAINS = 20, GENERATIONS = 3 };

static tempfile_file *spooled, *named;

static void wait_for(pid_t pid)
{
    int status;

    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

/* _exit: exit would take locks of the C library's that a raw clone does not reset. */
static void generation(int left)
{
    tempfile_file *own;
    char text[8];
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (pid != 0) {
        wait_for(pid);
        return;
    }
    alarm(60);
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0 && tempfile_file_read(spooled, text, sizeof text) == 7);
    CHECK(tempfile_named_temporary_file(NULL, &own) == 0);
    tempfile_file_free(named);
    if (left > 1)
        generation(left - 1);
    CHECK(access(tempfile_file_name(own), F_OK) == 0);
    tempfile_file_free(own);
    _exit(0);
}

static void *chain(void *unused)
{
    generation(GENERATIONS);
    return unused;
}

int main(void)
{
    pthread_t worker;

    if (!wipes_pages()) {
        printf("nothing wipes pages at a fork here, so a raw clone is taken for its parent");
        return 77;
    }
    CHECK(tempfile_named_temporary_file(NULL, &named) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    for (int i = 0; i < CHAINS; i++) {
        if (i % 2 == 0) {
            chain(NULL);
            continue;
        }
        CHECK(pthread_create(&worker, NULL, chain, NULL) == 0 && pthread_join(worker, NULL) == 0);
    }
    CHECK(access(tempfile_file_name(named), F_OK) == 0);
    printf("%d chains of %d; ", CHAINS, GENERATIONS);
    return passed();
}
