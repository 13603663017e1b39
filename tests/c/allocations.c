/* Each allocation of the library's C code fails once, in every function. No call may end the process: it succeeds, or
 * returns -ENOMEM (with or without memory for the error detail). No data, descriptor or name may be lost or left behind.
 * Only allocations from within the library count, and only on the test's own thread, because the runtime's threads belong to
 * Go. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* It is 0 in a child of fork, too: the child has one thread. */
static pthread_t armed_thread;
static volatile bool armed, lasting;
static volatile int countdown, failures;

static uintptr_t library_start, library_end;

static int find_library(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    if (strstr(info->dlpi_name, "libtempfile") == NULL)
        return 0;
    library_start = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz > library_end)
            library_end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    return 1;
}

static bool fails(const void *caller)
{
    if (!armed || (uintptr_t)caller < library_start || (uintptr_t)caller >= library_end ||
        !pthread_equal(pthread_self(), armed_thread))
        return false;
    if (failures > 0 ? !lasting : countdown-- != 0)
        return false;
    failures++;
    errno = ENOMEM;
    return true;
}

/* These replace the C library's functions, for the library as well. */
static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (function == NULL)
        _exit(99);
    return function;
}

#define REAL(name)                 \
    static __typeof__(&name) next; \
    if (next == NULL)              \
    *(void **)&next = real(#name)

void *malloc(size_t size)
{
    REAL(malloc);
    return fails(__builtin_return_address(0)) ? NULL : next(size);
}

void *calloc(size_t count, size_t size)
{
    REAL(calloc);
    return fails(__builtin_return_address(0)) ? NULL : next(count, size);
}

void *realloc(void *block, size_t size)
{
    REAL(realloc);
    return fails(__builtin_return_address(0)) ? NULL : next(block, size);
}

#undef strdup
#undef strndup
char *strdup(const char *text)
{
    REAL(strdup);
    return fails(__builtin_return_address(0)) ? NULL : next(text);
}

char *strndup(const char *text, size_t size)
{
    REAL(strndup);
    return fails(__builtin_return_address(0)) ? NULL : next(text, size);
}

/* The library maps its own state first, when it is loaded; the later mappings are Go's. */
static int mappings;

void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset)
{
    const char *failing = getenv("FAILING_MAPPING");

    if (failing != NULL && mappings++ == atoi(failing)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, size, protection, flags, descriptor, offset);
}

static int open_descriptors(void)
{
    int count = 0;

    for (int descriptor = 3; descriptor < 200; descriptor++)
        count += fcntl(descriptor, F_GETFD) >= 0;
    return count;
}

/* The objects of a test case. They are made before any allocation fails, and cleaned up when allocations work again. */
static struct {
    char path[TEMPFILE_PATH_SIZE], buffer[TEMPFILE_PATH_SIZE], names[9];
    tempfile_file *file;
    tempfile_directory *directory;
    tempfile_removal *removal;
    tempfile_fd descriptor;
} made;

static tempfile_options options;

static void nothing(void)
{
}

static void default_options(void)
{
    options = (tempfile_options)TEMPFILE_OPTIONS_INIT;
}

static void long_options(void)
{
    default_options();
    options.prefix = "allocations-";
    options.suffix = ".suffix";
    options.dir = getenv("TMPDIR");
}

static void missing_directory(void)
{
    default_options();
    options.dir = "/nowhere/at/all";
}

static void spooled(void)
{
    long_options();
    CHECK(tempfile_spooled_temporary_file(&options, &made.file) == 0 &&
          tempfile_file_write(made.file, "text\nand more", 13) == 13);
    CHECK(tempfile_file_seek(made.file, 0, SEEK_SET) == 0);
}

static void text(void)
{
    default_options();
    options.mode = "w+";
    options.encoding = "utf-16";
    CHECK(tempfile_spooled_temporary_file(&options, &made.file) == 0 &&
          tempfile_file_write(made.file, "text\nand more", 13) == 13);
    CHECK(tempfile_file_seek(made.file, 0, SEEK_SET) == 0);
}

