/* What the package's C files share with each other and with Go. Nothing of it is exported: the symbol map hides it all. */
#ifndef TEMPFILE_INTERNAL_H
#define TEMPFILE_INTERNAL_H

#include "types.h"
#include "public_gen.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

/* C's own variables. They are in a section of their own, which a restart of Go leaves alone: see runtime_image.c. */
#define TEMPFILE__KEPT __attribute__((section("tempfile_kept")))

/* Tells whether two strings are the same, or both missing. */
static inline bool tempfile__same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* const for cgo's prototypes, which know no qualifiers: gcc then holds them against the public ones. */
typedef const char tempfile__cchar;
typedef const void tempfile__cvoid;

/* Kinds of handle. */
enum tempfile__kind { TEMPFILE__FILE = 1, TEMPFILE__DIRECTORY, TEMPFILE__REMOVAL };

/* The strings of an object; core.Text counts them in the same order. */
enum tempfile__text { TEMPFILE__PATH, TEMPFILE__DIRECTORY_TEXT, TEMPFILE__PREFIX, TEMPFILE__SUFFIX, TEMPFILE__TEXTS };

/* The fixed part of an object: core.State, field by field. The Go side checks that the layouts agree. */
typedef struct tempfile__state {
    uint32_t kind, flags;
    int32_t descriptor;
    uint32_t permissions;
    int64_t max_size, read_ahead;
    uint64_t device, inode;
    void *data;
    int64_t capacity, size, position, ahead_start, ahead_end;
    struct {
        uint16_t encoding;
        uint8_t errors, newline, decoder, skip, encoder, unused;
    } text;
} tempfile__state;

/* Kinds of file and bits of state.flags that C looks at; the Go side checks that they agree. */
enum tempfile__file_kind { TEMPFILE__SPOOLED = 3 };
enum tempfile__flag {
    TEMPFILE__READABLE = 1 << 0,
    TEMPFILE__WRITABLE = 1 << 1,
    TEMPFILE__DELETE = 1 << 2,
    TEMPFILE__NAMED = 1 << 4,
    TEMPFILE__CLOSED = 1 << 5,
    TEMPFILE__DETACHED = 1 << 6,
    TEMPFILE__TEXT_MODE = 1 << 10,
    TEMPFILE__NOT_EMPTY = 1 << 11,
};

/* An object. Records live in C memory, are never freed and never move, so a stale handle can be looked up safely. A
 * record is the only truth about its object and valid at every instruction: another thread may fork between any two, and
 * the child goes on with what it finds. */
typedef struct tempfile__record {
    uint32_t generation; /* odd: live; a handle must have the same */
    uint32_t kind;       /* enum tempfile__kind */
    uint32_t index, next_free;
    uint32_t ending;     /* from before its last handle dies until all is done that the object owes */
    uint32_t pins;       /* calls that work on it without its lock; the last one ends an object that was freed meanwhile */
    uintptr_t maker;     /* the thread (pthread_self) that is making the object; 0: none */
    uint64_t owner;      /* epoch of the process that made it, the only one that deletes implicitly */
    uint64_t epoch;      /* epoch whose Go runtime knows it */
    uint64_t renewed;    /* when it got its descriptor, by the count of all that did */
    void *object;        /* go-pointer's token in that runtime; NULL: Go has not worked on it there */
    char *text[TEMPFILE__TEXTS];
    size_t text_size[TEMPFILE__TEXTS];
    char *last_path;     /* of the object before this one, for a signal handler that may still be at it */
    tempfile__state state;
} tempfile__record;

/* The same record under the names that tell the generator which handle a function takes. */
typedef tempfile__record tempfile__file, tempfile__directory, tempfile__removal;
typedef const tempfile__record tempfile__cfile;
typedef tempfile__record tempfile__new_file, tempfile__new_directory, tempfile__new_removal;
typedef const tempfile_options tempfile__options;

/* One call of a public function on its way in and out. */
struct tempfile__call {
    const char *function;
    tempfile__record *record;
    pthread_mutex_t *lock;
    struct tempfile__thread *thread; /* while it is in Go */
};

