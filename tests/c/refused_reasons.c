/* Each reason why a forked child cannot have a copy of the library is -EOWNERDEAD, at once and with a message that says
 * which; a reason that goes away lets the next call through. The library is a copy of its own here, to be replaced. */
#define CHECK_UNLINKED
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { NOBODY_ELSE = 54321 };

static char library[1024], jail[2048], saved[1100];
static int (*mkdtemp_)(const tempfile_options *, char *, size_t);
static int (*rmtree_)(const char *, uint32_t);
static const tempfile_error *(*last_error)(void);

static void shell(const char *command, const char *a, const char *b)
{
    char line[8192];

    snprintf(line, sizeof line, "A='%s' B='%s'; %s", a, b, command);
    CHECK(system(line) == 0);
}

static void load(void)
{
    void *handle = dlopen(library, RTLD_NOW);

    CHECK(handle != NULL);
    *(void **)&mkdtemp_ = dlsym(handle, "tempfile_mkdtemp");
    *(void **)&rmtree_ = dlsym(handle, "tempfile_rmtree");
    *(void **)&last_error = dlsym(handle, "tempfile_last_error");
    CHECK(mkdtemp_ != NULL && rmtree_ != NULL && last_error != NULL);
}

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(mkdtemp_(NULL, path, sizeof path) == 0 && rmtree_(path, 0) == 0);
}

static void expect(const char *reason)
{
    char path[TEMPFILE_PATH_SIZE];

    for (int i = 0; i < 2; i++) {
        int result = mkdtemp_(NULL, path, sizeof path);

        if (result != -EOWNERDEAD || strstr(last_error()->message, reason) == NULL)
            fprintf(stderr, "%d %s\n", result, last_error()->message);
        CHECK(result == -EOWNERDEAD && last_error()->code == -EOWNERDEAD);
        CHECK(strstr(last_error()->message, reason) != NULL);
    }
}

static void refuse_call(long number, uint32_t argument, uint32_t bits)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * argument),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void gone(void)
{
    CHECK(rename(library, saved) == 0);
    expect("the library's file cannot be opened: No such file");
    CHECK(rename(saved, library) == 0);
    use();
}

/* Another build has another build id, and may well have the same size. */
static void replaced(void)
{
    struct stat stat;
    char *image, *id = NULL;
    int file;

    shell("cp \"$A\" \"$B\"", library, saved);
    CHECK((file = open(saved, O_RDWR)) >= 0 && fstat(file, &stat) == 0);
    image = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(image != MAP_FAILED);
    id = memmem(image, 4096, "GNU", 4);
    CHECK(id != NULL);
    id[4] ^= 1;
    CHECK(rename(saved, library) == 0);
    expect("replaced since it was loaded");
    id[4] ^= 1;
    use();
}

static void cut_short(void)
{
    shell("head -c 30 \"$A\" > \"$B\" && mv \"$B\" \"$A\"", library, saved);
    expect("replaced since it was loaded");
}

static void no_descriptors(void)
{
    struct rlimit few = {3, 1024}, enough = {1024, 1024};

    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    expect("the library's file cannot be opened: Too many open files");
    CHECK(setrlimit(RLIMIT_NOFILE, &enough) == 0);
    use();
}

static void no_address_space(void)
{
    struct rlimit limit, before;
    long pages;
    FILE *statm = fopen("/proc/self/statm", "r");

    CHECK(statm != NULL && fscanf(statm, "%ld", &pages) == 1 && fclose(statm) == 0);
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    limit = before;
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (300 << 20);
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    expect("the limit on address space");
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    use();
}

/* A user who has no other processes, unlike root whom no limit holds, and may still read the library. */
static void become_user(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{.effective = 1 << CAP_DAC_OVERRIDE, .permitted = 1 << CAP_DAC_OVERRIDE}};

    if (geteuid() != 0)
        return;
    CHECK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE) == 0);
    CHECK(syscall(SYS_capset, &header, data) == 0);
}

