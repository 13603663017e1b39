/* The end of a process. A normal exit removes the objects that this process made and did not free. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char paths[3][TEMPFILE_PATH_SIZE];
static int borrowed; /* a borrowed descriptor of the named file */

enum { NAMED, DIRECTORY, KEPT };

static void make_all(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    char inner[TEMPFILE_PATH_SIZE + 8];
    int descriptor;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    strcpy(paths[NAMED], tempfile_file_name(file));
    CHECK((borrowed = tempfile_file_fileno(file)) >= 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(paths[DIRECTORY], tempfile_directory_name(directory));
    snprintf(inner, sizeof inner, "%s/inner", paths[DIRECTORY]);
    CHECK(mkdir(inner, 0700) == 0);
    strcat(inner, "/x");
    CHECK((descriptor = open(inner, O_CREAT | O_WRONLY, 0600)) >= 0);
    close(descriptor);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_keep(file) == 0);
    strcpy(paths[KEPT], tempfile_file_name(file));
}

static void by_exit(void)
{
    make_all();
    exit(0);
}

static void by_underscore_exit(void)
{
    make_all();
    _exit(0);
}

static void by_signal(void)
{
    make_all();
    raise(SIGKILL);
}

static int between_handlers;

/* An exit handler of the host's that runs after the library's own. The objects are gone, and calls return errors. The number
 * of a borrowed descriptor is closed, and is not another file's. */
static void after_the_library(void)
{
    int next;

    if (!between_handlers)
        return;
    CHECK(access(paths[NAMED], F_OK) != 0);
    CHECK(write(borrowed, "x", 1) == -1 && errno == EBADF);
    while ((next = open("/dev/null", O_WRONLY)) < borrowed)
        CHECK(next >= 0);
    CHECK(next != borrowed);
    make_all();
    unlink(paths[KEPT]);
    unlink(paths[NAMED]);
    CHECK(tempfile_rmtree(paths[DIRECTORY], 0) == 0);
}

/* An exit handler that runs before the library's own. The objects are still there. */
static void before_the_library(void)
{
    CHECK(access(paths[NAMED], F_OK) == 0);
}

static void by_exit_between_handlers(void)
{
    between_handlers = 1;
    make_all();
    atexit(before_the_library);
    exit(0);
}

static void *call_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        tempfile_file *file;
        int64_t written;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        written = tempfile_file_write(file, "x", 1);
        CHECK(written == 1 || written == -EBADF); /* the exit of the main thread may have closed the file */
        tempfile_file_free(file);
    }
}

static void by_exit_with_a_thread_in_a_call(void)
{
    struct timespec moment = {0, 5000000};
    pthread_t thread;

    make_all();
    CHECK(pthread_create(&thread, NULL, call_for_ever, NULL) == 0);
    nanosleep(&moment, NULL);
    exit(0);
}

/* dlclose does nothing: later calls work, and the exit cleans up. */
static void by_exit_after_dlclose(void)
{
    void *library = dlopen("libtempfile.so.0", RTLD_NOW);

    CHECK(library != NULL);
    make_all();
    for (int i = 0; i < 3; i++)
        dlclose(library);
    CHECK(access(paths[NAMED], F_OK) == 0);
    unlink(paths[KEPT]);
    make_all();
    exit(0);
}

static void *exit_later(void *unused)
{
    struct timespec moment = {0, 200000000};

    (void)unused;
    nanosleep(&moment, NULL);
    exit(0);
}

/* The main thread may end before the others. Then exit must end the process, because Go's threads never end. */
static void by_exit_of_another_thread(void)
{
    pthread_t thread;

    make_all();
    CHECK(pthread_create(&thread, NULL, exit_later, NULL) == 0);
    pthread_exit(NULL);
}

/* Without exit the process stays, as the header says. Of all signals only SIGKILL ends it: Go's threads block the others. */
static void by_nothing(void)
{
    pid_t self = getpid(), killer;

    make_all();
    killer = fork();
    if (killer == 0) {
        struct timespec moment = {0, 500000000};

        nanosleep(&moment, NULL);
        if (kill(self, SIGTERM) == 0 && nanosleep(&moment, NULL) == 0 && kill(self, 0) == 0)
            kill(self, SIGKILL);
        _exit(0);
    }
    CHECK(killer > 0);
    pthread_exit(NULL);
}

/* A child that exits normally removes its own objects, and none of its parent's. */
static void by_exit_of_a_child(void)
{
    int status;
    pid_t pid;

    make_all();
    pid = fork();
    if (pid == 0) {
        tempfile_file *own;

        CHECK(tempfile_named_temporary_file(NULL, &own) == 0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    pid = fork();
    if (pid == 0)
        exit(0); /* a child that never used the library */
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(access(paths[NAMED], F_OK) == 0 && access(paths[DIRECTORY], F_OK) == 0);
    exit(0);
}

/* The parent checks the files that the ended process left. It learns their paths from a pipe, and removes them. */
static void expect(void (*process)(void), int left, int by_kill)
{
    char tempdir[TEMPFILE_PATH_SIZE], template[] = "exit-XXXXXX";
    int status;
    pid_t pid;

    snprintf(tempdir, sizeof tempdir, "%s/%s", getenv("TMPDIR"), template);
    CHECK(mkdtemp(tempdir) != NULL);
    pid = fork();
    if (pid == 0) {
        setenv("TMPDIR", tempdir, 1);
        alarm(60);
        process();
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(by_kill ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : status == 0);
    CHECK(entries_of(tempdir) == left);
    CHECK(tempfile_rmtree(tempdir, 0) == 0);
}

int main(void)
{
    atexit(after_the_library); /* before the first use and the first fork, which place the library's handler in the order */
    expect(by_exit_between_handlers, 1, 0);
    expect(by_exit, 1, 0);
    expect(by_underscore_exit, 3, 0);
    expect(by_signal, 3, 1);
    expect(by_exit_with_a_thread_in_a_call, 1, 0);
    expect(by_exit_of_a_child, 1, 0);
    expect(by_exit_after_dlclose, 1, 0);
    expect(by_exit_of_another_thread, 1, 0);
    expect(by_nothing, 3, 1);
    make_all(); /* then main returns; if a name is left in TMPDIR, tests/c/run reports a failure */
    unlink(paths[KEPT]);
    return passed();
}