/* records.c */
int tempfile__find(struct tempfile__call *call, const void *handle, enum tempfile__kind kind, const char *function);
int tempfile__enter_object(struct tempfile__call *call);
void tempfile__done(struct tempfile__call *call);
void tempfile__pin(struct tempfile__call *call);
void tempfile__unpin(struct tempfile__call *call);
int tempfile__make(struct tempfile__call *call, enum tempfile__kind kind, const char *function);
int tempfile__made(struct tempfile__call *call, int result, void **out_handle);
void tempfile__free(const void *handle, enum tempfile__kind kind);
void tempfile__put_back(tempfile__record *record);
struct tempfile__name {
    const char *path;
    uint64_t device, inode; /* of a directory */
    uint32_t generation;    /* of the object */
};
bool tempfile__name_to_remove(const tempfile__record *record, enum tempfile__kind kind, struct tempfile__name *name);
tempfile__record *tempfile__record_at(uint32_t index);
bool tempfile__try(struct tempfile__call *call, tempfile__record *record, enum tempfile__kind kind);
void tempfile__close_file(tempfile__record *record, int placeholder);
const char *tempfile__path_of(const void *handle, enum tempfile__kind kind, const char *function);
bool tempfile__owned(const tempfile__record *record);

/* end.c */
void tempfile__start_making(tempfile__record *record);
void tempfile__leave(void);
void tempfile__clean_up_at_signal(bool ends);

/* tree.c */
struct tempfile__bounds {
    uint32_t entries; /* so many more may be looked at */
    int64_t until;    /* by tempfile__now; 0: there is no bound in time */
};
bool tempfile__remove_tree(const char *path, uint64_t device, uint64_t inode, struct tempfile__bounds *bounds);
int64_t tempfile__now(void);

/* services for Go */
void tempfile__lock(tempfile__record *record);
void tempfile__unlock(tempfile__record *record);
int tempfile__resize(tempfile__record *record, int64_t keep, int64_t capacity);
void tempfile__renew(tempfile__record *record);
bool tempfile__inherited(const tempfile__record *record);
int tempfile__set_text(tempfile__record *record, int which, const char *text, size_t size);

/* options.c */
int tempfile__read_options(const tempfile_options **options, tempfile_options *room, const char *function);

/* memory.c */
bool tempfile__read_memory(tempfile__record *record, void *buffer, size_t size, int64_t *result);
bool tempfile__write_memory(tempfile__record *record, const void *data, size_t size, int64_t *result);

/* descriptor.c */
bool tempfile__show_descriptor(tempfile__record *record, tempfile_fd *result);
bool tempfile__detach_descriptor(tempfile__record *record, tempfile_fd *result);

/* identity.c */
bool tempfile__identify_new(const char *path, uint64_t *out_device, uint64_t *out_inode);
bool tempfile__identify_directory(const char *path, uint32_t permissions, uint64_t *out_device, uint64_t *out_inode, int *result);

/* environment.c */
struct tempfile__environment {
    char *tempdir; /* malloc'ed copy; NULL: choose */
    const char *tmpdir, *temp, *tmp, *home; /* the host's own; NULL: not set */
};
void tempfile__environment(struct tempfile__environment *environment);
uint64_t tempfile__environment_number(void);
enum { TEMPFILE__VARIABLES = 4 };
struct tempfile__environment_copy {
    uint64_t number; /* 0: of one in which none is set */
    char *values[TEMPFILE__VARIABLES];
};
bool tempfile__environment_is(const struct tempfile__environment_copy *copy);
bool tempfile__copy_environment(struct tempfile__environment_copy *copy);
void tempfile__free_environment(struct tempfile__environment_copy *copy);

/* recipes.c */
enum tempfile__creation {
    TEMPFILE__MKSTEMP, TEMPFILE__MKDTEMP, TEMPFILE__UNNAMED, TEMPFILE__NAMED_FILE, TEMPFILE__UNNAMED_FILE, TEMPFILE__TEMPORARY_DIRECTORY,
    TEMPFILE__SPOOLED_FILE
};
bool tempfile__repeat_mkstemp(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *result);
bool tempfile__repeat_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size, int *result);
bool tempfile__repeat_unnamed_descriptor(const tempfile_options *options, tempfile_fd *result);
bool tempfile__repeat_named(const tempfile_options *options, tempfile__record *record, int *result);
bool tempfile__repeat_unnamed(const tempfile_options *options, tempfile__record *record, int *result);
bool tempfile__repeat_directory(const tempfile_options *options, tempfile__record *record, int *result);
void tempfile__remember(enum tempfile__creation creation, const tempfile_options *options, const tempfile__record *record,
                        const char *path, size_t length, int64_t name, size_t name_length, int flags, uint32_t permissions);
