/* The frame of the tests that run recorded cases. A failure prints its case. */
#ifndef CASES_H
#define CASES_H

#include "check.h"

static char where[256]; /* the case that is running, for the failure message */

/* CHECK, which also prints the case. */
#define HOLDS(condition)                    \
    do {                                    \
        int holds = (condition) ? 1 : 0;    \
                                            \
        if (!holds)                         \
            fprintf(stderr, "%s: ", where); \
        CHECK(holds && #condition);         \
    } while (0)

#endif
