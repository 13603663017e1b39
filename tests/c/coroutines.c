/* Calls from coroutines must not ask the C library for the bounds of the stack each time: on the main thread it would read
 * all of /proc/self/maps. The library asks once for each thread, and once more in a forked child. The test counts the calls
 * of pthread_getattr_np, which this program defines before the C library does. */
#include "process.h"
#include <dlfcn.h>
#include <pthread.h>
#include <ucontext.h>

#ifndef __GLIBC__
int main(void)
{
    printf("musl has no makecontext");
    return 77;
}
#else
enum { CALLS = 1000, COROUTINES = 4, STACK = 128 << 10, ONCE = 2 };

static int questions;

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
    static int (*real)(pthread_t, pthread_attr_t *);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_getattr_np");
    __atomic_add_fetch(&questions, 1, __ATOMIC_SEQ_CST);
    return real(thread, attributes);
}

/* Each of these calls enters Go. */
static void call(int count)
{
    tempfile_file *file;

    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "coroutine", 9) == 9);
    for (int i = 0; i < count; i++)
        CHECK(tempfile_file_seek(file, i % 9, SEEK_SET) == i % 9 && tempfile_file_tell(file) == i % 9);
    tempfile_file_free(file);
}

static __thread ucontext_t scheduler, coroutine[COROUTINES];

static void take_turns(int which)
{
    for (int i = 0; i < CALLS / 10; i++) {
        call(10);
        swapcontext(&coroutine[which], &scheduler);
    }
}

static void prepare(int which, char *stack)
{
    CHECK(stack != NULL && getcontext(&coroutine[which]) == 0);
    coroutine[which].uc_stack.ss_sp = stack;
    coroutine[which].uc_stack.ss_size = STACK;
    coroutine[which].uc_link = &scheduler;
    makecontext(&coroutine[which], (void (*)(void))take_turns, 1, which);
}

/* Coroutines take turns, with calls on the thread's own stack in between. */
static void run_coroutines(void)
{
    char *stacks = malloc(COROUTINES * STACK);

    for (int i = 0; i < COROUTINES; i++)
        prepare(i, stacks + i * STACK);
    for (int turn = 0; turn <= CALLS / 10; turn++)
        for (int i = 0; i < COROUTINES; i++) {
            swapcontext(&scheduler, &coroutine[i]);
            call(1);
        }
    free(stacks);
}

static void few_questions(void)
{
    int before = questions;

    run_coroutines();
    run_coroutines();
    CHECK(questions <= before + ONCE);
}

static void children(int generations)
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        questions = 0;
        few_questions();
        CHECK(questions > 0); /* the child's main thread may be another one, so the library must ask */
        if (generations > 1)
            children(generations - 1);
        few_questions();
        exit(0);
    }
    ends_well(pid);
}

static void *on_thread(void *unused)
{
    few_questions();
    children(2); /* this thread is the main thread of the children */
    few_questions();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_attr_t attributes;

    CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0 && questions == 1);
    pthread_attr_destroy(&attributes);
    few_questions();
    CHECK(questions > 1); /* the library asks through the function above, and in no other way */
    children(2);
    few_questions();
    CHECK(pthread_create(&thread, NULL, on_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
    printf("%d calls, %d questions; ", 4 * 2 * COROUTINES * CALLS, questions);
    return passed();
}
#endif
