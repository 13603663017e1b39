/* tempfile_cleanup_on_signals, in programs that a signal ends and in programs that handle it. This program runs itself once
 * for each case, with a TMPDIR of its own. The test checks the entries that are left there, and how the process ended. */
#include "check.h"
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char named[TEMPFILE_PATH_SIZE], empty[TEMPFILE_PATH_SIZE], full[TEMPFILE_PATH_SIZE];
static volatile sig_atomic_t handled, with_information;

/* Makes one object of each kind: three that the end of the process removes, and one that stays. */
static void make_all(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    char inner[TEMPFILE_PATH_SIZE + 8];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    strcpy(named, tempfile_file_name(file));
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(empty, tempfile_directory_name(directory));
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(full, tempfile_directory_name(directory));
    snprintf(inner, sizeof inner, "%s/inner", full);
    CHECK(mkdir(inner, 0700) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_file_keep(file) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0 && tempfile_temporary_file(NULL, &file) == 0);
}

static void start(void)
{
    make_all();
    CHECK(tempfile_cleanup_on_signals() == 0);
}

static void start_always(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    make_all();
    for (int i = 0; i < 4; i++)
        CHECK(tempfile_cleanup_at_signal(numbers[i], TEMPFILE_SIGNAL_ALWAYS) == 0);
}

static void plain(int number)
{
    (void)number;
    CHECK(access(named, F_OK) != 0 && access(empty, F_OK) != 0 && access(full, F_OK) != 0);
    handled++;
}

static void informed(int number, siginfo_t *information, void *context)
{
    CHECK(context != NULL && information->si_signo == number && information->si_pid == getpid());
    with_information++;
    plain(number);
}

/* Needs more stack than the alternate signal stack has. The host did not ask for SA_ONSTACK. */
static void large(int number)
{
    volatile char frame[96 << 10];

    for (size_t i = 0; i < sizeof frame; i++) /* not memset, which the compiler removes because nothing reads the frame */
        frame[i] = (char)number;
    plain(number);
}

static void go_on(int number)
{
    (void)number;
    handled++;
}

static void by_default(int number)
{
    start();
    raise(number);
}

static void twice(int number)
{
    start();
    CHECK(tempfile_cleanup_on_signals() == 0);
    raise(number);
}

static void chained(int number)
{
    struct sigaction one = {.sa_handler = plain}, other = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO}, now;

    sigaction(SIGTERM, &one, NULL);
    sigaction(SIGINT, &other, NULL);
    start_always();
    CHECK(tempfile_cleanup_on_signals() == 0 && tempfile_cleanup_at_signal(SIGTERM, TEMPFILE_SIGNAL_ALWAYS) == 0);
    CHECK(sigaction(SIGTERM, NULL, &now) == 0 && (now.sa_flags & SA_ONSTACK) == 0);
    CHECK(raise(SIGTERM) == 0 && handled == 1 && with_information == 0);
    CHECK(raise(SIGINT) == 0 && handled == 2 && with_information == 1);
    CHECK(raise(SIGTERM) == 0 && handled == 3);
    make_all(); /* the library still works */
    raise(number);
}

/* The host's handler lets the program go on. Its files stay. With TEMPFILE_SIGNAL_ALWAYS they are removed, but descriptors
 * stay open. */
static void left_to_the_host(int number)
{
    tempfile_file *file;

    signal(SIGTERM, go_on);
    start();
    CHECK(raise(SIGTERM) == 0 && handled == 1 && access(named, F_OK) == 0 && access(empty, F_OK) == 0 &&
          access(full, F_OK) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_cleanup_at_signal(SIGTERM, TEMPFILE_SIGNAL_ALWAYS) == 0);
    CHECK(raise(SIGTERM) == 0 && handled == 2 && access(named, F_OK) != 0 && access(full, F_OK) != 0);
    CHECK(access(tempfile_file_name(file), F_OK) != 0 && tempfile_file_write(file, "x", 1) == 1);
    make_all();
    raise(number);
}

static struct sigaction below;

static void chain(int number, siginfo_t *information, void *context)
{
    handled++;
    CHECK(handled == 1);
    below.sa_sigaction(number, information, context);
}

/* The host's handler replaces the library's and calls it. The second call of the library is made after the replacement, and
 * must not cause a recursion. */
