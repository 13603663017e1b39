/* Removing a directory with all it holds by system calls alone: without memory, without a lock and without Go. A signal
 * handler can do it, and the exit handler where Go cannot be entered. The rules are those of core's removal: everything
 * goes by descriptor, no link is followed, no mount is entered, and nothing happens if another directory has taken the
 * place of the one that was made. It is bounded in depth, entries and time. Whatever lies beyond the bounds stays. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The levels are open at the same time. The walk needs 2 KB of stack, as hosts' signal stacks are small. */
enum { LEVELS = 64, BUFFER = 1024 };

/* O_NONBLOCK: a fifo that was put in a directory's place must not make the open wait. */
enum {
    READ = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
    HOLD = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* The kernel's linux_dirent64. */
struct entry {
    uint64_t inode;
    int64_t next; /* position of the entry after this one */
    uint16_t size;
    uint8_t type;
    char name[];
};

struct walk {
    struct tempfile__bounds *bounds;
    int depth; /* of the directory that is read */
    struct {
        int descriptor;
        bool again;   /* something was removed since it was last read from its start */
        bool changed; /* something was removed at all */
    } levels[LEVELS];
    char buffer[BUFFER] __attribute__((aligned(8)));
};

/* Nanoseconds of a clock that nobody sets. */
int64_t tempfile__now(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Counts an entry; false: the bounds are reached. */
static bool may_go_on(struct tempfile__bounds *bounds)
{
    if (bounds->entries > 0 && bounds->until != 0 && tempfile__now() > bounds->until)
        bounds->entries = 0;
    if (bounds->entries == 0)
        return false;
    bounds->entries--;
    return true;
}

/* The id of the mount that a descriptor is in; 0: not known. A kernel before 5.8 does not tell, and some emulators say 0. */
static uint64_t mount_of(int descriptor)
{
    enum { STATX_MOUNT = 0x1000, MOUNT = 144 / 8 };
    uint64_t statx[32] = {
        0}; /* struct statx, which old headers lack: a mask of 32 bits comes first, the mount's id at byte 144 */

    if (syscall(SYS_statx, descriptor, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MOUNT, statx) != 0)
        return 0;
    return (statx[0] & STATX_MOUNT) != 0 ? statx[MOUNT] : 0;
}

/* Opens a directory that is one name away from another, in the same mount; -1: it is in another mount, is no directory, or
 * cannot be opened. Devices cannot tell mounts apart: a bind mount has the same. */
static int open_beside(int directory, const char *name, int flags)
{
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
    enum { NO_OTHER_MOUNT = 0x01, NO_LINKS = 0x04 };
    struct {
        uint64_t flags, mode, resolve;
    } how = {(uint64_t)flags, 0, NO_OTHER_MOUNT | NO_LINKS};
    int descriptor = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
    uint64_t mount;

    if (descriptor >= 0 || (errno != ENOSYS && errno != EPERM && errno != EAGAIN))
        return descriptor;
    descriptor = (int)syscall(SYS_openat, directory, name, flags);
    if (descriptor < 0)
        return -1;
    mount = mount_of(descriptor);
    if (mount != 0 && mount == mount_of(directory))
        return descriptor;
    syscall(SYS_close, descriptor);
    return -1;
}

/* Gives the owner all permissions on an open directory, if that is this process's user. Programs make directories
 * read-only. */
static void unlock(int descriptor, const struct stat *status)
{
    if (status->st_uid == geteuid() && (status->st_mode & 0700) != 0700)
        syscall(SYS_fchmod, descriptor, (status->st_mode & 07777) | 0700);
}

static bool unlinked(int directory, const char *name, int flags)
{
    long result;

    do
        result = syscall(SYS_unlinkat, directory, name, flags);
    while (result != 0 && errno == EINTR); /* as file systems in user space answer */
    return result == 0;
}

/* Removes an entry that is a file or an empty directory, whatever the directory's entry takes it for. */
static bool removed(int directory, const struct entry *entry)
{
    enum { IS_DIRECTORY = 4 };

    if (entry->type == IS_DIRECTORY)
        return unlinked(directory, entry->name, AT_REMOVEDIR) || (errno == ENOTDIR && unlinked(directory, entry->name, 0));
    return unlinked(directory, entry->name, 0) ||
           ((errno == EISDIR || errno == EPERM) && unlinked(directory, entry->name, AT_REMOVEDIR));
}

static bool is_dot(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Goes down into an entry that could not be removed, if it is a directory that holds something. */
static bool went_down(struct walk *walk, const struct entry *entry)
{
    int here = walk->levels[walk->depth].descriptor, below;
    struct stat status;

    if ((errno != ENOTEMPTY && errno != EEXIST) || walk->depth + 1 == LEVELS)
        return false;
    below = open_beside(here, entry->name, READ);
    if (below < 0)
        return false;
    if (syscall(SYS_fstat, below, &status) == 0)
        unlock(below, &status);
    syscall(SYS_lseek, here, entry->next, SEEK_SET);
    walk->depth++;
    walk->levels[walk->depth].descriptor = below;
    walk->levels[walk->depth].again = walk->levels[walk->depth].changed = false;
    return true;
}

/* Removes the entries in the buffer, up to a directory that holds something itself; false: the bounds are reached. */
static bool remove_entries(struct walk *walk, long size)
{
    const struct entry *entry;

    for (long at = 0; at < size && (entry = (const struct entry *)(walk->buffer + at))->size > 0; at += entry->size) {
        if (is_dot(entry->name))
            continue;
        if (!may_go_on(walk->bounds))
            return false;
        if (removed(walk->levels[walk->depth].descriptor, entry))
            walk->levels[walk->depth].again = walk->levels[walk->depth].changed = true;
        else if (errno != ENOENT && went_down(walk, entry))
            return true;
    }
    return true;
}

/* Goes on after the end of a directory: reads it again if that may help, or goes up; false: all is done. A directory that
 * was emptied below goes at the second reading. That also finds entries which a file system has skipped because of the
 * removals. */
static bool goes_on(struct walk *walk)
{
    bool changed = walk->levels[walk->depth].changed;

    if (walk->levels[walk->depth].again) {
        walk->levels[walk->depth].again = false;
        return syscall(SYS_lseek, walk->levels[walk->depth].descriptor, 0, SEEK_SET) == 0;
    }
    if (walk->depth == 0)
        return false;
    syscall(SYS_close, walk->levels[walk->depth--].descriptor);
    if (changed)
        walk->levels[walk->depth].again = walk->levels[walk->depth].changed = true;
    return true;
}

/* Removes all entries of an open directory, as far as the bounds allow. */
static void empty(int root, struct tempfile__bounds *bounds)
{
    struct walk walk;
    long size;

    walk.bounds = bounds;
    walk.depth = 0;
    walk.levels[0].descriptor = root;
    walk.levels[0].again = walk.levels[0].changed = false;
    do
        size = syscall(SYS_getdents64, walk.levels[walk.depth].descriptor, walk.buffer, sizeof walk.buffer);
    while (size > 0 ? remove_entries(&walk, size) : goes_on(&walk));
    while (walk.depth > 0)
        syscall(SYS_close, walk.levels[walk.depth--].descriptor);
}

/* Tells whether a directory is the top of a mount. */
static bool is_mount(int root)
{
    int above = open_beside(root, "..", HOLD);

    if (above >= 0)
        syscall(SYS_close, above);
    return above < 0;
}

/* Removes a directory with all it holds, if it is the one with that device and inode; false: something stays. errno is not
 * kept. */
bool tempfile__remove_tree(const char *path, uint64_t device, uint64_t inode, struct tempfile__bounds *bounds)
{
    struct stat status;
    bool same;
    int root = (int)syscall(SYS_openat, AT_FDCWD, path, READ);

    if (root < 0)
        return errno == ENOENT;
    same = syscall(SYS_fstat, root, &status) == 0 && status.st_dev == device && status.st_ino == inode;
    if (same)
        unlock(root, &status);
    if (same && !is_mount(root))
        empty(root, bounds);
    syscall(SYS_close, root);
    return same && (unlinked(AT_FDCWD, path, AT_REMOVEDIR) || errno == ENOENT);
}
