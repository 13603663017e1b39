/* A forked child has no memory for Go. Each call that needs Go returns the error at once, and creates nothing. The functions
 * that C answers still work: inherited objects have their names, descriptors and memory, and freeing one deletes nothing.
 * When there is memory again, the next call works. */
#include "process.h"
#include <errno.h>
#include <fcntl.h>

enum { SPARE_KB = 300 << 10 };

static tempfile_file *file, *spooled;
static tempfile_directory *directory;
static int descriptor;

static void child(void)
{
    struct rlimit before = limit_addresses(SPARE_KB);
    int here = entries_of(getenv("TMPDIR"));
    char path[TEMPFILE_PATH_SIZE], text[4];
    tempfile_directory *other_directory;
    tempfile_file *other;

    for (int i = 0; i < 3; i++) {
        CHECK(tempfile_mkstemp(NULL, path, sizeof path) == -EOWNERDEAD);
        CHECK(tempfile_last_error()->code == -EOWNERDEAD && strcmp(tempfile_last_error()->operation, "fork") == 0);
        CHECK(strstr(tempfile_last_error()->message, "address space") != NULL);
        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == -EOWNERDEAD && tempfile_unnamed(NULL) == -EOWNERDEAD);
        CHECK(tempfile_named_temporary_file(NULL, &other) == -EOWNERDEAD);
        CHECK(tempfile_spooled_temporary_file(NULL, &other) == -EOWNERDEAD);
        CHECK(tempfile_temporary_directory(NULL, &other_directory) == -EOWNERDEAD);
        CHECK(tempfile_file_truncate(file, 0) == -EOWNERDEAD && tempfile_file_close(file) == -EOWNERDEAD);
        CHECK(tempfile_directory_cleanup(directory) == -EOWNERDEAD);
        CHECK(tempfile_rmtree(tempfile_directory_name(directory), 0) == -EOWNERDEAD);
        CHECK(tempfile_gettempdir(path, sizeof path) == -EOWNERDEAD);
    }
    CHECK(entries_of(getenv("TMPDIR")) == here && threads_now() == 1);
    CHECK(tempfile_file_fileno(file) == descriptor && tempfile_file_write(file, "x", 1) == 1);
    CHECK(tempfile_file_read(spooled, text, sizeof text) == 4 && memcmp(text, "in m", 4) == 0);
    strcpy(path, tempfile_file_name(file));
    tempfile_file_free(file);
    CHECK(fcntl(descriptor, F_GETFD) == -1 && access(path, F_OK) == 0);
    CHECK(tempfile_file_name(file) == NULL && tempfile_last_error()->code == -EBADF);
    tempfile_directory_free(directory);
    CHECK(threads_now() == 1);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &other) == 0 && tempfile_file_write(other, "x", 1) == 1);
    CHECK(tempfile_file_read(spooled, text, 3) == 3 && memcmp(text, "emo", 3) == 0);
    tempfile_file_free(other);
    tempfile_file_free(spooled);
}

int main(void)
{
    pid_t pid;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "in memory", 9) == 9 && tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    descriptor = tempfile_file_fileno(file);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        child();
        exit(0);
    }
    ends_well(pid);
    CHECK(access(tempfile_file_name(file), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
    return passed();
}
