/* The eight threads. They start at the first use and stay, because a job measures their work and not their start. */
#include "worker.h"

#include <pthread.h>

static pthread_barrier_t start, end;
static void (*task)(int);

static void *live(void *number)
{
    for (;;) {
        pthread_barrier_wait(&start);
        task((int)(long)number);
        pthread_barrier_wait(&end);
    }
    return NULL;
}

static void start_threads(void)
{
    MUST(pthread_barrier_init(&start, NULL, THREADS + 1) == 0 && pthread_barrier_init(&end, NULL, THREADS + 1) == 0);
    for (long i = 0; i < THREADS; i++) {
        pthread_t thread;

        MUST(pthread_create(&thread, NULL, live, (void *)i) == 0);
    }
}

void in_threads(void (*work)(int number))
{
    static int started;

    if (!started) {
        started = 1;
        start_threads();
    }
    task = work;
    pthread_barrier_wait(&start);
    pthread_barrier_wait(&end);
}
