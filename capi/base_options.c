/* Options structs of every age, in the one form that the library works with. To add an option, add it here, in options.go
 * and where the core decides by it; the build fails until it is here. */
#include "base.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* A field that is missing below would be taken for the same after the host has changed it. The numbers stand together at the end, where
 * one memcmp compares them. */
#define NUMBERS offsetof(tempfile_options, buffering)
#define NUMBERS_SIZE (2 * sizeof(int64_t) + 2 * sizeof(uint32_t))
_Static_assert(sizeof(tempfile_options) == NUMBERS + NUMBERS_SIZE && NUMBERS == sizeof(size_t) + TEMPFILE__STRING_COUNT * sizeof(char *),
               "an option was added: a string belongs into TEMPFILE__STRINGS, and any other field must be compared here");

static const tempfile_options defaults = TEMPFILE_OPTIONS_INIT;

/* Copies a caller's struct of another size. A field that an older struct lacks is zero; a field that only a newer one has
 * must be zero. */
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

/* Copies a caller's struct, so that a thread of the host's that changes it meanwhile cannot make us decide by one value and act by
 * another. It may be at any address, as in a packed one. 0, or the error that the call returns. */
int tempfile__read_options(const tempfile_options *from, tempfile_options *to, const char *function)
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

/* Gives the sizes of all strings, and their sum in bytes. 0, or the error that the call returns. */
static int measure(const char *const texts[], size_t sizes[], size_t *bytes, const char *function)
{
#define NAME(string) #string,
    static const char *const names[] = {TEMPFILE__STRINGS(NAME)};
    char reason[96];

    *bytes = 0;
    for (int i = 0; i < TEMPFILE__STRING_COUNT; i++) {
        sizes[i] = texts[i] != NULL ? strnlen(texts[i], TEMPFILE_PATH_SIZE) + 1 : 0;
        if (sizes[i] > TEMPFILE_PATH_SIZE) {
            snprintf(reason, sizeof reason, "%s is longer than any path that the system takes", names[i]);
            return tempfile__fail(-ENAMETOOLONG, function, "arguments", "", reason, 0);
        }
        *bytes += sizes[i];
    }
    return 0;
}

/* Copies options with their strings. NULL: *result is the error that the call returns. */
struct tempfile__flat_options *tempfile__flatten_options(const tempfile_options *given, const char *function, int *result)
{
#define TEXT(string) given->string,
    const char *const texts[] = {TEMPFILE__STRINGS(TEXT)};
    size_t sizes[TEMPFILE__STRING_COUNT], bytes;
    struct tempfile__flat_options *flat;
    char *to;

    *result = measure(texts, sizes, &bytes, function);
    if (*result != 0)
        return NULL;
    flat = malloc(sizeof *flat + bytes);
    if (flat == NULL) {
        *result = tempfile__fail(-ENOMEM, function, "malloc", "", "there is no memory for a copy of the options", 0);
        return NULL;
    }
    memcpy(flat->sizes, sizes, sizeof sizes);
    flat->size = bytes;
    flat->fixed = *given;
    to = flat->bytes;
    for (int i = 0; i < TEMPFILE__STRING_COUNT; to += sizes[i++])
        if (sizes[i] > 0) {
            memcpy(to, texts[i], sizes[i] - 1);
            to[sizes[i] - 1] = '\0';
        }
    return flat;
}

/* Tells whether a string is the next one of a copy. */
static inline bool is_next(const char *text, size_t size, const char **next)
{
    const char *copy = *next;

    if (size == 0)
        return text == NULL;
    *next += size;
    return text != NULL && strcmp(text, copy) == 0;
}

/* Tells whether options ask for the same creation as others, but for a name of the caller's. It compares in place: a copy of the
 * strings would cost more instructions than some creations have to spare. */
bool tempfile__same_options(const struct tempfile__flat_options *flat, const tempfile_options *given)
{
    const char *next = flat->bytes;

    if (flat->size == 0) /* most have no strings, and are the same byte for byte */
        return memcmp(&flat->fixed, given, sizeof *given) == 0;
#define SAME(string) \
    if (TEMPFILE__STRING_##string != TEMPFILE__STRING_name && !is_next(given->string, flat->sizes[TEMPFILE__STRING_##string], &next)) \
        return false;
    TEMPFILE__STRINGS(SAME)
    return (given->name == NULL) == (flat->sizes[TEMPFILE__STRING_name] == 0) &&
           memcmp((const char *)&flat->fixed + NUMBERS, (const char *)given + NUMBERS, NUMBERS_SIZE) == 0;
}
