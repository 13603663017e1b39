/* Records: the objects behind the handles. */
#define _GNU_SOURCE
#include "internal.h"
#include "_cgo_export.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A handle is a mark, the generation and the index of the record. The mark makes it no address of a user process, so that
 * a foreign pointer cannot be mistaken for one, and a handle that is dereferenced by mistake faults at once. */
#define MARK UINT64_C(0xA5)

static void *handle_of(const tempfile__record *record)
{
    return (void *)(uintptr_t)(MARK << 56 | (uint64_t)record->generation << 24 | (uint64_t)record->index << 3);
}

/* Gives the records one after the other, from index 0 on; NULL: there are no more. */
tempfile__record *tempfile__record_at(uint32_t index)
{
    struct tempfile__shared *shared = &tempfile__shared;
    tempfile__record *table;

    if (index / TEMPFILE__RECORDS >= __atomic_load_n(&shared->tables, __ATOMIC_ACQUIRE))
        return NULL;
    table = shared->records[index / TEMPFILE__RECORDS];
    return &table[index % TEMPFILE__RECORDS];
}

static pthread_mutex_t *lock_of(const tempfile__record *record)
{
    return &tempfile__shared.locks[record->index / TEMPFILE__RECORDS][record->index % TEMPFILE__RECORDS];
}

/* The record that a handle names, if it is live and of that kind; it may die at once unless its lock is held. */
static tempfile__record *lookup(const void *handle, enum tempfile__kind kind)
{
    uint64_t value = (uint64_t)(uintptr_t)handle;
    uint32_t generation = (uint32_t)(value >> 24);
    tempfile__record *record;

    if (value >> 56 != MARK || (value & 7) != 0 || (generation & 1) == 0)
        return NULL;
    record = tempfile__record_at((uint32_t)(value >> 3) & 0x1fffff);
    if (record == NULL || __atomic_load_n(&record->generation, __ATOMIC_ACQUIRE) != generation ||
        __atomic_load_n(&record->kind, __ATOMIC_RELAXED) != kind)
        return NULL;
    return record;
}

static const char *const kind_names[] = {
    [TEMPFILE__FILE] = "file", [TEMPFILE__DIRECTORY] = "directory", [TEMPFILE__REMOVAL] = "removal"};

static int bad_handle(const void *handle, enum tempfile__kind kind, const char *function)
{
    char reason[96];

    snprintf(reason, sizeof reason, handle == NULL ? "the %s is NULL" : "the %s was freed, or is no handle of a %s",
             kind_names[kind], kind_names[kind]);
    return tempfile__fail(-EBADF, function, "handle", "", reason, 0);
}

/* Locks the record that a handle names. */
static tempfile__record *lock(const void *handle, enum tempfile__kind kind)
{
    tempfile__record *record = lookup(handle, kind);

    if (record == NULL)
        return NULL;
    pthread_mutex_lock(lock_of(record));
    if (lookup(handle, kind) != NULL)
        return record;
    pthread_mutex_unlock(lock_of(record));
    return NULL;
}

/* A token is a byte of malloc's. That of a runtime which is dead here is nobody's any more. */
static void forget_token(tempfile__record *record)
{
    free(record->object);
    record->object = NULL;
}

/* Makes the record known to Go in this process. */
static int inherit(tempfile__record *record)
{
    uint64_t epoch = tempfile__epoch();
    int result;

    if (__builtin_expect(record->epoch == epoch, 1))
        return 0;
    forget_token(record);
    result = tfgo_inherit(record);
    if (result == 0) {
        record->epoch = epoch;
        record->pins = 0; /* of threads that this process does not have */
    }
    return result;
}

/* Finds and locks the record for a call; tempfile__done unlocks. It does not need Go. */
int tempfile__find(struct tempfile__call *call, const void *handle, enum tempfile__kind kind, const char *function)
{
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    call->function = function;
    call->record = lock(handle, kind);
    if (call->record == NULL)
        return bad_handle(handle, kind, function);
    call->lock = lock_of(call->record);
    return 0;
}

