/* Room for Go. Go ends the process if it cannot have the memory, the threads or the signal stack to start with, so all of it
 * is tried before. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The address space that Go reserves when it starts: 800 MB were seen. */
#define ADDRESSES ((size_t)1 << 30)
/* Its threads: 5 or 6 at the start and, once it collects garbage, one for each processor but not many more: 8 in all with 2
 * processors, 13 with 8, 22 with 32 were seen. */
enum { THREADS = 6, PROCESSORS = 16 };

static bool has_addresses(void)
{
    void *room = __real_mmap(NULL, ADDRESSES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room != MAP_FAILED && __real_munmap(room, ADDRESSES) == 0;
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

/* Starts all the threads at once and ends them, which is the only way to know: of the limits on a user, a control group and
 * the system the least counts, and a filter may refuse the call. 0, or the errno. */
static int try_threads(void)
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
    return error;
}

/* Gives the thread's alternate signal stack; false: it may not be set, which Go has to. */
bool tempfile__may_set_signal_stack(stack_t *own)
{
    if (syscall(SYS_sigaltstack, NULL, own) != 0)
        return false;
    return (own->ss_flags & SS_ONSTACK) != 0 || syscall(SYS_sigaltstack, own, NULL) == 0;
}

/* What there is too little of, or what is forbidden. */
struct tempfile__obstacle tempfile__look_for_room(void)
{
    stack_t own;
    int error;

    if (!tempfile__may_set_signal_stack(&own))
        return (struct tempfile__obstacle){-EAGAIN, "Go needs an alternate signal stack, and a filter (seccomp) refuses it"};
    if (!has_addresses())
        return (struct tempfile__obstacle){-ENOMEM, "the limit on address space (ulimit -v) leaves less than the 1 GB that Go needs"};
    error = try_threads();
    if (error == EAGAIN || error == ENOMEM)
        return (struct tempfile__obstacle){-EAGAIN, "a limit on processes (ulimit -u, or a control group's) or memory leaves too few threads for Go"};
    if (error != 0)
        return (struct tempfile__obstacle){-EAGAIN, "Go needs threads, and a filter (seccomp) refuses them"};
    return (struct tempfile__obstacle){0, NULL};
}
