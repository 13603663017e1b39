/* A process that is killed at the rename of a publication, by a filter of its own. The target is what it was, and recovery
 * removes the temporary name and the random name beside the target. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char base[TEMPFILE_PATH_SIZE], journals[TEMPFILE_PATH_SIZE], target[2 * TEMPFILE_PATH_SIZE];

/* The calls that end this process, 0 for none, from now on and in all threads that it starts. The second fails instead. */
static bool filtered(unsigned kills, unsigned fails)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kills, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, fails, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

static int has(const char *path, const char *content)
{
    char text[64];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = descriptor < 0 ? -1 : read(descriptor, text, sizeof text);

    close(descriptor);
    return n == (ssize_t)strlen(content) && memcmp(text, content, (size_t)n) == 0;
}

/* Removes what is left, and gives how many objects that were. */
static int recovered(void)
{
    tempfile_recovered item = {.struct_size = sizeof item};
    tempfile_recovery *recovery;
    int count = 0, step;

    CHECK(tempfile_recovery_start(journals, 0, &recovery) == 0);
    while ((step = tempfile_recovery_step(recovery, 100, &item)) > 0)
        count += step == 1 && item.action == TEMPFILE_RECOVERED;
    CHECK(step == 0);
    tempfile_recovery_free(recovery);
    return count;
}

static void publish(int class)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.dir = base;
    if (class == 3) {
        tempfile_replace(target, "new", 3, 0);
        return;
    }
    CHECK((class == 0   ? tempfile_named_temporary_file
           : class == 1 ? tempfile_temporary_file
                        : tempfile_spooled_temporary_file)(&options, &file) == 0);
    CHECK(tempfile_file_write(file, "new", 3) == 3);
    tempfile_file_persist(file, target, 0);
}

int main(void)
{
    /* without links a named file is moved beside its target, and the others are written there */
    const unsigned calls[][2] = {{SYS_renameat, 0xffffffff}, {SYS_renameat, SYS_linkat}};

    CHECK(tempfile_mkdtemp(NULL, base, sizeof base) == 0 && tempfile_mkdtemp(NULL, journals, sizeof journals) == 0);
    snprintf(target, sizeof target, "%s/target", base);
    for (int class = 0; class < 4; class++)
        for (int way = 0; way < 2; way++) {
            int status, left = way == 0 && class == 0 ? 2 : 1;
            pid_t child;

            CHECK(tempfile_replace(target, "old", 3, 0) == 0);
            child = fork();
            if (child == 0) {
                if (!filtered(calls[way][0], calls[way][1]))
                    _exit(77);
                CHECK(tempfile_recovery_enable(journals) == 0);
                publish(class);
                _exit(0);
            }
            CHECK(waitpid(child, &status, 0) == child);
            if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
                printf("the system has no seccomp");
                CHECK(tempfile_rmtree(base, 0) == 0 && tempfile_rmtree(journals, 0) == 0);
                return 77;
            }
            CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
            CHECK(has(target, "old") && entries_of(base) == 1 + left);
            CHECK(recovered() == left && has(target, "old") && entries_of(base) == 1 && entries_of(journals) == 0);
        }
    CHECK(tempfile_rmtree(base, 0) == 0 && rmdir(journals) == 0);
    return passed();
}