static void over_the_library(int number)
{
    struct sigaction over = {.sa_sigaction = chain, .sa_flags = SA_SIGINFO}, now;

    start();
    CHECK(sigaction(number, &over, &below) == 0 && (below.sa_flags & SA_SIGINFO) != 0);
    CHECK(tempfile_cleanup_on_signals() == 0);
    CHECK(tempfile_cleanup_at_signal(number, TEMPFILE_SIGNAL_ALWAYS) == -EBUSY);
    CHECK(sigaction(number, NULL, &now) == 0 && now.sa_sigaction == chain);
    raise(number);
}

/* The host's handler replaces the library's, and is removed again. */
static void over_and_gone(int number)
{
    start();
    signal(number, go_on);
    CHECK(tempfile_cleanup_on_signals() == 0 && raise(number) == 0 && handled == 1 && access(named, F_OK) == 0);
    signal(number, SIG_DFL);
    CHECK(tempfile_cleanup_on_signals() == 0);
    raise(number);
}

/* SA_SIGINFO with SIG_DFL or SIG_IGN is not a handler. */
static void informed_by_default(int number)
{
    struct sigaction by_default = {.sa_flags = SA_SIGINFO}, ignored = {.sa_flags = SA_SIGINFO};

    by_default.sa_handler = SIG_DFL;
    ignored.sa_handler = SIG_IGN;
    CHECK(sigaction(number, &by_default, NULL) == 0 && sigaction(SIGHUP, &ignored, NULL) == 0);
    start_always();
    start();
    CHECK(raise(SIGHUP) == 0 && access(named, F_OK) == 0);
    raise(number);
}

