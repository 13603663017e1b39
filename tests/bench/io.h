/* The jobs of reading and writing, for our side and theirs. A round goes over a file that is there already. */
#ifndef IO_H
#define IO_H

#include "worker.h"

enum {
    LINES = 2000,
    LINE = 64, /* bytes, with the newline */
    LINES_SIZE = LINES * LINE,
    BUFFER = 64 << 10, /* of both sides */
    BLOCK = 1 << 20,
    PAGE = 4096,         /* what a block is aligned to on both sides: it decides how fast the kernel copies */
    THREAD_SPOOLS = 500, /* of each thread in a round */
    CALLS = 1024,        /* of a job of one call: after so many it begins again at the start of the file */
};

#define A_LINE "0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmn\n"
_Static_assert(sizeof A_LINE == LINE + 1, "a line has 64 bytes");

/* How many processors the worker may use. */
int processors(void);

#endif
