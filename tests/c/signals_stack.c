/* A thread's alternate signal stack belongs to the host. It is the same before and after calls, also in new threads and in
 * forked children, and outside the library a handler with SA_ONSTACK may still use 96 KB. A handler without SA_ONSTACK stays
 * on the thread's own stack, however small the alternate one is. */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { FRAME = 96 << 10, OWN = 160 << 10, SMALL = 32 << 10, GUARD = 256 << 10 };

static volatile int handled;

static void handler(int number)
{
    volatile char frame[FRAME];

    for (size_t i = 0; i < sizeof frame; i++) /* not memset, which the compiler removes because nothing reads the frame */
        frame[i] = (char)number;
    handled++;
}

static void call(void)
{
    tempfile_file *file;
    tempfile_directory *directory;

    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "x", 1) == 1 && tempfile_file_rollover(file) == 0);
    tempfile_file_free(file);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    tempfile_directory_free(directory);
}

static void same_stack(const stack_t *before)
{
    stack_t now;

    CHECK(sigaltstack(NULL, &now) == 0);
    CHECK(now.ss_flags == before->ss_flags);
    CHECK((now.ss_flags & SS_DISABLE) != 0 || (now.ss_sp == before->ss_sp && now.ss_size == before->ss_size));
}

/* Makes two calls, and compares after each. */
static void use_and_compare(void)
{
    stack_t before;
    int already = handled;

    CHECK(sigaltstack(NULL, &before) == 0);
    for (int i = 0; i < 2; i++) {
        call();
        same_stack(&before);
        CHECK(raise(SIGUSR1) == 0 && handled == already + 1 + i);
    }
}

static void in_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        use_and_compare();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void *thread(void *with_own)
{
    stack_t own = {.ss_size = OWN, .ss_sp = malloc(OWN)}, none = {.ss_flags = SS_DISABLE};

    if (with_own != NULL)
        CHECK(own.ss_sp != NULL && sigaltstack(&own, NULL) == 0);
    use_and_compare();
    in_child();
    /* the host changes the stack between two calls */
    CHECK(sigaltstack(with_own != NULL ? &none : &own, NULL) == 0);
    use_and_compare();
    in_child();
    CHECK(sigaltstack(&none, NULL) == 0);
    free(own.ss_sp);
    return NULL;
}

/* Makes a small stack. The memory below it is closed, and larger than the handler's frame. */
static stack_t make_small(void)
{
    char *memory = mmap(NULL, GUARD + SMALL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED && mprotect(memory, GUARD, PROT_NONE) == 0);
    return (stack_t){.ss_sp = memory + GUARD, .ss_size = SMALL};
}

/* The library must not add SA_ONSTACK to a handler. The handler needs 96 KB, and the alternate stack is smaller, like those
 * of languages that catch stack overflows. */
static void small_alternate_stack(void)
{
    struct sigaction action = {.sa_handler = handler};
    stack_t small = make_small(), none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&small, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    use_and_compare();
    in_child();
    CHECK(sigaltstack(&none, NULL) == 0);
}

/* The control: with SA_ONSTACK the stack is too small for the handler. */
static void too_small(void)
{
    struct sigaction action;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        stack_t small = make_small();

        CHECK(sigaltstack(&small, NULL) == 0 && sigaction(SIGUSR1, NULL, &action) == 0);
        action.sa_flags |= SA_ONSTACK;
        CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
        raise(SIGUSR1);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

int main(void)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    pthread_t other;

    small_alternate_stack(); /* before anything has started Go */
    too_small();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    thread(NULL);
    for (int own = 0; own < 2; own++) {
        CHECK(pthread_create(&other, NULL, thread, own ? &action : NULL) == 0);
        CHECK(pthread_join(other, NULL) == 0);
    }
    return passed();
}
