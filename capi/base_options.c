/* Options structs of every age, in the one form that the library works with. To add an option, add it here, in options.go and
 * where the core decides by it; the build fails until it is here. */
#include "base.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* The sizes of all fields. The strings of two structs are compared, and their addresses are not, so a string that is missing in
 * TEMPFILE__STRINGS would be taken for the same after the host has changed it. */
_Static_assert(sizeof(tempfile_options) == sizeof(size_t) + TEMPFILE__STRING_COUNT * sizeof(char *) + 2 * sizeof(int64_t) + 2 * sizeof(uint32_t),
               "an option was added: a string belongs into TEMPFILE__STRINGS, anything else into this sum");

#define NAME(string) #string,
#define TAKE(string)                                 \
    texts[TEMPFILE__STRING_##string] = flat->fixed.string; \
    flat->fixed.string = NULL;

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
    to->struct_size = sizeof *to; /* so that it is the same as one of our size */
    return 0;
}

/* Copies a caller's struct. It may be at any address, as in a packed one. */
static int copy_struct(const tempfile_options *from, tempfile_options *to, const char *function)
{
    size_t size;

    if (from == NULL)
        from = &defaults;
    memcpy(&size, from, sizeof size);
    if (size != sizeof *to)
        return convert(from, size, to, function);
    memcpy(to, from, sizeof *to);
    return 0;
}

static int no_memory(const char *function)
{
    return tempfile__fail(-ENOMEM, function, "malloc", "", "there is no memory for a copy of the options", 0);
}

/* Makes room for so many bytes of strings; false: no memory. */
static bool grow(struct tempfile__options_room *room, size_t bytes)
{
    struct tempfile__flat_options *larger;

    if (bytes <= room->bytes)
        return true;
    bytes = bytes < 512 ? 512 : 2 * bytes;
    larger = realloc(room->flat, sizeof *larger + bytes);
    if (larger == NULL)
        return false;
    room->flat = larger;
    room->bytes = bytes;
    return true;
}

/* Appends a string of the options, if it is set. 0, or the error that the call returns. */
static int append(struct tempfile__options_room *room, size_t *at, const char *text, enum tempfile__string which, const char *function)
{
    static const char *const names[] = {TEMPFILE__STRINGS(NAME)};
    size_t length;
    char reason[96];

    length = strnlen(text, TEMPFILE_PATH_SIZE);
    if (length == TEMPFILE_PATH_SIZE) {
        snprintf(reason, sizeof reason, "%s is longer than any path that the system takes", names[which]);
        return tempfile__fail(-ENAMETOOLONG, function, "arguments", "", reason, 0);
    }
    if (!grow(room, *at + length + 1))
        return no_memory(function);
    memcpy(room->flat->bytes + *at, text, length);
    room->flat->bytes[*at + length] = '\0';
    room->flat->sizes[which] = length + 1;
    *at += length + 1;
    return 0;
}

/* Copies a caller's options with their strings into a room of this thread's, which grows. A thread of the host's that changes them
 * meanwhile cannot make us decide by one value and act by another. 0, or the error that the call returns. */
int tempfile__flatten_options(const tempfile_options *options, struct tempfile__options_room *room, const char *function)
{
    const char *texts[TEMPFILE__STRING_COUNT];
    struct tempfile__flat_options *flat;
    size_t at = 0;
    int result;

    if (!grow(room, 1))
        return no_memory(function);
    flat = room->flat;
    result = copy_struct(options, &flat->fixed, function);
    memset(flat->sizes, 0, sizeof flat->sizes);
    TEMPFILE__STRINGS(TAKE)
    for (int i = 0; i < TEMPFILE__STRING_COUNT && result == 0; i++)
        if (texts[i] != NULL)
            result = append(room, &at, texts[i], i, function);
    room->flat->name = at - room->flat->sizes[TEMPFILE__STRING_name];
    return result;
}

/* Copies flat options without the caller's name; NULL: no memory. */
struct tempfile__flat_options *tempfile__copy_flat_options(const struct tempfile__flat_options *flat)
{
    struct tempfile__flat_options *copy = malloc(sizeof *copy + flat->name);

    if (copy != NULL)
        memcpy(copy, flat, sizeof *copy + flat->name);
    return copy;
}

/* Tells whether options ask for the same creation, but for a name of the caller's of the same size. */
bool tempfile__same_options(const struct tempfile__flat_options *a, const struct tempfile__flat_options *b)
{
    return a->name == b->name && memcmp(a, b, sizeof *a + a->name) == 0;
}
