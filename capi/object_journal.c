/* The records of the journal. An object that this process will remove has a record. The record is written before the object
 * is made. It is struck out when the object is gone, or is not this process's to remove any more.
 *
 * A record is written by stores into a shared mapping. They cost no system call, and the kernel keeps them when the process
 * is killed, at whatever instruction. So the fields are stored first and the check last, and one store of 0 strikes a record
 * out.
 *
 * Slots are used again. So a journal grows with the number of objects that exist at the same time, not with the number that
 * were ever made. Free slots are on lists that need no lock, as a signal handler may strike out a record too. */
#define _GNU_SOURCE
#include "object.h"
#include "object_journal.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

TEMPFILE__KEPT struct tempfile__journaling tempfile__journaling;

enum { SHORT, LONG };

/* --- slots */

static int part_of(uint32_t slot)
{
    return 31 - __builtin_clz(slot / TEMPFILE__FIRST_SLOTS + 1);
}

static uint32_t first_of(int part)
{
    return TEMPFILE__FIRST_SLOTS * ((1u << part) - 1);
}

/* The entry of a slot: in the mapping, or in the copy in memory that a journal written by pwrite has. */
static tempfile__journal_entry *entry_at(const struct tempfile__journal *journal, uint32_t slot)
{
    int part = part_of(slot);

    return (tempfile__journal_entry *)(journal->parts[part] + (size_t)(slot - first_of(part)) * TEMPFILE__SLOT);
}

static uint32_t *next_of(const struct tempfile__journal *journal, uint32_t slot)
{
    int part = part_of(slot);

    return &journal->next[part][slot - first_of(part)];
}

