/* Each reason why Go cannot start is an error of the call that needs Go, at once and with a message that names the reason.
 * The error is -ENOMEM or -EAGAIN in the first process, and -EOWNERDEAD in a forked child, even if its parent has not used
 * the library. Nothing is created, and the process lives on. After the reason is gone the next call works. */
#define CHECK_UNLINKED
#include "process.h"
#include <dlfcn.h>
#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>

/* musl's pthread_create returns EAGAIN for each error of the system. */
#ifdef __GLIBC__
#define THREADS_REFUSED "Go needs threads, and a filter (seccomp) refuses them"
#else
#define THREADS_REFUSED "leaves too few threads for Go"
#endif

enum { NOBODY_ELSE = 54321, SPARE_KB = 300 << 10, SPARE_DATA_KB = 40 << 10, LARGE_STACK = 1 << 30 };
enum where { FIRST, CHILD, CHILD_OF_USER, PLACES };

static enum where where;
static int (*mkdtemp_)(const tempfile_options *, char *, size_t);
static int (*rmtree_)(const char *, uint32_t);
static const tempfile_error *(*last_error)(void);

static void load(void)
{
    void *handle = dlopen("libtempfile.so.0", RTLD_NOW);

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

static void expect(int first, const char *reason)
{
    int expected = where == FIRST ? first : -EOWNERDEAD, here = entries_of(getenv("TMPDIR"));
    char path[TEMPFILE_PATH_SIZE];

    for (int i = 0; i < 3; i++) {
        int result = mkdtemp_(NULL, path, sizeof path);

        if (result != expected || strstr(last_error()->message, reason) == NULL)
            fprintf(stderr, "%d, not %d: %s\n", result, expected, last_error()->message);
        CHECK(result == expected && last_error()->code == expected);
        CHECK(strstr(last_error()->message, reason) != NULL);
        CHECK(strcmp(last_error()->operation, where == FIRST ? "start" : "fork") == 0);
    }
    CHECK(entries_of(getenv("TMPDIR")) == here && threads_now() == 1);
}

static void no_address_space(void)
{
    struct rlimit before = limit_addresses(SPARE_KB);

    expect(-ENOMEM, "the limit on address space");
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    use();
}

/* The address space is large enough, except for the thread stacks of this process (ulimit -s). */
static void large_stacks(void)
{
#ifdef __GLIBC__
    pthread_attr_t large;
    struct rlimit before;

    CHECK(pthread_attr_init(&large) == 0 && pthread_attr_setstacksize(&large, LARGE_STACK) == 0);
    CHECK(pthread_setattr_default_np(&large) == 0);
    before = limit_addresses(2L * (LARGE_STACK >> 10));
    expect(-ENOMEM, "the limit on address space");
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    use();
#endif
}

static void no_data(void)
{
    struct rlimit before, limit;

    CHECK(getrlimit(RLIMIT_DATA, &before) == 0);
    limit = before;
    limit.rlim_cur = (rlim_t)(status_kb("VmData") + SPARE_DATA_KB) << 10;
    CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
    expect(-ENOMEM, "the limit on data");
    CHECK(setrlimit(RLIMIT_DATA, &before) == 0);
    use();
}

/* Becomes a user without other processes, because RLIMIT_NPROC does not limit root. The user may still write to TMPDIR. */
static void become_user(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{.effective = 1 << CAP_DAC_OVERRIDE, .permitted = 1 << CAP_DAC_OVERRIDE}};

    if (geteuid() != 0)
        return;
    CHECK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE) == 0);
    CHECK(syscall(SYS_capset, &header, data) == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
}

/* The limit allows some threads, but fewer than Go needs. */
static void few_threads(void)
{
    struct rlimit few, before;

    become_user();
    CHECK(getrlimit(RLIMIT_NPROC, &before) == 0);
    few = before;
    few.rlim_cur = getuid() == NOBODY_ELSE ? 5 : 1;
    CHECK(setrlimit(RLIMIT_NPROC, &few) == 0);
    expect(-EAGAIN, "too few threads");
    CHECK(setrlimit(RLIMIT_NPROC, &before) == 0);
    use();
}

static void no_threads(void)
{
    refuse_call(SYS_clone, EPERM);
    refuse_call(SYS_clone3, EPERM);
    expect(-EAGAIN, THREADS_REFUSED);
}

static void no_signal_stack(void)
{
    refuse_call(SYS_sigaltstack, EPERM);
    expect(-EAGAIN, "Go needs an alternate signal stack, and a filter (seccomp) refuses it");
}

/* Runs in a process that has not loaded the library before, or in a child of one that has. */
static void try(void (*obstacle)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        load();
        if (where == FIRST) {
            obstacle();
            exit(0);
        }
        if (where == CHILD_OF_USER)
            use();
        pid = fork();
        if (pid == 0) {
            alarm(60);
            obstacle();
            exit(0);
        }
        ends_well(pid);
        exit(0);
    }
    ends_well(pid);
}

int main(void)
{
    static void (*const obstacles[])(void) = {no_address_space, large_stacks, no_data,
                                              few_threads,      no_threads,   no_signal_stack};
    const int count = sizeof obstacles / sizeof *obstacles;

    for (where = FIRST; where < PLACES; where++)
        for (int i = 0; i < count; i++)
            try(obstacles[i]);
    printf("%d reasons, in the first process and in children; ", count);
    return passed();
}
