/* Options structs of every age. */
#include "internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reads a caller's struct into one of our size: what an older one lacks is zero, and what a newer one has must be. */
int tempfile__read_options(const tempfile_options *from, tempfile_options *to, const char *function)
{
    const char *tail = (const char *)from;
    char reason[96];
    size_t size;

    memset(to, 0, sizeof *to);
    if (from == NULL) {
        to->struct_size = sizeof *to;
        return 0;
    }
    size = from->struct_size;
    if (size < sizeof(size_t) || size % sizeof(void *) != 0) {
        snprintf(reason, sizeof reason, "struct_size %zu is no size of tempfile_options; start from TEMPFILE_OPTIONS_INIT", size);
        return tempfile__fail(-EINVAL, function, "options", "", reason, 0);
    }
    if (size > TEMPFILE_PATH_SIZE) { /* the tail is not looked at, where a slip would make us read anything */
        snprintf(reason, sizeof reason, "struct_size %zu is larger than any tempfile_options", size);
        return tempfile__fail(-E2BIG, function, "options", "", reason, 0);
    }
    for (size_t i = sizeof *to; i < size; i++)
        if (tail[i] != 0)
            return tempfile__fail(-E2BIG, function, "options", "", "a field is set that this version of the library does not know", 0);
    memcpy(to, from, size < sizeof *to ? size : sizeof *to);
    return 0;
}