struct tempfile__recipes;
void tempfile__free_recipes(struct tempfile__recipes *recipes);

/* names.c */
#define TEMPFILE__ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789_" /* the Go side checks that it is core's */
enum { TEMPFILE__NAME_LENGTH = 8, TEMPFILE__NAMES = 32 };
struct tempfile__names {
    unsigned left;
    uint64_t numbers[TEMPFILE__NAMES]; /* each makes a name */
};
bool tempfile__draw_name(struct tempfile__names *names, char name[TEMPFILE__NAME_LENGTH]);

/* thread.c */
struct tempfile__thread { /* what is kept of a thread */
    tempfile_error error;
    char *text;       /* operation, path and message of the error, one after the other */
    uint64_t epoch;   /* of the process in which Go has met the thread; 0: none */
    uint32_t inside;  /* not 0: the thread is in Go */
    sigset_t mask;    /* the host's, while signals wait: see tempfile__go_in */
    bool lent;        /* the thread has Go's signal stack for the moment, see runtime_faults.c */
    stack_t go_stack; /* the signal stack that Go made for the thread; SS_DISABLE: none, it had one */
    void *stack;      /* its bounds; size 0: not asked for yet */
    size_t stack_size;
    uint64_t renewals_at_fork;
    struct tempfile__recipes *recipes;
    tempfile__record *spare_record; /* not in use, for this thread's next object; NULL: there is none */
};
struct tempfile__thread *tempfile__new_thread(void);
void tempfile__block_signals(sigset_t *before);
int tempfile__start_thread(pthread_t *thread, void *(*run)(void *), void *argument);
void tempfile__clear(void);
int tempfile__refuse(struct tempfile__thread *thread);
void tempfile__make_thread_key(void);
void tempfile__before_fork(void);
uint64_t tempfile__renewals_at_fork(void);
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason, size_t needed);
int tempfile__fail_sized(int code, const char *function, size_t function_size, const char *operation, size_t operation_size,
                         const char *path, size_t path_size, const char *reason, size_t reason_size, size_t needed);

/* runtime_wraps.c */
bool tempfile__stock_up(void);

/* helpers.c */
struct tempfile__helper *tempfile__start_helper(void *work);
void tempfile__join_helper(struct tempfile__helper *helper);

/* Records come in tables of 1,024, of which there are at most 1,024. */
#define TEMPFILE__TABLES 1024
#define TEMPFILE__RECORDS 1024

/* C's state. A forked child goes on with it, whatever becomes of Go. */
struct tempfile__wiped;
extern struct tempfile__shared {
    struct tempfile__wiped *wiped; /* NULL: there was no memory yet */
    uint64_t renewals;             /* how many objects got a descriptor */
    uint64_t last_epoch;           /* of this process and those that it comes from */
    bool exit_watched;             /* by atexit */
    bool second_copy;              /* of the library in this process, where that cannot be */
    pthread_key_t thread_key;
    bool has_thread_key;
    char *tempdir;           /* tempfile_settempdir; NULL: choose */
    char *environment[TEMPFILE__VARIABLES]; /* as it was last looked at */
    uint64_t environment_number;            /* counts its changes */
    uint32_t tables, first_free;
    tempfile__record *records[TEMPFILE__TABLES];
    pthread_mutex_t *locks[TEMPFILE__TABLES]; /* wiped in a child, each table beside its records */
} tempfile__shared;

