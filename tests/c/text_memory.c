/* Sizes that are wrong, or for which there is no memory, in every text mode. A long text is written with little memory, and
 * a wrong size is an error of the call; the process lives on. Names that are too long are refused before they are copied. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MB = 1 << 20, LONG = 256 * MB };

static const struct {
    const char *encoding, *newline, *mode;
} modes[] = {{NULL, NULL, "w+"},      {NULL, "\r\n", "w+"},     {"utf-16", NULL, "w+"},
             {"latin-1", NULL, "w+"}, {"iso2022_jp", "", "w+"}, {NULL, NULL, "w+b"}};
enum { MODES = sizeof modes / sizeof *modes };

static char *memory; /* LONG bytes of ASCII; the memory after them is not mapped */

static tempfile_file *file_of(int mode, int64_t max_size)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = modes[mode].mode;
    options.encoding = modes[mode].encoding;
    options.newline = modes[mode].newline;
    options.max_size = max_size;
    CHECK((max_size < 0 ? tempfile_temporary_file(&options, &file) : tempfile_spooled_temporary_file(&options, &file)) == 0);
    return file;
}

/* Returns the size of the process's address space. */
static size_t address_space(void)
{
    FILE *status = fopen("/proc/self/statm", "r");
    size_t pages;

    CHECK(status != NULL && fscanf(status, "%zu", &pages) == 1);
    fclose(status);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void check_whole(tempfile_file *file)
{
    char text[16];

    CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 4 && memcmp(text, "good", 4) == 0);
}

/* Each range begins in the last page of the memory, and ends where nothing is mapped. */
static void *wrong_sizes(void *unused)
{
    static const size_t sizes[] = {(size_t)1 << 47, (size_t)1 << 46, (size_t)1 << 40, (size_t)1 << 33, LONG, 2 * MB};
    static const int64_t stages[] = {-1, 0, 100};

    for (int mode = 0; mode < MODES; mode++)
        for (size_t stage = 0; stage < sizeof stages / sizeof *stages; stage++)
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                tempfile_file *file = file_of(mode, stages[stage]);
                int64_t result;

                CHECK(tempfile_file_write(file, "good", 4) == 4);
                result = tempfile_file_write(file, memory + LONG - 4096, sizes[i]);
                if (result == 4096)
                    result = -EFAULT; /* in binary mode the system writes the valid bytes first */
                CHECK(result == -EFAULT || result == -ENOMEM || result == -EFBIG);
                CHECK(tempfile_file_tell(file) == 4 || strchr(modes[mode].mode, 'b') != NULL ||
                      modes[mode].encoding != NULL);
                if (strchr(modes[mode].mode, 'b') == NULL)
                    check_whole(file);
                CHECK(tempfile_file_close(file) == 0);
                tempfile_file_free(file);
            }
    return unused;
}

/* A thread with an alternate signal stack of its own, as many runtimes have. */
static void *on_own_stack(void *unused)
{
    static char room[256 << 10];
    stack_t own = {.ss_sp = room, .ss_size = sizeof room}, none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&own, NULL) == 0);
    wrong_sizes(NULL);
    CHECK(sigaltstack(&none, NULL) == 0);
    return unused;
}

static void in_thread(void *(*run)(void *))
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, run, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

static void in_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        wrong_sizes(NULL);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* The limit is far below the memory that the encoded text would need. */
static void long_texts(void)
{
    const struct rlimit room = {address_space() + 96 * MB, RLIM_INFINITY};

    CHECK(setrlimit(RLIMIT_AS, &room) == 0);
    for (int mode = 0; mode < MODES; mode++) {
        tempfile_file *file = file_of(mode, -1);
        int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* the written bytes do not matter here */

        CHECK(null >= 0 && dup3(null, tempfile_file_fileno(file), O_CLOEXEC) >= 0 && close(null) == 0);
        CHECK(tempfile_file_write(file, memory, LONG) == LONG);
        tempfile_file_free(file);

        /* a spooled file in memory, for which there is not enough */
        file = file_of(mode, 0);
        CHECK(tempfile_file_write(file, "good", 4) == 4);
        CHECK(tempfile_file_write(file, memory, LONG) == -ENOMEM);
        CHECK(tempfile_last_error()->code == -ENOMEM);
        check_whole(file);
        tempfile_file_free(file);
    }
}

