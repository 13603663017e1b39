/* The journal's file: how it is made, locked and mapped, and how it grows.
 *
 * The process and its children hold the lock (flock) as long as one of them lives. The library never closes the descriptor;
 * only exec does. A child that closed it would give up its parent's objects, which it may be using. */
#define _GNU_SOURCE
#include "object.h"
#include "object_journal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    LOW = 100, /* descriptors below it are left to the host, which may expect some of them to be free */
    NAME = 40, /* bytes of a journal's name */
    ATTEMPTS = 100,
};

/* --- the check */

/* Continues a check with whole words. Each step is a bijection of the check, so a change of any one word changes the result.
 * The result is never 0, which means a free slot. */
uint64_t tempfile__journal_check(uint64_t check, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word;

        memcpy(&word, (const char *)bytes + i, sizeof word);
        check = (check ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        check ^= check >> 32;
    }
    return check != 0 ? check : 1;
}

/* --- the process */

/* Reads the first line of a file; "" if the file cannot be read. */
static void read_line(const char *path, char *line, size_t size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = descriptor >= 0 ? read(descriptor, line, size - 1) : 0;

    if (descriptor >= 0)
        close(descriptor);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

/* The time at which this process started, in ticks since the start of the system; 0: not known. It is field 22. Field 2 is
 * the program's name in parentheses, and may itself hold spaces and parentheses. */
static uint64_t start_time(void)
{
    char line[1024], *at;

    read_line("/proc/self/stat", line, sizeof line);
    at = strrchr(line, ')');
    for (int field = 2; at != NULL && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

static void describe_process(tempfile__journal_header *header)
{
    struct stat status;

    header->user = geteuid();
    header->process = (uint64_t)getpid();
    header->start_time = start_time();
    if (stat("/proc/self/ns/pid", &status) == 0)
        header->pid_namespace = status.st_ino;
    read_line("/proc/sys/kernel/random/boot_id", header->boot, sizeof header->boot);
    read_line("/etc/machine-id", header->machine, sizeof header->machine);
    memset(header->boot + strlen(header->boot), 0, sizeof header->boot - strlen(header->boot));
    memset(header->machine + strlen(header->machine), 0, sizeof header->machine - strlen(header->machine));
}

/* --- the file */

/* Tells whether the descriptor is still the journal's. A host may close all descriptors, and the number may be another
 * file's by now. */
bool tempfile__journal_is_ours(const struct tempfile__journal *journal)
{
    struct stat status;

    return fstat(journal->descriptor, &status) == 0 && status.st_dev == journal->device && status.st_ino == journal->inode;
}

/* Opens the directory of the journals, unless somebody else could write into it; -1 and errno. */
static int open_directory(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), error = EPERM;
    struct stat status;

    if (descriptor < 0)
        return -1;
    if (fstat(descriptor, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return descriptor;
    close(descriptor);
    errno = error;
    return -1;
}

static bool lock_file(int descriptor)
{
    int result;

    do
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

static bool draw(struct tempfile__journal *journal)
{
    uint64_t numbers[2];

    if (syscall(SYS_getrandom, numbers, sizeof numbers, 0) != sizeof numbers)
        return false;
    journal->salt = numbers[0];
    snprintf(journal->name, sizeof journal->name, "%ld-%016llx" TEMPFILE__JOURNAL_SUFFIX, (long)getpid(),
             (unsigned long long)numbers[1]);
    return true;
}

/* Tells whether the journal's name still leads to the file. Between the creation and the lock, a recovery may have taken the
 * file for a dead process's journal and removed it. */
static bool still_there(int directory, const struct tempfile__journal *journal)
{
    struct stat status;

    return fstatat(directory, journal->name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_dev == journal->device &&
           status.st_ino == journal->inode;
}

static bool identify(struct tempfile__journal *journal)
{
    struct stat status;

    if (fstat(journal->descriptor, &status) != 0)
        return false;
    journal->device = status.st_dev;
    journal->inode = status.st_ino;
    return true;
}

/* Moves a descriptor out of the host's way, if there are so many. */
static void move_up(struct tempfile__journal *journal)
{
    int higher = fcntl(journal->descriptor, F_DUPFD_CLOEXEC, LOW);

    if (higher < 0)
        return;
    close(journal->descriptor);
    journal->descriptor = higher;
}

/* Makes a locked file, without a name if the file system can do that. */
static bool make(int directory, struct tempfile__journal *journal, bool unnamed)
{
    const int flags = O_RDWR | O_CLOEXEC;

    if (!draw(journal))
        return false;
    journal->descriptor = unnamed ? openat(directory, ".", flags | O_TMPFILE, 0600)
                                  : openat(directory, journal->name, flags | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (journal->descriptor < 0)
        return false;
    move_up(journal);
    return identify(journal) && lock_file(journal->descriptor); /* in this order: without its identity it stays */
}

static bool write_header(struct tempfile__journal *journal)
{
    tempfile__journal_header header = {.salt = journal->salt};
    const size_t checked = offsetof(tempfile__journal_header, salt);

    memcpy(header.magic, TEMPFILE__JOURNAL_MAGIC, sizeof header.magic);
    describe_process(&header);
    header.check = tempfile__journal_check(0, (char *)&header + checked, sizeof header - checked);
    return pwrite(journal->descriptor, &header, sizeof header, 0) == sizeof header;
}

static bool link_name(int directory, const struct tempfile__journal *journal)
{
    char path[40];

    snprintf(path, sizeof path, "/proc/self/fd/%d", journal->descriptor);
    return linkat(AT_FDCWD, path, directory, journal->name, AT_SYMLINK_FOLLOW) == 0;
}

/* Tells whether blocks that were allocated once can be written without a new one, as a store into a mapping needs. A file
 * system that writes each change to another place (btrfs, bcachefs) or only answers that it has allocated cannot promise
 * that. */
static bool keeps_blocks(int descriptor)
{
    struct statfs status;

    if (fstatfs(descriptor, &status) != 0)
        return false;
    switch ((unsigned long)status.f_type) {
    case 0x01021994: /* tmpfs */
    case 0xEF53:     /* ext2, ext3, ext4 */
    case 0x58465342: /* xfs */ return true;
    }
    return false;
}

/* Tells whether the file may grow to a size. A call beyond the limit raises SIGXFSZ, which ends the host. */
static bool may_have(off_t size)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur >= (rlim_t)size;
}

/* Makes room for another part, which has twice as many slots as the last one. 0, or an errno. The lock is held. */
int tempfile__grow_journal(struct tempfile__journal *journal)
{
    int part = journal->part_count;
    uint32_t slots = TEMPFILE__FIRST_SLOTS << part;
    off_t offset = (off_t)journal->size * TEMPFILE__SLOT, bytes = (off_t)slots * TEMPFILE__SLOT;
    char *map;

    if (part == TEMPFILE__JOURNAL_PARTS)
        return ENOSPC;
    if (!may_have(offset + bytes))
        return EFBIG;
    if (!tempfile__journal_is_ours(journal))
        return EBADF;
    if (journal->mapped && fallocate(journal->descriptor, 0, offset, bytes) != 0)
        return errno;
    map = __real_mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
                      journal->mapped ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, journal->mapped ? journal->descriptor : -1,
                      journal->mapped ? offset : 0);
    if (map == MAP_FAILED)
        return errno;
    madvise(map, (size_t)bytes, MADV_DONTFORK); /* a child must not write into its parent's journal */
    journal->next[part] = calloc(slots, sizeof *journal->next[part]);
    if (journal->next[part] == NULL) {
        __real_munmap(map, (size_t)bytes);
        return ENOMEM;
    }
    journal->parts[part] = map;
    journal->part_count = part + 1;
    journal->size += slots;
    return 0;
}

/* Frees the memory of a file that did not become the journal. */
static void drop_parts(struct tempfile__journal *journal)
{
    while (journal->part_count > 0) {
        int part = --journal->part_count;

        __real_munmap(journal->parts[part], (size_t)(TEMPFILE__FIRST_SLOTS << part) * TEMPFILE__SLOT);
        free(journal->next[part]);
    }
    journal->size = 0;
}

/* Makes a journal and gives it its name. 0, or an errno. */
static int attempt(int directory, struct tempfile__journal *journal, bool unnamed)
{
    int error;

    journal->descriptor = -1;                              /* of zeroed memory it is 0, which give_up would close */
    if (!may_have(TEMPFILE__FIRST_SLOTS * TEMPFILE__SLOT)) /* before the header is written */
        return EFBIG;
    errno = EIO;
    if (!make(directory, journal, unnamed) || !write_header(journal))
        return errno;
    journal->mapped = keeps_blocks(journal->descriptor);
    error = tempfile__grow_journal(journal);
    if (error != 0)
        return error;
    if (unnamed)
        return link_name(directory, journal) ? 0 : errno;
    return still_there(directory, journal) ? 0 : EAGAIN;
}

static void give_up(int directory, struct tempfile__journal *journal, bool unnamed)
{
    drop_parts(journal);
    if (journal->descriptor < 0)
        return;
    if (!unnamed && still_there(directory, journal))
        unlinkat(directory, journal->name, 0);
    close(journal->descriptor);
    journal->descriptor = -1;
}

/* Makes the file without a name first. Otherwise it has a name, and a recovery may see it before the lock. */
static int open_in(int directory, struct tempfile__journal *journal)
{
    int error = 0;

    for (int i = 0; i < ATTEMPTS; i++) {
        bool unnamed = i == 0;

        error = attempt(directory, journal, unnamed);
        if (error == 0)
            return 0;
        give_up(directory, journal, unnamed);
        if (!unnamed && error != EEXIST && error != EAGAIN)
            break;
    }
    return error;
}

/* Opens this process's journal. 0, or an errno, after which the process goes on without one. The lock is held. */
int tempfile__open_journal(struct tempfile__journal *journal)
{
    int directory = open_directory(tempfile__journaling.directory), error = directory < 0 ? errno : 0;

    journal->used = 1; /* the header */
    if (error == 0) {
        error = open_in(directory, journal);
        close(directory);
    }
    __atomic_store_n(&journal->status, error == 0 ? TEMPFILE__JOURNAL_OPEN : TEMPFILE__JOURNAL_FAILED, __ATOMIC_RELEASE);
    return error;
}

/* Removes the journal of a process that ends, if all its records are struck out. A signal handler may call it. */
void tempfile__close_journal(void)
{
    struct tempfile__journal *journal = tempfile__journaling.journal;
    int directory;

    if (journal == NULL || __atomic_load_n(&journal->status, __ATOMIC_ACQUIRE) != TEMPFILE__JOURNAL_OPEN ||
        !tempfile__journal_is_empty(journal))
        return;
    directory = open(tempfile__journaling.directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return;
    if (still_there(directory, journal))
        unlinkat(directory, journal->name, 0);
    close(directory);
}
