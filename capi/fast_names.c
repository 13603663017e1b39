/* Random names drawn without Go. A call into Go wakes threads of its runtime, which take a processor for longer than some
 * creations last. The letters are core's and come from the kernel as its do; core says why. */
#define _GNU_SOURCE
#include "fast.h"
#include <sys/syscall.h>
#include <unistd.h>

enum { LETTERS = sizeof TEMPFILE__ALPHABET - 1 };

/* Fills in a name from a stock, which comes from the kernel many at a time; false: it gives none. Of the 2^64 numbers that
 * one is, a few more stand for some names than for others: one in four million. */
bool tempfile__draw_name(struct tempfile__names *names, char name[TEMPFILE__NAME_LENGTH])
{
    uint64_t number;

    if (names->left == 0) {
        if (syscall(SYS_getrandom, names->numbers, sizeof names->numbers, 0) != sizeof names->numbers)
            return false;
        names->left = TEMPFILE__NAMES;
    }
    number = names->numbers[--names->left];
    for (int i = 0; i < TEMPFILE__NAME_LENGTH; i++, number /= LETTERS)
        name[i] = TEMPFILE__ALPHABET[number % LETTERS];
    return true;
}
