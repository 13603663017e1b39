/* Whether the system has openat2(2), which the option within needs. Linux before 5.6 and qemu-user 7.2 lack it. */
#ifndef OPENAT2_H
#define OPENAT2_H

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static inline int has_openat2(void)
{
    static int known = -1;

    if (known < 0) {
        known = syscall(SYS_openat2, -1, "", NULL, 0) < 0 && errno != ENOSYS;
        if (!known)
            puts("what stays within a directory is left out: the system has no openat2");
    }
    return known;
}

#endif