/* Zero in every child that has its own memory: fork, _Fork and a raw clone, but not vfork. Zero is an unlocked mutex. */
struct tempfile__wiped {
    uint64_t epoch;        /* the number of this process among those that it comes from; 0: not known yet */
    pid_t pid;             /* another than getpid's: a child of vfork, which has its parent's memory */
    bool go_runs;          /* in this process */
    const void *forked_on; /* an address on the stack on which this child was forked; NULL: not known */
    uint64_t inherited;    /* renewals from here on came too late to be inherited; 0: not known, so all are taken to be */
    uint32_t handlers;     /* sweeps that read paths without a lock at the moment, see end.c */
    uintptr_t leaver;      /* the thread (pthread_self) that ends the process by exit; 0: none */
    int64_t held_until;    /* by tempfile__now: until then other threads make nothing */
    pthread_mutex_t start, table, tempdir, mappings;
};

/* The number of this process, which is known in all calls. */
static inline uint64_t tempfile__epoch(void)
{
    return tempfile__shared.wiped->epoch;
}

/* What is known of this thread; NULL: nothing. */
static inline struct tempfile__thread *tempfile__this_thread(void)
{
    struct tempfile__shared *shared = &tempfile__shared;

    return shared->has_thread_key ? pthread_getspecific(shared->thread_key) : NULL;
}

#ifdef TEMPFILE_HOOKS
extern bool tempfile__restart_off;
#endif

/* runtime_start.c, runtime_faults.c */
void *tempfile__wiped_pages(size_t size);
int tempfile__arrive_now(const char *function);
int tempfile__enter_first(struct tempfile__thread **out_thread, const char *function);
void tempfile__end_loan(struct tempfile__thread *thread);

/* Makes sure that the process is known, which all else needs. 0, or what the call returns. */
static inline int tempfile__arrive(const char *function)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;

    if (__builtin_expect(wiped != NULL && __atomic_load_n(&wiped->epoch, __ATOMIC_ACQUIRE) != 0, 1))
        return 0;
    return tempfile__arrive_now(function);
}

/* Tells whether this thread is in Go already: its call comes from a signal handler that interrupted another, often by way of
 * exit and a host's exit handler. Go ends the process that enters it a second time, and a lock may be this thread's own. A
 * child that was forked in the handler is not in its own Go. */
static inline bool tempfile__is_inside_go(const struct tempfile__thread *thread)
{
    return thread->inside != 0 && thread->epoch == tempfile__shared.wiped->epoch;
}

/* Begins a call: clears the thread's detail, and makes sure that the process is known. 0, or what the call returns. */
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

/* Notes that a thread is in Go, or is not any more. On arm64 the host's signals wait meanwhile. A function of Go's keeps its
 * caller's frame pointer below the stack pointer there, where a handler without SA_ONSTACK writes, and what is read back
 * has Go end the process: "entersyscall inconsistent bp". */
#if defined __aarch64__ && !defined TEMPFILE_NO_RESERVE
enum { TEMPFILE__SIGNALS_WAIT = true };
#else
enum { TEMPFILE__SIGNALS_WAIT = false };
#endif

static inline void tempfile__go_in(struct tempfile__thread *thread)
{
    if (TEMPFILE__SIGNALS_WAIT && thread->inside == 0)
        tempfile__block_signals(&thread->mask);
    thread->inside++;
}

static inline void tempfile__go_out(struct tempfile__thread *thread)
{
    thread->inside--;
    if (TEMPFILE__SIGNALS_WAIT && thread->inside == 0)
        pthread_sigmask(SIG_SETMASK, &thread->mask, NULL);
}

/* Enters Go; only after tempfile__arrive. 0 and the thread, for tempfile__leave_go, or what the call returns. */
static inline int tempfile__enter_go(struct tempfile__thread **out_thread, const char *function)
{
    struct tempfile__thread *thread = tempfile__this_thread();

#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off && thread != NULL && thread->epoch != 0) {
        tempfile__go_in(thread);
        *out_thread = thread;
        return 0;
    }
#endif
    if (__builtin_expect(thread == NULL || thread->epoch != tempfile__epoch(), 0))
        return tempfile__enter_first(out_thread, function);
    tempfile__go_in(thread);
    *out_thread = thread;
    return 0;
}

static inline void tempfile__leave_go(struct tempfile__thread *thread)
{
    if (__builtin_expect(thread->lent, 0))
        tempfile__end_loan(thread);
    tempfile__go_out(thread);
}

#endif