static void on_disk(void)
{
    default_options();
    CHECK(tempfile_named_temporary_file(&options, &made.file) == 0 &&
          tempfile_file_write(made.file, "text\nand more", 13) == 13);
    CHECK(tempfile_file_seek(made.file, 0, SEEK_SET) == 0);
}

/* C makes it, so Go has not worked on it. */
static void directory(void)
{
    default_options();
    for (int i = 0; i < 2; i++) {
        tempfile_directory_free(made.directory);
        CHECK(tempfile_temporary_directory(&options, &made.directory) == 0);
    }
}

static void in_directory(const char *path)
{
    char below[TEMPFILE_PATH_SIZE + 8];

    snprintf(below, sizeof below, "%s/below", path);
    CHECK(mkdir(below, 0700) == 0);
    snprintf(below, sizeof below, "%s/file", path);
    CHECK(fclose(fopen(below, "w")) == 0);
}

static void full_directory(void)
{
    directory();
    in_directory(tempfile_directory_name(made.directory));
}

static void tree(void)
{
    CHECK(tempfile_mkdtemp(NULL, made.path, sizeof made.path) == 0);
    in_directory(made.path);
}

static void started_removal(void)
{
    tree();
    CHECK(tempfile_removal_start(made.path, 0, &made.removal) == 0);
}

static void path_of_file(void)
{
    tempfile_fd descriptor = tempfile_mkstemp(NULL, made.path, sizeof made.path);

    CHECK(descriptor >= 0 && close(descriptor) == 0);
}