/* Some threads, but not as many as a runtime needs. */
static void few_threads(void)
{
    struct rlimit few, before;

    become_user();
    CHECK(getrlimit(RLIMIT_NPROC, &before) == 0);
    few = before;
    few.rlim_cur = getuid() == NOBODY_ELSE ? 5 : 1;
    CHECK(setrlimit(RLIMIT_NPROC, &few) == 0);
    expect("too few threads");
    CHECK(setrlimit(RLIMIT_NPROC, &before) == 0);
    use();
}

/* The control: loading it where it cannot refuse. */
static void load_without_threads(void)
{
    struct rlimit few = {1, 1}, no_core = {0, 0};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        become_user();
        setrlimit(RLIMIT_CORE, &no_core);
        CHECK(setrlimit(RLIMIT_NPROC, &few) == 0 && freopen("/dev/null", "w", stderr) != NULL);
        load();
        use();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void no_memory_files(void)
{
    refuse_call(SYS_memfd_create, 1, UINT32_MAX);
    expect("no memory file for a copy of the library: Operation not permitted");
}

static void no_executable_memory(void)
{
    refuse_call(SYS_mmap, 2, PROT_EXEC);
    expect("executable memory is refused: ");
}

static void forbidden(void)
{
    setenv("TEMPFILE_NO_RELOAD", "1", 1);
    expect("TEMPFILE_NO_RELOAD is set");
    setenv("TEMPFILE_NO_RELOAD", "", 1);
    use();
}

static void empty_chroot(void)
{
    CHECK(chroot(jail) == 0 && chdir("/") == 0);
    expect("the library's file cannot be opened: No such file");
}

static void chroot_without_proc(void)
{
    shell("mkdir -p \"$B$(dirname \"$A\")\" && cp \"$A\" \"$B$A\"", library, jail);
    CHECK(chroot(jail) == 0 && chdir("/") == 0);
    expect("/proc is not there");
}

/* Runs a child of a child: the first loads the library, the second meets the obstacle. */
static void in_child(void (*obstacle)(void), int needs_root)
{
    int status;
    pid_t pid;

    if (needs_root && geteuid() != 0) {
        printf("chroot needs root; ");
        fflush(stdout); /* or each child would print it again */
        return;
    }
    pid = fork();
    if (pid == 0) {
        pid_t inner;

        alarm(60);
        load();
        use();
        inner = fork();
        if (inner == 0) {
            alarm(60);
            obstacle();
            exit(0);
        }
        CHECK(waitpid(inner, &status, 0) == inner && status == 0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
    static const struct {
        void (*obstacle)(void);
        int needs_root;
    } stories[] = {{gone, 0}, {replaced, 0}, {no_descriptors, 0}, {no_address_space, 0}, {few_threads, 0}, {no_memory_files, 0}, {no_executable_memory, 0},
                   {forbidden, 0}, {empty_chroot, 1}, {chroot_without_proc, 1}, {cut_short, 0}};
    const int count = sizeof stories / sizeof *stories;
    char original[1024];

    snprintf(original, sizeof original, "%s/libtempfile.so", getenv("LD_LIBRARY_PATH"));
    snprintf(library, sizeof library, "%s/copy.so", getenv("TMPDIR"));
    snprintf(saved, sizeof saved, "%s.saved", library);
    snprintf(jail, sizeof jail, "%s/jail", getenv("TMPDIR"));
    CHECK(mkdir(jail, 0755) == 0);
    for (int i = 0; i < count; i++) {
        shell("cp \"$A\" \"$B\"", original, library);
        in_child(stories[i].obstacle, stories[i].needs_root);
    }
    shell("cp \"$A\" \"$B\"", original, library);
    load_without_threads();
    shell("rm -rf \"$A\" \"$B\"", library, jail);
    printf("%d reasons, without threads loading is the end; ", count);
    return passed();
}
