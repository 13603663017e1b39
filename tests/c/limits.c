/* Using the library leaves limits, dispositions, masks and descriptors as they were, bit by bit, in the first process and in
 * forked ones. Only the three dispositions that Go needs change. lazy.c tests the time before the first use. Go's own
 * threads block all signals for which a host may have handlers. */
#include "process.h"
#include <pthread.h>

static struct disposition before[SIGNALS + 1];
static int descriptors;

static void handler(int signal)
{
    (void)signal;
}

/* Handlers of every kind that a host may have. The library must not add SA_ONSTACK to them. */
static void set_up(void)
{
    struct sigaction plain = {.sa_handler = handler, .sa_flags = SA_RESTART}, masked = {.sa_handler = handler};
    struct rlimit files;
    sigset_t blocked;

    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = 256;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    sigfillset(&masked.sa_mask);
    CHECK(sigaction(SIGALRM, &plain, NULL) == 0 && sigaction(SIGUSR1, &masked, NULL) == 0 &&
          sigaction(SIGRTMAX, &masked, NULL) == 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
}

static void check_as_before(void)
{
    struct disposition now;
    struct rlimit files;
    sigset_t blocked;

    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur == 256);
    CHECK(changed_dispositions(before, 0) == 0);
    get_disposition(SIGSEGV, &now);
    CHECK(now.handler != (uintptr_t)SIG_DFL); /* the control: the comparison notices changes */
    CHECK(sigprocmask(SIG_SETMASK, NULL, &blocked) == 0);
    for (int number = 1; number < SIGRTMAX; number++)
        CHECK(sigismember(&blocked, number) <= 0 || number == SIGUSR2);
    CHECK(descriptors_now() == descriptors);
}

/* All threads but this one are Go's. They must block all signals that a host's handlers may be for. */
static void check_threads(void)
{
    FILE *threads = popen("grep -h SigBlk /proc/$PPID/task/*/status", "r");
    char line[128];
    int count = 0;

    CHECK(threads != NULL);
    while (fgets(line, sizeof line, threads) != NULL) {
        unsigned long long mask = strtoull(strchr(line, ':') + 1, NULL, 16);

        count++;
        if (count > 1) /* the first is this thread's */
            CHECK((mask >> (SIGALRM - 1) & 1) == 1 && (mask >> (SIGUSR1 - 1) & 1) == 1 && (mask >> (SIGSEGV - 1) & 1) == 0);
    }
    CHECK(pclose(threads) == 0 && count > 2);
}

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    check_as_before();
    check_threads();
}

/* Each generation uses the library after its parent has used it, and again after its own child has ended. */
static void generations(int left)
{
    pid_t pid;

    use();
    if (left == 0)
        return;
    pid = fork();
    if (pid == 0) {
        alarm(60);
        generations(left - 1);
        exit(0);
    }
    ends_well(pid);
    use();
}

static void *nothing(void *unused)
{
    return unused;
}

int main(void)
{
    pthread_t thread;

    /* with the first thread the C library takes a signal for itself */
    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
    set_up();
    get_dispositions(before);
    descriptors = descriptors_now();
    generations(2);
    return passed();
}