/* The head of a list is a slot, with a count of the changes of the head against ABA. */
static void push(struct tempfile__journal *journal, int list, uint32_t slot)
{
    uint64_t head = __atomic_load_n(&journal->free[list], __ATOMIC_RELAXED), put;

    do {
        __atomic_store_n(next_of(journal, slot), (uint32_t)head, __ATOMIC_RELAXED);
        put = ((head >> 32) + 1) << 32 | slot;
    } while (!__atomic_compare_exchange_n(&journal->free[list], &head, put, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

/* A free slot; 0: there are none. */
static uint32_t pop(struct tempfile__journal *journal, int list)
{
    uint64_t head = __atomic_load_n(&journal->free[list], __ATOMIC_ACQUIRE), put;

    do {
        if ((uint32_t)head == 0)
            return 0;
        put = ((head >> 32) + 1) << 32 | __atomic_load_n(next_of(journal, (uint32_t)head), __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&journal->free[list], &head, put, true, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE));
    return (uint32_t)head;
}

/* Takes slots that were never used; 0: the part is full. The lock is held. */
static uint32_t take_new(struct tempfile__journal *journal, int list)
{
    uint32_t count = list == LONG ? TEMPFILE__LONG_SLOTS : 1, slot;

    if (journal->size - journal->used < count) {
        while (journal->used < journal->size)
            push(journal, SHORT, journal->used++);
        return 0;
    }
    slot = journal->used;
    journal->used += count;
    return slot;
}

/* Takes a slot for a record; 0: none is free, and *error says why. With `waits` false it does not wait for the lock. */
static uint32_t take(struct tempfile__journal *journal, int list, bool waits, int *error)
{
    uint32_t slot = __atomic_load_n(&journal->status, __ATOMIC_ACQUIRE) == TEMPFILE__JOURNAL_OPEN ? pop(journal, list) : 0;

    if (slot != 0)
        return slot;
    if (!waits && pthread_mutex_trylock(&journal->lock) != 0) {
        *error = EAGAIN;
        return 0;
    }
    if (waits)
        pthread_mutex_lock(&journal->lock);
    *error = 0;
    if (journal->status == TEMPFILE__JOURNAL_NONE)
        *error = tempfile__open_journal(journal);
    else if (journal->status == TEMPFILE__JOURNAL_FAILED)
        *error = EIO;
    while (*error == 0 && (slot = take_new(journal, list)) == 0)
        *error = tempfile__grow_journal(journal);
    pthread_mutex_unlock(&journal->lock);
    return slot;
}

/* --- records */

static bool write_out(struct tempfile__journal *journal, uint32_t slot, const void *from, size_t size)
{
    ssize_t written;

    do
        written = pwrite(journal->descriptor, from, size, (off_t)slot * TEMPFILE__SLOT);
    while (written < 0 && errno == EINTR);
    return written == (ssize_t)size;
}

/* Stores a new record, its check last. False: it could not be written. */
static bool put(struct tempfile__journal *journal, uint32_t slot, const char *path, size_t size, uint32_t kind,
                uint32_t flags)
{
    tempfile__journal_entry *entry = entry_at(journal, slot);
    size_t whole = (size + 7) / 8 * 8;
    uint64_t check;

    __atomic_store_n(&entry->check, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    entry->size = (uint32_t)size;
    entry->kind = (uint16_t)kind;
    entry->flags = (uint16_t)flags;
    memset(entry->path + whole - (whole > 0 ? 8 : 0), 0, whole > 0 ? 8 : 0);
    memcpy(entry->path, path, size);
    check = tempfile__journal_check(journal->salt + slot, &entry->size, 8);
    check = tempfile__journal_check(check, entry->path, whole);
    entry->identity_check = 0;
    __atomic_store_n(&entry->check, check, __ATOMIC_RELEASE);
    return journal->mapped || (tempfile__journal_is_ours(journal) &&
                               write_out(journal, slot, entry, offsetof(tempfile__journal_entry, path) + whole));
}

static void forget(struct tempfile__journal *journal, uint32_t slot)
{
    tempfile__journal_entry *entry = entry_at(journal, slot);

    __atomic_store_n(&entry->check, 0, __ATOMIC_RELEASE);
    if (!journal->mapped && tempfile__journal_is_ours(journal))
        write_out(journal, slot, &entry->check, sizeof entry->check);
    push(journal, entry->size > sizeof entry->path ? LONG : SHORT, slot);
}

/* Writes a record for an object that is about to be made, and returns its slot; 0: errno says why it could not. */
static uint32_t intend(const char *path, uint32_t kind, uint32_t flags, bool waits)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    size_t size = strlen(path);
    int error = 0, list = size > sizeof((tempfile__journal_entry *)0)->path ? LONG : SHORT;
    uint32_t slot = take(journal, list, waits, &error);

    if (slot == 0) {
        errno = error;
        return 0;
    }
    if (put(journal, slot, path, size, kind, flags))
        return slot;
    forget(journal, slot);
    errno = ENOSPC;
    return 0;
}

uint32_t tempfile__intend(const char *path, uint32_t kind, uint32_t flags)
{
    return intend(path, kind, flags, true);
}

/* Stores another path in a record, as long as the one before, under which the object could not be made. */
void tempfile__intend_again(uint32_t slot, const char *path)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    const tempfile__journal_entry *entry = entry_at(journal, slot);

    put(journal, slot, path, strlen(path), entry->kind, entry->flags);
}

/* struct statx of the kernel, as far as it is read; musl's headers may lack it. */
struct status {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, unused;
    uint64_t inode, size, blocks, attributes_mask;
    struct {
        int64_t seconds;
        uint32_t nanoseconds, unused;
    } access, birth, change, modification;
    uint32_t device[2], own_device[2]; /* major, minor: of a special file, and of what holds the inode */
    uint64_t more[14];
};

enum { INODE = 0x100, BIRTH = 0x800 };

/* Adds the identity of the object to its record. */
bool tempfile__put_identity(uint32_t slot, uint64_t device, uint64_t inode, struct tempfile__birth birth)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    tempfile__journal_entry *entry = entry_at(journal, slot);

    entry->device = device;
    entry->inode = inode;
    entry->birth_seconds = birth.seconds;
    entry->birth_nanoseconds = birth.nanoseconds;
    __atomic_store_n(&entry->identity_check, tempfile__journal_check(entry->check, &entry->device, 32), __ATOMIC_RELEASE);
    return journal->mapped ||
           (tempfile__journal_is_ours(journal) && write_out(journal, slot, entry, offsetof(tempfile__journal_entry, path)));
}

/* An object as the file system tells it from all others. */
struct identity {
    uint64_t device, inode;
    struct tempfile__birth birth;
};

/* Gives the identity of the descriptor's file, or with -1 that of the object at the path. */
static bool look(int descriptor, const char *path, struct identity *identity)
{
    const int directory = descriptor >= 0 ? descriptor : AT_FDCWD;
    const int flags = descriptor >= 0 ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    struct status status;
    struct stat older; /* before Linux 4.11, or under a filter */

    identity->birth = (struct tempfile__birth){0, UINT64_MAX};
    if (descriptor >= 0)
        path = "";
    if (syscall(SYS_statx, directory, path, flags, INODE | BIRTH, &status) != 0) {
        if (fstatat(directory, path, &older, flags) != 0)
            return false;
        identity->device = older.st_dev;
        identity->inode = older.st_ino;
        return true;
    }
    if ((status.mask & BIRTH) != 0)
        identity->birth = (struct tempfile__birth){status.birth.seconds, status.birth.nanoseconds};
    identity->device = makedev(status.own_device[0], status.own_device[1]);
    identity->inode = status.inode;
    return true;
}

/* Adds the identity of the descriptor's file, or with -1 that of the object at the path. */
bool tempfile__note_identity(uint32_t slot, int descriptor, const char *path)
{
    struct identity now;

    return look(descriptor, path, &now) && tempfile__put_identity(slot, now.device, now.inode, now.birth);
}

/* Strikes out a record. A signal handler may call it. */
void tempfile__strike_out(uint32_t slot)
{
    if (slot != 0)
        forget(tempfile__journaling.journal, slot);
}

/* Tells whether all records are struck out. It can take the rest of a long path for a record. The journal then stays for
 * the next recovery. */
bool tempfile__journal_is_empty(const struct tempfile__journal *journal)
{
    uint32_t used = __atomic_load_n(&journal->used, __ATOMIC_RELAXED);

    for (uint32_t slot = 1; slot < used; slot++)
        if (__atomic_load_n(&entry_at(journal, slot)->check, __ATOMIC_RELAXED) != 0)
            return false;
    return true;
}

/* --- objects */

static bool is_noted(const tempfile__record *record)
{
    return record->journal != 0 && record->journal_epoch == tempfile__epoch();
}

/* Gives an object the slot of the record that was written before the object was made. */
void tempfile__own_slot(tempfile__record *record, uint32_t slot, bool identified)
{
    record->journal_epoch = tempfile__epoch();
    record->journal = slot;
    record->unidentified = !identified;
}

static void forget_slot(tempfile__record *record)
{
    record->journal = 0;
    record->unidentified = false;
}

/* Adds the identity of a new file at the first call that tells its descriptor or its name, before anybody can write into it.
 * Until then the file is empty, and recovery removes an empty file with a drawn name. Many files are freed without such a
 * call, and the system call for the identity would be most of the journal's cost for them. */
void tempfile__identify_late(tempfile__record *record)
{
    /* in a child it is the parent's journal that has the file */
    if (!is_noted(record) ||
        tempfile__note_identity(record->journal, record->state.descriptor, record->fields[TEMPFILE__PATH]))
        record->unidentified = false;
}

/* Adds the identities of all files before a fork. The child can write into the files, but not into the parent's journal. */
void tempfile__identify_all(void)
{
    tempfile__record *record;

    if (!tempfile__is_journaled())
        return;
    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
        struct tempfile__call call;

        if (record->unidentified && tempfile__try(&call, record, TEMPFILE__FILE)) {
            tempfile__identify_late(record);
            tempfile__done(&call);
        }
    }
}

