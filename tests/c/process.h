/* Reads and limits the state of the test's own process. */
#ifndef PROCESS_H
#define PROCESS_H

#include "check.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* The disposition of a signal as the kernel has it. The sigaction of the C library hides two signals, and flags of the
 * others. */
struct disposition {
    uintptr_t handler, flags, restorer;
    uint64_t mask;
};
enum { SIGNALS = 64 };

static inline void get_disposition(int number, struct disposition *out)
{
    CHECK(syscall(SYS_rt_sigaction, number, NULL, out, sizeof out->mask) == 0);
}

static inline void get_dispositions(struct disposition all[SIGNALS + 1])
{
    memset(all, 0, (SIGNALS + 1) * sizeof *all);
    for (int number = 1; number <= SIGNALS; number++)
        get_disposition(number, &all[number]);
}

/* The three signals of faults, which Go must handle. */
static inline int is_fault(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE;
}

/* Returns the number of dispositions that differ from `before`, with those of faults or without. */
static inline int changed_dispositions(const struct disposition before[SIGNALS + 1], int with_faults)
{
    struct disposition now[SIGNALS + 1];
    int changed = 0;

    get_dispositions(now);
    for (int number = 1; number <= SIGNALS; number++)
        changed += (with_faults || !is_fault(number)) && memcmp(&now[number], &before[number], sizeof *now) != 0;
    return changed;
}

static inline int threads_now(void)
{
    return entries_of("/proc/self/task");
}

/* Returns the number of open descriptors, without the one that counts. */
static inline int descriptors_now(void)
{
    return entries_of("/proc/self/fd") - 1;
}

/* Returns a number of /proc/self/status, in KB. */
static inline long status_kb(const char *name)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long value = -1;

    CHECK(status != NULL);
    while (value < 0 && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            value = strtol(line + strlen(name) + 1, NULL, 10);
    fclose(status);
    CHECK(value >= 0);
    return value;
}

/* Limits the address space to the present use and spare_kb more. Returns the old limit. */
static inline struct rlimit limit_addresses(long spare_kb)
{
    struct rlimit before, limit;

    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    limit = before;
    limit.rlim_cur = (rlim_t)(status_kb("VmSize") + spare_kb) << 10;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    return before;
}

/* From here on the system refuses this call. A filter cannot be removed again. */
static inline void refuse_call(long number, int error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* Waits for a child, and checks that it ended with 0. */
static inline void ends_well(pid_t pid)
{
    int status;

    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (status != 0)
        fprintf(stderr, "the child %d ended with status %#x\n", (int)pid, (unsigned)status);
    CHECK(status == 0);
}

#endif
