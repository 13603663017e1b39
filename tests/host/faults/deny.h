/* A seccomp filter that makes chosen system calls of this thread fail, as a sandbox does. */
#ifndef DENY_H
#define DENY_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum { DENY_MOST = 16 };

/* list is NUMBER:ERRNO,...; NULL means that nothing is denied. */
static inline void deny(const char *list)
{
    struct sock_filter code[2 * DENY_MOST + 2];
    struct sock_fprog program = {0, code};
    int number, errnum, used;

    if (list == NULL || *list == '\0')
        return;
    code[program.len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    while (program.len < 2 * DENY_MOST && sscanf(list, "%d:%d%n", &number, &errnum, &used) == 2) {
        code[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1);
        code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)errnum);
        list += used;
        list += *list == ',';
    }
    code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        fprintf(stderr, "deny: no seccomp\n");
        exit(77);
    }
}

#endif
