/* Writes that are held back, and the end of a file that stays: each call and each end of a process that passes them on, and
 * what _exit and SIGKILL lose of them. A test makes the file in a child, which tells its path. */
#include "buffer.h"
#include <pthread.h>
#include <sys/mman.h>

enum { BUFFER = 50 };

/* The child tells the test where its file is. */
static struct shared {
    char path[TEMPFILE_PATH_SIZE];
    int ready; /* it writes now */
} *shared;

/* What the child does with its file. */
struct file_case {
    const char *mode;
    int known;   /* Go has worked on it */
    int adopted; /* it is one whose name would go, and was kept */
};
static const struct file_case file_cases[] = {{"w+b", 0, 0}, {"w+b", 1, 0}, {"w+", 0, 0}, {"w+", 1, 0}, {"w+b", 0, 1}};
enum { FILE_CASES = sizeof file_cases / sizeof *file_cases };

static tempfile_file *made(const struct file_case *what)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = what->mode;
    options.buffering = BUFFER;
    options.flags = TEMPFILE_BUFFERED_WRITES | (what->adopted ? 0 : TEMPFILE_NO_DELETE);
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    CHECK(!what->adopted || tempfile_file_keep(file) == 0);
    strcpy(shared->path, tempfile_file_name(file));
    if (what->known)
        make_known_to_go(file);
    return file;
}

/* Runs the end in a child, and returns how the child ended. held_path is then the file's. */
static int ended(void (*end)(tempfile_file *file), const struct file_case *what, const char *first)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        tempfile_file *file = made(what);

        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        put(file, first);
        put(file, "held back\n");
        end(file);
        _exit(0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    strcpy(held_path, shared->path);
    return status;
}

static void by_exit(tempfile_file *file)
{
    (void)file;
    exit(0);
}

static void by_free(tempfile_file *file)
{
    tempfile_file_free(file);
}

static void by_close(tempfile_file *file)
{
    CHECK(tempfile_file_close(file) == 0);
}

static void by_cleanup(tempfile_file *file)
{
    (void)file;
    CHECK(tempfile_cleanup() == 0);
}

static void by_term(tempfile_file *file)
{
    (void)file;
    CHECK(tempfile_cleanup_on_signals() == 0);
    raise(SIGTERM);
}

static void host_ends(int number)
{
    _exit(number);
}

/* The library's handler leaves the files to the host's, which may go on. This one does not. */
static void by_a_handler_of_the_hosts(tempfile_file *file)
{
    (void)file;
    signal(SIGTERM, host_ends);
    CHECK(tempfile_cleanup_at_signal(SIGTERM, TEMPFILE_SIGNAL_ALWAYS) == 0);
    raise(SIGTERM);
}

static void ignore_it(int number)
{
    (void)number;
}

/* The host goes on, and with it what is held back. */
static void by_exit_after_a_signal(tempfile_file *file)
{
    signal(SIGTERM, ignore_it);
    CHECK(tempfile_cleanup_at_signal(SIGTERM, TEMPFILE_SIGNAL_ALWAYS) == 0);
    raise(SIGTERM);
    put(file, "and more\n");
    exit(0);
}

static void by_underscore_exit(tempfile_file *file)
{
    (void)file;
    _exit(0);
}

static void by_kill(tempfile_file *file)
{
    (void)file;
    raise(SIGKILL);
}

static void by_abort(tempfile_file *file)
{
    (void)file;
    abort();
}

/* With the signal's number as the expected end, or 0. */
static const struct end {
    void (*end)(tempfile_file *file);
    int signal;
    const char *left;
} ends[] = {
    {by_exit, 0, "held back\n"},
    {by_free, 0, "held back\n"},
    {by_close, 0, "held back\n"},
    {by_cleanup, 0, "held back\n"},
    {by_term, SIGTERM, "held back\n"},
    {by_exit_after_a_signal, 0, "held back\nand more\n"},
    {by_a_handler_of_the_hosts, 0, ""},
    {by_underscore_exit, 0, ""},
    {by_kill, SIGKILL, ""},
    {by_abort, SIGABRT, ""},
};

/* What the child writes first is smaller than the buffer, or passed on at once as it is not. */
static void every_end(void)
{
    static const char large[] = "0123456789 0123456789 0123456789 0123456789 0123456789\n";
    char expected[200];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (int j = 0; j < FILE_CASES; j++) {
            int status = ended(ends[i].end, &file_cases[j], "");

            CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == ends[i].signal : ends[i].signal == 0);
            CHECK(file_is(ends[i].left) && unlink(held_path) == 0);
            ended(ends[i].end, &file_cases[j], large);
            snprintf(expected, sizeof expected, "%s%s", large, ends[i].left);
            CHECK(file_is(expected) && unlink(held_path) == 0);
        }
}

