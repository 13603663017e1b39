/* RLIMIT_FSIZE. A write beyond the limit raises SIGXFSZ, which ends a process that does not expect it. Functions that create
 * files and directories must write nothing of their own then, and work like mkstemp(3) and mkdtemp(3). The caller's writes
 * behave like write(2). */
#include "check.h"
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void make_all(void)
{
    char path[TEMPFILE_PATH_SIZE], expected[TEMPFILE_PATH_SIZE];
    tempfile_file *files[3];
    tempfile_directory *directory;
    int descriptor;

    snprintf(expected, sizeof expected, "%s", getenv("TMPDIR"));
    CHECK(tempfile_gettempdir(path, sizeof path) == 0 && strcmp(path, expected) == 0);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && rmdir(path) == 0);
    CHECK((descriptor = tempfile_mkstemp(NULL, path, sizeof path)) >= 0 && close(descriptor) == 0 && unlink(path) == 0);
    CHECK((descriptor = tempfile_unnamed(NULL)) >= 0 && close(descriptor) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &files[0]) == 0 && tempfile_temporary_file(NULL, &files[1]) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &files[2]) == 0 && tempfile_file_write(files[2], "x", 1) == 1);
    for (int i = 0; i < 3; i++)
        tempfile_file_free(files[i]);
    tempfile_directory_free(directory);
    CHECK(entries_of(expected) == 0);
}

static void set_limit(rlim_t size)
{
    CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, size}) == 0);
}

static void with_nothing(void)
{
    set_limit(0);
    make_all();
}

static void with_little(void)
{
    set_limit(2);
    make_all();
}

static void with_much(void)
{
    set_limit(1 << 20);
    make_all();
}

static void in_a_forked_child(void)
{
    int status;
    pid_t pid;

    make_all();
    set_limit(0);
    pid = fork();
    if (pid == 0) {
        make_all();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void callers_writes(void)
{
    tempfile_file *file, *spooled;

    set_limit(10);
    signal(SIGXFSZ, SIG_IGN);
    CHECK(tempfile_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "0123456789", 10) == 10);
    CHECK(tempfile_file_write(file, "x", 1) == -EFBIG);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0 && tempfile_file_write(spooled, "0123456789x", 11) == 11);
    CHECK(tempfile_file_rollover(spooled) == -EFBIG && tempfile_file_tell(spooled) == 11);
    signal(SIGXFSZ, SIG_DFL);
    tempfile_file_write(file, "x", 1);
}

/* What is held back does not fit any more when the process ends, or the host cleans up. All names go that are to go. */
static void hold_back_too_much(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *held, *after;

    options.flags = TEMPFILE_BUFFERED_WRITES | TEMPFILE_NO_DELETE;
    CHECK(tempfile_named_temporary_file(&options, &held) == 0 && unlink(tempfile_file_name(held)) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &after) == 0 && tempfile_file_write(held, "0123456789x", 11) == 11);
    CHECK(tempfile_cleanup_on_signals() == 0);
    set_limit(10);
}

static void ends_by_exit(void)
{
    hold_back_too_much();
    exit(0);
}

static void ends_by_signal(void)
{
    hold_back_too_much();
    raise(SIGTERM);
}

static void cleans_up(void)
{
    sigset_t pending;

    hold_back_too_much();
    CHECK(tempfile_cleanup() == -EFBIG && entries_of(getenv("TMPDIR")) == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 0);
    signal(SIGXFSZ, SIG_IGN);
}

static int in_child(void (*act)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        act();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

int main(void)
{
    int status;

    CHECK(in_child(with_nothing) == 0 && in_child(with_little) == 0 && in_child(with_much) == 0);
    CHECK(in_child(in_a_forked_child) == 0);
    status = in_child(callers_writes);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
    CHECK(in_child(ends_by_exit) == 0 && in_child(cleans_up) == 0);
    status = in_child(ends_by_signal);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM && entries_of(getenv("TMPDIR")) == 0);
    return passed();
}
