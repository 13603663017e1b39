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
#include <stdlib.h>
#include <time.h>

/* Long enough for a machine that is busy. */
enum { PATIENCE = 5 };

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

/* Tells whether the loader's list can be walked. Where that cannot be found out it is assumed to. */
static bool answers_in_time(void)
{
    struct probe *probe = malloc(sizeof *probe);
    struct timespec deadline;
    pthread_t thread;
    bool answers;

    if (probe == NULL)
        return true;
    sem_init(&probe->passed, 0, 0);
    probe->users = 2;
    if (tempfile__start_thread(&thread, go_ahead, probe) != 0) {
        free(probe);
        return true;
    }
    pthread_detach(thread);
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
