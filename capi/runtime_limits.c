/* The limits. Go ends the process if it cannot have the memory, the threads or the signal stack that it starts with, so
 * all of it is tried before. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ADDRESSES is the address space that Go reserves when it starts: 800 MB were seen. DATA is the part that it writes to,
 * which a limit on data counts: 30 MB were seen. The stacks of its threads come on top, as large as the limit on stacks
 * (ulimit -s) makes them. */
#define ADDRESSES ((size_t)1 << 30)
#define DATA ((size_t)64 << 20)
/* Go's threads: 5 or 6 at the start and, once it collects garbage, one for each processor but not many more: 8 in all
 * with 2 processors, 13 with 8, 22 with 32 were seen. */
enum { THREADS = 6, PROCESSORS = 16 };

static int threads_needed(void)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : PROCESSORS;

    return THREADS + (count < PROCESSORS ? count : PROCESSORS);
}

static size_t stacks_needed(void)
{
    pthread_attr_t attributes;
    size_t size = 0;

    if (pthread_attr_init(&attributes) != 0)
        return 0;
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    return size * (size_t)threads_needed();
}

/* Maps so much and gives it back, because no call tells whether it could. */
static bool may_map(size_t size, int protection)
{
    void *room = __real_mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room != MAP_FAILED && __real_munmap(room, size) == 0;
}

static void *wait_for(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* Starts all the threads at once and ends them. No call tells whether that would succeed: of the limits on a user, a
 * control group and the system the least counts, and a filter may refuse the call. 0, or the errno. */
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

/* The first resource of which there is too little, or which is forbidden. */
struct tempfile__obstacle tempfile__missing_resource(void)
{
    stack_t own;
    int error;

    if (!tempfile__may_set_signal_stack(&own))
        return (struct tempfile__obstacle){-EAGAIN, "Go needs an alternate signal stack, and a filter (seccomp) refuses it"};
    if (!may_map(ADDRESSES + stacks_needed(), PROT_NONE))
        return (struct tempfile__obstacle){
            -ENOMEM, "the limit on address space (ulimit -v) leaves less than Go needs: 1 GB and its threads' stacks"};
    if (!may_map(DATA + stacks_needed(), PROT_READ | PROT_WRITE))
        return (struct tempfile__obstacle){
            -ENOMEM, "the limit on data (ulimit -d) leaves less than Go needs: 64 MB and its threads' stacks"};
    error = try_threads();
    if (error == EAGAIN || error == ENOMEM)
        return (struct tempfile__obstacle){
            -EAGAIN, "a limit on processes (ulimit -u, or a control group's) or memory leaves too few threads for Go"};
    if (error != 0)
        return (struct tempfile__obstacle){-EAGAIN, "Go needs threads, and a filter (seccomp) refuses them"};
    return (struct tempfile__obstacle){0, NULL};
}
