/* Threads that help with a large removal. The thread that removes starts them itself: they inherit its user, its sandbox,
 * its name spaces and its processors, which none of Go's own threads has. */
#define _GNU_SOURCE
#include "internal.h"
#include "api_gen.h"
#include <signal.h>
#include <stdlib.h>

/* Go runs on stacks of its own; this is for the C library beneath. */
enum { STACK = 256 << 10 };

struct tempfile__helper {
    pthread_t thread;
    void *work;
};

static void *help(void *argument)
{
    struct tempfile__helper *helper = argument;

    tempfile__local.help(helper->work);
    return NULL;
}

/* Starts a thread that does the work; NULL: the system gives none, or no memory. */
struct tempfile__helper *tempfile__start_helper(void *work)
{
    struct tempfile__helper *helper = malloc(sizeof *helper);
    pthread_attr_t attributes;
    sigset_t mask;
    int result;

    if (helper == NULL)
        return NULL;
    helper->work = work;
    result = pthread_attr_init(&attributes);
    if (result == 0) {
        pthread_attr_setstacksize(&attributes, STACK);
        tempfile__block_signals(&mask); /* a handler of the host's has no business on it */
        result = pthread_create(&helper->thread, &attributes, help, helper);
        pthread_sigmask(SIG_SETMASK, &mask, NULL);
        pthread_attr_destroy(&attributes);
    }
    if (result != 0) {
        free(helper);
        return NULL;
    }
    return helper;
}

/* Waits until the work is done. */
void tempfile__join_helper(struct tempfile__helper *helper)
{
    int cancellation;

    /* pthread_join is a cancellation point, and nothing may unwind the Go frames above */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
    pthread_join(helper->thread, NULL);
    pthread_setcancelstate(cancellation, NULL);
    free(helper);
}
