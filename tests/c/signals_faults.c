/* A fault of the host must reach the host, although Go handles the same signals. The host's handler gets the fault with the
 * same information. It may leave by siglongjmp, or remove the cause and return, or fault again. If the signal is ignored or
 * has its default action, the fault ends the process by that signal. All of this holds before Go runs, beside Go, in a
 * forked child before and after Go starts anew, and in that child's child. The host sets its dispositions before the first
 * use of the library. */
#include "process.h"
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>

static sigjmp_buf back;
static char *closed_page, *past_end;
static volatile int handled, nested;
static volatile uintptr_t seen_address;
static volatile int seen_code;

/* --- faults */

static void touch(void)
{
    *(volatile char *)closed_page = 1;
}

static void touch_past_end(void)
{
    *(volatile char *)past_end = 1;
}

#if defined __x86_64__
static void divide(void)
{
    int low = 1, high = 0; /* not "/", which the compiler can avoid */

    __asm__ volatile("idivl %2" : "+a"(low), "+d"(high) : "r"(0) : "cc");
}
#else /* on arm64 a division by zero gives 0 */
static void divide(void)
{
    raise(SIGFPE);
}
#endif

static const struct {
    int number;
    void (*raise)(void);
} faults[] = {{SIGSEGV, touch}, {SIGBUS, touch_past_end}, {SIGFPE, divide}};
enum { FAULTS = sizeof faults / sizeof *faults };

/* --- handlers */

static void jumps_out(int number)
{
    handled++;
    siglongjmp(back, number);
}

static void looks_and_jumps_out(int number, siginfo_t *information, void *context)
{
    (void)context;
    seen_address = (uintptr_t)information->si_addr;
    seen_code = information->si_code;
    jumps_out(number);
}

static void mends(int number, siginfo_t *information, void *context)
{
    (void)number, (void)context;
    handled++;
    if (mprotect(information->si_addr, 1, PROT_READ | PROT_WRITE) != 0)
        _exit(8);
}

static void jumps_out_of_nested(int number)
{
    nested++;
    siglongjmp(back, number);
}

/* Faults within the handler. The mask does not block the second fault. */
static void faults_again(int number)
{
    (void)number;
    handled++;
    touch_past_end();
}

/* --- test cases: each one prepares before the first use of the library, and then causes its faults */

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    CHECK(sigaction(number, &action, NULL) == 0);
}

static void handle_with_information(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

    CHECK(sigaction(number, &action, NULL) == 0);
}

static void prepare_plain(void)
{
    for (int i = 0; i < FAULTS; i++)
        handle(faults[i].number, jumps_out, 0);
}

static void meet_all(void)
{
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < FAULTS; i++) {
            int before = handled, number = sigsetjmp(back, 1);

            if (number == 0) {
                faults[i].raise();
                CHECK(0);
            }
            CHECK(number == faults[i].number && handled == before + 1);
            if ((number = sigsetjmp(back, 1)) == 0) { /* a process sends the signal */
                kill(getpid(), faults[i].number);
                for (;;)
                    pause();
            }
            CHECK(number == faults[i].number && handled == before + 2);
        }
}

static void prepare_information(void)
{
    for (int i = 0; i < FAULTS; i++)
        handle_with_information(faults[i].number, looks_and_jumps_out);
}

static void meet_information(void)
{
    meet_all();
    if (sigsetjmp(back, 1) == 0)
        touch();
    CHECK(seen_address == (uintptr_t)closed_page && seen_code == SEGV_ACCERR);
    if (sigsetjmp(back, 1) == 0)
        touch_past_end();
    CHECK(seen_address == (uintptr_t)past_end && seen_code == BUS_ADRERR);
    if (sigsetjmp(back, 1) == 0)
        kill(getpid(), SIGSEGV);
    CHECK(seen_code == SI_USER);
}

static void prepare_mending(void)
{
    handle_with_information(SIGSEGV, mends);
}

static void meet_mending(void)
{
    for (int i = 0; i < 3; i++) {
        int before = handled;

        CHECK(mprotect(closed_page, 1, PROT_NONE) == 0);
        touch();
        CHECK(handled == before + 1 && *closed_page == 1);
    }
    CHECK(mprotect(closed_page, 1, PROT_NONE) == 0);
}

static void prepare_nested(void)
{
    handle(SIGSEGV, faults_again, 0);
    handle(SIGBUS, jumps_out_of_nested, 0);
}

static void meet_nested(void)
{
    for (int i = 0; i < 3; i++) {
        int before = nested;

        if (sigsetjmp(back, 1) == 0)
            touch();
        CHECK(nested == before + 1);
    }
}

/* The same signal inside its own handler. */
static void again(int number)
{
    (void)number;
    if (++handled % 2 == 1)
        touch();
    siglongjmp(back, 1);
}

