/* Loading the library, using it, and using it in a forked child leave limits, dispositions and masks as they were. */
#define CHECK_UNLINKED
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void handler(int signal)
{
    (void)signal;
}

/* Handlers of every kind, as a host may have them: SA_ONSTACK must not be added where it was not. */
static void set_up(void)
{
    struct rlimit files;
    sigset_t blocked;

    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = 256;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    CHECK(signal(SIGALRM, handler) != SIG_ERR);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
}

static void check_as_before(void)
{
    struct sigaction action;
    struct rlimit files;
    sigset_t blocked;

    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur == 256);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
    CHECK(sigaction(SIGURG, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    CHECK(sigaction(SIGALRM, NULL, &action) == 0 && action.sa_handler == handler);
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGALRM || number == SIGPIPE || number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
            sigaction(number, NULL, &action) != 0)
            continue;
        CHECK(action.sa_handler == SIG_DFL);
    }
    CHECK(sigprocmask(SIG_SETMASK, NULL, &blocked) == 0);
    for (int number = 1; number < SIGRTMAX; number++)
        CHECK(sigismember(&blocked, number) <= 0 || number == SIGUSR2);
}

/* Every thread but this one is Go's, and must block what a host's handler may be for. */
static void check_threads(void)
{
    FILE *threads = popen("grep -h SigBlk /proc/$PPID/task/*/status", "r");
    char line[128];
    int count = 0;

    CHECK(threads != NULL);
    while (fgets(line, sizeof line, threads) != NULL) {
        unsigned long long mask = strtoull(strchr(line, ':') + 1, NULL, 16);

        count++;
        if (count > 1) /* the first is ours */
            CHECK((mask >> (SIGALRM - 1) & 1) == 1 && (mask >> (SIGUSR1 - 1) & 1) == 1 && (mask >> (SIGSEGV - 1) & 1) == 0);
    }
    CHECK(pclose(threads) == 0 && count > 2);
}

/* The library keeps no descriptor of its own. */
static int open_descriptors(void)
{
    return entries_of("/proc/self/fd") - 1; /* the one that looks */
}

int main(void)
{
    int (*mkdtemp_)(const tempfile_options *, char *, size_t) = NULL;
    int (*rmtree_)(const char *, uint32_t) = NULL;
    char path[TEMPFILE_PATH_SIZE];
    int status, descriptors = open_descriptors();
    void *library;
    pid_t pid;

    set_up();
    library = dlopen("libtempfile.so.0", RTLD_NOW);
    CHECK(library != NULL);
    *(void **)&mkdtemp_ = dlsym(library, "tempfile_mkdtemp");
    *(void **)&rmtree_ = dlsym(library, "tempfile_rmtree");
    CHECK(mkdtemp_ != NULL && rmtree_ != NULL);
    CHECK(mkdtemp_(NULL, path, sizeof path) == 0 && rmtree_(path, 0) == 0);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        CHECK(mkdtemp_(NULL, path, sizeof path) == 0 && rmtree_(path, 0) == 0);
        CHECK(open_descriptors() == descriptors);
        check_as_before();
        check_threads();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(open_descriptors() == descriptors);
    check_as_before();
    check_threads();
    return passed();
}
