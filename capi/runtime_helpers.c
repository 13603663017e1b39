/* Threads that help with a large removal. The thread that removes starts them itself, so that they inherit its user, its
 * sandbox, its name spaces and its processors. Go's own threads have other ones. */
#define _GNU_SOURCE
#include "runtime.h"
#include <stdlib.h>

struct tempfile__helper {
    pthread_t thread;
    void *work;
};

static void *help(void *argument)
{
    struct tempfile__helper *helper = argument;
    struct tempfile__thread *thread;
    bool known = tempfile__enter_go(&thread, NULL) == 0;

    if (!known) /* no memory to keep anything of the thread; the work must be done all the same, as others wait for it */
        tempfile__clear_slot();
    tfgo_help(helper->work);
    if (known)
        tempfile__leave_go(thread);
    return NULL;
}

/* Starts a thread that does the work; NULL: the system gives none, or no memory. */
struct tempfile__helper *tempfile__start_helper(void *work)
{
    struct tempfile__helper *helper = malloc(sizeof *helper);

    if (helper == NULL)
        return NULL;
    helper->work = work;
    if (tempfile__start_thread(&helper->thread, help, helper) == 0)
        return helper;
    free(helper);
    return NULL;
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
