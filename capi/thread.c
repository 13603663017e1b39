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

static void create_key(void)
{
    /* released after the key is written: tempfile__this_thread looks without having passed pthread_once */
    __atomic_store_n(&tempfile__shared.has_thread_key, __real_pthread_key_create(&tempfile__shared.thread_key, drop) == 0, __ATOMIC_RELEASE);
}

/* What is known of this thread, made if need be; NULL: no memory. */
struct tempfile__thread *tempfile__new_thread(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    struct tempfile__thread *thread;

    pthread_once(&shared->thread_once, create_key);
    thread = tempfile__this_thread();
    if (thread != NULL || !shared->has_thread_key || (thread = calloc(1, sizeof *thread)) == NULL)
        return thread;
    thread->error = none;
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

/* Sets the thread's detail, unless function is NULL, and returns the code. The path may be what the thread's last detail pointed to. */
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason, size_t needed)
{
    size_t operation_size = strlen(operation) + 1, path_size = strlen(path) + 1;
    const char *between = *path != '\0' ? ": " : "";
    struct tempfile__thread *thread = tempfile__new_thread();
    char *text, *message;
    int size;

    if (thread == NULL || function == NULL) /* what returns nothing reports nothing */
        return code;
    size = snprintf(NULL, 0, "%s: %s%s%s: %s", function, operation, between, path, reason);
    text = malloc(operation_size + path_size + (size_t)size + 1);
    if (text == NULL) {
        thread->error = no_memory;
        return code;
    }
    memcpy(text, operation, operation_size);
    memcpy(text + operation_size, path, path_size);
    message = text + operation_size + path_size;
    snprintf(message, (size_t)size + 1, "%s: %s%s%s: %s", function, operation, between, path, reason);
    free(thread->text);
    thread->text = text;
    thread->error = (tempfile_error){sizeof thread->error, code, text, text + operation_size, message, needed};
    return code;
}

const tempfile_error *tempfile_last_error(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL ? &thread->error : &none;
}
