/* A creation does not enter Go if the thread has created with the same options before: then it allocates nothing in Go. The
 * control is a relative directory, which a chdir would change: there a creation enters Go. */
#include "check.h"
#include "hooks.h"
#include <sys/stat.h>

enum { ROUNDS = 1000 };

static void mkstemp_round(const tempfile_options *options)
{
    char path[TEMPFILE_PATH_SIZE];
    int descriptor = tempfile_mkstemp(options, path, sizeof path);

    CHECK(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0);
}

static void mkdtemp_round(const tempfile_options *options)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_mkdtemp(options, path, sizeof path) == 0 && rmdir(path) == 0);
}

static void named_round(const tempfile_options *options)
{
    tempfile_file *file;

    CHECK(tempfile_named_temporary_file(options, &file) == 0);
    tempfile_file_free(file);
}

static void unnamed_round(const tempfile_options *options)
{
    tempfile_file *file;

    CHECK(tempfile_temporary_file(options, &file) == 0);
    tempfile_file_free(file);
}

static void mktemp_round(const tempfile_options *options)
{
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_mktemp(options, path, sizeof path) == 0);
}

static void bare_round(const tempfile_options *options)
{
    CHECK(close(tempfile_unnamed(options)) == 0);
}

static void spooled_round(const tempfile_options *options)
{
    tempfile_file *file;

    CHECK(tempfile_spooled_temporary_file(options, &file) == 0);
    tempfile_file_free(file);
}

static void descriptor_round(const tempfile_options *options)
{
    tempfile_file *file;

    CHECK(tempfile_temporary_file(options, &file) == 0 && tempfile_file_fileno(file) >= 0 &&
          close(tempfile_file_detach(file)) == 0);
    tempfile_file_free(file);
}

static void directory_round(const tempfile_options *options)
{
    tempfile_directory *directory;

    CHECK(tempfile_temporary_directory(options, &directory) == 0);
    tempfile_directory_free(directory);
}

static int64_t allocations(void (*round)(const tempfile_options *), const tempfile_options *options)
{
    int64_t before;

    round(options);
    before = tempfile_test_allocations();
    for (int i = 0; i < ROUNDS; i++)
        round(options);
    return tempfile_test_allocations() - before;
}

int main(void)
{
    static void (*const rounds[])(const tempfile_options *) = {mkstemp_round, mkdtemp_round,    mktemp_round,
                                                               bare_round,    named_round,      unnamed_round,
                                                               spooled_round, descriptor_round, directory_round};
    tempfile_options parts = TEMPFILE_OPTIONS_INIT, given = parts, relative = parts, never = parts;

    parts.prefix = "prefix-";
    parts.suffix = ".suffix";
    given.dir = getenv("TMPDIR");
    given.name = "name";
    relative.dir = "";
    never.flags = TEMPFILE_NO_O_TMPFILE;
    CHECK(chdir(getenv("TMPDIR")) == 0);
    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
        CHECK(allocations(rounds[i], NULL) < ROUNDS / 100);
        CHECK(allocations(rounds[i], &parts) < ROUNDS / 100);
        CHECK(allocations(rounds[i], &given) < ROUNDS / 100);
        CHECK(allocations(rounds[i], &never) < ROUNDS / 100);
        CHECK(allocations(rounds[i], &relative) >= ROUNDS);
    }
    return passed();
}
