/* The first call of a thread enters Go on a stack of 4 KB, which only the call itself can grow. A handler without SA_ONSTACK
 * must wait until then. The test sends signals to new threads from their first moment until they have made one call, with
 * handlers whose frames have 8, 96 and 200 KB. The threads stay until the end, because the runtime would give the stack of
 * an ended thread to the next one. */
#include "check.h"
#include "platform.h"
#include <pthread.h>
#include <signal.h>

enum { THREADS = 400, STACK = 1 << 20 };

static volatile int frame_size;
static long handled;
static pthread_barrier_t end;

static void handler(int number)
{
    volatile char *frame = __builtin_alloca((size_t)frame_size);

    (void)number;
    memset((char *)frame, 0x5a, (size_t)frame_size);
    __atomic_add_fetch(&handled, 1, __ATOMIC_RELAXED);
}

static void *one_call(void *done)
{
    tempfile_file *file;

    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
    __atomic_store_n((int *)done, 1, __ATOMIC_RELEASE);
    pthread_barrier_wait(&end);
    return NULL;
}

int main(void)
{
    static const int sizes[] = {8 << 10, 96 << 10, 200 << 10};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    static pthread_t threads[THREADS];
    static int done[THREADS];

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(pthread_barrier_init(&end, NULL, THREADS + 1) == 0);
    for (int i = 0; i < THREADS; i++) {
        frame_size = sizes[i % 3];
        CHECK(create_with_stack(&threads[i], STACK, one_call, &done[i]) == 0);
        while (!__atomic_load_n(&done[i], __ATOMIC_ACQUIRE))
            pthread_kill(threads[i], SIGUSR1);
    }
    pthread_barrier_wait(&end);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(handled > 0);
    printf("%d threads, %ld handler runs; ", THREADS, handled);
    return passed();
}