static int64_t mkstemp_(void)
{
    return made.descriptor = tempfile_mkstemp(&options, made.path, sizeof made.path);
}
static int64_t mkdtemp_(void)
{
    return tempfile_mkdtemp(&options, made.path, sizeof made.path);
}
static int64_t mktemp_(void)
{
    return tempfile_mktemp(&options, made.buffer, sizeof made.buffer);
}
static int64_t unnamed(void)
{
    return made.descriptor = tempfile_unnamed(&options);
}
static int64_t named_file(void)
{
    return tempfile_named_temporary_file(&options, &made.file);
}
static int64_t temporary_file(void)
{
    return tempfile_temporary_file(&options, &made.file);
}
static int64_t spooled_file(void)
{
    return tempfile_spooled_temporary_file(&options, &made.file);
}
static int64_t temporary_directory(void)
{
    return tempfile_temporary_directory(&options, &made.directory);
}
static int64_t gettempdir_(void)
{
    return tempfile_gettempdir(made.buffer, sizeof made.buffer);
}
static int64_t gettempdirb(void)
{
    return tempfile_gettempdirb(made.buffer, sizeof made.buffer);
}
static int64_t settempdir(void)
{
    return tempfile_settempdir(getenv("TMPDIR"));
}
static int64_t candidates(void)
{
    return tempfile_candidates(made.buffer, sizeof made.buffer);
}
static int64_t random_names(void)
{
    return tempfile_random_names(made.names, 1);
}
static int64_t prefixes(void)
{
    return tempfile_gettempprefix() == NULL || tempfile_gettempprefixb() == NULL || tempfile_version() == NULL;
}
static int64_t texts(void)
{
    return tempfile_strerror(EACCES) == NULL || tempfile_last_error() == NULL;
}
static int64_t read_(void)
{
    return tempfile_file_read(made.file, made.buffer, 100);
}
static int64_t readline_(void)
{
    return tempfile_file_readline(made.file, made.buffer, 100);
}
static int64_t write_(void)
{
    return tempfile_file_write(made.file, made.buffer, sizeof made.buffer);
}
static int64_t seek(void)
{
    return tempfile_file_seek(made.file, 4, SEEK_SET);
}
static int64_t tell(void)
{
    return tempfile_file_tell(made.file);
}
static int64_t truncate_(void)
{
    return tempfile_file_truncate(made.file, 2);
}
static int64_t flush(void)
{
    return tempfile_file_flush(made.file);
}
static int64_t fileno_(void)
{
    return tempfile_file_fileno(made.file);
}
static int64_t detach(void)
{
    return made.descriptor = tempfile_file_detach(made.file);
}
static int64_t file_name(void)
{
    return tempfile_file_name(made.file) == NULL ? tempfile_last_error()->code : 0;
}
static int64_t rollover(void)
{
    return tempfile_file_rollover(made.file);
}
static int64_t rolled(void)
{
    return tempfile_file_rolled(made.file);
}
static int64_t file_adopt(void)
{
    return tempfile_file_adopt(made.file);
}
static int64_t file_close(void)
{
    return tempfile_file_close(made.file);
}
static int64_t file_free(void)
{
    tempfile_file_free(made.file);
    made.file = NULL;
    return 0;
}
static int64_t directory_name(void)
{
    return tempfile_directory_name(made.directory) == NULL ? tempfile_last_error()->code : 0;
}
static int64_t directory_adopt(void)
{
    return tempfile_directory_adopt(made.directory);
}
static int64_t cleanup(void)
{
    return tempfile_directory_cleanup(made.directory);
}
static int64_t directory_free(void)
{
    tempfile_directory_free(made.directory);
    made.directory = NULL;
    return 0;
}
static int64_t rmtree(void)
{
    return tempfile_rmtree(made.path, 0);
}
static int64_t removal_start(void)
{
    return tempfile_removal_start(made.path, 0, &made.removal);
}
static int64_t removal_step(void)
{
    return tempfile_removal_step(made.removal, 1, NULL);
}
static int64_t removal_free(void)
{
    tempfile_removal_free(made.removal);
    made.removal = NULL;
    return 0;
}
static int64_t register_file(void)
{
    return tempfile_register_file(made.path, &made.file);
}
static int64_t register_directory(void)
{
    return tempfile_register_directory(made.path, &made.directory);
}
static int64_t unlink_(void)
{
    return tempfile_unlink(made.path, getpid());
}
static int64_t bad_unlink(void)
{
    return tempfile_unlink("/nowhere/at/all", getpid());
}
static int64_t no_handle(void)
{
    return tempfile_file_tell((tempfile_file *)&made);
}
static int64_t on_signals(void)
{
    return tempfile_cleanup_on_signals();
}
static int64_t on_signal(void)
{
    return tempfile_cleanup_on_signal(SIGUSR1);
}
static int64_t file_keep(void)
{
    int result = tempfile_file_keep(made.file);

    if (result == 0)
        CHECK(unlink(tempfile_file_name(made.file)) == 0);
    return result;
}
static int64_t directory_keep(void)
{
    int result = tempfile_directory_keep(made.directory);

    if (result == 0)
        CHECK(rmdir(tempfile_directory_name(made.directory)) == 0);
    return result;
}

