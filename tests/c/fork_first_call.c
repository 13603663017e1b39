/* A fork while other threads are inside the first call, which starts Go. The child starts Go by itself, however far its
 * parent was, and so does the child's child. The test forks at various moments, from before the calls until after them,
 * until enough forks fell in between. It repeats this in children of a process that has used the library, where the first
 * call starts Go anew. */
#include "process.h"
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

enum { THREADS = 4, ENOUGH = 60, MOST = 400, STEP_NS = 40000, STEPS = 60 };

static struct shared {
    int between; /* forks at which some of the calls were not finished */
} *shared;
static int begun, over;
static pthread_barrier_t start;

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "x", 1) == 1);
    CHECK(tempfile_file_rollover(file) == 0);
    tempfile_file_free(file);
}

static void *first_call(void *unused)
{
    pthread_barrier_wait(&start);
    __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
    use();
    __atomic_add_fetch(&over, 1, __ATOMIC_SEQ_CST);
    return unused;
}

static void children(int generations)
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        use();
        if (generations > 1)
            children(generations - 1);
        _exit(0);
    }
    ends_well(pid);
}

/* A process that has not used the library, and forks after a pause. */
static void process(int try)
{
    struct timespec moment = {0, (long)(try % STEPS) * STEP_NS};
    pthread_t threads[THREADS];
    int before, after;

    alarm(60);
    begun = over = 0;
    CHECK(pthread_barrier_init(&start, NULL, THREADS + 1) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, first_call, NULL) == 0);
    pthread_barrier_wait(&start);
    nanosleep(&moment, NULL);
    before = __atomic_load_n(&begun, __ATOMIC_SEQ_CST);
    after = __atomic_load_n(&over, __ATOMIC_SEQ_CST);
    if (before > after)
        shared->between++;
    children(2);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    use();
    exit(0);
}

static void processes(const char *what)
{
    int tries = 0;

    shared->between = 0;
    for (; tries < MOST && shared->between < ENOUGH; tries++) {
        pid_t pid = fork();

        if (pid == 0)
            process(tries);
        ends_well(pid);
    }
    CHECK(shared->between > 0);
    printf("%d of %d forks during %s calls; ", shared->between, tries, what);
    fflush(stdout);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    processes("first");
    use();
    processes("a child's first");
    return passed();
}
