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

/* The buffer that files are made with: every size beside the bounds that a short case meets, with writes that are held back
 * and without. The rules hold with each. */
static const int64_t buffer_sizes[] = {0, 1, 2, 7, 4096};
enum { BUFFERS = 2 * sizeof buffer_sizes / sizeof *buffer_sizes };
static int buffer_number;

/* Gives the options the buffer of that number, unless the case is about one. */
static inline void set_buffer(tempfile_options *options)
{
    if (options->buffering != 0)
        return;
    options->buffering = buffer_sizes[buffer_number / 2];
    if (buffer_number % 2 != 0)
        options->flags |= TEMPFILE_BUFFERED_WRITES;
}

/* Runs a case with every buffer. */
struct json;
static inline void with_each_buffer(const struct json *test, void (*run)(const struct json *test))
{
    size_t end = strlen(where);

    for (buffer_number = 0; buffer_number < BUFFERS; buffer_number++) {
        snprintf(where + end, sizeof where - end, ", buffer %lld%s", (long long)buffer_sizes[buffer_number / 2],
                 buffer_number % 2 != 0 ? " for writes, too" : "");
        run(test);
    }
    where[end] = '\0';
}

#endif
