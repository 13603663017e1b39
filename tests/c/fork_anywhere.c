/* A forked child works in every situation: below a chroot, with the library's file gone, replaced or truncated, without free
 * descriptors, without /proc, with memory that may not become executable, without memfd, with a file size limit of 0, and
 * with dropped privileges. The child's own child works, too. The library here is a copy, so that the test can replace it. */
#define CHECK_UNLINKED
#include "process.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
enum { SKIPPED = 9, NOBODY = 65534, WRITE_AND_EXECUTE_NEVER = 1 };

static char library[1024], jail[1100], other[1100];
static const char *why_skipped;
static int (*mkdtemp_)(const tempfile_options *, char *, size_t);
static int (*rmtree_)(const char *, uint32_t);
static int (*spooled_)(const tempfile_options *, tempfile_file **);
static int64_t (*read_)(tempfile_file *, void *, size_t), (*write_)(tempfile_file *, const void *, size_t);
static int64_t (*seek_)(tempfile_file *, int64_t, int);
static const tempfile_error *(*last_error)(void);
static tempfile_file *spooled;

static void *find(void *handle, const char *name)
{
    void *found = dlsym(handle, name);

    CHECK(found != NULL);
    return found;
}

static void load(void)
{
    void *handle = dlopen(library, RTLD_NOW);

    CHECK(handle != NULL);
    *(void **)&mkdtemp_ = find(handle, "tempfile_mkdtemp");
    *(void **)&rmtree_ = find(handle, "tempfile_rmtree");
    *(void **)&spooled_ = find(handle, "tempfile_spooled_temporary_file");
    *(void **)&read_ = find(handle, "tempfile_file_read");
    *(void **)&write_ = find(handle, "tempfile_file_write");
    *(void **)&seek_ = find(handle, "tempfile_file_seek");
    *(void **)&last_error = find(handle, "tempfile_last_error");
}

/* Work that needs no descriptor: Go runs, and finds the objects of the first process. */
static void use_memory(void)
{
    char text[8];

    CHECK(seek_(spooled, 0, SEEK_SET) == 0 && read_(spooled, text, 7) == 7 && memcmp(text, "spooled", 7) == 0);
}

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int result = mkdtemp_(NULL, path, sizeof path);

    if (result != 0)
        fprintf(stderr, "%d %s\n", result, last_error()->message);
    CHECK(result == 0 && rmtree_(path, 0) == 0);
    use_memory();
}

/* Go also starts anew in the child's child. */
static void grandchild(void (*work)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        work();
        _exit(0);
    }
    ends_well(pid);
}

/* Each function below makes a situation. It returns 0, or skip() with a reason. */
static int skip(const char *why)
{
    why_skipped = why;
    return SKIPPED;
}

static int gone(void)
{
    CHECK(unlink(library) == 0);
    return 0;
}

/* The parent has mapped the old file. The name now belongs to another file, with zeros of the same size. */
static int replaced(void)
{
    struct stat stat;
    int file;

    CHECK(lstat(library, &stat) == 0 && (file = open(other, O_WRONLY | O_CREAT | O_EXCL, 0755)) >= 0);
    CHECK(ftruncate(file, stat.st_size) == 0 && close(file) == 0 && rename(other, library) == 0);
    return 0;
}

/* The replacement is truncated, not the mapped file: after that no library could run on. */
static int cut_short(void)
{
    CHECK(replaced() == 0 && truncate(library, 30) == 0);
    return 0;
}

static int no_descriptors(void)
{
    struct rlimit few;

    CHECK(getrlimit(RLIMIT_NOFILE, &few) == 0);
    few.rlim_cur = 64;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    while (open("/dev/null", O_RDONLY) >= 0)
        ;
    CHECK(errno == EMFILE);
    return 0;
}

static int without_proc(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return skip("a mount namespace is refused");
    while (umount2("/proc", MNT_DETACH) == 0)
        ;
    CHECK(access("/proc/self", F_OK) != 0);
    return 0;
}

static int no_executable_memory(void)
{
    return prctl(PR_SET_MDWE, WRITE_AND_EXECUTE_NEVER, 0, 0, 0) == 0 ? 0 : skip("the kernel has no PR_SET_MDWE");
}

static int no_memory_files(void)
{
    refuse_call(SYS_memfd_create, EPERM);
    return 0;
}

static int no_file_may_grow(void)
{
    struct rlimit none = {0, 0};

    CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
    return 0;
}

/* An empty root directory, with a place for files only. */
static int below_chroot(void)
{
    if (chroot(jail) != 0)
        return skip("chroot needs root");
    CHECK(chdir("/") == 0 && setenv("TMPDIR", "/", 1) == 0);
    return 0;
}

static int rights_dropped(void)
{
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return skip("dropping rights needs root");
    CHECK(chdir("/tmp") == 0 && setenv("TMPDIR", "/tmp", 1) == 0);
    return 0;
}

/* The first process loads and uses the library, and its child meets the situation; both are children of this one. */
static void in_child(const char *name, int (*change)(void), void (*work)(void))
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        alarm(60);
        load();
        CHECK(spooled_(NULL, &spooled) == 0 && write_(spooled, "spooled", 7) == 7);
        use();
        pid = fork();
        if (pid == 0) {
            alarm(60);
            if (change() != 0) {
                printf("%s skipped: %s; ", name, why_skipped);
                fflush(stdout);
                _exit(0);
            }
            work();
            grandchild(work);
            work();
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        _exit(status == 0 ? 0 : 1);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (status != 0)
        fprintf(stderr, "%s\n", name);
    CHECK(status == 0);
}

static void copy_library(const char *original)
{
    /* variables, because a path may contain an apostrophe */
    CHECK(setenv("FROM", original, 1) == 0 && setenv("TO", library, 1) == 0);
    CHECK(system("cp \"$FROM\" \"$TO\" && chmod 755 \"$TO\"") == 0);
    CHECK(unsetenv("FROM") == 0 && unsetenv("TO") == 0);
}

int main(void)
{
    static const struct {
        const char *name;
        int (*change)(void);
        void (*work)(void);
    } test_cases[] = {{"library gone", gone, use},
                      {"library replaced", replaced, use},
                      {"library cut short", cut_short, use},
                      {"no descriptors", no_descriptors, use_memory}, /* creating a file would need one */
                      {"without /proc", without_proc, use},
                      {"MDWE", no_executable_memory, use},
                      {"no memory files", no_memory_files, use},
                      {"RLIMIT_FSIZE", no_file_may_grow, use_memory}, /* the probe of the default directory writes a file */
                      {"chroot", below_chroot, use},
                      {"rights dropped", rights_dropped, use}};
    const int count = sizeof test_cases / sizeof *test_cases;
    char original[1024];

    snprintf(original, sizeof original, "%s/libtempfile.so", getenv("LD_LIBRARY_PATH"));
    snprintf(library, sizeof library, "%s/copy.so", getenv("TMPDIR"));
    snprintf(other, sizeof other, "%s.other", library);
    snprintf(jail, sizeof jail, "%s/jail", getenv("TMPDIR"));
    CHECK(mkdir(jail, 0777) == 0);
    for (int i = 0; i < count; i++) {
        copy_library(original);
        in_child(test_cases[i].name, test_cases[i].change, test_cases[i].work);
        unlink(library);
    }
    CHECK(rmdir(jail) == 0);
    printf("%d changes; ", count);
    return passed();
}
