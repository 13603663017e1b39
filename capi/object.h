/* The object group: the records behind the handles, their life and end, and the sweeps at exit and at a signal. README.md
 * draws the states of a record. */
#ifndef TEMPFILE_OBJECT_H
#define TEMPFILE_OBJECT_H

#include "runtime.h"
#include <errno.h>

/* Kinds of handle. */
enum tempfile__kind { TEMPFILE__FILE = 1, TEMPFILE__DIRECTORY, TEMPFILE__REMOVAL, TEMPFILE__RECOVERY };

/* The strings of an object, in the order of object.Field in Go. */
enum tempfile__field {
    TEMPFILE__PATH,
    TEMPFILE__SPOOL_DIRECTORY,
    TEMPFILE__SPOOL_PREFIX,
    TEMPFILE__SPOOL_SUFFIX,
    TEMPFILE__FIELDS
};

/* The fixed part of an object: object.State in Go, field by field. record.go does not compile unless the layouts agree. */
typedef struct tempfile__state {
    uint32_t kind, flags;
    int32_t descriptor;
    uint32_t permissions;
    int64_t max_size, read_ahead;
    uint64_t device, inode;
    void *data;
    int64_t capacity, size, position, ahead_start, ahead_end, pending;
    uint64_t pending_epoch;
    struct {
        uint16_t encoding;
        uint8_t errors, newline, decoder, skip, encoder, unused;
    } text;
    int64_t min_free;
} tempfile__state;

/* Kinds of file and bits of state.flags that C looks at; record.go checks that they agree. */
enum tempfile__file_kind { TEMPFILE__SPOOLED = 3 };
enum tempfile__flag {
    TEMPFILE__READABLE = 1 << 0,
    TEMPFILE__WRITABLE = 1 << 1,
    TEMPFILE__DELETE = 1 << 2,
    TEMPFILE__NAMED = 1 << 4,
    TEMPFILE__CLOSED = 1 << 5,
    TEMPFILE__DETACHED = 1 << 6,
    TEMPFILE__TEXT_MODE = 1 << 10,
    TEMPFILE__BUFFERED = 1 << 11,
    TEMPFILE__APPEND = 1 << 12,
    TEMPFILE__CLOSE_FAILED = 1 << 13,
    TEMPFILE__VERBATIM_WRITE = 1 << 14,
    TEMPFILE__VERBATIM_READ = 1 << 15,
    TEMPFILE__RETURNS = 1 << 16,
    TEMPFILE__HELD = 1 << 19,
    TEMPFILE__RECOVERABLE = 1 << 20,
};

/* A path that an object has no more, or not yet. tempfile_file_name has lent an old one until the object is freed, and a
 * signal handler may be about to unlink it. */
struct tempfile__other_path {
    struct tempfile__other_path *older;
    char *text;
};

/* An object. Records live in C memory, are never freed and never move, so a stale handle can be looked up safely. A
 * record is the only truth about its object and valid at every instruction: another thread may fork between any two, and
 * the child goes on with the record as it is. */
typedef struct tempfile__record {
    uint32_t generation; /* odd: live; a handle must have the same */
    uint32_t kind;       /* enum tempfile__kind */
    uint32_t index, next_free;
    uint32_t ending; /* from before its last handle dies until all is done that the object owes */
    uint32_t pins;   /* calls that work on it without its lock; the last one ends an object that was freed meanwhile */
    uintptr_t maker; /* the thread (pthread_self) that is making the object; 0: it is made */
    uint64_t owner;  /* epoch of the process that made it, the only one that deletes implicitly */
    uint64_t epoch;  /* epoch of the process whose Go runtime knows it */
    uint64_t descriptor_serial; /* when it got its descriptor: a count over all objects */
    void *object;               /* go-pointer's token in that runtime; NULL: Go has not worked on it there */
    char *fields[TEMPFILE__FIELDS];
    size_t field_sizes[TEMPFILE__FIELDS];
    struct tempfile__other_path *old_paths; /* that the object had before it was published, last first */
    /* The paths of the object before this one, for a signal handler that may still be at it. */
    char *last_path;
    struct tempfile__other_path *last_old_paths;
    uint64_t journal_epoch; /* of the process whose journal has it */
    uint32_t journal;       /* the slot there; 0: none */
    bool unidentified;      /* the record there lacks the identity */
    tempfile__state state;
} tempfile__record;

