/* The base group: the process, its threads, the detail of an error, the environment and the options. The other groups
 * stand on it: runtime, object, fast, and at last the shims. README.md has the order, and make check-layers proves it.
 * Nothing that is declared in the groups' headers is exported: the symbol map hides it. */
#ifndef TEMPFILE_BASE_H
#define TEMPFILE_BASE_H

#include "types.h"
#include "public_gen.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

/* C's own variables. They are in a section of their own, which a restart of Go leaves alone: see runtime_image.c. */
#define TEMPFILE__KEPT __attribute__((section("tempfile_kept")))

/* The linker gives C's own code the real functions, and Go the __wrap_ functions of runtime_wraps.c. build.sh reads the
 * names here. */
int __real_sigaction(int number, const struct sigaction *action, struct sigaction *old);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __real_pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
void *__real_mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset);
int __real_munmap(void *address, size_t size);
void *__real_malloc(size_t size);

/* Tells whether two strings are the same, or both missing. */
static inline bool tempfile__same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* const for cgo's prototypes, which know no qualifiers: gcc then holds them against the public ones. */
typedef const char tempfile__cchar;
typedef const void tempfile__cvoid;
typedef const tempfile_publish_options tempfile__cpublish_options;

/* --- base_state.c: the process */

/* What the default directory depends on: variables of the environment, and tempfile_settempdir. */
enum tempfile__variable {
    TEMPFILE__TMPDIR,
    TEMPFILE__TEMP,
    TEMPFILE__TMP,
    TEMPFILE__HOME,
    TEMPFILE__SETTEMPDIR,
    TEMPFILE__VARIABLES
};

/* The base's own state. A forked child goes on with it, whatever becomes of Go. */
struct tempfile__wiped;
extern struct tempfile__shared {
    struct tempfile__wiped *wiped; /* NULL: there was no memory yet */
    uint64_t last_epoch;           /* of this process and of those that it comes from */
    void (*at_exit)(void);         /* the exit handler, which load.c hands in */
    bool exit_watched;             /* the exit handler is registered */
    pthread_key_t thread_key;
    bool has_thread_key;
    char *environment[TEMPFILE__VARIABLES]; /* as it was last looked at; NULL: not set */
    uint64_t environment_number;            /* counts its changes */
} tempfile__shared;

/* Zero in every child that has its own memory: fork, _Fork and a raw clone, but not vfork. Zero is an unlocked mutex. */
struct tempfile__wiped {
    uint64_t epoch;           /* the number of this process among those that it comes from; 0: not known yet */
    pid_t pid;                /* differs from getpid's in a child of vfork, which has its parent's memory */
    bool go_runs;             /* in this process */
    const void *forked_on;    /* an address on the stack on which this child was forked; NULL: not known */
    uint64_t fork_limit;      /* descriptors with this serial or a later one were not inherited; 0: not known */
    uint32_t sweeps;          /* sweeps that read paths without a lock at the moment, see object_sweep.c */
    uintptr_t exiting_thread; /* the thread (pthread_self) that ends the process by exit; 0: there is none */
    int64_t held_until;       /* by tempfile__now: until then the other threads make nothing */
    pthread_mutex_t start, table, tempdir, mappings;
};

void *tempfile__wiped_pages(size_t size);
void tempfile__enroll(struct tempfile__wiped *wiped);
int tempfile__arrive_now(const char *function);
void tempfile__watch_exit(void);

/* The number of this process, which is known in all calls. */
static inline uint64_t tempfile__epoch(void)
{
    return tempfile__shared.wiped->epoch;
}

#ifdef TEMPFILE_HOOKS
extern bool tempfile__restart_off;
#endif

/* --- base_environment.c */

/* The environment as it was when a thread last looked at it, for the choice of the default directory. */
struct tempfile__environment {
    uint64_t number;                   /* another one whenever the environment is; 0: no variable was ever set */
    char *values[TEMPFILE__VARIABLES]; /* enum tempfile__variable; NULL: not set */
    size_t sizes[TEMPFILE__VARIABLES]; /* NUL included; 0: not set */
};
const struct tempfile__environment *tempfile__environment(void);
bool tempfile__read_variable(const char *name, char *value, size_t size);
bool tempfile__environment_is(const struct tempfile__environment *copy);
void tempfile__free_environment(struct tempfile__environment *environment);

/* --- base_thread.c: the threads */

struct tempfile__plans;
struct tempfile__record;

/* The library's state of one thread. It lies in malloc'ed memory behind one key and not in thread-local variables, because
 * those come out of the loader's small reserve of static TLS. */