/* Enters Go for a call on the record, which Go knows from then on. */
int tempfile__enter_object(struct tempfile__call *call)
{
    int result = tempfile__enter_go(&call->thread, call->function);

    if (result != 0)
        return result;
    result = inherit(call->record);
    if (result != 0)
        tempfile__leave_go(call->thread);
    return result;
}

void tempfile__done(struct tempfile__call *call)
{
    pthread_mutex_unlock(call->lock);
}

/* Adds a table of free records. The caller holds the table lock. */
static bool grow(struct tempfile__shared *shared)
{
    uint32_t table = shared->tables;
    tempfile__record *records;

    if (table == TEMPFILE__TABLES)
        return false;
    /* from malloc, where leak checkers follow the pointers in it */
    records = calloc(TEMPFILE__RECORDS, sizeof *records);
    if (records == NULL)
        return false;
    shared->locks[table] = tempfile__wiped_pages(TEMPFILE__RECORDS * sizeof(pthread_mutex_t));
    if (shared->locks[table] == NULL) {
        free(records);
        return false;
    }
    for (uint32_t i = 0; i < TEMPFILE__RECORDS; i++) {
        records[i].index = table * TEMPFILE__RECORDS + i;
        records[i].next_free = i + 1 < TEMPFILE__RECORDS ? records[i].index + 1 : UINT32_MAX;
    }
    shared->records[table] = records;
    __atomic_store_n(&shared->tables, table + 1, __ATOMIC_RELEASE);
    shared->first_free = records[0].index;
    return true;
}

/* Takes a record that is not in use: the thread's own spare one, for which it waits for nobody, or one off the free list. The
 * head of that moves by one store, so a fork between any two instructions finds a whole list; the record may then be lost to
 * the child, as other threads' spare ones are, no more. */
static tempfile__record *take(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    struct tempfile__thread *thread = tempfile__this_thread();
    tempfile__record *record = thread != NULL ? thread->spare_record : NULL;

    if (record != NULL) {
        thread->spare_record = NULL;
        return record;
    }
    pthread_mutex_lock(&shared->wiped->table);
    if (shared->first_free != UINT32_MAX || grow(shared)) {
        record = tempfile__record_at(shared->first_free);
        __atomic_store_n(&shared->first_free, record->next_free, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&shared->wiped->table);
    return record;
}

/* Notes that an object is about to get a descriptor. */
void tempfile__renew(tempfile__record *record)
{
    record->renewed = __atomic_add_fetch(&tempfile__shared.renewals, 1, __ATOMIC_SEQ_CST);
}

/* Tells whether a record's descriptor is one of this process. A fork copies the descriptors first and the memory later: a
 * record that another thread of the parent renewed in between names a descriptor that is soon somebody else's here. */
bool tempfile__inherited(const tempfile__record *record)
{
    uint64_t limit = tempfile__shared.wiped->inherited;

    return record->epoch == tempfile__epoch() || limit == 0 || record->renewed < limit;
}

/* Closes a record's descriptor, which it forgets first: whatever close says, the number is free for others from then on.
 * Not by close(2), where a thread that is cancelled would end. */
static void close_descriptor(tempfile__record *record)
{
    int descriptor = record->state.descriptor;

    record->state.descriptor = -1;
    if (descriptor >= 0 && tempfile__inherited(record))
        syscall(SYS_close, descriptor);
}

/* Puts a record that is not in use on the free list. */
void tempfile__put_back(tempfile__record *record)
{
    struct tempfile__shared *shared = &tempfile__shared;

    pthread_mutex_lock(&shared->wiped->table);
    record->next_free = shared->first_free;
    __atomic_store_n(&shared->first_free, record->index, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&shared->wiped->table);
}

/* Empties a record without an object. A descriptor is still in it only where Go could not take it out: after a fork
 * without a runtime, or a panic. So are pins, of threads of the parent, which would keep the next object from its end. */
static void empty(tempfile__record *record)
{
    close_descriptor(record);
    for (int i = 0; i < TEMPFILE__TEXTS; i++) {
        char *text = record->text[i];

        __atomic_store_n(&record->text[i], NULL, __ATOMIC_RELAXED); /* tempfile__path_of and handlers look without the lock */
        if (text != NULL) /* few are set, and a call for nothing costs too */
            free(text);
        record->text_size[i] = 0;
    }
    if (record->state.data != NULL)
        free(record->state.data);
    memset(&record->state, 0, sizeof record->state);
    if (record->epoch != tempfile__epoch())
        forget_token(record);
    record->object = NULL;
    record->pins = 0;
}

/* Keeps an empty record for this thread's next object, or puts it back. */
static void give_back(tempfile__record *record)
{
    struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL && thread->spare_record == NULL)
        thread->spare_record = record;
    else
        tempfile__put_back(record);
}