/* Long strings in each option and path; text is longer than the system accepts. */
static void long_names(const char *text)
{
    tempfile_options options;
    tempfile_file *file = NULL;
    tempfile_directory *directory = NULL;
    tempfile_removal *removal = NULL;
    char path[TEMPFILE_PATH_SIZE];
    const char **const texts[] = {&options.suffix, &options.prefix,   &options.dir,    &options.name,
                                  &options.mode,   &options.encoding, &options.errors, &options.newline};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        options = (tempfile_options)TEMPFILE_OPTIONS_INIT;
        *texts[i] = text;
        CHECK(tempfile_mkstemp(&options, path, sizeof path) == -ENAMETOOLONG);
        CHECK(tempfile_mkdtemp(&options, path, sizeof path) == -ENAMETOOLONG);
        CHECK(tempfile_mktemp(&options, path, sizeof path) == -ENAMETOOLONG);
        CHECK(tempfile_unnamed(&options) == -ENAMETOOLONG);
        CHECK(tempfile_named_temporary_file(&options, &file) == -ENAMETOOLONG);
        CHECK(tempfile_temporary_file(&options, &file) == -ENAMETOOLONG);
        CHECK(tempfile_spooled_temporary_file(&options, &file) == -ENAMETOOLONG);
        CHECK(tempfile_temporary_directory(&options, &directory) == -ENAMETOOLONG);
        CHECK(strlen(tempfile_last_error()->message) < 200 && file == NULL && directory == NULL);
    }
    CHECK(tempfile_rmtree(text, 0) == -ENAMETOOLONG);
    CHECK(tempfile_removal_start(text, 0, &removal) == -ENAMETOOLONG && removal == NULL);
    CHECK(tempfile_register_file(text, &file) == -ENAMETOOLONG && file == NULL);
    CHECK(tempfile_register_directory(text, &directory) == -ENAMETOOLONG && directory == NULL);
    CHECK(tempfile_unlink(text, getpid()) == -ENAMETOOLONG);
    CHECK(tempfile_settempdir(text) == -ENAMETOOLONG);
    CHECK(tempfile_gettempdir(path, sizeof path) == 0 && strcmp(path, getenv("TMPDIR")) == 0);
}

/* More than 2 GB and more than 4 GB. All pages map the same part of one file, so they need no memory. */
static void endless_names(void)
{
    enum { PIECE = 64 * MB };
    const size_t size = (size_t)5 << 30;
    int pages = memfd_create("name", MFD_CLOEXEC);
    char *name = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(pages >= 0 && ftruncate(pages, PIECE) == 0 && name != MAP_FAILED);
    for (size_t at = 0; at < size; at += PIECE)
        CHECK(mmap(name + at, PIECE, PROT_READ | PROT_WRITE, MAP_FIXED | (at + PIECE < size ? MAP_SHARED : MAP_PRIVATE),
                   pages, 0) == name + at);
    memset(name, 'n', PIECE);
    name[size - 1] = '\0';
    CHECK(close(pages) == 0);
    long_names(name);
    CHECK(munmap(name, size) == 0);
}

int main(void)
{
    char path[TEMPFILE_PATH_SIZE], name[TEMPFILE_PATH_SIZE + 1];
    char *room = mmap(NULL, LONG + 16 * (size_t)MB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(room != MAP_FAILED && mprotect(room, LONG, PROT_READ | PROT_WRITE) == 0);
    memory = memset(room, 'a', LONG);
    CHECK(tempfile_gettempdir(path, sizeof path) == 0);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    long_names(name);
    endless_names();

    wrong_sizes(NULL);
    in_thread(wrong_sizes);
    in_thread(on_own_stack);
    in_child();
    long_texts();
    return passed();
}