struct tempfile__thread {
    tempfile_error error;
    char *text;       /* operation, path and message of the error, one after the other */
    uint64_t epoch;   /* of the process in which Go has met the thread; 0: it has not */
    uint32_t inside;  /* not 0: the thread is in Go */
    sigset_t mask;    /* the host's, while signals wait: see tempfile__go_in */
    bool lent;        /* the thread has Go's signal stack for the moment, see runtime_faults.c */
    stack_t go_stack; /* the signal stack that Go made for the thread; SS_DISABLE: the thread had one */
    void *stack;      /* its bounds; size 0: not asked for yet */
    size_t stack_size;
    uint64_t serial_at_fork; /* the last descriptor's serial when the thread last forked */
    struct tempfile__environment environment;
    struct tempfile__plans *plans;         /* of the fast group; load.c frees it */
    struct tempfile__record *spare_record; /* of the object group: for this thread's next object; NULL: there is none */
};

void tempfile__make_thread_key(void (*destructor)(void *));
struct tempfile__thread *tempfile__new_thread(void);
void tempfile__free_thread(struct tempfile__thread *thread);
void tempfile__block_signals(sigset_t *before);
int tempfile__start_thread(pthread_t *thread, void *(*run)(void *), void *argument);

/* The state of this thread; NULL: there is none yet. */
static inline struct tempfile__thread *tempfile__this_thread(void)
{
    struct tempfile__shared *shared = &tempfile__shared;

    return shared->has_thread_key ? pthread_getspecific(shared->thread_key) : NULL;
}

/* --- base_error.c: the detail of an error */

extern const tempfile_error tempfile__no_error;
int tempfile__refuse(struct tempfile__thread *thread);
void tempfile__clear(void);
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason,
                   size_t needed);
int tempfile__fail_errno(int error, const char *function, const char *operation, const char *path);
int tempfile__fail_sized(int code, const char *function, size_t function_size, const char *operation, size_t operation_size,
                         const char *path, size_t path_size, const char *reason, size_t reason_size, size_t needed);

/* --- base_options.c */

/* Every string of the options; the caller's name is the last. */
#define TEMPFILE__STRINGS(each) \
    each(suffix) each(prefix) each(dir) each(mode) each(encoding) each(errors) each(newline) each(beside) each(name)
#define TEMPFILE__STRING(name) TEMPFILE__STRING_##name,
enum tempfile__string { TEMPFILE__STRINGS(TEMPFILE__STRING) TEMPFILE__STRING_COUNT };

/* A copy of options in one block of memory. */
struct tempfile__flat_options {
    size_t sizes[TEMPFILE__STRING_COUNT]; /* of the strings, NUL included; 0: NULL */
    size_t size;                          /* of all strings */
    tempfile_options fixed;               /* without the strings */
    char bytes[];                         /* the strings, one after the other */
};
int tempfile__read_publish_options(const tempfile_publish_options *from, tempfile_publish_options *to, const char *function);
int tempfile__read_options(const tempfile_options *from, tempfile_options *to, const char *function);
struct tempfile__flat_options *tempfile__flatten_options(const tempfile_options *given, const char *function, int *result);
bool tempfile__same_options(const struct tempfile__flat_options *flat, const tempfile_options *given);

/* --- the beginning of every call */

/* Makes sure that the process has its number, which all else needs. 0, or the error that the call returns. */
static inline int tempfile__arrive(const char *function)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;

    if (__builtin_expect(wiped != NULL && __atomic_load_n(&wiped->epoch, __ATOMIC_ACQUIRE) != 0, 1))
        return 0;
    return tempfile__arrive_now(function);
}

/* Tells whether this thread is in Go already: its call comes from a signal handler that interrupted another one, often by
 * way of exit and a host's exit handler. Go ends a process that enters it a second time, and a lock may be this thread's
 * own. A child that was forked in the handler is not in its own Go. */
static inline bool tempfile__is_inside_go(const struct tempfile__thread *thread)
{
    return thread->inside != 0 && thread->epoch == tempfile__shared.wiped->epoch;
}

/* Clears the thread's detail, and makes sure that the process has its number. 0, or the error that the call returns. */
static inline int tempfile__begin(const char *function)
{
    struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL && ((uint32_t)thread->error.code | thread->inside) != 0) {
        if (tempfile__is_inside_go(thread))
            return tempfile__refuse(thread);
        tempfile__clear();
    }
    return tempfile__arrive(function);
}

#endif