static void every_call(const char *mode, int known)
{
    for (int i = 0; i < PASSING; i++) {
        tempfile_file *file = held_file(mode, BUFFER, 0);

        if (strchr(mode, 'b') == NULL && is_positional(passing[i].call)) {
            tempfile_file_free(file);
            unlink(held_path);
            continue;
        }
        if (known)
            make_known_to_go(file);
        put(file, "held ");
        put(file, "back");
        CHECK(file_is("") && tempfile_file_tell(file) == 9 && file_is(""));
        CHECK(passing[i].call(file) >= 0);
        if (!file_is("held back")) {
            fprintf(stderr, "%s of mode %s passes nothing on\n", passing[i].name, mode);
            CHECK(0);
        }
        tempfile_file_free(file);
        CHECK(file_is("held back") && unlink(held_path) == 0);
    }
}

/* Writes of every size, to the bounds of the buffer and past them. What the file lacks is never more than the buffer. */
static void bounds(void)
{
    static const int64_t buffers[] = {0, 1, 2, 7, 4096};
    char data[9000], content[20000], expected[20000];

    memset(data, 'x', sizeof data);
    for (int i = 0; i < 5; i++)
        for (size_t size = 1; size < sizeof data; size = 2 * size + (size_t)i) {
            tempfile_file *file = held_file(NULL, buffers[i], 0);
            size_t buffer = buffers[i] > 1 ? (size_t)buffers[i] : 8192, all = 0;

            for (size_t part = 1; all + part + size <= sizeof content - 1; part = 2 * part + 1) {
                memset(expected + all, 'x', part < size ? part : size);
                CHECK(tempfile_file_write(file, data, part < size ? part : size) > 0);
                all += part < size ? part : size;
                CHECK(tempfile_file_tell(file) == (int64_t)all);
                CHECK(read_file(held_path, content, sizeof content) + buffer >= all);
                if (part > size)
                    break;
            }
            tempfile_file_free(file);
            CHECK(read_file(held_path, content, sizeof content) == all && memcmp(content, expected, all) == 0);
            unlink(held_path);
        }
}

enum { MOST = 1 << 17 }; /* writes of a child that the signal does not reach in time */

static void *write_on(void *file)
{
    for (int i = 0; i < MOST && tempfile_file_write(file, "0123456", 7) == 7; i++)
        ;
    for (;;) /* or the sweep of another thread has closed the file */
        pause();
    return NULL;
}

/* A signal comes at any instruction, in the thread that writes or beside it. What it passes on begins where the last flush
 * ended, or a call is working on the file and it passes on nothing: the file is the beginning of what was written. */
static void signals_meanwhile(int in_thread)
{
    static char content[MOST * 7 + 1];

    for (int i = 0; i < 60; i++) {
        pid_t pid = fork();
        size_t size;

        if (pid == 0) {
            tempfile_file *file = made(&file_cases[i % 2]);
            pthread_t thread;

            CHECK(tempfile_cleanup_on_signals() == 0);
            __atomic_store_n(&shared->ready, 1, __ATOMIC_SEQ_CST);
            if (!in_thread)
                write_on(file);
            CHECK(pthread_create(&thread, NULL, write_on, file) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
        }
        while (!__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST))
            usleep(10);
        shared->ready = 0;
        usleep((useconds_t)(i * 17));
        kill(pid, SIGTERM);
        CHECK(waitpid(pid, NULL, 0) == pid);
        size = read_file(shared->path, content, sizeof content);
        for (size_t at = 0; at < size; at++)
            if (content[at] != (char)('0' + at % 7))
                CHECK(0);
        CHECK(unlink(shared->path) == 0);
    }
}

/* A file whose name goes may have been opened or linked by others. tempfile_cleanup passes on what it holds back before the
 * name goes, as closing does. */
static void others_have_it(void (*end)(tempfile_file *file))
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char content[20] = "";
    tempfile_file *file;
    int others;

    options.flags = TEMPFILE_BUFFERED_WRITES;
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    CHECK((others = open(tempfile_file_name(file), O_RDONLY | O_CLOEXEC)) >= 0);
    put(file, "held back");
    end(file);
    CHECK(pread(others, content, sizeof content, 0) == 9 && strcmp(content, "held back") == 0);
    close(others);
    tempfile_file_free(file);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    for (int known = 0; known < 2; known++) {
        every_call("w+b", known);
        every_call("w+", known);
    }
    bounds();
    every_end();
    signals_meanwhile(0);
    signals_meanwhile(1);
    others_have_it(by_close);
    others_have_it(by_free);
    others_have_it(by_cleanup);
    return passed();
}
