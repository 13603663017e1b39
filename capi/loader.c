/* Whether the dynamic loader can still be used in a forked child. If another thread was loading or unloading a library at
 * that moment, the child has its half-done work: a list that names what is unmapped, where Go's memory would be mapped and
 * then unmapped again. glibc resets one of the loader's locks then, so nothing stops the child; but the loader says for
 * debuggers when its list is whole. The other lock is not reset: if a thread was walking the list, dlopen waits for ever.
 * That lock cannot be tried, so a thread is sent ahead that may wait for ever in our place. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <link.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* Long enough for a machine that is busy. */
enum { PATIENCE = 5, STACK = 64 << 10 };

static int see_one(struct dl_phdr_info *info, size_t size, void *unused)
{
    return 1;
}

/* Takes and gives back the lock, and says so. Who waits for it may have gone by then; so the last of the
 * two frees what they share. */
struct probe {
    sem_t passed;
    int users;
};

static void drop(struct probe *probe)
{
    if (__atomic_sub_fetch(&probe->users, 1, __ATOMIC_ACQ_REL) == 0)
        free(probe);
}

static void *go_ahead(void *argument)
{
    struct probe *probe = argument;

    dl_iterate_phdr(see_one, NULL);
    sem_post(&probe->passed);
    drop(probe);
    return NULL;
}

/* Starts the thread, on which no handler of the host's may run. */
static bool send_ahead(struct probe *probe)
{
    sigset_t all, mask;
    pthread_attr_t attributes;
    pthread_t thread;
    bool started;

    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &mask);
    started = pthread_create(&thread, &attributes, go_ahead, probe) == 0;
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

/* Tells whether the loader's list can be walked. Where that cannot be found out it is assumed to. */
static bool answers_in_time(void)
{
    struct probe *probe = malloc(sizeof *probe);
    struct timespec deadline;
    bool answers;

    if (probe == NULL)
        return true;
    sem_init(&probe->passed, 0, 0);
    probe->users = 2;
    if (!send_ahead(probe)) {
        free(probe);
        return true;
    }
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += PATIENCE;
    do
        answers = sem_clockwait(&probe->passed, CLOCK_MONOTONIC, &deadline) == 0;
    while (!answers && errno == EINTR);
    drop(probe);
    return answers;
}

bool tempfile__loader_works(void)
{
    return _r_debug.r_state == RT_CONSISTENT && answers_in_time();
}
