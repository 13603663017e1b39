/* A host's handler without SA_ONSTACK that needs 96 KB of stack, at 5 kHz, while 4 threads use every class and garbage is
 * collected. It runs on the stacks of Go's functions, and on none of Go's threads. The control is the same program on the
 * library without its reserve of stack, and must crash.
 *
 * SIGNAL_SECONDS says how long; the test passes however little happens in that time, except nothing. */
#include "check.h"
#include "hooks.h"
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { THREADS = 4, FRAME = 96 << 10 };

static volatile int stop;
static volatile long handled, foreign;
static long rounds;
static pthread_t threads[THREADS];
static pthread_t main_thread;

static void handler(int number)
{
    volatile char frame[FRAME];
    int known = pthread_equal(pthread_self(), main_thread);

    (void)number;
    memset((char *)frame, 0x5a, sizeof frame);
    for (int i = 0; i < THREADS; i++)
        known |= pthread_equal(pthread_self(), threads[i]);
    __atomic_add_fetch(&handled, 1, __ATOMIC_RELAXED);
    if (!known)
        __atomic_add_fetch(&foreign, 1, __ATOMIC_RELAXED);
}

static void *use(void *unused)
{
    char block[300] = "";

    (void)unused;
    while (!stop) {
        tempfile_file *file;
        tempfile_directory *directory;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        for (int i = 0; i < 20; i++)
            CHECK(tempfile_file_write(file, block, sizeof block) == sizeof block);
        CHECK(tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
        tempfile_directory_free(directory);
        tempfile_test_work(50);
        tempfile_test_collect();
        __atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void run(long seconds)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec often = {{0, 200000}, {0, 200000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct timespec now, end;
    timer_t timer;

    main_thread = pthread_self();
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, use, NULL) == 0);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &often, NULL) == 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    do {
        /* the threads at work get their share: a signal to the process goes to the main thread first */
        for (int i = 0; i < THREADS; i++)
            pthread_kill(threads[i], SIGALRM);
        tempfile_test_work(50);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec || handled == 0 || rounds == 0);
    timer_settime(timer, 0, &never, NULL);
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(foreign == 0);
}

/* Runs this program again on the library without the reserve. Handlers write over its heap: it must die of that, or hang
 * for good, and leaves its files behind. */
static int control_failed(const char *self)
{
    struct timespec moment = {0, 100000000};
    struct rlimit no_core = {0, 0};
    char tempdir[TEMPFILE_PATH_SIZE];
    int status;
    pid_t pid;

    CHECK(tempfile_mkdtemp(NULL, tempdir, sizeof tempdir) == 0);
    pid = fork();

    if (pid == 0) {
        char library[TEMPFILE_PATH_SIZE];

        setrlimit(RLIMIT_CORE, &no_core);
        snprintf(library, sizeof library, "%s/../unreserved", getenv("LD_LIBRARY_PATH"));
        setenv("LD_LIBRARY_PATH", library, 1);
        setenv("SIGNAL_CONTROL", "1", 1);
        setenv("TMPDIR", tempdir, 1);
        CHECK(freopen("/dev/null", "w", stderr) != NULL);
        execl(self, self, (char *)NULL);
        _exit(0);
    }
    for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
        nanosleep(&moment, NULL);
        if (i == 600)
            kill(pid, SIGKILL);
    }
    CHECK(tempfile_rmtree(tempdir, 0) == 0);
    return status != 0;
}

int main(int count, char **arguments)
{
    const char *seconds = getenv("SIGNAL_SECONDS");

    (void)count;
    if (getenv("SIGNAL_CONTROL") != NULL) {
        run(20);
        return 0;
    }
    CHECK(control_failed(arguments[0]));
    run(seconds != NULL ? atol(seconds) : 3);
    printf("%ld handler runs, %ld rounds, control crashed; ", handled, rounds);
    return passed();
}