/* The same record under the names that tell the generator which handle a function takes. */
typedef tempfile__record tempfile__file, tempfile__directory, tempfile__removal, tempfile__recovery;
typedef const tempfile__record tempfile__cfile;
typedef tempfile__record tempfile__new_file, tempfile__new_directory, tempfile__new_removal, tempfile__new_recovery;

/* One call of a public function on its way in and out. */
struct tempfile__call {
    const char *function;
    tempfile__record *record;
    struct tempfile__lock *lock;
    struct tempfile__thread *thread; /* while it is in Go */
};

/* --- object_lock.c: the lock of a record */

/* One word, which the common case changes without a call. A mutex of the C library takes twice as long, which shows where
 * a read is a copy of 64 bytes. Zero is unlocked: the locks lie in wiped pages. Each has a cache line of its own, as
 * objects of several threads are neighbours. */
struct tempfile__lock {
    _Alignas(64) uint32_t word; /* enum tempfile__lock_state */
};
enum tempfile__lock_state { TEMPFILE__UNLOCKED, TEMPFILE__LOCKED, TEMPFILE__AWAITED };

void tempfile__wait_for_lock(struct tempfile__lock *lock);
void tempfile__wake_waiter(struct tempfile__lock *lock);

static inline bool tempfile__try_lock(struct tempfile__lock *lock)
{
    uint32_t unlocked = TEMPFILE__UNLOCKED;

    return __atomic_compare_exchange_n(&lock->word, &unlocked, TEMPFILE__LOCKED, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void tempfile__take_lock(struct tempfile__lock *lock)
{
    if (__builtin_expect(!tempfile__try_lock(lock), 0))
        tempfile__wait_for_lock(lock);
}

/* An atomic exchange would take as long as the copy that the lock was for: it waits until the processor has passed on all
 * stores before it. So the word is read and then stored. A thread that begins to wait between the two may sleep although
 * the lock is free; it looks again after a millisecond. A thread that waits already is always woken. */
static inline void tempfile__drop_lock(struct tempfile__lock *lock)
{
    bool awaited = __atomic_load_n(&lock->word, __ATOMIC_RELAXED) == TEMPFILE__AWAITED;

    __atomic_store_n(&lock->word, TEMPFILE__UNLOCKED, __ATOMIC_RELEASE);
    if (__builtin_expect(awaited, 0))
        tempfile__wake_waiter(lock);
}

/* --- object_record.c: the table of the records, and the making of one */

/* Records come in tables of 1,024, of which there are at most 1,024. */
#define TEMPFILE__TABLES 1024
#define TEMPFILE__RECORDS 1024
extern struct tempfile__objects {
    uint64_t descriptor_serial; /* of the object that got its descriptor last */
    uint32_t tables, first_free;
    tempfile__record *records[TEMPFILE__TABLES];
    struct tempfile__lock *locks[TEMPFILE__TABLES]; /* wiped in a child, each table beside its records */
} tempfile__objects;

int tempfile__make(struct tempfile__call *call, enum tempfile__kind kind, const char *function);
int tempfile__made(struct tempfile__call *call, int result, void **out_handle);
void tempfile__return_record(tempfile__record *record);
void tempfile__recycle_record(tempfile__record *record);
void tempfile__clear_record(tempfile__record *record);
void tempfile__forget_token(tempfile__record *record);
void tempfile__reset_locks(void);

/* The record with an index; NULL: there are no more. */
static inline tempfile__record *tempfile__record_at(uint32_t index)
{
    struct tempfile__objects *objects = &tempfile__objects;
    tempfile__record *table;

    if (index / TEMPFILE__RECORDS >= __atomic_load_n(&objects->tables, __ATOMIC_ACQUIRE))
        return NULL;
    table = objects->records[index / TEMPFILE__RECORDS];
    return &table[index % TEMPFILE__RECORDS];
}

static inline struct tempfile__lock *tempfile__lock_of(const tempfile__record *record)
{
    return &tempfile__objects.locks[record->index / TEMPFILE__RECORDS][record->index % TEMPFILE__RECORDS];
}

/* --- object_handle.c: from a handle to its record */

/* A handle is a mark, the generation and the index of the record. No user process has an address with the mark, so a foreign
 * pointer cannot be mistaken for a handle, and a handle that is dereferenced by mistake faults at once. */
#define TEMPFILE__MARK UINT64_C(0xA5)

static inline void *tempfile__handle_of(const tempfile__record *record)
{
    return (void *)(uintptr_t)(TEMPFILE__MARK << 56 | (uint64_t)record->generation << 24 | (uint64_t)record->index << 3);
}

void tempfile__bad_handle(const void *handle, enum tempfile__kind kind, const char *function);
void tempfile__lock(tempfile__record *record);
void tempfile__unlock(tempfile__record *record);
tempfile__record *tempfile__find_to_free(const void *handle, enum tempfile__kind kind);
bool tempfile__try(struct tempfile__call *call, tempfile__record *record, enum tempfile__kind kind);

/* Tells whether an object is this process's, the only one that deletes implicitly. */
static inline bool tempfile__owned(const tempfile__record *record)
{
    return __atomic_load_n(&record->owner, __ATOMIC_RELAXED) == tempfile__epoch();
}

/* Tells whether the name goes with the object: it has one, is not to be kept, and is this process's. */
static inline bool tempfile__deletes_name(const tempfile__record *record)
{
    const uint32_t wanted = TEMPFILE__DELETE | TEMPFILE__NAMED;

    return (__atomic_load_n(&record->state.flags, __ATOMIC_RELAXED) & wanted) == wanted && tempfile__owned(record);
}

/* --- object_journal.c: the journal of this process, for recovery */

enum { TEMPFILE__JOURNAL_PARTS = 15, TEMPFILE__ANNOUNCED = 64 };
enum tempfile__journal_status { TEMPFILE__JOURNAL_NONE, TEMPFILE__JOURNAL_OPEN, TEMPFILE__JOURNAL_FAILED };

/* The journal of this process. It is zero in a forked child, which opens its own when it first needs one. */
struct tempfile__journal {
    uint32_t status; /* enum tempfile__journal_status; FAILED: the process goes on without one */
    int descriptor;
    uint64_t device, inode; /* the file's */
    uint64_t salt;
    char name[48];
    bool mapped;         /* records are stores into the file's mapping; otherwise the parts are copies, written by pwrite */
    uint32_t used, size; /* in slots: those that were ever taken, and those that there is room for */
    uint64_t free[2];    /* lists of free slots, for records with a short path and with a long one */
    uint32_t announced[TEMPFILE__ANNOUNCED]; /* slots of what hosts are making themselves; 0: none */
    int part_count;
    char *parts[TEMPFILE__JOURNAL_PARTS];
    uint32_t *next[TEMPFILE__JOURNAL_PARTS]; /* of each slot: the free one after it */
    pthread_mutex_t lock;
};

/* Whether objects are journaled. */
enum tempfile__journaling_state { TEMPFILE__UNDECIDED, TEMPFILE__NOT_JOURNALED, TEMPFILE__JOURNALED };
extern struct tempfile__journaling {
    uint32_t state; /* UNDECIDED: the environment was not asked yet */
    char *directory;
    struct tempfile__journal *journal; /* in wiped memory */
} tempfile__journaling;

static inline bool tempfile__is_journaled(void)
{
    return __builtin_expect(__atomic_load_n(&tempfile__journaling.state, __ATOMIC_ACQUIRE) == TEMPFILE__JOURNALED, 0);
}

/* When a file or directory was made, by the file system's clock. */
struct tempfile__birth {
    int64_t seconds;
    uint64_t nanoseconds; /* UINT64_MAX: the file system does not say */
};

uint32_t tempfile__intend(const char *path, uint32_t kind, uint32_t flags);
void tempfile__intend_again(uint32_t slot, const char *path);
bool tempfile__note_identity(uint32_t slot, int descriptor, const char *path);
void tempfile__strike_out(uint32_t slot);
void tempfile__own_slot(tempfile__record *record, uint32_t slot, bool identified);
bool tempfile__put_identity(uint32_t slot, uint64_t device, uint64_t inode, struct tempfile__birth birth);
void tempfile__identify_late(tempfile__record *record);
void tempfile__identify_all(void);
void tempfile__settle_now(tempfile__record *record);
void tempfile__settle_anew(tempfile__record *record);
bool tempfile__journal_is_empty(const struct tempfile__journal *journal);
void tempfile__settle_last(tempfile__record *record);

/* Makes the journal agree with an object after a call that may have changed what becomes of its name. */
static inline void tempfile__settle(tempfile__record *record)
{
    if (tempfile__is_journaled())
        tempfile__settle_now(record);
}

/* --- object_keep.c: nothing is deleted, for debugging */

extern bool tempfile__keeps_all;
void tempfile__keep_object(tempfile__record *record);
void tempfile__print_kept(void);

/* --- object_journal_file.c: its file */

uint64_t tempfile__journal_check(uint64_t check, const void *bytes, size_t size);
bool tempfile__journal_is_ours(const struct tempfile__journal *journal);
int tempfile__open_journal(struct tempfile__journal *journal);
int tempfile__grow_journal(struct tempfile__journal *journal);
void tempfile__close_journal(void);

/* --- object_journal_enable.c: how it is turned on */

void tempfile__ask_environment_now(void);
int tempfile__start_journaling(const char *directory, size_t size);
void tempfile__reset_journal(void);

/* Asks the environment before the first call that makes something. */
static inline void tempfile__ask_environment(void)
{
    if (__builtin_expect(__atomic_load_n(&tempfile__journaling.state, __ATOMIC_RELAXED) == TEMPFILE__UNDECIDED, 0))
        tempfile__ask_environment_now();
}

/* The following are a part of every call, and inline, as some calls do little besides. */

static inline uint32_t tempfile__generation_of(const void *handle)
{
    return (uint32_t)((uint64_t)(uintptr_t)handle >> 24);
}

/* The record that a handle names, if it is live and of that kind. Its object may end at once, unless the lock is held. */
static inline tempfile__record *tempfile__lookup(const void *handle, enum tempfile__kind kind)
{
    uint64_t value = (uint64_t)(uintptr_t)handle;
    uint32_t generation = tempfile__generation_of(handle);
    tempfile__record *record;

    if (value >> 56 != TEMPFILE__MARK || (value & 7) != 0 || (generation & 1) == 0)
        return NULL;
    record = tempfile__record_at((uint32_t)(value >> 3) & 0x1fffff);
    if (record == NULL || __atomic_load_n(&record->generation, __ATOMIC_ACQUIRE) != generation ||
        __atomic_load_n(&record->kind, __ATOMIC_RELAXED) != kind)
        return NULL;
    return record;
}

/* Locks the record that a handle names; NULL: it names none. */
static inline tempfile__record *tempfile__lock_object(const void *handle, enum tempfile__kind kind)
{
    tempfile__record *record = tempfile__lookup(handle, kind);

    if (record == NULL)
        return NULL;
    tempfile__take_lock(tempfile__lock_of(record));
    if (record->generation == tempfile__generation_of(handle) && record->kind == kind)
        return record;
    tempfile__drop_lock(tempfile__lock_of(record));
    return NULL;
}

/* Finds and locks the record for a call; tempfile__done unlocks. It does not need Go. */
static inline int tempfile__find(struct tempfile__call *call, const void *handle, enum tempfile__kind kind,
                                 const char *function)
{
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    call->function = function;
    call->record = tempfile__lock_object(handle, kind);
    if (__builtin_expect(call->record == NULL, 0)) {
        tempfile__bad_handle(handle, kind, function);
        return -EBADF;
    }
    call->lock = tempfile__lock_of(call->record);
    if (__builtin_expect(call->record->unidentified, 0))
        tempfile__identify_late(call->record);
    return 0;
}

static inline void tempfile__done(struct tempfile__call *call)
{
    tempfile__settle(call->record);
    tempfile__drop_lock(call->lock);
}

/* --- object_fields.c: what a record holds */

/* Gives a record the next serial, just before it gets a descriptor. */
static inline void tempfile__advance_descriptor_serial(tempfile__record *record)
{
    record->descriptor_serial = __atomic_add_fetch(&tempfile__objects.descriptor_serial, 1, __ATOMIC_SEQ_CST);
}

void tempfile__note_fork(void);
void tempfile__set_fork_limit(void);
bool tempfile__descriptor_was_inherited(const tempfile__record *record);
bool tempfile__write_all(int descriptor, const void *data, int64_t size, int64_t *written);
bool tempfile__flush(tempfile__record *record);
void tempfile__close_descriptor(tempfile__record *record);
void tempfile__close_file(tempfile__record *record, int placeholder);
int tempfile__resize(tempfile__record *record, int64_t keep, int64_t capacity);
int tempfile__set_field(tempfile__record *record, int which, const char *text, size_t size);
struct tempfile__other_path *tempfile__prepare_path(const char *text, size_t size);
void tempfile__set_path(tempfile__record *record, struct tempfile__other_path *path, size_t size);
void tempfile__free_paths(struct tempfile__other_path *paths);

/* Tells whether a record's descriptor is one of this process. */
static inline bool tempfile__descriptor_is_ours(const tempfile__record *record)
{
    return record->epoch == tempfile__epoch() || tempfile__descriptor_was_inherited(record);
}

/* The number of bytes that this process holds back. A child forgets its parent's, or they would be in the file twice. */
static inline int64_t tempfile__held_back(tempfile__record *record)
{
    if (record->state.pending > 0 && record->state.pending_epoch != tempfile__epoch())
        record->state.pending = 0;
    return record->state.pending;
}

/* --- object_end.c: the way into Go with an object, and the end of one */

int tempfile__enter_object(struct tempfile__call *call);
struct tempfile__name {
    const char *path;
    uint64_t device, inode; /* of a directory */
    uint32_t generation;    /* of the object */
};
void tempfile__pin(struct tempfile__call *call);
void tempfile__unpin(struct tempfile__call *call);
bool tempfile__name_to_remove(const tempfile__record *record, enum tempfile__kind kind, struct tempfile__name *name);

/* --- object_sweep.c: the end of all that this process made */

void tempfile__clean_up_at_signal(bool ends);
void tempfile__clean_up_last(bool may_enter_go);
bool tempfile__is_owner(void);

/* --- object_exit.c */

void tempfile__start_making(tempfile__record *record);
void tempfile__clean_up_at_exit(void);

/* --- object_tree.c */

struct tempfile__bounds {
    uint32_t entries; /* so many more may be looked at */
    int64_t until;    /* by tempfile__now; 0: there is no bound in time */
};
bool tempfile__remove_tree(const char *path, uint64_t device, uint64_t inode, struct tempfile__bounds *bounds);
int64_t tempfile__now(void);

/* --- Go's functions for this group. cgo's own prototypes are compiled against these. */

extern int tfgo_inherit(tempfile__record *record);
extern int tfgo_release(tempfile__record *record, int full);
extern int tfgo_end_directory(tempfile__record *record);
extern int tfgo_recovery_enable(tempfile__cchar *directory);

#endif
