/* The lock of a record where another thread holds it: a wait on a futex. */
#define _GNU_SOURCE
#include "object.h"
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* As the kernel's linux/futex.h has them, which is not beside every C library. */
enum { FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129 };

enum { FIRST_WAIT = 1000000, LONGEST_WAIT = 64 * FIRST_WAIT }; /* nanoseconds */

/* Takes a lock that was held. From the first try on its word says that there may be waiters, as this thread cannot know
 * whether it is the only one. The sleep ends at a wake, a signal, a word that has changed, or after a while: see
 * tempfile__drop_lock. errno is left alone, as the host asked for no lock. */
void tempfile__wait_for_lock(struct tempfile__lock *lock)
{
    int before = errno;
    struct timespec wait = {0, FIRST_WAIT};

    while (__atomic_exchange_n(&lock->word, TEMPFILE__AWAITED, __ATOMIC_ACQUIRE) != TEMPFILE__UNLOCKED) {
        syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, TEMPFILE__AWAITED, &wait, NULL, 0);
        if (wait.tv_nsec < LONGEST_WAIT)
            wait.tv_nsec *= 2;
    }
    errno = before;
}

void tempfile__wake_waiter(struct tempfile__lock *lock)
{
    int before = errno;

    syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = before;
}
