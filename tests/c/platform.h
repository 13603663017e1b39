/* Abilities that some C libraries, kernels and emulators lack. Each function tries one, and the test prints the part that it
 * leaves out. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* musl's threads have 128 KB of stack by default. */
static inline int create_with_stack(pthread_t *thread, size_t size, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    int result;

    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, size) == 0);
    result = pthread_create(thread, &attributes, run, argument);
    pthread_attr_destroy(&attributes);
    return result;
}

/* Returns true if the kernel wipes pages at a fork. Linux before 4.14 cannot, and qemu-user 7.2 claims to but does not.
 * There only fork() tells a child from its parent, by its handler, so children of _Fork and clone cannot be tested. */
static inline bool wipes_pages(void)
{
#ifdef MADV_WIPEONFORK
    int *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), status = 1;
    pid_t pid;

    CHECK(page != MAP_FAILED);
    if (madvise(page, sizeof *page, MADV_WIPEONFORK) != 0)
        return false;
    *page = 1;
    pid = fork();
    if (pid == 0)
        _exit(*page);
    CHECK(waitpid(pid, &status, 0) == pid);
    munmap(page, sizeof *page);
    return status == 0;
#else
    return false;
#endif
}

/* Runs the test's program in place of this one, in the same emulator if there is one. Returns only after a failure. */
static inline void run_again(const char *self, const char *argument, const char *another)
{
    const char *emulator = getenv("EMULATOR");

    if (emulator != NULL && *emulator != '\0')
        execl(emulator, emulator, self, argument, another, (char *)NULL);
    else
        execl(self, self, argument, another, (char *)NULL);
}

/* Returns true if the root directory is what "/" opens. qemu-user opens the root of its libraries in its place. */
static inline bool opens_the_root(void)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), proc = openat(root, "proc/self", O_PATH | O_CLOEXEC);

    close(root);
    return proc >= 0 && close(proc) == 0;
}

/* Returns true if seccomp filters can be set. The prctl of qemu-user fails with EINVAL, because a filter would be for the
 * wrong machine. */
static inline bool has_filters(void)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 && errno == EFAULT;
}

static pthread_t platform_forker;

static inline void *platform_join(void *unused)
{
    pthread_join(platform_forker, NULL);
    _exit(0);
    return unused;
}

static inline void *platform_fork(void *out_pid)
{
    pthread_t helper;
    pid_t pid = fork();

    if (pid != 0) {
        *(pid_t *)out_pid = pid;
        return NULL;
    }
    alarm(2);
    platform_forker = pthread_self();
    pthread_create(&helper, NULL, platform_join, NULL);
    return NULL;
}

/* Returns true if the forking thread can end in the child while others go on. The child of musl 1.2.3 keeps the lock of the
 * thread list, because its set_tid_address, which releases the lock, only came with 1.2.4. */
static inline bool forker_can_end(void)
{
    pthread_t thread;
    pid_t pid = 0;
    int status;

    CHECK(pthread_create(&thread, NULL, platform_fork, &pid) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    return status == 0;
}

#endif
