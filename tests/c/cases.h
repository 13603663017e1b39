/* What the tests share that run recorded cases: a failure tells the case. */
#ifndef CASES_H
#define CASES_H

#include "check.h"

static char where[256]; /* what is being run, for a failure */

/* CHECK, with what was being run. */
#define HOLDS(condition)                    \
    do {                                    \
        int holds = (condition) ? 1 : 0;    \
                                            \
        if (!holds)                         \
            fprintf(stderr, "%s: ", where); \
        CHECK(holds && #condition);         \
    } while (0)

#endif
