/* exit() at bad moments: in a handler that interrupted the library, and beside busy threads. In every round the process must
 * end with the given status. It may leave only an object that was just being created.
 *
 * EXIT_ROUNDS is the number of rounds of each case. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

enum { STATUS = 3, THREADS = 4, FILES = 2000 };

static tempfile_directory *full_directory(void)
{
    char inner[TEMPFILE_PATH_SIZE + 16];
    tempfile_directory *directory;

    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    snprintf(inner, sizeof inner, "%s/inner", tempfile_directory_name(directory));
    CHECK(mkdir(inner, 0700) == 0);
    strcat(inner, "/x");
    CHECK(mkdir(inner, 0500) == 0);
    return directory;
}

static void *make_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        tempfile_directory *directory;
        tempfile_file *file;

        if (tempfile_temporary_directory(NULL, &directory) == 0)
            tempfile_directory_free(directory);
        if (tempfile_named_temporary_file(NULL, &file) == 0) {
            tempfile_file_write(file, "x", 1);
            tempfile_file_free(file);
        }
    }
    return NULL;
}

static void *free_full_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        tempfile_directory_free(full_directory());
    return NULL;
}

static void *write_for_ever(void *unused)
{
    static char block[1 << 20];
    tempfile_file *file;

    (void)unused;
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    for (;;) {
        tempfile_file_seek(file, 0, SEEK_SET);
        tempfile_file_write(file, block, sizeof block);
    }
    return NULL;
}

static void start_threads(void *(*run)(void *))
{
    pthread_t thread;

    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
}

static void sleep_for(long microseconds)
{
    struct timespec moment = {microseconds / 1000000, microseconds % 1000000 * 1000};

    nanosleep(&moment, NULL);
}

static void by_makers(int round)
{
    start_threads(make_for_ever);
    sleep_for(5000 + round * 97 % 5000);
}

static void by_writers(int round)
{
    start_threads(write_for_ever);
    sleep_for(5000 + round * 97 % 5000);
}

static void end(int number)
{
    (void)number;
    exit(STATUS);
}

static void interrupt_later(int round)
{
    struct itimerval once = {{0, 0}, {0, 500 + round * 211 % 7000}};

    signal(SIGALRM, end);
    CHECK(setitimer(ITIMER_REAL, &once, NULL) == 0);
}

static void by_handler(int round)
{
    full_directory();
    interrupt_later(round);
    make_for_ever(NULL);
}

static void by_handler_in_a_removal(int round)
{
    interrupt_later(round);
    free_full_for_ever(NULL);
}

static void by_handler_in_a_write(int round)
{
    full_directory();
    interrupt_later(round);
    write_for_ever(NULL);
}

static tempfile_directory *hosts_directory;

static void free_and_make(void)
{
    tempfile_directory *directory;

    tempfile_directory_free(hosts_directory);
    if (tempfile_temporary_directory(NULL, &directory) == -EDEADLK)
        CHECK(strstr(tempfile_last_error()->message, "signal handler") != NULL);
}

/* The host's own exit handler frees objects, like a C++ destructor, on a thread that was interrupted in Go. The removal
 * takes nearly all of the time, so the signal nearly always falls into it. */
static void by_handler_and_an_exit_handler(int round)
{
    char name[TEMPFILE_PATH_SIZE + 16];
    tempfile_directory *large;

    hosts_directory = full_directory();
    CHECK(tempfile_temporary_directory(NULL, &large) == 0);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%s/%d", tempfile_directory_name(large), i);
        CHECK(mknod(name, S_IFREG | 0600, 0) == 0);
    }
    atexit(free_and_make);
    interrupt_later(round);
    tempfile_directory_free(large);
    for (;;)
        pause();
}

/* The signal interrupts the first call of the process, during the start of Go. */
static void by_handler_at_the_start(int round)
{
    struct itimerval once = {{0, 0}, {0, 100 + round * 37 % 2500}};
    tempfile_file *file;

    signal(SIGALRM, end);
    CHECK(setitimer(ITIMER_REAL, &once, NULL) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    for (;;)
        pause();
}

/* A child adopts a full directory, and is interrupted while it starts Go anew. */
static void by_handler_in_a_child(int round)
{
    tempfile_directory *directory = full_directory();
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        CHECK(tempfile_directory_adopt(directory) == 0);
        by_handler_at_the_start(round);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == STATUS << 8);
    CHECK(access(tempfile_directory_name(directory), F_OK) != 0);
}

static pthread_t workers[THREADS];
static volatile int stop;

static void join_workers(void)
{
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i], NULL);
}

static void *make_until_told(void *unused)
{
    (void)unused;
    while (!stop) {
        tempfile_file *file;

        /* no creation is refused, and the exit removes what is not freed */
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
        sleep_for(1000);
    }
    return NULL;
}

/* A host that joins its threads in an exit handler that runs after the library's. */
static void by_a_host_that_joins(int round)
{
    (void)round;
    atexit(join_workers); /* before the first use */
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&workers[i], NULL, make_until_told, NULL) == 0);
    sleep_for(20000);
}

static const struct test_case {
    const char *name;
    void (*run)(int round);
    int may_stay; /* an object that was just being created by the interrupted thread may stay */
    int rarely;   /* run it in few rounds only: it takes a second */
} test_cases[] = {
    {"makers", by_makers, 0, 0},
    {"writers", by_writers, 0, 0},
    {"handler", by_handler, 1, 0},
    {"handler in a removal", by_handler_in_a_removal, 1, 0},
    {"handler in a write", by_handler_in_a_write, 1, 0},
    {"handler and an exit handler", by_handler_and_an_exit_handler, 1, 0},
    {"handler at the start", by_handler_at_the_start, 1, 0},
    {"handler in a child", by_handler_in_a_child, 1, 0},
    {"a host that joins", by_a_host_that_joins, 0, 1},
};

static void expect(const char *self, const struct test_case *test_case, int round)
{
    char tempdir[TEMPFILE_PATH_SIZE], which[16], number[16];
    int status, left;
    pid_t pid;

    CHECK(tempfile_mkdtemp(NULL, tempdir, sizeof tempdir) == 0);
    snprintf(which, sizeof which, "%d", (int)(test_case - test_cases));
    snprintf(number, sizeof number, "%d", round);
    pid = fork();
    if (pid == 0) {
        setenv("TMPDIR", tempdir, 1);
        execl(self, self, which, number, (char *)NULL);
        _exit(126);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    left = entries_of(tempdir);
    if (status != STATUS << 8 || left > test_case->may_stay)
        fprintf(stderr, "%s, round %d: status %x, %d left\n", test_case->name, round, (unsigned)status, left);
    CHECK(status == STATUS << 8 && left <= test_case->may_stay);
    CHECK(tempfile_rmtree(tempdir, 0) == 0);
}

int main(int count, char **arguments)
{
    const char *rounds = getenv("EXIT_ROUNDS");
    int tries = rounds != NULL ? atoi(rounds) : 40;

    if (count == 3) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        test_cases[atoi(arguments[1])].run(atoi(arguments[2]));
        exit(STATUS);
    }
    for (size_t i = 0; i < sizeof test_cases / sizeof *test_cases; i++)
        for (int round = 0; round < (test_cases[i].rarely ? 2 : tries); round++)
            expect(arguments[0], &test_cases[i], round);
    printf("%d rounds; ", tries);
    return passed();
}