/* The place of an announced path; NULL: it was not announced. The lock is held. */
static uint32_t *announced(struct tempfile__journal *journal, const char *path)
{
    const size_t size = strlen(path);

    for (int i = 0; i < TEMPFILE__ANNOUNCED; i++) {
        const tempfile__journal_entry *entry;

        if (journal->announced[i] == 0)
            continue;
        entry = entry_at(journal, journal->announced[i]);
        if (entry->size == size && memcmp(entry->path, path, size) == 0)
            return &journal->announced[i];
    }
    return NULL;
}

/* Takes the slot of an announced path; 0: it was not announced, or the lock is not waited for and not to be had. */
static uint32_t take_announced(const char *path, bool waits)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    uint32_t slot = 0, *place;

    if (waits)
        pthread_mutex_lock(&journal->lock);
    else if (pthread_mutex_trylock(&journal->lock) != 0)
        return 0;
    place = announced(journal, path);
    if (place != NULL) {
        slot = *place;
        *place = 0;
    }
    pthread_mutex_unlock(&journal->lock);
    return slot;
}

/* Keeps the slot of a path until it is registered or withdrawn; false: there is no room. */
static bool keep_announced(uint32_t slot)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    bool kept = false;

    pthread_mutex_lock(&journal->lock);
    for (int i = 0; i < TEMPFILE__ANNOUNCED && !kept; i++)
        if (journal->announced[i] == 0) {
            journal->announced[i] = slot;
            kept = true;
        }
    pthread_mutex_unlock(&journal->lock);
    return kept;
}

