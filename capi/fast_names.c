/* Random names. Their letters are core's, and come from the kernel as core's do; core/engine/names.go says why. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LETTERS = sizeof TEMPFILE__ALPHABET - 1 };
_Static_assert(TEMPFILE__NAME_LENGTH <= 8, "one number of 64 bits makes a name, and longer names would come out unfair");

/* Reads random bytes where a sandbox hides getrandom. */
static bool read_device(char *to, size_t size)
{
    int device = (int)syscall(SYS_openat, AT_FDCWD, "/dev/urandom", O_RDONLY | O_CLOEXEC);
    long count = 1;

    if (device < 0)
        return false;
    while (size > 0 && ((count = syscall(SYS_read, device, to, size)) > 0 || (count < 0 && errno == EINTR))) {
        to += count > 0 ? count : 0;
        size -= count > 0 ? (size_t)count : 0;
    }
    syscall(SYS_close, device);
    if (count == 0)
        errno = EIO;
    return size == 0;
}

/* Fills in a name from a stock, which comes from the kernel many at a time; false and errno: it gives no more. Of the
 * 2^64 numbers in the stock, a few more stand for some names than for others: one in four million. */
bool tempfile__draw_name(struct tempfile__names *names, char name[TEMPFILE__NAME_LENGTH])
{
    uint64_t number;

    if (names->left == 0) {
        if (syscall(SYS_getrandom, names->numbers, sizeof names->numbers, 0) != sizeof names->numbers &&
            !read_device((char *)names->numbers, sizeof names->numbers))
            return false;
        names->left = TEMPFILE__NAMES;
    }
    number = names->numbers[--names->left];
    for (int i = 0; i < TEMPFILE__NAME_LENGTH; i++, number /= LETTERS)
        name[i] = TEMPFILE__ALPHABET[number % LETTERS];
    return true;
}
