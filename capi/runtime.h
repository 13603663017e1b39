/* The runtime group: how Go lives in the library. It has Go's start, its restart in a forked child, the way into Go, and the
 * library functions that Go gets in place of the system's. RUNTIME.md lists what is known of Go's inside here. */
#ifndef TEMPFILE_RUNTIME_H
#define TEMPFILE_RUNTIME_H

#include "base.h"
#include <stddef.h>

/* --- runtime_start.c */

int tempfile__enter_first(struct tempfile__thread **out_thread, const char *function);
void tempfile__look_for_second_copy(void);
#ifdef TEMPFILE_EAGER
void tempfile__start_at_load(int count, char **arguments, char **environment);
#endif

/* --- runtime_image.c */

bool tempfile__take_image(void);
void tempfile__put_image_back(void);
bool tempfile__is_instruction(uintptr_t address);

/* --- runtime_mappings.c */

void tempfile__mapped(void *address, size_t size);
void tempfile__unmapped(void *address, size_t size);
void tempfile__unmap_dead(const void *forked_on);

/* --- runtime_wraps.c */

void tempfile__make_go_key(void);
void tempfile__forget_go_key_value(void);
bool tempfile__stock_up(void);

/* --- runtime_faults.c */

int tempfile__set_fault_action(int number, const struct sigaction *action, struct sigaction *old);
bool tempfile__is_fault(int number);
void tempfile__end_loan(struct tempfile__thread *thread);

/* --- runtime_limits.c */

struct tempfile__obstacle {
    int code; /* a negative errno; 0: nothing is in the way */
    const char *reason;
};
struct tempfile__obstacle tempfile__missing_resource(void);
bool tempfile__may_set_signal_stack(stack_t *own);

/* --- runtime_slot.c */

int tempfile__clear_slot(void);
void tempfile__note_slot(void);
bool tempfile__is_second_copy(void);

/* --- runtime_helpers.c */

struct tempfile__helper *tempfile__start_helper(void *work);
void tempfile__join_helper(struct tempfile__helper *helper);

/* --- Go's functions for this group. cgo's own prototypes are compiled against these. */

extern int tfgo_noop(void);
extern int tfgo_help(void *work);

/* --- the way into Go */

/* Notes that a thread is in Go, or is not any more. On arm64 the host's signals wait meanwhile. A function of Go's keeps
 * its caller's frame pointer below the stack pointer there, where a handler without SA_ONSTACK writes. Go ends the
 * process when it reads that back: "entersyscall inconsistent bp". */
#if defined __aarch64__ && !defined TEMPFILE_NO_RESERVE
enum { TEMPFILE__SIGNALS_WAIT = true };
#else
enum { TEMPFILE__SIGNALS_WAIT = false };
#endif

static inline void tempfile__go_in(struct tempfile__thread *thread)
{
    if (TEMPFILE__SIGNALS_WAIT && thread->inside == 0)
        tempfile__block_signals(&thread->mask);
    thread->inside++;
}

static inline void tempfile__go_out(struct tempfile__thread *thread)
{
    thread->inside--;
    if (TEMPFILE__SIGNALS_WAIT && thread->inside == 0)
        pthread_sigmask(SIG_SETMASK, &thread->mask, NULL);
}

/* Enters Go; only after tempfile__arrive. 0 and the thread, for tempfile__leave_go, or the error that the call returns. */
static inline int tempfile__enter_go(struct tempfile__thread **out_thread, const char *function)
{
    struct tempfile__thread *thread = tempfile__this_thread();

#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off && thread != NULL && thread->epoch != 0) {
        tempfile__go_in(thread);
        *out_thread = thread;
        return 0;
    }
#endif
    if (__builtin_expect(thread == NULL || thread->epoch != tempfile__epoch(), 0))
        return tempfile__enter_first(out_thread, function);
    tempfile__go_in(thread);
    *out_thread = thread;
    return 0;
}

static inline void tempfile__leave_go(struct tempfile__thread *thread)
{
    if (__builtin_expect(thread->lent, 0))
        tempfile__end_loan(thread);
    tempfile__go_out(thread);
}

#endif
