/* Options structs of every age. */
#include "base.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const tempfile_options defaults = TEMPFILE_OPTIONS_INIT;

/* Copies a caller's struct of another size. A field that an older struct lacks is zero; a field that only a newer one has must
 * be zero. */
static int convert(const tempfile_options *from, size_t size, tempfile_options *to, const char *function)
{
    const char *tail = (const char *)from;
    char reason[96];

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
    memset(to, 0, sizeof *to);
    memcpy(to, from, size < sizeof *to ? size : sizeof *to);
    return 0;
}

/* Replaces a caller's options by a copy of our size. Without it a thread that changes them meanwhile could make us decide by one
 * value and act by another. The struct may be at any address, as in a packed one. */
int tempfile__read_options(const tempfile_options **options, tempfile_options *copy, const char *function)
{
    const tempfile_options *given = *options;
    size_t size;

    if (given == NULL) {
        *options = &defaults;
        return 0;
    }
    *options = copy;
    memcpy(&size, given, sizeof size);
    if (size != sizeof *copy)
        return convert(given, size, copy, function);
    memcpy(copy, given, sizeof *copy);
    return 0;
}
