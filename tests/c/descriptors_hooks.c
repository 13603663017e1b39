/* Hosts that close all descriptors that they do not know, as daemons do. They do it right after the load, after the first
 * use, and after the runtime has given memory back, for which it would open two descriptors and keep them. The host then has
 * files of its own under the numbers. One host has a nonblocking standard input, for which the runtime would poll. The
 * library must go on, in forked children too, and must leave the host's files alone. The control is a build whose runtime
 * pauses by a timer: it has the descriptors open. */
#define CHECK_UNLINKED
#include "check.h"
#include "platform.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { OWN = 40, TEXT = 16 << 20 };

static struct {
    __typeof__(&tempfile_mkstemp) mkstemp;
    __typeof__(&tempfile_spooled_temporary_file) spooled_temporary_file;
    __typeof__(&tempfile_temporary_file) temporary_file;
    __typeof__(&tempfile_temporary_directory) temporary_directory;
    __typeof__(&tempfile_directory_name) directory_name;
    __typeof__(&tempfile_directory_cleanup) directory_cleanup;
    __typeof__(&tempfile_directory_free) directory_free;
    __typeof__(&tempfile_file_write) file_write;
    __typeof__(&tempfile_file_read) file_read;
    __typeof__(&tempfile_file_seek) file_seek;
    __typeof__(&tempfile_file_rollover) file_rollover;
    __typeof__(&tempfile_file_free) file_free;
    int64_t (*collect)(void);
} library;

static void *found(void *handle, const char *name)
{
    void *function = dlsym(handle, name);

    CHECK(function != NULL);
    return function;
}

#define FIND(name) (*(void **)&library.name = found(handle, "tempfile_" #name))

static void load(void)
{
    void *handle = dlopen("libtempfile.so.0", RTLD_NOW);

    CHECK(handle != NULL);
    FIND(mkstemp);
    FIND(spooled_temporary_file);
    FIND(temporary_file);
    FIND(temporary_directory);
    FIND(directory_name);
    FIND(directory_cleanup);
    FIND(directory_free);
    FIND(file_write);
    FIND(file_read);
    FIND(file_seek);
    FIND(file_rollover);
    FIND(file_free);
    *(void **)&library.collect = found(handle, "tempfile_test_collect");
}

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE], inner[TEMPFILE_PATH_SIZE + 8], text[4];
    tempfile_directory *directory;
    tempfile_file *file;
    int descriptor;

    CHECK((descriptor = library.mkstemp(NULL, path, sizeof path)) > 2 && close(descriptor) == 0 && unlink(path) == 0);
    CHECK(library.spooled_temporary_file(NULL, &file) == 0 && library.file_write(file, "data", 4) == 4);
    CHECK(library.file_rollover(file) == 0 && library.file_seek(file, 0, SEEK_SET) == 0);
    CHECK(library.file_read(file, text, 4) == 4 && memcmp(text, "data", 4) == 0);
    library.file_free(file);
    CHECK(library.temporary_directory(NULL, &directory) == 0);
    snprintf(inner, sizeof inner, "%s/inner", library.directory_name(directory));
    CHECK(mkdir(inner, 0700) == 0 && library.directory_cleanup(directory) == 0);
    library.directory_free(directory);
}

/* Text takes memory from the runtime, which gives it back after a collection. */
static void give_memory_back(void)
{
    static char text[TEXT];
    struct timespec moment = {0, 20000000};
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = "w+";
    options.encoding = "utf-16";
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 2; i++) {
        CHECK(library.temporary_file(&options, &file) == 0 && library.file_write(file, text, sizeof text) == sizeof text);
        library.file_free(file);
        for (int k = 0; k < 3; k++) {
            CHECK(library.collect() > 0);
            nanosleep(&moment, NULL);
        }
    }
}

/* Returns the number of descriptors for polling. */
static int polling(void)
{
    char path[32], what[64];
    int count = 0;

    for (int i = 3; i < OWN; i++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", i);
        memset(what, 0, sizeof what);
        count += readlink(path, what, sizeof what - 1) > 0 && strstr(what, "event") != NULL;
    }
    return count;
}

/* Closes all descriptors, and opens files of the host's under the numbers. The library must not touch them. */
static void close_all(void)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(syscall(SYS_close_range, 3, ~0U, 0) == 0);
    snprintf(path, sizeof path, "%s/own.XXXXXX", getenv("TMPDIR"));
    CHECK(mkstemp(path) == 3 && unlink(path) == 0);
    while (dup(3) < OWN - 1)
        ;
}

static void check_own(void)
{
    for (int i = 3; i < OWN; i++) {
        struct stat stat;

        CHECK(fstat(i, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size == 0 && lseek(i, 0, SEEK_CUR) == 0);
    }
}

static void use_in_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        use();
        close_all();
        use();
        give_memory_back();
        check_own();
        CHECK(polling() == 0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void after_loading(void)
{
    load();
    close_all();
}

static void after_first_use(void)
{
    load();
    use();
    close_all();
}

static void after_giving_memory_back(void)
{
    load();
    give_memory_back();
    CHECK(polling() == 0);
    close_all();
}

/* A nonblocking standard input, as node has; the runtime would poll for it. */
static void with_input_that_does_not_block(void)
{
    int ends[2];

    CHECK(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && dup2(ends[0], 0) == 0);
    load();
    CHECK(polling() == 0 && (fcntl(0, F_GETFL) & O_NONBLOCK) != 0);
    CHECK(read(0, ends, 1) == -1 && errno == EAGAIN);
    close_all();
}

static int run(void (*test_case)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(120);
        test_case();
        use();
        use_in_child();
        give_memory_back();
        use();
        check_own();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

/* Tells whether the control has the descriptors that this test looks for. */
static int control(const char *self)
{
    char folder[TEMPFILE_PATH_SIZE];
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        snprintf(folder, sizeof folder, "%s/../unreserved", getenv("LD_LIBRARY_PATH"));
        setenv("LD_LIBRARY_PATH", folder, 1);
        run_again(self, "control", NULL);
        _exit(126);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

int main(int count, char **arguments)
{
    int open_in_control;

    if (count > 1) {
        load();
        give_memory_back();
        return polling();
    }
    open_in_control = control(arguments[0]);
    CHECK(open_in_control == 2);
    CHECK(run(with_input_that_does_not_block) == 0);
    CHECK(run(after_loading) == 0 && run(after_first_use) == 0 && run(after_giving_memory_back) == 0);
    printf("4 hosts that close all, %d descriptors in the control; ", open_in_control);
    return passed();
}
