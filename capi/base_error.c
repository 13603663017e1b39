/* The detail of an error: what failed, on which path and why, kept for each thread. */
#define _GNU_SOURCE
#include "base.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const tempfile_error tempfile__no_error = {sizeof tempfile__no_error, 0, "", "", "", 0};
static const tempfile_error interrupted = {sizeof interrupted,
                                           -EDEADLK,
                                           "signal",
                                           "",
                                           "libtempfile: a call from a signal handler that interrupted another call",
                                           0};
static const tempfile_error no_memory = {
    sizeof no_memory, -ENOMEM, "malloc", "", "libtempfile: out of memory for the detail of an error", 0};

/* Refuses a call whose thread is in Go already, without malloc, which may be what was interrupted. */
int tempfile__refuse(struct tempfile__thread *thread)
{
    thread->error = interrupted;
    return interrupted.code;
}

void tempfile__clear(void)
{
    struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL)
        thread->error = tempfile__no_error;
}

/* A string by its length, so that Go need not copy its own. */
struct part {
    const char *text;
    size_t size;
};

/* The size of a text's first character, if it can stand in a message: it is UTF-8, no control character, and does not end a
 * line; 0: it cannot. */
static size_t shown(const unsigned char *text, size_t size)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte and of the second */
        size_t size;
    } kinds[] = {{0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                 {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                 {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

    if (text[0] < 0x80)
        return text[0] >= 0x20 && text[0] != 0x7f;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text[0] < kinds[i].first || text[0] > kinds[i].last)
            continue;
        if (size < kinds[i].size || text[1] < kinds[i].low || text[1] > kinds[i].high)
            return 0;
        for (size_t at = 2; at < kinds[i].size; at++)
            if ((text[at] & 0xc0) != 0x80)
                return 0;
        if (text[0] == 0xe2 && text[1] == 0x80 && (text[2] == 0xa8 || text[2] == 0xa9)) /* line and paragraph separators */
            return 0;
        return kinds[i].size;
    }
    return 0;
}

/* Appends a text to a message for people, in which every byte that is not shown stands as \n, \t, \r or \x1b: a path can
 * neither begin another line in a log nor move a terminal. to may be NULL. Returns the size. */
static size_t escape(char *to, struct part part)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = 0;

    for (size_t at = 0; at < part.size;) {
        const char *text = part.text + at;
        size_t whole = shown((const unsigned char *)text, part.size - at);
        char code[4] = {'\\', 'x', digits[(unsigned char)*text >> 4], digits[*text & 15]};
        size_t length = sizeof code;

        if (whole > 0) {
            length = whole;
        } else if (*text == '\n' || *text == '\r' || *text == '\t') {
            code[1] = *text == '\n' ? 'n' : *text == '\r' ? 'r' : 't';
            length = 2;
        }
        if (to != NULL)
            memcpy(to + size, whole > 0 ? text : code, length);
        size += length;
        at += whole > 0 ? whole : 1;
    }
    return size;
}

/* The message: function: operation: path: reason. Returns its size without the NUL, as snprintf does, but for any size. */
static size_t compose(char *to, struct part function, struct part operation, struct part path, struct part reason)
{
    const struct part colon = {": ", 2},
                      parts[] = {function, colon, operation, colon, path, {": ", path.size > 0 ? 2 : 0}, reason};
    size_t size = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        size += escape(to != NULL ? to + size : NULL, parts[i]);
    if (to != NULL)
        to[size] = '\0';
    return size;
}

static char *put(char *to, struct part part)
{
    if (part.size > 0)
        memcpy(to, part.text, part.size);
    to[part.size] = '\0';
    return to + part.size + 1;
}

/* Sets the thread's detail, and returns the code. The path may lie in the thread's last detail. The strings are in memory
 * at the same time, so neither the sum of their sizes nor four times the sum overflows. */
int tempfile__fail_sized(int code, const char *function, size_t function_size, const char *operation, size_t operation_size,
                         const char *path, size_t path_size, const char *reason, size_t reason_size, size_t needed)
{
    struct part where = {function, function_size}, what = {operation, operation_size}, which = {path, path_size},
                why = {reason, reason_size};
    struct tempfile__thread *thread = tempfile__new_thread();
    char *text, *path_copy, *message;

    if (thread == NULL)
        return code;
    text = malloc(what.size + which.size + compose(NULL, where, what, which, why) + 3);
    if (text == NULL) {
        thread->error = no_memory;
        return code;
    }
    path_copy = put(text, what);
    message = put(path_copy, which);
    compose(message, where, what, which, why);
    free(thread->text);
    thread->text = text;
    thread->error = (tempfile_error){sizeof thread->error, code, text, path_copy, message, needed};
    return code;
}

/* The same for C's strings. function NULL: the public function returns nothing, so nothing is reported. */
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason,
                   size_t needed)
{
    if (function == NULL)
        return code;
    return tempfile__fail_sized(code, function, strlen(function), operation, strlen(operation), path, strlen(path), reason,
                                strlen(reason), needed);
}

/* The same for an errno. The reason begins with a small letter, as Go's reasons do. */
int tempfile__fail_errno(int error, const char *function, const char *operation, const char *path)
{
    const char *text = tempfile_strerror(error);
    char reason[64];

    snprintf(reason, sizeof reason, "%s", text);
    if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') /* no abbreviation */
        reason[0] = (char)(text[0] - 'A' + 'a');
    return tempfile__fail(-error, function, operation, path, reason, 0);
}

const tempfile_error *tempfile_last_error(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL ? &thread->error : &tempfile__no_error;
}
