/* Makes and ends objects with recovery enabled, for run.py, which kills it at each of its system calls. It prints a line for
 * each object that it has kept: from then on recovery must leave it alone.
 *
 * usage: driver JOURNALS ACTION, with TMPDIR as the place of work; JOURNALS is - where the environment enables recovery */
#include "tempfile.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int result)
{
    if (result < 0) {
        fprintf(stderr, "%s\n", tempfile_last_error()->message);
        _exit(3);
    }
}

static void say(const char *format, ...)
{
    char line[5000];
    va_list arguments;
    ssize_t written;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    written = write(STDOUT_FILENO, line, strlen(line)); /* in one call: a line is whole or is not there */
    (void)written;
}

static tempfile_file *named(const tempfile_options *options)
{
    tempfile_file *file;

    must(tempfile_named_temporary_file(options, &file));
    return file;
}

static tempfile_directory *directory(void)
{
    tempfile_directory *made;

    must(tempfile_temporary_directory(NULL, &made));
    return made;
}

static void fill(const char *path)
{
    char name[5000];

    snprintf(name, sizeof name, "%s/below", path);
    must(mkdir(name, 0700));
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s/below/%d", path, i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
}

static void make_file(void)
{
    tempfile_file *file = named(NULL);

    must((int)tempfile_file_write(file, "text", 4));
    must(tempfile_file_close(file));
    tempfile_file_free(file);
}

static void free_file(void)
{
    tempfile_file_free(named(NULL));
}

static void chosen_name(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.name = "chosen";
    file = named(&options);
    must((int)tempfile_file_write(file, "text", 4));
    tempfile_file_free(file);
}

static void long_path(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;
    char suffix[201];

    memset(suffix, 'x', 200);
    suffix[200] = '\0';
    options.suffix = suffix;
    tempfile_file_free(named(&options));
    file = named(&options);
    must((int)tempfile_file_write(file, "text", 4));
    tempfile_file_free(file);
}

static void detach_file(void)
{
    tempfile_file *file = named(NULL);
    int descriptor = tempfile_file_detach(file);

    must(descriptor);
    must((int)write(descriptor, "text", 4));
    close(descriptor);
    tempfile_file_free(file);
}

static void keep_file(void)
{
    tempfile_file *file = named(NULL);

    must((int)tempfile_file_write(file, "text", 4));
    must(tempfile_file_keep(file));
    say("kept %s\n", tempfile_file_name(file));
    tempfile_file_free(file);
}

static void make_directory(void)
{
    tempfile_directory *made = directory();

    fill(tempfile_directory_name(made));
    must(tempfile_directory_cleanup(made));
    tempfile_directory_free(made);
}

static void free_directory(void)
{
    tempfile_directory *made = directory();

    fill(tempfile_directory_name(made));
    tempfile_directory_free(made);
}

static void empty_directory(void)
{
    tempfile_directory_free(directory());
}

static void keep_directory(void)
{
    tempfile_directory *made = directory();

    must(tempfile_directory_keep(made));
    say("kept %s\n", tempfile_directory_name(made));
    tempfile_directory_free(made);
}

static void nested(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *made = directory();
    tempfile_file *file;

    options.dir = tempfile_directory_name(made);
    file = named(&options);
    must((int)tempfile_file_write(file, "text", 4));
    tempfile_directory_free(made);
    tempfile_file_free(file);
}

static void named_for_an_instant(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.flags = TEMPFILE_NO_O_TMPFILE;
    must(tempfile_temporary_file(&options, &file));
    tempfile_file_free(file);
    must(tempfile_spooled_temporary_file(&options, &file));
    must((int)tempfile_file_write(file, "text", 4));
    must(tempfile_file_rollover(file));
    tempfile_file_free(file);
}

static void unnamed(void)
{
    tempfile_file *file;

    must(tempfile_temporary_file(NULL, &file));
    must((int)tempfile_file_write(file, "text", 4));
    tempfile_file_free(file);
}

static void left_for_exit(void)
{
    must((int)tempfile_file_write(named(NULL), "text", 4));
    fill(tempfile_directory_name(directory()));
    exit(0);
}

static void cleanup(void)
{
    must((int)tempfile_file_write(named(NULL), "text", 4));
    fill(tempfile_directory_name(directory()));
    must(tempfile_cleanup());
}

static void in_child(void)
{
    pid_t child = fork();
    int status;

    must((int)child);
    if (child == 0) {
        make_file();
        free_directory();
        named(NULL);
        _exit(0); /* leaves one */
    }
    make_file();
    waitpid(child, &status, 0);
}

static void *worker(void *stop)
{
    static void (*const actions[])(void) = {make_file, free_file,   make_directory, free_directory,      empty_directory,
                                            nested,    detach_file, long_path,      named_for_an_instant};
    unsigned seed = (unsigned)(size_t)&stop ^ (unsigned)getpid();

    for (;;)
        actions[(unsigned)rand_r(&seed) % (sizeof actions / sizeof *actions)]();
    return NULL;
}

