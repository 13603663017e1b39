/* The table of the records, and the making of one. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <stdlib.h>

TEMPFILE__KEPT struct tempfile__objects tempfile__objects = {.first_free = UINT32_MAX};

/* Adds a table of free records. The caller holds the table lock. */
static bool grow(struct tempfile__objects *objects)
{
    uint32_t table = objects->tables;
    tempfile__record *records;

    if (table == TEMPFILE__TABLES)
        return false;
    /* from malloc, where leak checkers follow the pointers in it */
    records = calloc(TEMPFILE__RECORDS, sizeof *records);
    if (records == NULL)
        return false;
    objects->locks[table] = tempfile__wiped_pages(TEMPFILE__RECORDS * sizeof(struct tempfile__lock));
    if (objects->locks[table] == NULL) {
        free(records);
        return false;
    }
    for (uint32_t i = 0; i < TEMPFILE__RECORDS; i++) {
        records[i].index = table * TEMPFILE__RECORDS + i;
        records[i].next_free = i + 1 < TEMPFILE__RECORDS ? records[i].index + 1 : UINT32_MAX;
    }
    objects->records[table] = records;
    __atomic_store_n(&objects->tables, table + 1, __ATOMIC_RELEASE);
    objects->first_free = records[0].index;
    return true;
}

/* Unlocks all records in a forked child, where the kernel has not wiped the locks. */
void tempfile__reset_locks(void)
{
    struct tempfile__objects *objects = &tempfile__objects;

    for (uint32_t i = 0; i < objects->tables; i++)
        memset(objects->locks[i], 0, TEMPFILE__RECORDS * sizeof *objects->locks[i]);
}

/* Takes a record that is not in use: the thread's own spare one, which needs no lock, or one off the free list. The head
 * of the list moves by one store, so a fork between any two instructions finds a whole list. The record may then be lost
 * to the child, as the spare records of other threads are, no more. */
static tempfile__record *alloc_record(void)
{
    struct tempfile__objects *objects = &tempfile__objects;
    struct tempfile__thread *thread = tempfile__this_thread();
    tempfile__record *record = thread != NULL ? thread->spare_record : NULL;
    pthread_mutex_t *table_lock = &tempfile__shared.wiped->table;

    if (record != NULL) {
        thread->spare_record = NULL;
        return record;
    }
    pthread_mutex_lock(table_lock);
    if (objects->first_free != UINT32_MAX || grow(objects)) {
        record = tempfile__record_at(objects->first_free);
        __atomic_store_n(&objects->first_free, record->next_free, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(table_lock);
    return record;
}

/* Puts a clear record on the free list. */
void tempfile__return_record(tempfile__record *record)
{
    struct tempfile__objects *objects = &tempfile__objects;
    pthread_mutex_t *table_lock = &tempfile__shared.wiped->table;

    pthread_mutex_lock(table_lock);
    record->next_free = objects->first_free;
    __atomic_store_n(&objects->first_free, record->index, __ATOMIC_RELEASE);
    pthread_mutex_unlock(table_lock);
}

/* Keeps a clear record for this thread's next object, or returns it. */
void tempfile__recycle_record(tempfile__record *record)
{
    struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL && thread->spare_record == NULL)
        thread->spare_record = record;
    else
        tempfile__return_record(record);
}

/* Frees a token that is of a dead runtime. A token is a byte of malloc's. */
void tempfile__forget_token(tempfile__record *record)
{
    free(record->object);
    record->object = NULL;
}

/* Clears a record whose object is gone. A descriptor is still in it only where Go could not take it out: in a forked child
 * without Go, or after a panic. Pins may be of threads of the parent; they would keep the next object from its end. */
void tempfile__clear_record(tempfile__record *record)
{
    tempfile__close_descriptor(record);
    for (int i = 0; i < TEMPFILE__FIELDS; i++) {
        char *text = record->fields[i];

        __atomic_store_n(&record->fields[i], NULL,
                         __ATOMIC_RELAXED); /* tempfile_file_name and signal handlers read it without the lock */
        if (text != NULL)                   /* few are set, and a call that does nothing costs too */
            free(text);
        record->field_sizes[i] = 0;
    }
    if (record->state.data != NULL)
        free(record->state.data);
    memset(&record->state, 0, sizeof record->state);
    if (record->epoch != tempfile__epoch())
        tempfile__forget_token(record);
    record->object = NULL;
    record->pins = 0;
}

/* Gives a call a new record, which nobody can name until tempfile__made. */
int tempfile__make(struct tempfile__call *call, enum tempfile__kind kind, const char *function)
{
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    tempfile__ask_environment();
    call->function = function;
    call->record = alloc_record();
    if (call->record == NULL)
        return tempfile__fail(-ENOMEM, function, "handle", "",
                              "there is no memory for another object, or there are 1,048,576", 0);
    __atomic_store_n(&call->record->kind, kind, __ATOMIC_RELAXED); /* a thread with an old handle may be reading it */
    call->record->state.descriptor = -1;
    call->record->epoch = tempfile__epoch();
    __atomic_store_n(&call->record->owner, call->record->epoch, __ATOMIC_RELAXED);
    tempfile__start_making(call->record);
    return 0;
}

/* Brings a new record to life, or takes it back if its making failed. */
int tempfile__made(struct tempfile__call *call, int result, void **out_handle)
{
    tempfile__record *record = call->record;

    if (result != 0) {
        tempfile__clear_record(record);
        __atomic_store_n(&record->maker, 0, __ATOMIC_RELEASE);
        tempfile__recycle_record(record);
        return result;
    }
    tempfile__advance_descriptor_serial(record);
    if (__builtin_expect(tempfile__keeps_all, 0))
        tempfile__keep_object(record);
    tempfile__settle(record);
    __atomic_store_n(&record->generation, record->generation + 1, __ATOMIC_RELEASE);
    __atomic_store_n(&record->maker, 0, __ATOMIC_RELEASE);
    *out_handle = tempfile__handle_of(record);
    return 0;
}
