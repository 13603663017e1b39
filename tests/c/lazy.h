/* Loading the library starts nothing, and neither do the functions that C answers by itself. lazy.c loads it by dlopen, and
 * lazy_linked.c is linked with it. */
#ifndef LAZY_H
#define LAZY_H

#define CHECK_UNLINKED
#include "process.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

enum { MOST_KB = 5 << 10 };

/* The state of the process that a library might change. */
struct outlook {
    struct disposition dispositions[SIGNALS + 1];
    struct rlimit limits[RLIM_NLIMITS];
    sigset_t mask;
    stack_t signal_stack;
    char **environment, *variables[256], values[1 << 14];
    int threads, descriptors, dumpable;
    long addresses_kb;
};

static inline void look(struct outlook *out)
{
    char *end = out->values;

    memset(out, 0, sizeof *out);
    get_dispositions(out->dispositions);
    for (int i = 0; i < RLIM_NLIMITS; i++)
        CHECK(getrlimit(i, &out->limits[i]) == 0);
    CHECK(sigprocmask(SIG_SETMASK, NULL, &out->mask) == 0 && sigaltstack(NULL, &out->signal_stack) == 0);
    out->environment = environ;
    for (int i = 0; environ[i] != NULL && i < 256; i++) {
        out->variables[i] = environ[i];
        if (strlen(environ[i]) < (size_t)(out->values + sizeof out->values - end))
            end = stpcpy(end, environ[i]) + 1;
    }
    out->threads = threads_now();
    out->descriptors = descriptors_now();
    out->dumpable = prctl(PR_GET_DUMPABLE);
    out->addresses_kb = status_kb("VmSize");
}

/* Checks that nothing has changed; after a start of Go only its threads, addresses and fault handlers may have. */
static inline void check_unchanged(const struct outlook *before, int go_runs)
{
    static struct outlook now;

    look(&now);
    CHECK(changed_dispositions(before->dispositions, !go_runs) == 0);
    CHECK(memcmp(now.limits, before->limits, sizeof now.limits) == 0);
    for (int number = 1; number <= SIGNALS; number++)
        CHECK(sigismember(&now.mask, number) == sigismember(&before->mask, number));
    CHECK(now.signal_stack.ss_flags == before->signal_stack.ss_flags &&
          now.signal_stack.ss_sp == before->signal_stack.ss_sp);
    CHECK(now.environment == before->environment && memcmp(now.variables, before->variables, sizeof now.variables) == 0);
    CHECK(memcmp(now.values, before->values, sizeof now.values) == 0);
    CHECK(now.descriptors == before->descriptors && now.dumpable == before->dumpable);
    CHECK(go_runs ? now.threads > 1 : now.threads == 1);
    CHECK(go_runs || now.addresses_kb < before->addresses_kb + MOST_KB);
}

static void handler_of_one(int number)
{
    (void)number;
}

static void handler_of_three(int number, siginfo_t *information, void *context)
{
    (void)information, (void)context;
    if (number == SIGSEGV)
        _exit(3);
}

static void *nothing(void *unused)
{
    return unused;
}

/* Sets dispositions of every kind that a host may have, a signal mask, and a limit that Go would raise. */
static inline void set_up_host(void)
{
    struct sigaction one = {.sa_handler = handler_of_one, .sa_flags = SA_RESTART | SA_NODEFER};
    struct sigaction three = {.sa_sigaction = handler_of_three, .sa_flags = SA_SIGINFO};
    struct rlimit files;
    pthread_t thread;
    sigset_t blocked;

    /* with the first thread the C library takes a signal for itself */
    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = 256;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    sigaddset(&three.sa_mask, SIGHUP);
    CHECK(sigaction(SIGUSR1, &one, NULL) == 0 && sigaction(SIGUSR2, &three, NULL) == 0 &&
          sigaction(SIGRTMIN + 1, &three, NULL) == 0);
    three.sa_flags |= SA_ONSTACK;
    CHECK(sigaction(SIGPROF, &three, NULL) == 0 && sigaction(SIGSEGV, &three, NULL) == 0);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR && signal(SIGURG, SIG_IGN) != SIG_ERR && signal(SIGFPE, SIG_IGN) != SIG_ERR);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
}

/* The library's functions, loaded or linked. */
static struct {
    const char *(*version)(void), *(*strerror)(int), *(*gettempprefix)(void), *(*file_name)(const tempfile_file *);
    const tempfile_error *(*last_error)(void);
    int (*mkdtemp)(const tempfile_options *, char *, size_t), (*rmtree)(const char *, uint32_t),
        (*unlink)(const char *, int64_t);
    int (*named)(const tempfile_options *, tempfile_file **), (*spooled)(const tempfile_options *, tempfile_file **);
    int (*directory)(const tempfile_options *, tempfile_directory **), (*adopt)(tempfile_file *), (*cleanup_on_signal)(int);
    int64_t (*read)(tempfile_file *, void *, size_t), (*write)(tempfile_file *, const void *, size_t),
        (*seek)(tempfile_file *, int64_t, int);
    tempfile_fd (*fileno)(tempfile_file *), (*detach)(tempfile_file *);
    void (*free)(tempfile_file *), (*directory_free)(tempfile_directory *), (*removal_free)(tempfile_removal *);
} call;