static const struct test_case {
    const char *name;
    void (*prepare)(void);
    int64_t (*call)(void);
    int expected; /* the error that it returns even with memory, or 0 */
    bool gone;    /* the function returns nothing; the object must be gone even if an allocation failed */
} test_cases[] = {
    {"mkstemp", default_options, mkstemp_, 0, false},
    {"mkstemp, options", long_options, mkstemp_, 0, false},
    {"mkstemp, nowhere", missing_directory, mkstemp_, -ENOENT, false},
    {"mkdtemp", default_options, mkdtemp_, 0, false},
    {"mktemp", default_options, mktemp_, 0, false},
    {"unnamed", default_options, unnamed, 0, false},
    {"named", default_options, named_file, 0, false},
    {"named, options", long_options, named_file, 0, false},
    {"named, nowhere", missing_directory, named_file, -ENOENT, false},
    {"temporary", default_options, temporary_file, 0, false},
    {"spooled", long_options, spooled_file, 0, false},
    {"directory", default_options, temporary_directory, 0, false},
    {"gettempdir", nothing, gettempdir_, 0, false},
    {"gettempdirb", nothing, gettempdirb, 0, false},
    {"settempdir", nothing, settempdir, 0, false},
    {"candidates", nothing, candidates, 0, false},
    {"random_names", nothing, random_names, 0, false},
    {"gettempprefix", nothing, prefixes, 0, false},
    {"strerror", nothing, texts, 0, false},
    {"read, memory", spooled, read_, 0, false},
    {"read, disk", on_disk, read_, 0, false},
    {"read, text", text, read_, 0, false},
    {"readline, memory", spooled, readline_, 0, false},
    {"readline, disk", on_disk, readline_, 0, false},
    {"readline, text", text, readline_, 0, false},
    {"write, memory", spooled, write_, 0, false},
    {"write, disk", on_disk, write_, 0, false},
    {"write, text", text, write_, 0, false},
    {"seek", spooled, seek, 0, false},
    {"tell", spooled, tell, 0, false},
    {"truncate", on_disk, truncate_, 0, false},
    {"flush", on_disk, flush, 0, false},
    {"fileno, spooled", spooled, fileno_, 0, false},
    {"fileno, disk", on_disk, fileno_, 0, false},
    {"detach, spooled", spooled, detach, 0, false},
    {"detach, disk", on_disk, detach, 0, false},
    {"file_name", on_disk, file_name, 0, false},
    {"rollover", spooled, rollover, 0, false},
    {"rollover, text", text, rollover, 0, false},
    {"rolled", spooled, rolled, 0, false},
    {"file_keep", on_disk, file_keep, 0, false},
    {"file_adopt", on_disk, file_adopt, 0, false},
    {"file_close, disk", on_disk, file_close, 0, false},
    {"file_close, memory", spooled, file_close, 0, false},
    {"file_free, disk", on_disk, file_free, 0, true},
    {"file_free, memory", spooled, file_free, 0, true},
    {"directory_name", directory, directory_name, 0, false},
    {"directory_keep", directory, directory_keep, 0, false},
    {"directory_adopt", directory, directory_adopt, 0, false},
    {"cleanup", full_directory, cleanup, 0, false},
    {"directory_free", directory, directory_free, 0, true},
    {"directory_free, full", full_directory, directory_free, 0, true},
    {"rmtree", tree, rmtree, 0, false},
    {"removal_start", tree, removal_start, 0, false},
    {"removal_step", started_removal, removal_step, 0, false},
    {"removal_free", started_removal, removal_free, 0, false},
    {"register_file", path_of_file, register_file, 0, false},
    {"register_directory", tree, register_directory, 0, false},
    {"unlink", path_of_file, unlink_, 0, false},
    {"unlink, nowhere", nothing, bad_unlink, 0, false},
    {"no handle", nothing, no_handle, -EBADF, false},
    {"cleanup_on_signals", nothing, on_signals, 0, false},
    {"cleanup_on_signal", nothing, on_signal, 0, false},
};
enum { STORIES = sizeof test_cases / sizeof *test_cases };

static int names_before;
static bool in_child; /* in a forked child, a first call without memory is -EOWNERDEAD */

static void clean_up(void)
{
    if (made.descriptor >= 0)
        CHECK(close(made.descriptor) == 0);
    tempfile_removal_free(made.removal);
    tempfile_file_free(made.file);
    tempfile_directory_free(made.directory);
    if (made.path[0] != '\0' && unlink(made.path) != 0 && errno != ENOENT)
        CHECK(tempfile_rmtree(made.path, 0) == 0);
    CHECK(tempfile_settempdir(NULL) == 0);
}

/* A new thread makes the call, so that the allocations for a thread's state fail, too. */
static const struct test_case *current;
static int64_t outcome;

static void *call(void *unused)
{
    armed_thread = pthread_self();
    armed = true;
    outcome = current->call();
    armed = false;
    return unused;
}

/* Runs a case in which allocation `number` fails, or that one and all later ones. Returns false if the call makes fewer
 * allocations. */
