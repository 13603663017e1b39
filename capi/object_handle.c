/* From a handle to its record. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <stdio.h>

/* The error of a call with a handle that names no object of the kind. */
void tempfile__bad_handle(const void *handle, enum tempfile__kind kind, const char *function)
{
    static const char *const names[] = {[TEMPFILE__FILE] = "file",
                                        [TEMPFILE__DIRECTORY] = "directory",
                                        [TEMPFILE__REMOVAL] = "removal",
                                        [TEMPFILE__RECOVERY] = "recovery"};
    char reason[96];

    snprintf(reason, sizeof reason, handle == NULL ? "the %s is NULL" : "the %s was freed, or is no handle of a %s",
             names[kind], names[kind]);
    tempfile__fail(-EBADF, function, "handle", "", reason, 0);
}

void tempfile__lock(tempfile__record *record)
{
    tempfile__take_lock(tempfile__lock_of(record));
}

void tempfile__unlock(tempfile__record *record)
{
    tempfile__drop_lock(tempfile__lock_of(record));
}

/* tempfile__find for a call that frees the object: it reports no error, and leaves the thread's detail alone. */
tempfile__record *tempfile__find_to_free(const void *handle, enum tempfile__kind kind)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL && tempfile__is_inside_go(thread)) /* the object lives on, and the sweep at exit ends it */
        return NULL;
    return tempfile__arrive(NULL) == 0 ? tempfile__lock_object(handle, kind) : NULL;
}

/* Locks a record if its object lives and is of that kind, and no other call works on it; tempfile__done unlocks. It never
 * waits, so a signal handler may call it too. */
bool tempfile__try(struct tempfile__call *call, tempfile__record *record, enum tempfile__kind kind)
{
    call->record = record;
    call->lock = tempfile__lock_of(record);
    if ((__atomic_load_n(&record->generation, __ATOMIC_ACQUIRE) & 1) == 0 || !tempfile__try_lock(call->lock))
        return false;
    if ((record->generation & 1) != 0 && record->kind == kind)
        return true;
    tempfile__done(call);
    return false;
}

/* Completes the journal before a name is told. */
static void identify_by_handle(const void *handle, enum tempfile__kind kind)
{
    tempfile__record *record = tempfile__lock_object(handle, kind);

    if (record == NULL)
        return;
    tempfile__identify_late(record);
    tempfile__unlock(record);
}

/* The path of an object. A publication gives the object another one, but the old one stays in memory until the object ends.
 * So no lock is needed, and a slow operation of another thread does not delay it. Another thread may free the object
 * meanwhile, and the record may be another object's by then; the second lookup is for that, as the other object's path
 * must not be given. */
static const char *path_of(const void *handle, enum tempfile__kind kind, const char *function)
{
    const tempfile__record *record;
    const char *path = NULL;

    tempfile__clear();
    record = tempfile__lookup(handle, kind);
    if (record != NULL) {
        if (__builtin_expect(record->unidentified, 0))
            identify_by_handle(handle, kind);
        path = __atomic_load_n(&record->fields[TEMPFILE__PATH], __ATOMIC_ACQUIRE);
        record = tempfile__lookup(handle, kind);
    }
    if (record == NULL) {
        tempfile__bad_handle(handle, kind, function);
        return NULL;
    }
    return path;
}

const char *tempfile_file_name(const tempfile_file *file)
{
    return path_of(file, TEMPFILE__FILE, "tempfile_file_name");
}

const char *tempfile_directory_name(const tempfile_directory *directory)
{
    return path_of(directory, TEMPFILE__DIRECTORY, "tempfile_directory_name");
}

/* Makes an object this process's. */
static int adopt(const void *handle, enum tempfile__kind kind, const char *function)
{
    struct tempfile__call call;
    int result = tempfile__find(&call, handle, kind, function);

    if (result != 0)
        return result;
    __atomic_store_n(&call.record->owner, tempfile__epoch(),
                     __ATOMIC_RELAXED); /* signal handlers read it without the lock */
    tempfile__done(&call);
    return 0;
}

int tempfile_file_adopt(tempfile_file *file)
{
    return adopt(file, TEMPFILE__FILE, "tempfile_file_adopt");
}

int tempfile_directory_adopt(tempfile_directory *directory)
{
    return adopt(directory, TEMPFILE__DIRECTORY, "tempfile_directory_adopt");
}