static inline void find_functions(void)
{
    const struct {
        const char *name;
        void *function;
    } wanted[] = {{"version", &call.version},
                  {"strerror", &call.strerror},
                  {"gettempprefix", &call.gettempprefix},
                  {"file_name", &call.file_name},
                  {"last_error", &call.last_error},
                  {"mkdtemp", &call.mkdtemp},
                  {"rmtree", &call.rmtree},
                  {"unlink", &call.unlink},
                  {"named_temporary_file", &call.named},
                  {"spooled_temporary_file", &call.spooled},
                  {"temporary_directory", &call.directory},
                  {"file_adopt", &call.adopt},
                  {"cleanup_on_signal", &call.cleanup_on_signal},
                  {"file_read", &call.read},
                  {"file_write", &call.write},
                  {"file_seek", &call.seek},
                  {"file_fileno", &call.fileno},
                  {"file_detach", &call.detach},
                  {"file_free", &call.free},
                  {"directory_free", &call.directory_free},
                  {"removal_free", &call.removal_free}};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char name[64];
        void *found;

        snprintf(name, sizeof name, "tempfile_%s", wanted[i].name);
        found = dlsym(RTLD_DEFAULT, name);
        CHECK(found != NULL);
        *(void **)wanted[i].function = found;
    }
}

/* The functions that C answers: constants, texts, and errors for misuse. */
static inline void ask_c(void)
{
    tempfile_options wrong = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file = NULL;

    CHECK(*call.version() != '\0' && strcmp(call.gettempprefix(), "tmp") == 0);
    CHECK(*call.strerror(ENOENT) != '\0' && *call.strerror(-ENOENT) != '\0' && *call.strerror(12345) != '\0');
    CHECK(call.last_error()->code == 0);
    CHECK(call.read(NULL, path, 1) == -EBADF && call.last_error()->code == -EBADF);
    CHECK(call.write((tempfile_file *)path, path, 1) == -EBADF && call.fileno(NULL) == -EBADF && call.adopt(NULL) == -EBADF);
    CHECK(call.file_name(NULL) == NULL);
    wrong.struct_size = 0;
    CHECK(call.mkdtemp(&wrong, path, sizeof path) == -EINVAL && call.named(&wrong, &file) == -EINVAL && file == NULL);
    CHECK(call.named(NULL, NULL) == -EINVAL && call.spooled(NULL, NULL) == -EINVAL);
    CHECK(call.cleanup_on_signal(SIGKILL) == -EINVAL);
    CHECK(call.unlink("/no such file", getpid()) == 0 && call.unlink(NULL, 0) == -EINVAL);
    call.free(NULL);
    call.directory_free(NULL);
    call.removal_free(NULL);
    CHECK(call.gettempprefix() != NULL && call.last_error()->code == 0);
}

static inline void use_go(void)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(call.mkdtemp(NULL, path, sizeof path) == 0 && call.rmtree(path, 0) == 0);
}

/* A child of a process that has used the library. It reads spooled data, and sees and frees the inherited objects, all in
 * C. */
static inline void inherited(const struct outlook *before)
{
    tempfile_directory *directory;
    tempfile_file *spooled, *named, *detached;
    char name[TEMPFILE_PATH_SIZE], text[8];
    pid_t pid;

    CHECK(call.spooled(NULL, &spooled) == 0 && call.write(spooled, "spooled", 7) == 7 &&
          call.seek(spooled, 0, SEEK_SET) == 0);
    CHECK(call.named(NULL, &named) == 0 && call.named(NULL, &detached) == 0 && call.directory(NULL, &directory) == 0);
    pid = fork();
    if (pid == 0) {
        struct outlook here;

        alarm(60);
        look(&here);
        CHECK(here.threads == 1 && memcmp(here.limits, before->limits, sizeof here.limits) == 0);
        ask_c();
        CHECK(call.read(spooled, text, 7) == 7 && memcmp(text, "spooled", 7) == 0);
        CHECK(call.fileno(named) >= 0 && close(call.detach(detached)) == 0);
        strcpy(name, call.file_name(named));
        call.free(detached);
        call.free(spooled);
        call.directory_free(directory);
        CHECK(call.adopt(named) == 0);
        call.free(named);
        CHECK(access(name, F_OK) != 0);
        CHECK(threads_now() == 1 && changed_dispositions(here.dispositions, 1) == 0);
        use_go();
        CHECK(threads_now() > 1 && changed_dispositions(here.dispositions, 0) == 0);
        exit(0);
    }
    ends_well(pid);
    call.free(spooled);
    call.free(named);
    call.free(detached);
    call.directory_free(directory);
}

/* Runs all tests. `before` is the state of the process before it had the library. */
static inline int check_lazy(const struct outlook *before)
{
    pid_t pid;

    check_unchanged(before, 0);
    find_functions();
    ask_c();
    check_unchanged(before, 0);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        ask_c();
        check_unchanged(before, 0);
        use_go();
        check_unchanged(before, 1);
        exit(0);
    }
    ends_well(pid);
    check_unchanged(before, 0);
    use_go();
    check_unchanged(before, 1);
    inherited(before);
    check_unchanged(before, 1);
    return passed();
}

#endif