static bool run_case(const struct test_case *test_case, int number, bool all, bool new_thread)
{
    pthread_t thread;
    int descriptors, names;

    memset(&made, 0, sizeof made);
    made.descriptor = -1;
    names = entries_of(getenv("TMPDIR"));
    descriptors = open_descriptors();
    test_case->prepare();
    current = test_case;
    countdown = number;
    lasting = all;
    failures = 0;
    if (new_thread)
        CHECK(pthread_create(&thread, NULL, call, NULL) == 0 && pthread_join(thread, NULL) == 0);
    else
        call(NULL);
    if (outcome < 0 && outcome != -ENOMEM && outcome != test_case->expected && !in_child)
        fprintf(stderr, "%s, allocation %d: %lld\n", test_case->name, number, (long long)outcome);
    CHECK(outcome >= 0 || outcome == -ENOMEM || outcome == test_case->expected || (in_child && outcome == -EOWNERDEAD));
    CHECK(failures > 0 || test_case->expected != 0 || outcome >= 0);
    if (test_case->gone && entries_of(getenv("TMPDIR")) != names)
        fprintf(stderr, "%s, allocation %d: the name stays\n", test_case->name, number);
    CHECK(!test_case->gone || entries_of(getenv("TMPDIR")) == names);
    if (test_case->prepare == spooled && made.file != NULL && outcome == -ENOMEM) { /* the data is still there */
        CHECK(tempfile_file_seek(made.file, 0, SEEK_SET) == 0 && tempfile_file_read(made.file, made.buffer, 13) == 13);
        CHECK(memcmp(made.buffer, "text\nand more", 13) == 0);
    }
    clean_up();
    if (entries_of(getenv("TMPDIR")) != names || open_descriptors() != descriptors)
        fprintf(stderr, "%s, allocation %d: %d names for %d, %d descriptors for %d\n", test_case->name, number,
                entries_of(getenv("TMPDIR")), names, open_descriptors(), descriptors);
    CHECK(entries_of(getenv("TMPDIR")) == names && open_descriptors() == descriptors);
    return failures > 0;
}

static int points;

static void tell_all(bool new_thread)
{
    for (int i = 0; i < STORIES; i++)
        for (int all = 0; all < 2; all++) {
            int number = 0;

            while (run_case(&test_cases[i], number, all, new_thread))
                number++;
            points += number;
            CHECK(number < 100);
        }
}

/* In a forked child the first call starts Go anew, so nothing is cached. */
static void in_children(void)
{
    for (int i = 0; i < STORIES; i += 5)
        for (int number = 0; number < 4; number++) {
            int status;
            pid_t pid = fork();

            if (pid == 0) {
                in_child = true;
                run_case(&test_cases[i], number, false, false);
                _exit(0);
            }
            CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        }
}

/* The first call of the process, without memory for the library's state at load, for the probe of free memory, or for the
 * image. */
static void first_calls(void)
{
    static const char *const numbers[] = {"0", "1", "2"};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int status;
        pid_t pid = fork();

        if (pid == 0) {
            CHECK(setenv("FAILING_MAPPING", numbers[i], 1) == 0);
            execl("/proc/self/exe", "allocations", (char *)NULL);
            _exit(99);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
}

static int first_call(int number)
{
    char path[TEMPFILE_PATH_SIZE];
    int result = tempfile_mkdtemp(NULL, path, sizeof path);

    CHECK(mappings > number);
    CHECK(number == 0 ? result == 0 : result == -ENOMEM);
    if (result != 0)
        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    CHECK(tempfile_rmtree(path, 0) == 0);
    return 0;
}

int main(void)
{
    if (getenv("FAILING_MAPPING") != NULL)
        return first_call(atoi(getenv("FAILING_MAPPING")));
    dl_iterate_phdr(find_library, NULL);
    CHECK(library_end > library_start);
    names_before = entries_of(getenv("TMPDIR"));
    first_calls();
    /* the first call, including the start of Go */
    for (int number = 0; number < 6; number++) {
        int status;
        pid_t pid = fork();

        if (pid == 0) {
            in_child = true;
            run_case(&test_cases[0], number, false, false);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    tell_all(false);
    tell_all(true);
    in_children();
    CHECK(entries_of(getenv("TMPDIR")) == names_before);
    printf("%d allocations failed, ", points);
    return passed();
}
