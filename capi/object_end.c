/* The way into Go with an object, and the end of one. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Makes the record known to Go in this process. */
static int inherit(tempfile__record *record)
{
    uint64_t epoch = tempfile__epoch();
    int result;

    if (__builtin_expect(record->epoch == epoch, 1))
        return 0;
    tempfile__forget_token(record);
    result = tfgo_inherit(record);
    if (result == 0) {
        record->epoch = epoch;
        record->pins = 0; /* of threads that this process does not have */
    }
    return result;
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

/* Removes a name; true: it is gone. */
static bool removed(const char *path, int flags)
{
    long result;

    do
        result = syscall(SYS_unlinkat, AT_FDCWD, path, flags);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == ENOENT;
}

/* The object's name is gone. */
static void forget_name(tempfile__record *record)
{
    __atomic_store_n(&record->state.flags, record->state.flags & ~(uint32_t)TEMPFILE__NAMED, __ATOMIC_RELAXED);
}

/* Ends an object that Go has not worked on in this process, as is usual where the owner only wants the descriptor or the
 * name. The record holds all that there is, and engine.File.Free and engine.Directory.Free would make the same system
 * calls; nobody would hear of their errors. False: Go must do it; *full tells that rmdir has failed, so that Go does not
 * try it again. */
static bool end_without_go(tempfile__record *record, bool *full)
{
    bool removes = tempfile__deletes_name(record);
    const char *path = record->fields[TEMPFILE__PATH];

    if (record->object != NULL && record->epoch == tempfile__epoch())
        return false;
    switch (record->kind) {
    case TEMPFILE__FILE:
        tempfile__flush(record);
        tempfile__close_descriptor(record);
        if (removes && removed(path, 0))
            forget_name(record);
        return true;
    case TEMPFILE__DIRECTORY:
        *full = removes && !removed(path, AT_REMOVEDIR);
        if (removes && !*full)
            forget_name(record);
        return !*full;
    }
    return false;
}

/* Takes the paths out of a record whose object is gone. A signal handler in another thread may have read the pointer and
 * be about to unlink the path. If the memory were free, the handler would remove any name that the host had put there
 * since. So the path stays until the next object on the record ends, and then it is freed only if no sweep runs. The
 * store of the generation and the load of the count of sweeps are both seq_cst: a sweep that is not counted yet begins
 * later, and does not find the path. If one is counted, the path is left to it and never freed, as a wait for a handler
 * might be for ever. */
static void set_path_aside(tempfile__record *record)
{
    char *path = record->last_path;
    struct tempfile__other_path *old_paths = record->last_old_paths;

    record->last_path = record->fields[TEMPFILE__PATH];
    record->last_old_paths = record->old_paths;
    record->old_paths = NULL;
    __atomic_store_n(&record->fields[TEMPFILE__PATH], NULL, __ATOMIC_RELEASE);
    if ((path != NULL || old_paths != NULL) && __atomic_load_n(&tempfile__shared.wiped->sweeps, __ATOMIC_SEQ_CST) == 0) {
        free(path);
        tempfile__free_paths(old_paths);
    }
}

/* Does all that an object owes when it ends. No handle reaches its record any more, so it needs no lock. */
static void release(tempfile__record *record)
{
    int before = errno;
    bool full = false;

    if (!end_without_go(record, &full)) {
        struct tempfile__call call = {.record = record};

        if (tempfile__enter_object(&call) == 0) {
            tfgo_release(record, full);
            tempfile__leave_go(call.thread);
        }
    }
    if (record->journal != 0)
        tempfile__settle_last(record);
    __atomic_store_n(&record->ending, 0, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_RELEASE); /* a handler sees the stores for the next object after this one */
    set_path_aside(record);
    tempfile__clear_record(record);
    if (record->generation !=
        0) /* a record that has had all its generations is used no more: old handles would be good again */
        tempfile__recycle_record(record);
    errno = before; /* a free leaves it alone */
}

/* Retires an object whose lock is held: its handle is dead from now on. If another thread is working on it, that thread
 * ends it. The store of the generation is seq_cst for set_path_aside. */
static void retire(tempfile__record *record)
{
    bool pinned = record->pins > 0 && record->epoch == tempfile__epoch();

    __atomic_store_n(&record->ending, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&record->generation, record->generation + 1, __ATOMIC_SEQ_CST);
    tempfile__drop_lock(tempfile__lock_of(record));
    if (!pinned)
        release(record);
}

/* Lets other threads use the record during a call that takes long; the call locks it itself when it has to. */
void tempfile__pin(struct tempfile__call *call)
{
    call->record->pins++;
    tempfile__drop_lock(call->lock);
}

void tempfile__unpin(struct tempfile__call *call)
{
    bool last;

    tempfile__take_lock(call->lock);
    last = --call->record->pins == 0 && (call->record->generation & 1) == 0;
    if (!last)
        tempfile__settle(call->record);
    tempfile__drop_lock(call->lock);
    if (last)
        release(call->record);
}

static void free_object(const void *handle, enum tempfile__kind kind)
{
    tempfile__record *record = tempfile__find_to_free(handle, kind);

    if (record != NULL)
        retire(record);
}

void tempfile_file_free(tempfile_file *file)
{
    free_object(file, TEMPFILE__FILE);
}

void tempfile_directory_free(tempfile_directory *directory)
{
    free_object(directory, TEMPFILE__DIRECTORY);
}

void tempfile_removal_free(tempfile_removal *removal)
{
    free_object(removal, TEMPFILE__REMOVAL);
}

void tempfile_recovery_free(tempfile_recovery *recovery)
{
    free_object(recovery, TEMPFILE__RECOVERY);
}

/* Tells whether an object of that generation lives, or is ending: it still has its name then, and keeps it if the process
 * ends now. `ending` only goes from 1 to 0 while the generation is even and unchanged. */
static bool has_name(const tempfile__record *record, uint32_t generation)
{
    return (generation & 1) != 0 || __atomic_load_n(&record->ending, __ATOMIC_ACQUIRE) != 0;
}

/* The name that goes with the object in a record, if it has one of that kind. It needs no lock: a signal handler calls
 * it, perhaps in the thread that holds the lock. */
bool tempfile__name_to_remove(const tempfile__record *record, enum tempfile__kind kind, struct tempfile__name *name)
{
    uint32_t generation = __atomic_load_n(&record->generation, __ATOMIC_ACQUIRE);

    *name = (struct tempfile__name){__atomic_load_n(&record->fields[TEMPFILE__PATH], __ATOMIC_ACQUIRE), record->state.device,
                                    record->state.inode, generation};
    if (name->path == NULL || __atomic_load_n(&record->kind, __ATOMIC_RELAXED) != kind || !tempfile__deletes_name(record) ||
        !has_name(record, generation))
        return false;
    /* Another thread may have ended the object meanwhile and made one. All that was read must be the same object's, or a
     * file that was to be kept would go; so the generation is read again. */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&record->generation, __ATOMIC_RELAXED) == generation;
}
