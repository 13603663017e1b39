/* The lock of a record where another thread holds it: a wait on a futex. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Takes a lock that was held. From then on its word says that there may be waiters, as this thread cannot know. The sleep
 * ends at a wake, a signal, or a word that has changed; then the word is tried again. errno is left alone: no call of
 * the host's asked for a lock. */
void tempfile__wait_for_lock(struct tempfile__lock *lock)
{
    int before = errno;

    while (__atomic_exchange_n(&lock->word, TEMPFILE__AWAITED, __ATOMIC_ACQUIRE) != TEMPFILE__UNLOCKED)
        syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, TEMPFILE__AWAITED, NULL, NULL, 0);
    errno = before;
}

void tempfile__wake_waiter(struct tempfile__lock *lock)
{
    int before = errno;

    syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = before;
}