static int check_path(const char *path, const char *function)
{
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    if (path == NULL || path[0] != '/')
        return tempfile__fail(-EINVAL, function, "arguments", "", "the path is no absolute one", 0);
    if (strnlen(path, TEMPFILE_PATH_SIZE) == TEMPFILE_PATH_SIZE)
        return tempfile__fail(-ENAMETOOLONG, function, "arguments", "",
                              "the path is longer than any path that the system takes", 0);
    return 0;
}

int tempfile_recovery_announce(const char *path, uint32_t kind)
{
    static const char function[] = "tempfile_recovery_announce";
    int result = check_path(path, function);
    uint32_t slot;

    if (result != 0)
        return result;
    if (kind != TEMPFILE__ENTRY_FILE && kind != TEMPFILE__ENTRY_DIRECTORY)
        return tempfile__fail(-EINVAL, function, "arguments", "", "the kind is neither of a file nor of a directory", 0);
    if (!tempfile__is_journaled())
        return 0;
    slot = tempfile__intend(path, kind, TEMPFILE__ENTRY_RANDOM);
    if (slot == 0)
        return tempfile__fail_errno(errno, function, "journal", path);
    if (keep_announced(slot))
        return 0;
    tempfile__strike_out(slot);
    return tempfile__fail(-EAGAIN, function, "journal", path,
                          "too many announced objects are neither registered nor withdrawn", 0);
}

int tempfile_recovery_withdraw(const char *path)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    int result = check_path(path, "tempfile_recovery_withdraw");
    uint32_t *place;

    if (result != 0 || !tempfile__is_journaled())
        return result;
    pthread_mutex_lock(&journal->lock);
    place = announced(journal, path);
    if (place != NULL) {
        tempfile__strike_out(*place);
        *place = 0;
    }
    pthread_mutex_unlock(&journal->lock);
    return 0;
}

/* Adds the identity of an object that exists already. Another directory may have the name by now; it must have no record, so
 * the identity is compared with the one that the object knows. */
static bool identify(uint32_t slot, const tempfile__record *record)
{
    struct identity now;

    if (!look(-1, record->fields[TEMPFILE__PATH], &now) ||
        (record->kind == TEMPFILE__DIRECTORY && (now.device != record->state.device || now.inode != record->state.inode)))
        return false;
    return tempfile__put_identity(slot, now.device, now.inode, now.birth);
}

/* Writes a record for an object that exists already: it was registered or adopted, or recovery was enabled later. While a
 * sweep runs it does not wait for the lock. The sweep may be in a signal handler that interrupted the holder of the lock. */
static void note(tempfile__record *record)
{
    const bool waits = __atomic_load_n(&tempfile__shared.wiped->sweeps, __ATOMIC_SEQ_CST) == 0;
    const char *path = record->fields[TEMPFILE__PATH];
    uint32_t kind = record->kind == TEMPFILE__DIRECTORY ? TEMPFILE__ENTRY_DIRECTORY : TEMPFILE__ENTRY_FILE;
    uint32_t slot = take_announced(path, waits);

    if (slot == 0)
        slot = intend(path, kind, 0, waits);
    if (slot != 0 && identify(slot, record))
        tempfile__own_slot(record, slot, true);
    else
        tempfile__strike_out(slot);
}

/* Makes the journal agree with an object: the object has a record exactly while this process will remove its name. This is
 * the one place that decides, whatever a call has done to the object. The object's lock is held. */
void tempfile__settle_now(tempfile__record *record)
{
    bool wanted = record->kind <= TEMPFILE__DIRECTORY && tempfile__deletes_name(record), noted = is_noted(record);

    if (noted && !wanted) {
        tempfile__strike_out(record->journal);
        forget_slot(record);
    } else if (wanted && !noted && tempfile__journaling.journal->status != TEMPFILE__JOURNAL_FAILED) {
        note(record);
    }
}

/* Does the same for an object that now stands for another directory, after an exchange of names. The record of the first
 * directory is struck out. */
void tempfile__settle_anew(tempfile__record *record)
{
    if (!tempfile__is_journaled())
        return;
    tempfile__lock(record);
    if (is_noted(record)) {
        tempfile__strike_out(record->journal);
        forget_slot(record);
    }
    tempfile__settle_now(record);
    tempfile__unlock(record);
}

/* Does the same for an object that ends. If its name could not be removed, the record stays for the next recovery. */
void tempfile__settle_last(tempfile__record *record)
{
    if (is_noted(record) && !tempfile__deletes_name(record))
        tempfile__strike_out(record->journal);
    forget_slot(record);
}
