/* Room for another Go runtime. One that cannot have the memory or the threads to start with ends the process, so a forked
 * child finds out before. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

/* The address space that a runtime reserves when it starts: 800 MB were seen. */
#define ADDRESSES ((size_t)1 << 30)
/* Its threads: 5 or 6 at the start and, once it collects garbage, one for each processor but not many more: 8 in all with 2
 * processors, 13 with 8, 22 with 32 were seen. */
enum { THREADS = 6, PROCESSORS = 16 };

static bool has_addresses(void)
{
    void *room = mmap(NULL, ADDRESSES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room != MAP_FAILED && munmap(room, ADDRESSES) == 0;
}

static int threads_needed(void)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : PROCESSORS;

    return THREADS + (count < PROCESSORS ? count : PROCESSORS);
}

static void *wait_for(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* Tells whether a limit leaves room for the threads, which nothing but starting them all can tell: of the limits on a user,
 * a control group and the system, the least counts. */
static bool has_threads(void)
{
    pthread_mutex_t all_started = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[THREADS + PROCESSORS];
    int needed = threads_needed(), started = 0, error = 0;

    pthread_mutex_lock(&all_started);
    while (started < needed && (error = tempfile__start_thread(&threads[started], wait_for, &all_started)) == 0)
        started++;
    pthread_mutex_unlock(&all_started);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    return error != EAGAIN;
}

/* What there is too little of; NULL: nothing. */
const char *tempfile__lacking(void)
{
    if (!has_addresses())
        return "the limit on address space leaves less than the 1 GB that a copy needs";
    if (!has_threads())
        return "a limit on processes leaves too few threads for a copy";
    return NULL;
}
