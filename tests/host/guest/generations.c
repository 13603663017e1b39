/* A chain of 1,500 generations. Each is forked by the one before it, which then ends. Each makes, uses and frees a file, and
 * reads the bytes that the first one spooled. The cost of a generation must not grow. GENERATIONS is another number of
 * them. */
#include "process.h"

enum { LAST = 1500, REPORTS = 6, MORE_PER_CENT = 10, MORE_KB = 100 << 10 };

struct report {
    int generation;
    long addresses_kb, resident_kb, mappings;
};

static tempfile_file *spooled;
static tempfile_directory *directory;
static int ends[2];

static long count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    long lines = 0;

    CHECK(maps != NULL);
    for (int byte; (byte = getc(maps)) != EOF;)
        lines += byte == '\n';
    fclose(maps);
    return lines;
}

static void use(void)
{
    tempfile_file *file;
    char text[8];

    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(spooled, text, sizeof text) == 7 && memcmp(text, "spooled", 7) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "own", 3) == 3 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 3 && memcmp(text, "own", 3) == 0);
    tempfile_file_free(file);
}

static void report(int generation)
{
    struct report seen = {generation, status_kb("VmSize"), status_kb("VmRSS"), count_mappings()};

    CHECK(write(ends[1], &seen, sizeof seen) == sizeof seen);
}

/* Runs all generations in turn: the loop goes on in the child. */
static void chain(int last)
{
    for (int generation = 1;; generation++) {
        pid_t pid = fork();

        CHECK(pid >= 0);
        if (pid > 0)
            return;
        alarm(120);
        use();
        if (generation == 1 || generation == last || generation % (last / REPORTS) == 0)
            report(generation);
        if (generation == last)
            _exit(0);
    }
}

int main(void)
{
    const char *wanted = getenv("GENERATIONS");
    struct report first = {0, 0, 0, 0}, now = {0, 0, 0, 0};
    int last = wanted != NULL ? atoi(wanted) : LAST;
    pid_t self = getpid();

    CHECK(last >= REPORTS && pipe(ends) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    chain(last);
    if (getpid() != self)
        _exit(0);
    close(ends[1]);
    while (read(ends[0], &now, sizeof now) == sizeof now) {
        if (now.generation == 1)
            first = now;
        printf("%d: %ld MB of addresses, %ld KB, %ld mappings; ", now.generation, now.addresses_kb >> 10, now.resident_kb,
               now.mappings);
    }
    CHECK(first.generation == 1 && now.generation == last);
    CHECK(now.addresses_kb <= first.addresses_kb + first.addresses_kb * MORE_PER_CENT / 100 + MORE_KB);
    CHECK(now.resident_kb <= first.resident_kb + first.resident_kb * MORE_PER_CENT / 100 + MORE_KB);
    CHECK(access(tempfile_directory_name(directory), F_OK) == 0);
    tempfile_directory_free(directory);
    return passed();
}
