/* The threads: the library's state of one, and how one is started. */
#define _GNU_SOURCE
#include "base.h"
#include <stdlib.h>

/* The key is made when the library is loaded, since no other thread can fork then: musl before 1.2.4 leaves its lock of
 * the keys as the fork found it, and a child whose parent was making one would wait for ever. */
void tempfile__make_thread_key(void (*destructor)(void *))
{
    tempfile__shared.has_thread_key = __real_pthread_key_create(&tempfile__shared.thread_key, destructor) == 0;
}

/* The state of this thread, made if need be; NULL: no memory. */
struct tempfile__thread *tempfile__new_thread(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    struct tempfile__thread *thread = tempfile__this_thread();

    /* by malloc, which has a block to spare: a call that frees an object must not fail for want of memory */
    if (thread != NULL || !shared->has_thread_key || (thread = malloc(sizeof *thread)) == NULL)
        return thread;
    *thread = (struct tempfile__thread){.error = tempfile__no_error};
    if (pthread_setspecific(shared->thread_key, thread) != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void tempfile__free_thread(struct tempfile__thread *thread)
{
    tempfile__free_environment(&thread->environment);
    free(thread->text);
    free(thread);
}

/* Blocks all signals that a host may have handlers for: none of the handlers may run on a thread of ours, or on Go's,
 * which inherit the mask. The five signals that an instruction can raise stay, because the system ends the process if such
 * a signal is blocked. These are more than the three that Go handles (runtime_faults.c): SIGILL and SIGTRAP are the host's
 * alone, but a thread that meets one must not die of a mask. */
void tempfile__block_signals(sigset_t *before)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    sigset_t all;

    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

/* Starts a thread of ours, on which no handler of the host's may run; 0 or an errno. */
int tempfile__start_thread(pthread_t *thread, void *(*run)(void *), void *argument)
{
    enum { STACK = 256 << 10 }; /* Go runs on stacks of its own */
    pthread_attr_t attributes;
    sigset_t mask;
    int result = pthread_attr_init(&attributes);

    if (result != 0)
        return result;
    pthread_attr_setstacksize(&attributes, STACK);
    tempfile__block_signals(&mask);
    result = __real_pthread_create(thread, &attributes, run, argument);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_attr_destroy(&attributes);
    return result;
}
