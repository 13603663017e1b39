/* The exit of a process whose other threads are busy. */
#define _GNU_SOURCE
#include "object.h"
#include <time.h>

enum { SECOND = 1000000000, MAKERS_SECONDS = 1 }; /* the wait for objects that other threads are making */

static void pause_for_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 1000 * 1000};

    nanosleep(&moment, NULL);
}

/* Tells whether this thread has to wait before it makes an object, as another one is ending the process. */
static bool is_held(uintptr_t self)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;
    uintptr_t exiting = __atomic_load_n(&wiped->exiting_thread, __ATOMIC_SEQ_CST);

    return __builtin_expect(exiting != 0, 0) && exiting != self &&
           tempfile__now() < __atomic_load_n(&wiped->held_until, __ATOMIC_RELAXED);
}

/* Notes that this thread is making an object, unless the process is ending: then it waits, so that nothing is made behind
 * the sweep. It does not wait for ever: a host may join its threads in an exit handler of its own. An object that is made
 * after that goes at the second sweep, when the library's destructor runs. */
void tempfile__start_making(tempfile__record *record)
{
    uintptr_t self = (uintptr_t)pthread_self();

    __atomic_store_n(&record->maker, self, __ATOMIC_SEQ_CST);
    while (is_held(self)) {
        __atomic_store_n(&record->maker, 0, __ATOMIC_SEQ_CST);
        pause_for_a_moment();
        __atomic_store_n(&record->maker, self, __ATOMIC_SEQ_CST);
    }
}

/* Tells whether another thread is making an object; *own: this one is, and was interrupted. */
static bool is_making(uintptr_t self, bool *own)
{
    const tempfile__record *record;
    bool others = false;

    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
        uintptr_t maker = __atomic_load_n(&record->maker, __ATOMIC_SEQ_CST);

        if (maker == 0 || !tempfile__owned(record))
            continue;
        if (maker == self)
            *own = true;
        else
            others = true;
    }
    return others;
}

/* Makes other threads wait before they make more objects, and waits until they have made those that they began. True:
 * this thread was making an object itself when it was interrupted, perhaps in malloc. */
static bool hold_makers(void)
{
    struct tempfile__wiped *wiped = tempfile__shared.wiped;
    uintptr_t self = (uintptr_t)pthread_self();
    int64_t until = tempfile__now() + MAKERS_SECONDS * (int64_t)SECOND;
    bool own = false;

    __atomic_store_n(&wiped->held_until, until, __ATOMIC_RELAXED);
    __atomic_store_n(&wiped->exiting_thread, self, __ATOMIC_SEQ_CST);
    while (is_making(self, &own) && tempfile__now() < until)
        pause_for_a_moment();
    return own;
}

/* Tells whether this thread was interrupted inside Go, by a handler that called exit. */
static bool is_inside_go(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL && thread->inside != 0;
}

/* The exit handler: removes all that this process made and has not freed. A signal handler that interrupted the library
 * may have called exit, so Go is entered only if this thread is not inside it, for directories that are too large for C. */
void tempfile__clean_up_at_exit(void)
{
    if (!tempfile__is_owner())
        return;
    tempfile__clean_up_last(!hold_makers() && !is_inside_go());
}