/* A child of vfork shares its parent's memory. It must not delete its parent's files. */
static void by_vfork(int number)
{
    int status;
    pid_t pid;

    start();
    for (int way = 0; way < 3; way++) {
        pid = vfork();
        if (pid == 0) {
            if (way == 0)
                raise(SIGTERM);
            if (way == 1)
                tempfile_cleanup();
            if (way == 2)
                execl("/bin/sh", "sh", "-c", "kill -TERM $$", (char *)NULL);
            _exit(7);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(way == 1 ? status == 7 << 8 : WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        CHECK(access(named, F_OK) == 0 && access(empty, F_OK) == 0 && access(full, F_OK) == 0);
    }
    raise(number);
}

/* The host enables the clean-up for some signals only. At another signal its own handler runs, and the files stay. */
static void some_only(int number)
{
    static const int refused[] = {0, -1, 100, SIGKILL, SIGSTOP, SIGSEGV, SIGABRT, SIGCHLD, SIGURG, SIGWINCH};

    make_all();
    CHECK(tempfile_cleanup_on_signal(number) == 0 && tempfile_cleanup_on_signal(SIGALRM) == 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        CHECK(tempfile_cleanup_on_signal(refused[i]) == -EINVAL && tempfile_cleanup_at_signal(refused[i], 0) == -EINVAL);
    CHECK(tempfile_cleanup_at_signal(number, 2) == -EINVAL);
    signal(SIGHUP, go_on);
    CHECK(raise(SIGHUP) == 0 && handled == 1 && access(named, F_OK) == 0 && access(empty, F_OK) == 0);
    raise(number);
}

static void once_only(int number)
{
    struct sigaction once = {.sa_handler = plain, .sa_flags = SA_RESETHAND};

    sigaction(number, &once, NULL);
    start_always();
    CHECK(raise(number) == 0 && handled == 1);
    raise(number);
}

static void ignored(int number)
{
    signal(SIGHUP, SIG_IGN);
    start();
    CHECK(raise(SIGHUP) == 0 && access(named, F_OK) == 0 && access(empty, F_OK) == 0);
    raise(number);
}

static void with_large_handler(int number)
{
    static char small[16 << 10];
    stack_t stack = {.ss_sp = small, .ss_size = sizeof small};

    CHECK(sigaltstack(&stack, NULL) == 0);
    signal(SIGINT, large);
    start_always();
    CHECK(raise(SIGINT) == 0 && handled == 1);
    raise(number);
}

/* Children that a signal ends: one that never used the library, and one that has files of its own. */
static void by_children(int number)
{
    start();
    for (int uses = 0; uses < 2; uses++) {
        int ends[2], status;
        char own[TEMPFILE_PATH_SIZE] = "";
        tempfile_file *file;
        pid_t pid;

        CHECK(pipe(ends) == 0);
        pid = fork();
        if (pid == 0) {
            if (uses) {
                CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
                strcpy(own, tempfile_file_name(file));
            }
            CHECK(write(ends[1], own, sizeof own) == sizeof own);
            raise(SIGTERM);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        CHECK(read(ends[0], own, sizeof own) == sizeof own && (*own != '\0') == uses);
        CHECK(*own == '\0' || access(own, F_OK) != 0);
        CHECK(access(named, F_OK) == 0 && access(empty, F_OK) == 0);
        close(ends[0]);
        close(ends[1]);
    }
    raise(number);
}

/* A child that adopted a file of its parent. */
static void by_heir(int number)
{
    tempfile_file *file;
    int status;
    pid_t pid;

    start();
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    pid = fork();
    if (pid == 0) {
        CHECK(tempfile_file_adopt(file) == 0);
        raise(SIGTERM);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    CHECK(access(tempfile_file_name(file), F_OK) != 0 && access(named, F_OK) == 0);
    raise(number);
}

static bool signal_sent;

static void *call_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        tempfile_file *file;
        int64_t written;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        written = tempfile_file_write(file, "x", 1);
        /* The clean-up closes files that are not in a call. So a thread may find its file closed before the process ends. */
        CHECK(written == 1 || (written == -EBADF && __atomic_load_n(&signal_sent, __ATOMIC_SEQ_CST)));
        tempfile_file_rollover(file);
        tempfile_file_free(file);
    }
}

static void mid_call(int number)
{
    struct timespec moment = {0, 20000000};
    pthread_t thread;

    start();
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&thread, NULL, call_for_ever, NULL) == 0);
    nanosleep(&moment, NULL);
    __atomic_store_n(&signal_sent, true, __ATOMIC_SEQ_CST);
    kill(getpid(), number);
    pause();
}

static const struct test_case {
    const char *name;
    void (*run)(int number);
    int stay; /* the number of entries that are left */
} test_cases[] = {
    {"by default", by_default, 1},
    {"twice", twice, 1},
    {"chained", chained, 2},
    {"once only", once_only, 1},
    {"some only", some_only, 1},
    {"left to the host", left_to_the_host, 2},
    {"over the library", over_the_library, 1},
    {"over and gone", over_and_gone, 1},
    {"informed by default", informed_by_default, 2},
    {"vfork", by_vfork, 1},
    {"ignored", ignored, 1},
    {"large handler", with_large_handler, 1},
    {"children", by_children, 1},
    {"heir", by_heir, 1},
    {"mid-call", mid_call, 1},
};

static void expect(const char *self, const struct test_case *test_case, int number)
{
    char tempdir[TEMPFILE_PATH_SIZE], which[16], signal_number[16];
    int status;
    pid_t pid;

    CHECK(tempfile_mkdtemp(NULL, tempdir, sizeof tempdir) == 0);
    snprintf(which, sizeof which, "%d", (int)(test_case - test_cases));
    snprintf(signal_number, sizeof signal_number, "%d", number);
    pid = fork();
    if (pid == 0) {
        setenv("TMPDIR", tempdir, 1);
        run_again(self, which, signal_number);
        _exit(126);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != number || entries_of(tempdir) != test_case->stay)
        fprintf(stderr, "%s, signal %d: status %x, %d entries left\n", test_case->name, number, status, entries_of(tempdir));
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number);
    CHECK(entries_of(tempdir) == test_case->stay);
    CHECK(tempfile_rmtree(tempdir, 0) == 0);
}

int main(int count, char **arguments)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    const int test_cases_count = sizeof test_cases / sizeof *test_cases;

    if (count == 3) {
        alarm(60);
        test_cases[atoi(arguments[1])].run(atoi(arguments[2]));
        return 0;
    }
    for (int i = 0; i < 4; i++) {
        expect(arguments[0], &test_cases[0], numbers[i]);
        expect(arguments[0], &test_cases[test_cases_count - 1], numbers[i]);
    }
    for (int i = 1; i < test_cases_count - 1; i++)
        expect(arguments[0], &test_cases[i],
               test_cases[i].run == chained || test_cases[i].run == left_to_the_host ? SIGQUIT : SIGTERM);
    printf("%d cases, 4 signals; ", test_cases_count);
    return passed();
}
