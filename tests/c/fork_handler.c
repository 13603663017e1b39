/* A signal handler that interrupts the library may fork if the child only calls exec or _exit. The handler calls _Fork,
 * because fork may wait for a malloc lock that the interrupted call holds.
 *
 * FORK_HANDLER=return shows the case that is not supported: the child returns into the call of a runtime that lost its
 * threads. */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { FORKS = 200, MOST = 100000 };

static volatile sig_atomic_t way, forks, in_call, interrupted, hung, returned, failed;
static volatile pid_t self;

static void handler(int number)
{
    pid_t pid;
    int status;

    (void)number;
    if (!in_call || forks == FORKS)
        return;
    interrupted++;
    forks++;
    pid = _Fork();
    if (pid == 0) {
        alarm(2);
        if (way == 1)
            execl("/bin/true", "true", (char *)NULL);
        if (way < 2)
            _exit(0);
        return;
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        failed++;
    else if (WIFSIGNALED(status))
        hung++;
    else if (WEXITSTATUS(status) != 0)
        failed++;
    else
        returned++;
}

static void *interrupt(void *target)
{
    struct timespec moment = {0, 200000};

    while (forks < FORKS) {
        pthread_kill(*(pthread_t *)target, SIGUSR1);
        nanosleep(&moment, NULL);
    }
    return NULL;
}

/* Calls until the handler has forked often enough. */
static void call(void)
{
    char block[4000] = "";

    for (long i = 0; forks < FORKS; i++) {
        tempfile_file *file = NULL;

        in_call = 1;
        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        CHECK(tempfile_file_write(file, block, sizeof block) == sizeof block);
        CHECK(tempfile_file_rollover(file) == 0);
        in_call = 0;
        if (getpid() != self)
            _exit(0); /* the child returned from the handler */
        tempfile_file_free(file);
    }
}

int main(void)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    const char *wanted = getenv("FORK_HANDLER");
    int first = wanted != NULL ? 2 : 0, last = wanted != NULL ? 2 : 1;

    self = getpid();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (way = first; way <= last; way++) {
        pthread_t here = pthread_self(), thread;

        forks = 0;
        CHECK(pthread_create(&thread, NULL, interrupt, &here) == 0);
        call();
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(failed == 0 && (hung == 0 || way == 2));
    }
    printf("%d calls interrupted, %d children ended by themselves and %d by their alarm; ", (int)interrupted, (int)returned,
           (int)hung);
    return passed();
}
