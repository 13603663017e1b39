/* Chains of children made by _Fork and by the raw system call. These run no handlers of pthread_atfork, and leave the C
 * library's locks as they are. So the host has only one thread; otherwise a child may only do what is async-signal-safe. One
 * child is made beside threads that are busy in the library: it can use the functions that C answers without memory. */
#include "process.h"
#include "platform.h"
#include <pthread.h>
#include <time.h>

enum { CHAINS = 10, GENERATIONS = 3, THREADS = 3, BESIDE = 30 };

static tempfile_file *spooled, *named;
static volatile int stop;

static pid_t by_system_call(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static pid_t by__Fork(void)
{
    return _Fork();
}

static void check_spooled(void)
{
    char text[8];

    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(spooled, text, sizeof text) == 7 && memcmp(text, "spooled", 7) == 0);
}

/* exit would take locks of the C library that these children have not reset */
static void generation(int left, pid_t (*make_child)(void))
{
    tempfile_file *own;
    pid_t pid = make_child();

    if (pid != 0) {
        ends_well(pid);
        return;
    }
    alarm(60);
    check_spooled();
    CHECK(tempfile_named_temporary_file(NULL, &own) == 0 && tempfile_file_write(own, "own", 3) == 3);
    tempfile_file_free(named);
    if (left > 1)
        generation(left - 1, make_child);
    CHECK(access(tempfile_file_name(own), F_OK) == 0);
    tempfile_file_free(own);
    _exit(0);
}

static void *hammer(void *unused)
{
    (void)unused;
    while (!stop) {
        tempfile_file *file;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        CHECK(tempfile_file_write(file, "hammer", 6) == 6 && tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
    }
    return NULL;
}

static void beside_threads(pid_t (*make_child)(void))
{
    struct timespec moment = {0, 2000000};
    pthread_t threads[THREADS];

    stop = 0;
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, hammer, NULL) == 0);
    for (int i = 0; i < BESIDE; i++) {
        char text[7];
        pid_t pid;

        nanosleep(&moment, NULL);
        pid = make_child();
        if (pid == 0) {
            alarm(60);
            CHECK(*tempfile_version() != '\0' && access(tempfile_file_name(named), F_OK) == 0);
            CHECK(tempfile_file_fileno(named) >= 0);
            CHECK(tempfile_file_read(spooled, text, sizeof text) == 7 && memcmp(text, "spooled", 7) == 0);
            _exit(0);
        }
        ends_well(pid);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void)
{
    static pid_t (*const ways[])(void) = {by_system_call, by__Fork};

    if (!wipes_pages()) {
        printf("nothing wipes pages at a fork here, so a child that no handler sees is taken for its parent");
        return 77;
    }
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    CHECK(tempfile_named_temporary_file(NULL, &named) == 0);
    for (int way = 0; way < 2; way++)
        for (int i = 0; i < CHAINS; i++)
            generation(GENERATIONS, ways[way]);
    for (int way = 0; way < 2; way++)
        beside_threads(ways[way]);
    CHECK(access(tempfile_file_name(named), F_OK) == 0);
    tempfile_file_free(spooled);
    tempfile_file_free(named);
    printf("%d chains of %d, %d children beside threads; ", 2 * CHAINS, GENERATIONS, 2 * BESIDE);
    return passed();
}
