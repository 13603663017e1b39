/* A host's handler without SA_ONSTACK needs 8, 96 and 200 KB of stack. It runs at 5 kHz while 4 threads use every class and
 * garbage is collected. It must run on the stacks of Go's functions, but on none of Go's threads. The control is the same
 * program with a library that does not reserve stack; it must fail.
 *
 * SIGNAL_SECONDS is the duration for each size. The test does not depend on the speed: it goes on until there was at least
 * one signal and one round. */
#include "check.h"
#include "hooks.h"
#include "platform.h"
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { THREADS = 4, CONTROL_SECONDS = 20, STACK = 1 << 20 };

static volatile int stop, frame_size;
static volatile long handled, foreign;
static long rounds;
static pthread_t threads[THREADS];
static pthread_t main_thread;

static void handler(int number)
{
    volatile char *frame = __builtin_alloca((size_t)frame_size);
    int known = pthread_equal(pthread_self(), main_thread);

    (void)number;
    memset((char *)frame, 0x5a, (size_t)frame_size);
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
        char path[TEMPFILE_PATH_SIZE], inner[TEMPFILE_PATH_SIZE + 8];
        int descriptor;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        for (int i = 0; i < 20; i++)
            CHECK(tempfile_file_write(file, block, sizeof block) == sizeof block);
        CHECK(tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
        snprintf(inner, sizeof inner, "%s/inner", tempfile_directory_name(directory));
        CHECK(mkdir(inner, 0700) == 0);
        tempfile_directory_free(directory);
        CHECK(tempfile_temporary_file(NULL, &file) == 0);
        CHECK(tempfile_file_write(file, "line\nline\n", 10) == 10 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
        CHECK(tempfile_file_readline(file, block, sizeof block) == 5);
        tempfile_file_free(file);
        CHECK((descriptor = tempfile_mkstemp(NULL, path, sizeof path)) >= 0);
        close(descriptor);
        CHECK(tempfile_unlink(path, getpid()) == 0);
        tempfile_test_work(50);
        tempfile_test_collect();
        __atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void run(int frame, long seconds)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec often = {{0, 200000}, {0, 200000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct timespec now, end;
    timer_t timer;

    main_thread = pthread_self();
    frame_size = frame;
    handled = rounds = stop = 0;
    for (int i = 0; i < THREADS; i++)
        CHECK(create_with_stack(&threads[i], STACK, use, NULL) == 0);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &often, NULL) == 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    do {
        /* to the threads at work, because the kernel prefers the main thread for a signal to the process */
        for (int i = 0; i < THREADS; i++)
            pthread_kill(threads[i], SIGALRM);
        tempfile_test_work(50);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec || handled == 0 || rounds == 0);
    timer_settime(timer, 0, &never, NULL);
    timer_delete(timer);
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(foreign == 0);
}

/* Runs this program again with a library that does not reserve stack. The handler overwrites the heap, so the program must
 * die by a signal or hang. It leaves its files behind. */
static int control_failed(const char *self)
{
    struct timespec moment = {0, 100000000};
    struct rlimit no_core = {0, 0};
    char tempdir[TEMPFILE_PATH_SIZE];
    int status = 0;
    pid_t pid, ended = 0;

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
        run_again(self, NULL, NULL);
        _exit(0);
    }
    for (int i = 0; i < 20 * CONTROL_SECONDS && ended == 0; i++) {
        nanosleep(&moment, NULL);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended == 0) {
        kill(pid, SIGKILL);
        CHECK(waitpid(pid, &status, 0) == pid);
    }
    CHECK(tempfile_rmtree(tempdir, 0) == 0);
    return status != 0;
}

int main(int count, char **arguments)
{
    static const int sizes[] = {8, 96, 200};
    const char *seconds = getenv("SIGNAL_SECONDS");

    (void)count;
    if (getenv("SIGNAL_CONTROL") != NULL) {
        run(96 << 10, CONTROL_SECONDS);
        return 0;
    }
    CHECK(control_failed(arguments[0]));
    printf("control caught; ");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        run(sizes[i] << 10, seconds != NULL ? atol(seconds) : 1);
        printf("%d KB: %ld handler runs in %ld rounds; ", sizes[i], handled, rounds);
    }
    return passed();
}