/* Gives a call a new record, which nobody can name until tempfile__made. */
int tempfile__make(struct tempfile__call *call, enum tempfile__kind kind, const char *function)
{
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    call->function = function;
    call->record = take();
    if (call->record == NULL)
        return tempfile__fail(-ENOMEM, function, "handle", "", "there is no memory for another object, or there are 1,048,576", 0);
    __atomic_store_n(&call->record->kind, kind, __ATOMIC_RELAXED); /* which a thread with an old handle may be reading */
    call->record->state.descriptor = -1;
    call->record->epoch = tempfile__epoch();
    __atomic_store_n(&call->record->owner, call->record->epoch, __ATOMIC_RELAXED);
    tempfile__start_making(call->record);
    return 0;
}

/* Brings a new record to life, or takes it back if what it was for failed. */
int tempfile__made(struct tempfile__call *call, int result, void **out_handle)
{
    tempfile__record *record = call->record;

    if (result != 0) {
        empty(record);
        __atomic_store_n(&record->maker, 0, __ATOMIC_RELEASE);
        give_back(record);
        return result;
    }
    tempfile__renew(record);
    __atomic_store_n(&record->generation, record->generation + 1, __ATOMIC_RELEASE);
    __atomic_store_n(&record->maker, 0, __ATOMIC_RELEASE);
    *out_handle = handle_of(record);
    return 0;
}

/* Removes a name; true: it is gone. */
static bool removed(const char *path, int flags)
{
    long result;

    do
        result = syscall(SYS_unlinkat, AT_FDCWD, path, flags);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == ENOENT;
}

/* Tells whether the name goes with the object: it has one, is not to be kept, and is this process's. */
static bool deletes_name(const tempfile__record *record)
{
    const uint32_t wanted = TEMPFILE__DELETE | TEMPFILE__NAMED;

    return (__atomic_load_n(&record->state.flags, __ATOMIC_RELAXED) & wanted) == wanted && tempfile__owned(record);
}

/* Ends an object that Go has not worked on in this process, as most are whose owner only wants the descriptor or the name: there is
 * nothing to it but what the record says, and nothing to do but core.File.Free's and core.Directory.Free's calls of the
 * system, whose errors nobody would hear of. False: Go must do it, a directory that holds something above all. */
static bool end_without_go(tempfile__record *record)
{
    bool removes = deletes_name(record);
    const char *path = record->text[TEMPFILE__PATH];

    if (record->object != NULL && record->epoch == tempfile__epoch())
        return false;
    switch (record->kind) {
    case TEMPFILE__FILE:
        close_descriptor(record);
        if (removes)
            removed(path, 0);
        return true;
    case TEMPFILE__DIRECTORY:
        if (!removes || removed(path, AT_REMOVEDIR))
            return true;
        record->state.flags |= TEMPFILE__NOT_EMPTY; /* so that Go does not try the same again */
    }
    return false;
}

