/* Children forked while other threads load and unload libraries all the time: before the first use, after it, and while
 * further threads are busy in the library. Each child must work. It may not hang, crash or be refused, although locks of the
 * loader and of the exit handlers may be taken. FORK_CHILDREN is the number of children. */
#include "process.h"
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

enum { CHILDREN = 120, LOADERS = 2, BUSY = 4 };

static volatile int stop;

static void *load_and_unload(void *unused)
{
    (void)unused;
    while (!stop) {
        void *library = dlopen("libm.so.6", RTLD_NOW);

        CHECK(library != NULL);
        dlclose(library);
    }
    return NULL;
}

/* Uses every class in a loop. */
static void *be_busy(void *unused)
{
    (void)unused;
    while (!stop) {
        tempfile_directory *directory;
        tempfile_file *file;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        CHECK(tempfile_file_write(file, "busy", 4) == 4 && tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "busy", 4) == 4);
        tempfile_file_free(file);
        CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
        tempfile_directory_free(directory);
    }
    return NULL;
}

static void child(void)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "child", 5) == 5);
    tempfile_file_free(file);
}

/* The children end by _exit: exit may wait for a lock of the C library that a thread in dlclose held at the fork. */
static void fork_children(int count)
{
    for (int i = 0; i < count; i++) {
        struct timespec moment = {0, 100000 + i % 100 * 5000};
        pid_t pid;

        nanosleep(&moment, NULL);
        pid = fork();
        if (pid == 0) {
            alarm(120);
            child();
            _exit(0);
        }
        ends_well(pid);
    }
}

int main(void)
{
    const char *wanted = getenv("FORK_CHILDREN");
    int count = wanted != NULL ? atoi(wanted) : CHILDREN;
    char tempdir[TEMPFILE_PATH_SIZE];
    pthread_t threads[LOADERS + BUSY];

    for (int i = 0; i < LOADERS; i++)
        CHECK(pthread_create(&threads[i], NULL, load_and_unload, NULL) == 0);
    fork_children(count / 4);
    CHECK(tempfile_gettempdir(tempdir, sizeof tempdir) == 0);
    fork_children(count / 4);
    for (int i = 0; i < BUSY; i++)
        CHECK(pthread_create(&threads[LOADERS + i], NULL, be_busy, NULL) == 0);
    fork_children(count - count / 4 * 2);
    stop = 1;
    for (int i = 0; i < LOADERS + BUSY; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    printf("%d children, half of them of busy threads; ", count);
    return passed();
}