static void prepare_without_deferral(void)
{
    handle(SIGSEGV, again, SA_NODEFER);
}

static void meet_without_deferral(void)
{
    for (int i = 0; i < 3; i++) {
        int before = handled;

        if (sigsetjmp(back, 1) == 0)
            touch();
        CHECK(handled == before + 2);
    }
}

static void prepare_ignored(void)
{
    for (int i = 0; i < FAULTS; i++)
        CHECK(signal(faults[i].number, SIG_IGN) != SIG_ERR);
}

/* The signal ends a child. */
static void ends_by(int number, void (*cause)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        cause();
        _exit(7);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != number)
        fprintf(stderr, "status %#x, not signal %d\n", (unsigned)status, number);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number);
}

static void meet_ignored(void)
{
    for (int i = 0; i < FAULTS; i++) {
        CHECK(kill(getpid(), faults[i].number) == 0 && raise(faults[i].number) == 0);
#if !defined __x86_64__
        if (faults[i].number == SIGFPE)
            continue;
#endif
        ends_by(faults[i].number, faults[i].raise);
    }
}

static void prepare_default(void)
{
    for (int i = 0; i < FAULTS; i++)
        CHECK(signal(faults[i].number, SIG_DFL) != SIG_ERR);
}

static int to_send;

static void send_it(void)
{
    kill(getpid(), to_send);
}

static void meet_default(void)
{
    for (int i = 0; i < FAULTS; i++) {
        ends_by(faults[i].number, faults[i].raise);
        to_send = faults[i].number;
        ends_by(faults[i].number, send_it);
    }
}

static void prepare_once(void)
{
    handle(SIGSEGV, jumps_out, SA_RESETHAND);
}

static void meet_once(void)
{
    if (handled == 0) {
        if (sigsetjmp(back, 1) == 0)
            touch();
        CHECK(handled == 1);
    }
    ends_by(SIGSEGV, touch);
}

/* A stack overflow. Languages handle it on an alternate stack, on a thread of their own, and print a message. */
static volatile int depth_reached;
static char overflow_stack[64 << 10];

static int go_deeper(int depth)
{
    volatile char frame[4096];

    frame[0] = (char)depth;
    depth_reached = depth;
    return depth > 1 << 20 ? 0 : go_deeper(depth + 1) + frame[0];
}

static void *overflow(void *unused)
{
    stack_t own = {.ss_sp = overflow_stack, .ss_size = sizeof overflow_stack}, none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&own, NULL) == 0);
    if (sigsetjmp(back, 1) == 0)
        go_deeper(0);
    CHECK(depth_reached > 10);
    CHECK(sigaltstack(&none, NULL) == 0);
    return unused;
}

static void prepare_overflow(void)
{
    handle(SIGSEGV, jumps_out, SA_ONSTACK);
}

static void meet_overflow(void)
{
    int before = handled;
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, overflow, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(handled == before + 1);
}

/* --- the processes in which each case runs */

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
}

static void in_children(void (*meet)(void), int generations)
{
    pid_t pid;

    if (generations == 0)
        return;
    pid = fork();
    if (pid == 0) {
        alarm(60);
        meet();
        use();
        meet();
        in_children(meet, generations - 1);
        _exit(0);
    }
    ends_well(pid);
}

static void everywhere(void (*prepare)(void), void (*meet)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        prepare();
        in_children(meet, 1); /* children of a process that has not used the library */
        use();
        meet();
        use();
        in_children(meet, 2);
        meet();
        _exit(0);
    }
    ends_well(pid);
}

int main(void)
{
    static const struct {
        void (*prepare)(void), (*meet)(void);
    } test_cases[] = {{prepare_plain, meet_all},
                      {prepare_information, meet_information},
                      {prepare_mending, meet_mending},
                      {prepare_nested, meet_nested},
                      {prepare_without_deferral, meet_without_deferral},
                      {prepare_ignored, meet_ignored},
                      {prepare_default, meet_default},
                      {prepare_once, meet_once},
                      {prepare_overflow, meet_overflow}};
    const int count = sizeof test_cases / sizeof *test_cases;
    struct rlimit no_core = {0, 0};
    long page = sysconf(_SC_PAGESIZE);
    FILE *empty = tmpfile();

    CHECK(setrlimit(RLIMIT_CORE, &no_core) == 0);
    closed_page = mmap(NULL, (size_t)page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(closed_page != MAP_FAILED && empty != NULL);
    past_end = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(empty), 0);
    CHECK(past_end != MAP_FAILED);
    for (int i = 0; i < count; i++)
        everywhere(test_cases[i].prepare, test_cases[i].meet);
    printf("%d cases; ", count);
    return passed();
}