/* Takes the path out of a record whose object is gone. A signal handler in another thread may be about to hand it to the
 * system, and would remove whatever name the host had put into the same memory; so it outlives the next object on the
 * record, and all handlers of that time. The next object's end comes, in the one order of all, between the path's leaving
 * the record and the look for handlers: one that is not seen begins later, and does not find the path. Where one is seen,
 * the path is left to it, for good: waiting for a handler might be for ever. */
static void set_path_aside(tempfile__record *record)
{
    char *older = record->last_path;

    record->last_path = record->text[TEMPFILE__PATH];
    __atomic_store_n(&record->text[TEMPFILE__PATH], NULL, __ATOMIC_RELEASE);
    if (older != NULL && __atomic_load_n(&tempfile__shared.wiped->handlers, __ATOMIC_SEQ_CST) == 0)
        free(older);
}

/* Does what an object owes when it ends. No handle reaches its record any more, so it needs no lock. */
static void release(tempfile__record *record)
{
    int before = errno;

    if (!end_without_go(record)) {
        struct tempfile__call call = {.record = record};

        if (tempfile__enter_object(&call) == 0) {
            tfgo_release(record);
            tempfile__leave_go(call.thread);
        }
    }
    __atomic_store_n(&record->ending, 0, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_RELEASE); /* what is of the next object comes later, for a handler that looks */
    set_path_aside(record);
    empty(record);
    if (record->generation != 0) /* a record that has had all its generations is used no more: old handles would be good again */
        give_back(record);
    errno = before; /* a free leaves it alone */
}

/* Ends an object whose lock is held, unless another thread is working on it, which does it then. The generation is stored
 * in the one order of all for set_path_aside. */
static void end(tempfile__record *record)
{
    bool pinned = record->pins > 0 && record->epoch == tempfile__epoch();

    __atomic_store_n(&record->ending, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&record->generation, record->generation + 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(lock_of(record));
    if (!pinned)
        release(record);
}

/* Lets other threads use the record during the call, which locks it itself when it has to: for calls that take long. */
void tempfile__pin(struct tempfile__call *call)
{
    call->record->pins++;
    pthread_mutex_unlock(call->lock);
}

void tempfile__unpin(struct tempfile__call *call)
{
    bool last;

    pthread_mutex_lock(call->lock);
    last = --call->record->pins == 0 && (call->record->generation & 1) == 0;
    pthread_mutex_unlock(call->lock);
    if (last)
        release(call->record);
}

/* A host's exit handler may free in a thread that was interrupted in Go: then the object lives on, and the sweep at exit ends it. */
void tempfile__free(const void *handle, enum tempfile__kind kind)
{
    const struct tempfile__thread *thread = tempfile__this_thread();
    tempfile__record *record;

    if ((thread != NULL && tempfile__is_inside_go(thread)) || tempfile__arrive(NULL) != 0)
        return;
    record = lock(handle, kind);
    if (record != NULL)
        end(record);
}

/* Tells whether an object of that generation lives, or is ending: it still has its name then, for good if the process ends
 * now. As long as the generation is the same even one, a record only ever stops ending. */
static bool is_there(const tempfile__record *record, uint32_t generation)
{
    return (generation & 1) != 0 || __atomic_load_n(&record->ending, __ATOMIC_ACQUIRE) != 0;
}

/* The name that goes with the object in a record, if it has one of that kind. It needs no lock: a signal handler asks, in the
 * thread that holds it perhaps. */
bool tempfile__name_to_remove(const tempfile__record *record, enum tempfile__kind kind, struct tempfile__name *name)
{
    uint32_t generation = __atomic_load_n(&record->generation, __ATOMIC_ACQUIRE);

    *name = (struct tempfile__name){__atomic_load_n(&record->text[TEMPFILE__PATH], __ATOMIC_ACQUIRE), record->state.device,
                                    record->state.inode, generation};
    if (name->path == NULL || __atomic_load_n(&record->kind, __ATOMIC_RELAXED) != kind || !deletes_name(record) || !is_there(record, generation))
        return false;
    /* The second look is for another thread, which may have ended the object meanwhile and made one: all that was read must
     * be the same object's, or a file that was to be kept would go. */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&record->generation, __ATOMIC_RELAXED) == generation;
}

