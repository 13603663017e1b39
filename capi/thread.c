/* What the library keeps of a thread: the detail of what went wrong in its last call, whether Go has met it, its recipes, and
 * a record to spare. It lies in malloc'ed memory behind one key and not in thread-local variables, because those come out of
 * the loader's small reserve of static TLS. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tempfile_error none = {sizeof none, 0, "", "", "", 0};
static const tempfile_error interrupted = {
    sizeof interrupted, -EDEADLK, "signal", "", "libtempfile: a call from a signal handler that interrupted another call", 0};
static const tempfile_error no_memory = {sizeof no_memory, -ENOMEM, "malloc", "", "libtempfile: out of memory for the detail of an error", 0};

static void drop(void *value)
{
    struct tempfile__thread *thread = value;

    tempfile__free_recipes(thread->recipes);
    if (thread->spare_record != NULL)
        tempfile__put_back(thread->spare_record);
    free(thread->text);
    free(thread);
}

/* The key is made when the library is loaded, since no other thread can fork then: musl before 1.2.4 leaves its lock of the keys
 * as the fork found it, and a child whose parent was making one would wait for ever. */
void tempfile__make_thread_key(void)
{
    tempfile__shared.has_thread_key = __real_pthread_key_create(&tempfile__shared.thread_key, drop) == 0;
}

/* Refuses a call whose thread is in Go already, without malloc, which may be what was interrupted. */
int tempfile__refuse(struct tempfile__thread *thread)
{
    thread->error = interrupted;
    return interrupted.code;
}

/* What is known of this thread, made if need be; NULL: no memory. */
struct tempfile__thread *tempfile__new_thread(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    struct tempfile__thread *thread = tempfile__this_thread();

    /* by malloc, which has a block to spare: what frees an object must not fail for want of memory */
    if (thread != NULL || !shared->has_thread_key || (thread = malloc(sizeof *thread)) == NULL)
        return thread;
    *thread = (struct tempfile__thread){.error = none};
    if (pthread_setspecific(shared->thread_key, thread) != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

/* Blocks what a host may have handlers for: none of them may run on a thread of ours, or on Go's, which inherit the mask. Not
 * what a fault raises, for which the system would end the process. */
void tempfile__block_signals(sigset_t *before)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    sigset_t all;

    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

/* Starts a thread of ours, on which no handler of the host's may run; 0 or an errno. */
int tempfile__start_thread(pthread_t *thread, void *(*run)(void *), void *argument)
{
    enum { STACK = 256 << 10 }; /* Go runs on stacks of its own */
    pthread_attr_t attributes;
    sigset_t mask;
    int result = pthread_attr_init(&attributes);

    if (result != 0)
        return result;
    pthread_attr_setstacksize(&attributes, STACK);
    tempfile__block_signals(&mask);
    result = __real_pthread_create(thread, &attributes, run, argument);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_attr_destroy(&attributes);
    return result;
}

/* Notes how far the objects are at this thread's fork; its child asks. It is the thread's own, as others fork too. */
void tempfile__before_fork(void)
{
    struct tempfile__thread *thread = tempfile__new_thread();

    if (thread != NULL)
        thread->renewals_at_fork = __atomic_load_n(&tempfile__shared.renewals, __ATOMIC_SEQ_CST);
}

uint64_t tempfile__renewals_at_fork(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL ? thread->renewals_at_fork : UINT64_MAX - 1;
}

void tempfile__clear(void)
{
    struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL)
        thread->error = none;
}

/* A string by its length, so that Go need not copy its own. */
struct part {
    const char *text;
    size_t size;
};

/* How many bytes the first character of a text has, if it can stand in a message: one that is no control character, does not
 * end a line, and is UTF-8; 0: it cannot. */
static size_t shown(const unsigned char *text, size_t size)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte and of the second */
        size_t size;
    } kinds[] = {{0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                 {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
                 {0xf4, 0xf4, 0x80, 0x8f, 4}};

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
    const struct part colon = {": ", 2}, parts[] = {function, colon, operation, colon, path, {": ", path.size > 0 ? 2 : 0}, reason};
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

/* Sets the thread's detail, and returns the code. The path may be what the thread's last detail pointed to. All sizes are of
 * strings that are in memory at once, so that their sum, and four times their sum, is no overflow. */
int tempfile__fail_sized(int code, const char *function, size_t function_size, const char *operation, size_t operation_size,
                         const char *path, size_t path_size, const char *reason, size_t reason_size, size_t needed)
{
    struct part where = {function, function_size}, what = {operation, operation_size}, which = {path, path_size}, why = {reason, reason_size};
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

/* The same for C's strings; function NULL: what returns nothing reports nothing. */
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason, size_t needed)
{
    if (function == NULL)
        return code;
    return tempfile__fail_sized(code, function, strlen(function), operation, strlen(operation), path, strlen(path), reason,
                                strlen(reason), needed);
}

const tempfile_error *tempfile_last_error(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL ? &thread->error : &none;
}
