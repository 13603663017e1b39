/* The identity of a directory that was just made. This is the first half of core's IdentifyNew, which says how the times
 * show that nothing has happened to it. Go looks at a directory with other times, or on a file system without a time of
 * birth. */
#define _GNU_SOURCE
#include "fast.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* struct statx of the kernel, as far as it is read; musl's headers may lack it. */
struct times {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, unused;
    uint64_t inode, size, blocks, attributes_mask;
    struct moment {
        int64_t seconds;
        uint32_t nanoseconds, unused;
    } access, birth, change, modification;
    uint32_t device[2], own_device[2]; /* major, minor: of a special file, and of what holds the inode */
    uint64_t more[14];
};

enum { BASIC = 0x7ff, BIRTH = 0x800, LINKS_OF_NEW = 2 };

static bool same_moment(const struct moment *a, const struct moment *b)
{
    return a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

/* Gives the identity, and the time of birth, if there is no doubt that the directory is the one that was made. */
bool tempfile__identify_new(const char *path, uint64_t *out_device, uint64_t *out_inode, struct tempfile__birth *out_birth)
{
    struct times times;

    if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, BASIC | BIRTH, &times) != 0 || (times.mask & BIRTH) == 0 ||
        !S_ISDIR(times.mode) || times.links > LINKS_OF_NEW || !same_moment(&times.birth, &times.modification) ||
        !same_moment(&times.modification, &times.change))
        return false;
    *out_device = makedev(times.own_device[0], times.own_device[1]);
    *out_inode = times.inode;
    *out_birth = (struct tempfile__birth){times.birth.seconds, times.birth.nanoseconds};
    return true;
}

bool tempfile__identify_directory(const char *path, uint32_t permissions, uint64_t *out_device, uint64_t *out_inode,
                                  int *result)
{
    struct tempfile__birth birth;

    (void)permissions; /* only looked at in doubt */
    *result = 0;
    return path != NULL && out_device != NULL && out_inode != NULL &&
           tempfile__identify_new(path, out_device, out_inode, &birth);
}
