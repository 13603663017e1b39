/* A panic in Go is an error of the call in which it happens, and changes nothing else. So is a fault, the first and each
 * later one, on threads with an alternate signal stack and without one; the stack is the same afterwards. The host's fault
 * handler does not see these faults. If the host's handler replaces the library's and calls it, all of this still holds. */
#include "misuse.h"
#include "process.h"
#include "hooks.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { OWN_STACK = 64 << 10 };

static void use(void)
{
    tempfile_file *file;
    char text[8];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "after", 5) == 5 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 5 && memcmp(text, "after", 5) == 0);
    CHECK(tempfile_file_close(file) == 0);
    tempfile_file_free(file);
}

static void *panic_often(void *unused)
{
    for (int i = 0; i < 100; i++) {
        CHECK(tempfile_test_panic() == -ENOTRECOVERABLE);
        CHECK(tempfile_last_error()->code == -ENOTRECOVERABLE && strcmp(tempfile_last_error()->operation, "panic") == 0);
        CHECK(strstr(tempfile_last_error()->message, "tempfile_test_panic: panic") != NULL);
        CHECK(strstr(tempfile_last_error()->message, "a panic that a test asked for") != NULL);
        use();
        CHECK(tempfile_last_error()->code == 0);
    }
    return unused;
}

static void same_stack(const stack_t *before)
{
    stack_t now;

    CHECK(sigaltstack(NULL, &now) == 0 && now.ss_flags == before->ss_flags);
    CHECK((now.ss_flags & SS_DISABLE) != 0 || (now.ss_sp == before->ss_sp && now.ss_size == before->ss_size));
}

static void *fault_often(void *unused)
{
    sigset_t mask, now;
    stack_t stack;

    CHECK(sigaltstack(NULL, &stack) == 0 && pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0);
    for (int i = 0; i < 100; i++) {
        for (int twice = 0; twice < 2; twice++) {
            CHECK(tempfile_test_fault() == -ENOTRECOVERABLE);
            CHECK(tempfile_last_error()->code == -ENOTRECOVERABLE && strcmp(tempfile_last_error()->operation, "panic") == 0);
            CHECK(strstr(tempfile_last_error()->message, "nil pointer dereference") != NULL);
            same_stack(&stack);
        }
        use();
        CHECK(tempfile_last_error()->code == 0);
        same_stack(&stack);
    }
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0);
    for (int number = 1; number <= SIGNALS; number++)
        CHECK(sigismember(&now, number) == sigismember(&mask, number));
    return unused;
}

/* The first call of a thread faults. */
static void *fault_first(void *unused)
{
    CHECK(tempfile_test_fault() == -ENOTRECOVERABLE);
    panic_often(NULL);
    return fault_often(unused);
}

/* A thread with its own alternate signal stack. */
static void *on_own_stack(void *memory)
{
    stack_t own = {.ss_sp = memory, .ss_size = OWN_STACK}, none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&own, NULL) == 0);
    panic_often(NULL);
    fault_often(NULL);
    CHECK(sigaltstack(&none, NULL) == 0);
    return NULL;
}

/* A thread that changes its signal stack between calls. A destructor still finds the last stack at the end of the thread. */
static pthread_key_t key;
static stack_t kept_until_end;

static void at_end(void *unused)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    (void)unused;
    same_stack(&kept_until_end);
    CHECK(sigaltstack(&none, NULL) == 0); /* a sanitizer would unmap the stack */
}

static void *change_stacks(void *memory)
{
    stack_t a = {.ss_sp = memory, .ss_size = OWN_STACK / 2},
            b = {.ss_sp = (char *)memory + OWN_STACK / 2, .ss_size = OWN_STACK / 2};
    stack_t none = {.ss_flags = SS_DISABLE};
    const stack_t *turns[] = {&a, &none, &b, &a, &none, &a};

    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        CHECK(sigaltstack(turns[i], NULL) == 0);
        for (int twice = 0; twice < 2; twice++) {
            use();
            CHECK(tempfile_test_fault() == -ENOTRECOVERABLE);
            same_stack(turns[i]);
        }
    }
    kept_until_end = a;
    CHECK(pthread_setspecific(key, memory) == 0);
    return NULL;
}

static volatile int chained, hosts;
static struct sigaction chain_to;

static void fail_if_called(int number)
{
    (void)number;
    hosts++;
}

/* A handler as in a crash reporter: it is installed later, and calls the previous one. */
static void call_on(int number, siginfo_t *information, void *context)
{
    chained++;
    chain_to.sa_sigaction(number, information, context);
}

static void with_chain(void)
{
    struct sigaction ours = {.sa_sigaction = call_on, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    CHECK(sigaction(SIGSEGV, &ours, &chain_to) == 0 && (chain_to.sa_flags & SA_SIGINFO) != 0);
    fault_often(NULL);
    CHECK(chained >= 200);
    CHECK(sigaction(SIGSEGV, &chain_to, NULL) == 0);
}

/* Generations of children. Each faults inside Go before and after its own child. */
static void in_children(int generations, void *stack)
{
    pid_t pid = fork();
    pthread_t thread;

    if (pid == 0) {
        alarm(60);
        fault_first(NULL);
        CHECK(pthread_create(&thread, NULL, on_own_stack, stack) == 0 && pthread_join(thread, NULL) == 0);
        CHECK(pthread_create(&thread, NULL, change_stacks, stack) == 0 && pthread_join(thread, NULL) == 0);
        if (generations > 1)
            in_children(generations - 1, stack);
        with_chain();
        CHECK(hosts == 0);
        exit(0);
    }
    ends_well(pid);
}

int main(void)
{
    static char memory[OWN_STACK];
    pthread_t threads[8];
    int before;

    CHECK(signal(SIGSEGV, fail_if_called) != SIG_ERR);
    CHECK(tempfile_test_fault() == -ENOTRECOVERABLE); /* the first call of the process */
    use();
    before = open_descriptors();
    fault_often(NULL);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], NULL, i % 2 == 0 ? panic_often : fault_first, NULL) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(pthread_create(&threads[0], NULL, on_own_stack, memory) == 0 && pthread_join(threads[0], NULL) == 0);
    CHECK(pthread_key_create(&key, at_end) == 0); /* made after Go's key, so Go's destructor runs first */
    CHECK(pthread_create(&threads[0], NULL, change_stacks, memory) == 0 && pthread_join(threads[0], NULL) == 0);
    with_chain();
    in_children(2, memory);
    use();
    fault_often(NULL);
    CHECK(hosts == 0);
    CHECK(kill(getpid(), SIGSEGV) == 0 && hosts == 1); /* the host's handler sees the host's own signal */
    CHECK(tempfile_test_live() == 0 && names_left() == 0 && open_descriptors() == before);
    return passed();
}
