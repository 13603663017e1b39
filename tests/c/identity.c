/* The calling thread does the work: the checks of the system use its user, its landlock rules and its seccomp filter, and no
 * other thread's. */
#include "check.h"
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static char private_directory[TEMPFILE_PATH_SIZE], refused[256];

/* Tries to make one object of each kind in a directory; all must have the same result. */
static void expect(const char *directory, int result)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;
    tempfile_directory *made;

    options.dir = directory;
    CHECK(tempfile_mkdtemp(&options, path, sizeof path) == result);
    CHECK(result != 0 || rmdir(path) == 0);
    CHECK(tempfile_temporary_directory(&options, &made) == result);
    if (result == 0)
        tempfile_directory_free(made);
    CHECK(tempfile_named_temporary_file(&options, &file) == result);
    if (result == 0)
        tempfile_file_free(file);
    CHECK(tempfile_spooled_temporary_file(&options, &file) == 0);
    CHECK(tempfile_file_rollover(file) == result);
    tempfile_file_free(file);
}

static void as_another_user(void)
{
    tempfile_file *file;
    struct stat stat_;

    if (geteuid() != 0) {
        strcat(refused, "setfsuid needs root; ");
        return;
    }
    syscall(SYS_setfsuid, 65534);
    CHECK(syscall(SYS_setfsuid, -1) == 65534);
    expect(private_directory, -EACCES);
    CHECK(tempfile_rmtree(private_directory, 0) != 0);
    /* if the user may create the file, the file is his */
    CHECK(tempfile_spooled_temporary_file(&(tempfile_options){.struct_size = sizeof(tempfile_options), .dir = "/tmp"},
                                          &file) == 0);
    CHECK(fstat(tempfile_file_fileno(file), &stat_) == 0 && stat_.st_uid == 65534);
    tempfile_file_free(file);
}

static void behind_landlock(void)
{
    struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                                               LANDLOCK_ACCESS_FS_WRITE_FILE};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);

    if (ruleset < 0) {
        strcat(refused, "no landlock in this kernel; ");
        return;
    }
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(syscall(SYS_landlock_restrict_self, ruleset, 0) == 0);
    close(ruleset);
    expect(private_directory, -EACCES);
}

static void behind_a_filter(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 3, 0),
#ifdef SYS_mkdir
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 1, 0),
#else
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

    if (!has_filters()) {
        strcat(refused, "behind a filter: skipped, there are no filters here; ");
        return;
    }
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    expect(private_directory, -EPERM);
}

static void *run(void *restricted)
{
    ((void (*)(void))restricted)();
    return NULL;
}

int main(void)
{
    void (*const test_cases[])(void) = {as_another_user, behind_landlock, behind_a_filter};

    CHECK(tempfile_mkdtemp(NULL, private_directory, sizeof private_directory) == 0);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;

        expect(private_directory, 0);
        CHECK(pthread_create(&thread, NULL, run, (void *)test_cases[i]) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        expect(private_directory, 0);
    }
    CHECK(tempfile_rmtree(private_directory, 0) == 0);
    printf("%s", refused);
    return passed();
}
