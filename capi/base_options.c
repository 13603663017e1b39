/* Options structs of every age, in the one form that the library works with. To add an option, add it here, in options.go
 * and where the core decides by it; the build fails until it is here. */
#include "base.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Two options are compared byte for byte, but their strings by content. A string that is missing in TEMPFILE__STRINGS
 * would be compared by its address, and taken for the same after the host has changed it. */
_Static_assert(sizeof(tempfile_options) ==
                   sizeof(size_t) + TEMPFILE__STRING_COUNT * sizeof(char *) + 3 * sizeof(int64_t) + 2 * sizeof(uint32_t),
               "an option was added: a string belongs into TEMPFILE__STRINGS, the size of any other field into this sum; if "
               "the sum is right, "
               "the struct ends with padding, and needs a reserved field");

static const tempfile_options defaults = TEMPFILE_OPTIONS_INIT;
static const tempfile_publish_options publish_defaults = TEMPFILE_PUBLISH_OPTIONS_INIT;

/* Copies a caller's struct of another size. A field that an older struct lacks is zero; a field that only a newer one has
 * must be zero. */
static int convert(const char *from, size_t size, void *to, size_t own, const char *type, const char *function)
{
    char reason[128];

    if (size < sizeof(size_t) || size % sizeof(void *) != 0) {
        snprintf(reason, sizeof reason, "struct_size %zu is no size of %s; start from its initializer", size, type);
        return tempfile__fail(-EINVAL, function, "options", "", reason, 0);
    }
    if (size > TEMPFILE_PATH_SIZE) { /* the tail is not looked at, where a slip would make us read anything */
        snprintf(reason, sizeof reason, "struct_size %zu is larger than any %s", size, type);
        return tempfile__fail(-E2BIG, function, "options", "", reason, 0);
    }
    for (size_t i = own; i < size; i++)
        if (from[i] != 0)
            return tempfile__fail(-E2BIG, function, "options", "",
                                  "a field is set that this version of the library does not know", 0);
    memset(to, 0, own);
    memcpy(to, from, size < own ? size : own);
    memcpy(to, &own, sizeof own); /* so that it is the same as one of our size */
    return 0;
}

/* Copies a caller's struct, which begins with its size, so that a thread of the host's that changes it meanwhile cannot make
 * us decide by one value and act by another. It may be at any address, as in a packed one. 0, or the error that the call
 * returns. */
static inline int read_struct(const void *from, void *to, size_t own, const char *type, const char *function)
{
    size_t size;

    memcpy(&size, from, sizeof size);
    if (size != own)
        return convert(from, size, to, own, type, function);
    memcpy(to, from, own);
    return 0;
}

int tempfile__read_options(const tempfile_options *from, tempfile_options *to, const char *function)
{
    return read_struct(from != NULL ? from : &defaults, to, sizeof *to, "tempfile_options", function);
}

int tempfile__read_publish_options(const tempfile_publish_options *from, tempfile_publish_options *to, const char *function)
{
    return read_struct(from != NULL ? from : &publish_defaults, to, sizeof *to, "tempfile_publish_options", function);
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

#define CLEAR(string) options->string = NULL;
static inline void clear_strings(tempfile_options *options)
{
    TEMPFILE__STRINGS(CLEAR)
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
    clear_strings(&flat->fixed);
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

/* Tells whether options ask for the same creation as others, but for the letters of a name of the caller's. The strings are
 * compared in place, as a copy of them would take as many instructions as a creation. */
bool tempfile__same_options(const struct tempfile__flat_options *flat, const tempfile_options *given)
{
    const char *next = flat->bytes;
    tempfile_options rest;

    if (flat->size == 0) /* most have no strings */
        return memcmp(&flat->fixed, given, sizeof *given) == 0;
    rest = *given;
    if (rest.name != NULL && flat->sizes[TEMPFILE__STRING_name] != 0) /* any name will do */
        rest.name = flat->bytes + flat->size - flat->sizes[TEMPFILE__STRING_name];
#define SAME(string)                                                          \
    if (!is_next(rest.string, flat->sizes[TEMPFILE__STRING_##string], &next)) \
        return false;
    TEMPFILE__STRINGS(SAME)
    clear_strings(&rest);
    return memcmp(&flat->fixed, &rest, sizeof rest) == 0;
}