/* Threads, each busy until the process is killed, and children that are killed or end. */
static void busy(void)
{
    pthread_t thread;
    int status;

    signal(SIGALRM, SIG_DFL);
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, worker, NULL);
    for (;;) {
        pid_t child = fork();

        if (child == 0) {
            ualarm(20000, 0); /* it dies at some moment */
            worker(NULL);
        }
        if (child > 0)
            waitpid(child, &status, 0);
    }
}

/* Makes an object of each kind. */
static void make_both(void)
{
    tempfile_file *file = named(NULL);
    tempfile_directory *made = directory();

    must((int)tempfile_file_write(file, "text", 4));
    fill(tempfile_directory_name(made));
    say("made %s\nmade %s\n", tempfile_file_name(file), tempfile_directory_name(made));
}

static void wait_for_ever(void)
{
    say("ready\n");
    for (;;)
        pause();
}

static void waiting(void)
{
    make_both();
    wait_for_ever();
}

/* A host that closes all descriptors, the journal's too. */
static void closing(void)
{
    make_both();
    for (int i = 3; i < 1024; i++)
        close(i);
    wait_for_ever();
}

/* Takes memory until the kernel ends it. */
static void eating(void)
{
    make_both();
    for (int i = 0; i < 256; i++)
        memset(malloc(1 << 20), 1, 1 << 20);
    _exit(4);
}

/* The parent dies, and a child that uses its objects lives on. */
static void orphan(void)
{
    tempfile_file *file = named(NULL);

    must((int)tempfile_file_write(file, "text", 4));
    if (fork() == 0) {
        say("made %s\npid %d\nready\n", tempfile_file_name(file), (int)getpid());
        for (;;)
            pause();
    }
    for (;;)
        pause();
}

/* A child adopts, and its parent dies. */
static void adopting(void)
{
    tempfile_file *file = named(NULL);

    must((int)tempfile_file_write(file, "text", 4));
    if (fork() == 0) {
        must(tempfile_file_adopt(file));
        say("made %s\npid %d\nready\n", tempfile_file_name(file), (int)getpid());
        for (;;)
            pause();
    }
    for (;;)
        pause();
}

/* A file that is registered under a path with "..". */
static void dots(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[5000], other[5100];
    tempfile_file *file;

    must(tempfile_mkstemp(&options, path, sizeof path));
    *strrchr(path, '/') = '\0';
    snprintf(other, sizeof other, "%s/../work/%s", path, path + strlen(path) + 1);
    must(tempfile_register_file(other, &file));
    wait_for_ever();
}

/* A name that a terminal could obey: an escape, and CSI as one character. */
static void control(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    options.prefix = "\x1b[31m\xc2\x9b";
    must((int)tempfile_file_write(named(&options), "text", 4));
    wait_for_ever();
}

/* The first call of all, which makes no object. */
static void replace(void)
{
    char path[5000];

    snprintf(path, sizeof path, "%s/tmpdecoy_02", getenv("TMPDIR"));
    must(tempfile_replace(path, "", 0, 0));
}

/* Many objects at a time, and a million after each other. */
static void many(void)
{
    static tempfile_file *files[3000];

    for (int i = 0; i < 3000; i++)
        files[i] = named(NULL);
    for (int i = 0; i < 3000; i++)
        tempfile_file_free(files[i]);
    say("ready\n");
    pause();
}

static void million(void)
{
    for (int i = 0; i < 1000000; i++)
        tempfile_file_free(named(NULL));
    say("ready\n");
    pause();
}

static const struct {
    const char *name;
    void (*act)(void);
} actions[] = {{"make_file", make_file},
               {"free_file", free_file},
               {"chosen_name", chosen_name},
               {"long_path", long_path},
               {"detach_file", detach_file},
               {"keep_file", keep_file},
               {"make_directory", make_directory},
               {"free_directory", free_directory},
               {"empty_directory", empty_directory},
               {"keep_directory", keep_directory},
               {"nested", nested},
               {"named_for_an_instant", named_for_an_instant},
               {"unnamed", unnamed},
               {"left_for_exit", left_for_exit},
               {"cleanup", cleanup},
               {"in_child", in_child},
               {"busy", busy},
               {"waiting", waiting},
               {"closing", closing},
               {"eating", eating},
               {"orphan", orphan},
               {"adopting", adopting},
               {"dots", dots},
               {"control", control},
               {"replace", replace},
               {"many", many},
               {"million", million}};

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    if (strcmp(arguments[1], "-") != 0)
        must(tempfile_recovery_enable(arguments[1]));
    access("/libtempfile/begin", F_OK);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, arguments[2]) == 0) {
            actions[i].act();
            return 0;
        }
    return 2;
}