/* Locks a record if its object lives, is of that kind and this process's, and no other call works on it; tempfile__done unlocks.
 * It never waits, so a signal handler may ask too. */
bool tempfile__try(struct tempfile__call *call, tempfile__record *record, enum tempfile__kind kind)
{
    call->record = record;
    call->lock = lock_of(record);
    if ((__atomic_load_n(&record->generation, __ATOMIC_ACQUIRE) & 1) == 0 || pthread_mutex_trylock(call->lock) != 0)
        return false;
    if ((record->generation & 1) != 0 && record->kind == kind && tempfile__owned(record))
        return true;
    tempfile__done(call);
    return false;
}

/* Closes a file, whose lock is held, as core.File.Close does; its memory stays until it is freed. With a placeholder, that takes
 * the descriptor's number: somebody may have borrowed it, and must not write into another thread's next file. */
void tempfile__close_file(tempfile__record *record, int placeholder)
{
    tempfile__state *state = &record->state;
    int descriptor = state->descriptor;

    state->flags |= TEMPFILE__CLOSED;
    if (placeholder < 0) {
        close_descriptor(record);
    } else if (descriptor >= 0 && tempfile__inherited(record)) {
        state->descriptor = -1;
        syscall(SYS_dup3, placeholder, descriptor, O_CLOEXEC);
    }
    state->ahead_start = state->ahead_end = state->size = state->position = 0;
}

bool tempfile__owned(const tempfile__record *record)
{
    return __atomic_load_n(&record->owner, __ATOMIC_RELAXED) == tempfile__epoch();
}

/* The path of an object, which never changes while it lives; so no lock is needed, and a slow operation of another thread
 * does not delay it. The second look is for a thread that frees the object in between: its record may be another's by
 * then, whose path must not be given. */
const char *tempfile__path_of(const void *handle, enum tempfile__kind kind, const char *function)
{
    const tempfile__record *record;
    const char *path = NULL;

    tempfile__clear();
    record = lookup(handle, kind);
    if (record != NULL) {
        path = __atomic_load_n(&record->text[TEMPFILE__PATH], __ATOMIC_ACQUIRE);
        record = lookup(handle, kind);
    }
    if (record == NULL) {
        bad_handle(handle, kind, function);
        return NULL;
    }
    return path;
}

/* Services for Go. */

void tempfile__lock(tempfile__record *record)
{
    pthread_mutex_lock(lock_of(record));
}

void tempfile__unlock(tempfile__record *record)
{
    pthread_mutex_unlock(lock_of(record));
}

/* The following publish the new before they free the old, for a fork by another thread in between. */

int tempfile__resize(tempfile__record *record, int64_t keep, int64_t capacity)
{
    void *old = record->state.data, *block = NULL;

    if (capacity > 0) {
        block = malloc((size_t)capacity);
        if (block == NULL)
            return -ENOMEM;
        if (keep > 0)
            memcpy(block, old, (size_t)keep);
    }
    if (capacity < record->state.capacity)
        __atomic_store_n(&record->state.capacity, capacity, __ATOMIC_RELEASE);
    __atomic_store_n(&record->state.data, block, __ATOMIC_RELEASE);
    __atomic_store_n(&record->state.capacity, capacity, __ATOMIC_RELEASE);
    free(old);
    return 0;
}

int tempfile__set_text(tempfile__record *record, int which, const char *text, size_t size)
{
    char *old = record->text[which], *copy = malloc(size + 1);

    if (copy == NULL)
        return -ENOMEM;
    memcpy(copy, text, size);
    copy[size] = '\0';
    __atomic_store_n(&record->text[which], copy, __ATOMIC_RELEASE);
    record->text_size[which] = size;
    free(old);
    return 0;
}
