/* The jobs in C, done by the library. */
#include "worker.h"
#include "tempfile.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void mkstemp_in(const tempfile_options *options)
{
    char path[TEMPFILE_PATH_SIZE];
    int descriptor = tempfile_mkstemp(options, path, sizeof path);

    MUST(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0);
}

static void our_mkstemp(void)
{
    mkstemp_in(NULL);
}

/* Works below the worker's directory: in one with the files that theirs.c made (see crowd), or in an empty one. */
static void mkstemp_below(char below[PATH_ROOM], const char *name)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    if (below[0] == '\0') {
        join(below, name);
        MUST(mkdir(below, 0700) == 0 || errno == EEXIST);
    }
    options.dir = below;
    mkstemp_in(&options);
}

static void our_crowded_mkstemp(void)
{
    static char below[PATH_ROOM];

    mkstemp_below(below, "crowd");
}

static void our_lonely_mkstemp(void)
{
    static char below[PATH_ROOM];

    mkstemp_below(below, "empty");
}

static void our_mkdtemp(void)
{
    char path[TEMPFILE_PATH_SIZE];

    MUST(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && rmdir(path) == 0);
}

static void our_named(void)
{
    tempfile_file *file;

    MUST(tempfile_named_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
}

static void unnamed(const tempfile_options *options)
{
    tempfile_file *file;

    MUST(tempfile_temporary_file(options, &file) == 0);
    tempfile_file_free(file);
}

static void our_unnamed(void)
{
    unnamed(NULL);
}

/* The directory in which the C library's tmpfile creates files; it ignores TMPDIR. */
static void our_unnamed_in_tmp(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    options.dir = P_tmpdir;
    unnamed(&options);
}

static void our_directory(void)
{
    tempfile_directory *made;

    MUST(tempfile_temporary_directory(NULL, &made) == 0);
    tempfile_directory_free(made);
}

static void our_spooled(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    tempfile_file *file;

    MUST(tempfile_spooled_temporary_file(NULL, &file) == 0);
    for (int i = 0; i < SPOOL_WRITES; i++)
        MUST(tempfile_file_write(file, data, sizeof data) == (int64_t)sizeof data);
    MUST(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    MUST(tempfile_file_read(file, back, sizeof back) == (int64_t)sizeof back);
    tempfile_file_free(file);
}

/* A spooled file that rolls over half-way. */
static void our_rolled(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.max_size = SPOOL_SIZE / 2;
    MUST(tempfile_spooled_temporary_file(&options, &file) == 0);
    for (int i = 0; i < SPOOL_WRITES; i++)
        MUST(tempfile_file_write(file, data, sizeof data) == (int64_t)sizeof data);
    MUST(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    MUST(tempfile_file_read(file, back, sizeof back) == (int64_t)sizeof back);
    tempfile_file_free(file);
}

static void our_share(int number)
{
    (void)number;
    for (int i = 0; i < THREAD_ROUNDS; i++)
        our_mkstemp();
}

static void our_threads(void)
{
    in_threads(our_share);
}

static void our_rmtree(void)
{
    MUST(tempfile_rmtree(tree_path(), 0) == 0);
}

static void replace(size_t size, uint32_t flags)
{
    MUST(tempfile_replace(replaced_path(), content_of(size), size, flags) == 0);
}

static void our_replace_small(void)
{
    replace(SMALL_FILE, 0);
}

static void our_replace_large(void)
{
    replace(LARGE_FILE, 0);
}

static void our_replace_small_synced(void)
{
    replace(SMALL_FILE, TEMPFILE_SYNC);
}

static void our_replace_large_synced(void)
{
    replace(LARGE_FILE, TEMPFILE_SYNC);
}

const struct contestant ours[] = {
    {"our_mkstemp", our_mkstemp, NULL},
    {"our_crowded_mkstemp", our_crowded_mkstemp, NULL},
    {"our_lonely_mkstemp", our_lonely_mkstemp, NULL},
    {"our_mkdtemp", our_mkdtemp, NULL},
    {"our_named", our_named, NULL},
    {"our_unnamed", our_unnamed, NULL},
    {"our_unnamed_in_tmp", our_unnamed_in_tmp, NULL},
    {"our_directory", our_directory, NULL},
    {"our_spooled", our_spooled, NULL},
    {"our_rolled", our_rolled, NULL},
    {"our_threads", our_threads, NULL},
    {"our_rmtree", our_rmtree, plant_tree},
    {"our_replace_small", our_replace_small, NULL},
    {"our_replace_large", our_replace_large, NULL},
    {"our_replace_small_synced", our_replace_small_synced, NULL},
    {"our_replace_large_synced", our_replace_large_synced, NULL},
    {NULL, NULL, NULL},
};
