/* The helper threads of a large removal have no more rights than the calling thread: the checks of the system use its user,
 * its landlock rules and its seccomp filter. Each case may remove only a part of the tree. The rest must stay, no matter
 * which thread got it. */
#include "check.h"
#include "hooks.h"
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { DIRECTORIES = 60, FILES = 30, HELPERS = 3, NOBODY = 65534 };

static char parent[TEMPFILE_PATH_SIZE], tree[TEMPFILE_PATH_SIZE + 8], refused[256];

static int directory(int i)
{
    char name[sizeof tree + 16];

    snprintf(name, sizeof name, "%s/%d", tree, i);
    return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Gives every even directory to the user nobody, if the process may. */
static void plant(void)
{
    CHECK(mkdir(tree, 0700) == 0 && chmod(tree, 0777) == 0);
    for (int i = 0; i < DIRECTORIES; i++) {
        char name[sizeof tree + 16];
        int here;

        snprintf(name, sizeof name, "%s/%d", tree, i);
        CHECK(mkdir(name, 0700) == 0);
        here = directory(i);
        CHECK(here >= 0 && (i % 2 != 0 || geteuid() != 0 || fchown(here, NOBODY, NOBODY) == 0));
        for (int j = 0; j < FILES; j++) {
            snprintf(name, sizeof name, "%d", j);
            CHECK(mknodat(here, name, S_IFREG | 0600, 0) == 0);
        }
        close(here);
    }
}

static bool as_another_user(void)
{
    if (geteuid() != 0) {
        strcat(refused, "setfsuid needs root; ");
        return false;
    }
    syscall(SYS_setfsuid, NOBODY);
    CHECK(syscall(SYS_setfsuid, -1) == NOBODY);
    return true;
}

static void allow(int ruleset, int below, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = below};

    CHECK(below >= 0 && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0);
    close(below);
}

/* The rule allows the removal of directories, and of the files in even ones. */
static bool behind_landlock(void)
{
    struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                                               LANDLOCK_ACCESS_FS_REMOVE_DIR};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);

    if (ruleset < 0) {
        strcat(refused, "no landlock in this kernel; ");
        return false;
    }
    allow(ruleset, open(parent, O_PATH | O_CLOEXEC), LANDLOCK_ACCESS_FS_REMOVE_DIR);
    for (int i = 0; i < DIRECTORIES; i += 2)
        allow(ruleset, directory(i), LANDLOCK_ACCESS_FS_REMOVE_FILE);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0);
    close(ruleset);
    return true;
}

/* The filter allows the removal of files, but not of directories. */
static bool behind_a_filter(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlinkat, 0, 3),
        /* the lower half, on a little-endian machine */
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AT_REMOVEDIR, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

    if (!has_filters()) {
        strcat(refused, "behind a filter: skipped, there are no filters here; ");
        return false;
    }
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    return true;
}

static const struct test_case {
    bool (*restricted)(void);
    int code, odd_files; /* the result of the removal, and the number of files left in each odd directory */
    bool even;           /* the even directories are left, and empty */
} test_cases[] = {
    {as_another_user, -EACCES, FILES, false},
    {behind_landlock, -EACCES, FILES, false},
    {behind_a_filter, -EPERM, 0, true},
};

static void *tell(void *argument)
{
    const struct test_case *test_case = argument;

    if (!test_case->restricted())
        return NULL;
    CHECK(tempfile_rmtree(tree, 0) == test_case->code);
    return argument;
}

int main(void)
{
    int started = 0;

    /* every user can reach this directory */
    CHECK(tempfile_mkdtemp(&(tempfile_options){.struct_size = sizeof(tempfile_options), .dir = "/tmp"}, parent,
                           sizeof parent) == 0);
    CHECK(chmod(parent, 0777) == 0);
    snprintf(tree, sizeof tree, "%s/tree", parent);
    for (size_t i = 0; i < sizeof test_cases / sizeof *test_cases; i++) {
        pthread_t thread;
        void *result;

        plant();
        tempfile_test_helpers(HELPERS);
        CHECK(pthread_create(&thread, NULL, tell, (void *)&test_cases[i]) == 0);
        CHECK(pthread_join(thread, &result) == 0);
        CHECK(result == NULL || tempfile_test_helpers(HELPERS) >= started + HELPERS);
        for (int d = 0; result != NULL && d < DIRECTORIES; d++) {
            int here = directory(d), files = d % 2 != 0 ? test_cases[i].odd_files : 0;
            char name[64];

            CHECK((here >= 0) == (d % 2 != 0 || test_cases[i].even));
            if (here < 0)
                continue;
            snprintf(name, sizeof name, "/proc/self/fd/%d", here);
            CHECK(entries_of(name) == files);
            close(here);
        }
        CHECK(tempfile_rmtree(tree, 0) == 0);
        started = tempfile_test_helpers(HELPERS);
    }
    CHECK(tempfile_rmtree(parent, 0) == 0);
    printf("%s%d helpers; ", refused, started);
    return passed();
}
