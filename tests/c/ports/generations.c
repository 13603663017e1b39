/* The library is loaded at run time, and threads that have used it make more threads. With musl on x86-64, Go's word in each
 * new thread contains the g of the thread that made it. Each generation of forks does the same, also from a thread of its
 * own. */
#include "loaded.h"

enum { THREADS = 8, DEPTH = 3, GENERATIONS = 5, ROUNDS = 20 };

static struct library library;
static int inherited, without;

/* Makes the next thread before its own first call, and another one after it. */
static void *descend(void *depth)
{
    pthread_t before, after;
    int left = (int)(intptr_t)depth;

    __atomic_add_fetch(*go_word() != 0 ? &inherited : &without, 1, __ATOMIC_RELAXED);
    if (left > 0)
        CHECK(pthread_create(&before, NULL, descend, (void *)(intptr_t)(left - 1)) == 0);
    for (int i = 0; i < ROUNDS; i++)
        use(&library);
    if (left > 0)
        CHECK(pthread_create(&after, NULL, descend, (void *)(intptr_t)(left - 1)) == 0);
    CHECK(library.test_collect() > 0);
    use(&library);
    if (left > 0)
        CHECK(pthread_join(before, NULL) == 0 && pthread_join(after, NULL) == 0);
    return NULL;
}

static void threads(int count, int depth)
{
    pthread_t thread[THREADS];

    use(&library);
    for (int i = 0; i < count; i++)
        CHECK(pthread_create(&thread[i], NULL, descend, (void *)(intptr_t)depth) == 0);
    for (int i = 0; i < ROUNDS; i++)
        CHECK(library.test_collect() > 0);
    for (int i = 0; i < count; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
}

static void generation(int left);

static void *fork_one(void *left)
{
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(100);
        generation((int)(intptr_t)left);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    return NULL;
}

/* Forks the next generation while its own threads are at work. */
static void generation(int left)
{
    pthread_t busy, forker;

    threads(2, 0);
    if (left == 0)
        return;
    CHECK(pthread_create(&busy, NULL, descend, (void *)2) == 0);
    if (left % 2 == 0) {
        fork_one((void *)(intptr_t)(left - 1));
    } else {
        CHECK(pthread_create(&forker, NULL, fork_one, (void *)(intptr_t)(left - 1)) == 0);
        CHECK(pthread_join(forker, NULL) == 0);
    }
    CHECK(pthread_join(busy, NULL) == 0);
    threads(2, 0);
}

int main(void)
{
    library = load("libtempfile.so.0");
    threads(THREADS, DEPTH);
#ifdef __x86_64__
    CHECK(inherited >= THREADS); /* on arm64 pthread_create does not copy the word */
#endif
    generation(GENERATIONS);
    printf("%d threads with their creator's word, %d without one, %d generations; ", inherited, without, GENERATIONS);
    return passed();
}
