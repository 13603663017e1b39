/*
 * The demo: a folder of real files, Go's own sources, goes through every kind of temporary file, and nothing is left.
 *
 * usage: demo FOLDER [ENTRY]
 *
 * ENTRY is a folder in FOLDER that is left out.
 *
 * Exits with 0 if everything held, else with 1 after a line on stderr that says what did not.
 */
#include "checksum.h"
#include "say.h"
#include "tar.h"
#include "tempfile.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, SPOOL = 32 << 20 };

static char source[PATH_MAX];        /* the folder that is archived, its links resolved */
static const char *without;          /* an entry of it that is left out, or NULL */
static tempfile_directory *tmpdir;   /* the demo's TMPDIR: all else lives in it */
static tempfile_file *spooled;       /* the archive as it came through the pipe */
static tempfile_file *named;         /* a copy of it that tar can open */
static tempfile_directory *unpacked; /* what tar made of that copy */
static tempfile_file *manifest;      /* "checksum size path" of every file, in memory until the end */
static uint64_t archive_size, archive_sum, files;

static volatile sig_atomic_t interrupted;

/* An interrupted demo ends by exit() and not by the signal, so that the library can clean up. */
static void on_interrupt(int number)
{
    interrupted = number;
}

static void stop_if_interrupted(void)
{
    if (interrupted)
        die("interrupted by signal %d; what was made is cleaned up", (int)interrupted);
}

static void check(int holds, const char *claim)
{
    if (!holds)
        die("this does not hold: %s", claim);
}

static unsigned mode_of(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        die("cannot look at %s: %s", path, strerror(errno));
    return status.st_mode & 07777;
}

static int exists(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 || errno != ENOENT;
}

/* Counts what the demo's TMPDIR holds, hidden files too. */
static int entries_left(void)
{
    DIR *open = opendir(tempfile_directory_name(tmpdir));
    int count = -2; /* "." and ".." */

    if (open == NULL)
        die("cannot list TMPDIR: %s", strerror(errno));
    while (readdir(open) != NULL)
        count++;
    closedir(open);
    return count;
}

static void make_tmpdir(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    options.prefix = "demo-";
    need(tempfile_temporary_directory(&options, &tmpdir));
    setenv("TMPDIR", tempfile_directory_name(tmpdir), 1);
    say("source", "%s%s%s", source, without != NULL ? " without " : "", without != NULL ? without : "");
    say("TMPDIR", "%s, empty", tempfile_directory_name(tmpdir));
}

/* Fills the buffer from a pipe; less than size only at its end. */
static size_t read_pipe(int from, unsigned char *buffer, size_t size)
{
    size_t have = 0;
    ssize_t n;

    while (have < size && (n = read(from, buffer + have, size - have)) != 0) {
        stop_if_interrupted();
        if (n > 0)
            have += (size_t)n;
        else if (errno != EINTR)
            die("cannot read from tar: %s", strerror(errno));
    }
    return have;
}

/* Writes the archive to the spooled file as it comes, and shows the moment at which that rolls over. */
static void fill_spooled(int from)
{
    static unsigned char buffer[CHUNK];
    int rolled = 0;
    size_t n;

    archive_sum = CHECKSUM_START;
    while ((n = read_pipe(from, buffer, sizeof buffer)) > 0) {
        int before = (int)need(tempfile_file_rolled(spooled));

        need(tempfile_file_write(spooled, buffer, n));
        archive_sum = checksum(archive_sum, buffer, n);
        archive_size += n;
        rolled = (int)need(tempfile_file_rolled(spooled));
        if (rolled != before) {
            say("before", "%15s bytes in memory   rolled %d", grouped(archive_size - n), before);
            say("after", "%15s bytes on disk     rolled %d", grouped(archive_size), rolled);
        }
        check(rolled == (archive_size > SPOOL), "it rolls over at the write that goes past max_size, not before");
    }
    check(rolled, "the archive is large enough for a roll-over");
}

static void step_spooled(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char folder[PATH_MAX], excluded[2 * PATH_MAX], *entry;
    struct stat status;
    int from;
    pid_t tar;

    say_step("SpooledTemporaryFile", "what tar -cf - sends through a pipe");
    options.max_size = SPOOL;
    need(tempfile_spooled_temporary_file(&options, &spooled));
    say("max_size", "%15s bytes", grouped(SPOOL));
    strcpy(folder, source);
    entry = strrchr(folder, '/');
    *entry++ = '\0';
    snprintf(excluded, sizeof excluded, "%s/%s", entry, without != NULL ? without : "");
    tar = tar_create(folder[0] ? folder : "/", entry, without != NULL ? excluded : NULL, &from);
    fill_spooled(from);
    close(from);
    wait_for(tar, "tar -cf");

    check(fstat((int)need(tempfile_file_fileno(spooled)), &status) == 0, "its descriptor is open");
    check((uint64_t)status.st_size == archive_size, "all that was written is on disk");
    check(status.st_nlink == 0 && tempfile_file_name(spooled) == NULL, "a spooled file has no name");
    say("size", "%15s bytes, no name", grouped(archive_size));
}

/* Reads a file from its start. copy, unless it is NULL, receives all of it. Gives the checksum. */
static uint64_t read_all(tempfile_file *file, tempfile_file *copy)
{
    static unsigned char buffer[CHUNK];
    uint64_t sum = CHECKSUM_START;
    int64_t n;

    need(tempfile_file_seek(file, 0, SEEK_SET));
    while ((n = need(tempfile_file_read(file, buffer, sizeof buffer))) > 0) {
        stop_if_interrupted();
        sum = checksum(sum, buffer, (size_t)n);
        if (copy != NULL)
            need(tempfile_file_write(copy, buffer, (size_t)n));
    }
    return sum;
}

static void step_named(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    say_step("NamedTemporaryFile", "a copy of the archive, which tar can open");
    options.prefix = "archive-";
    options.suffix = ".tar";
    need(tempfile_named_temporary_file(&options, &named));
    check(read_all(spooled, named) == archive_sum, "the spooled file gives back what was written");
    check((uint64_t)need(tempfile_file_tell(named)) == archive_size, "the copy is as long as the archive");
    check(mode_of(tempfile_file_name(named)) == 0600, "only the user may read a NamedTemporaryFile");
    say("path", "%s", tempfile_file_name(named));
    say("mode", "%04o", mode_of(tempfile_file_name(named)));
    say("size", "%s bytes", grouped((uint64_t)need(tempfile_file_tell(named))));
}

/* Goes through both trees side by side; the manifest receives a line for each file. */
static uint64_t compare_trees(const char *copy)
{
    struct tree *here = tree_open(source, without), *there = tree_open(copy, NULL);
    struct tree_entry original, unpacked_one;
    uint64_t bytes = 0;

    for (;;) {
        int more = tree_next(here, &original), too = tree_next(there, &unpacked_one);
        char line[PATH_MAX + 64];

        stop_if_interrupted();
        if (more != too)
            die("%s is in one tree only", more ? original.path : unpacked_one.path);
        if (!more)
            break;
        if (strcmp(original.path, unpacked_one.path) != 0)
            die("%s is in one tree where %s is in the other", original.path, unpacked_one.path);
        if (original.size != unpacked_one.size || original.checksum != unpacked_one.checksum)
            die("%s differs from its original", unpacked_one.path);
        need(tempfile_file_write(manifest, line,
                                 (size_t)snprintf(line, sizeof line, "%016llx %llu %s\n",
                                                  (unsigned long long)original.checksum, (unsigned long long)original.size,
                                                  original.path)));
        files++;
        bytes += original.size;
    }
    tree_close(here);
    tree_close(there);
    return bytes;
}

/* Where tar has put the copy of the source. */
static const char *unpacked_root(void)
{
    static char root[2 * PATH_MAX];

    snprintf(root, sizeof root, "%s%s", tempfile_directory_name(unpacked), strrchr(source, '/'));
    return root;
}

static void step_directory(void)
{
    uint64_t bytes;

    say_step("TemporaryDirectory", "what tar -xf unpacks from that copy");
    need(tempfile_temporary_directory(NULL, &unpacked));
    say("path", "%s", tempfile_directory_name(unpacked));
    tar_extract(tempfile_file_name(named), tempfile_directory_name(unpacked));
    check(mode_of(tempfile_directory_name(unpacked)) == 0700, "only the user may enter a TemporaryDirectory");
    say("mode", "%04o", mode_of(tempfile_directory_name(unpacked)));
    need(tempfile_spooled_temporary_file(NULL, &manifest));
    bytes = compare_trees(unpacked_root());
    check(files > 0, "there are files to compare");
    say("files", "%s, %s bytes", grouped(files), grouped(bytes));
    say("compared", "%s checksums with the originals, 0 differ", grouped(files));
}

/* Checks every unpacked file against the manifest, which the parent wrote and never put on disk. */
static uint64_t check_manifest(void)
{
    static char line[PATH_MAX + 64], path[3 * PATH_MAX];
    uint64_t count = 0, size, sum;
    unsigned long long want_size, want_sum;
    int64_t length;
    int at;

    check(need(tempfile_file_rolled(manifest)) == 0, "the manifest is in memory");
    need(tempfile_file_seek(manifest, 0, SEEK_SET));
    while ((length = need(tempfile_file_readline(manifest, line, sizeof line))) > 0) {
        stop_if_interrupted();
        line[length - 1] = '\0';
        check(sscanf(line, "%llx %llu %n", &want_sum, &want_size, &at) == 2, "the manifest is as the parent wrote it");
        snprintf(path, sizeof path, "%s/%s", unpacked_root(), line + at);
        tree_file(path, &size, &sum);
        if (size != want_size || sum != want_sum)
            die("in the child, %s is not what the manifest says", path);
        count++;
    }
    return count;
}

/* The child uses all that its parent made, and a file of its own, and exits without closing any of it. */
static _Noreturn void child(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *own;

    check(check_manifest() == files, "the child finds in memory what its parent wrote there");
    say("memory", "%s lines written before the fork: every file agrees", grouped(files));
    check(read_all(spooled, NULL) == archive_sum, "the child reads the spooled file");
    say("spooled", "%s bytes read, same checksum", grouped(archive_size));
    check(read_all(named, NULL) == archive_sum, "the child reads the named file");
    say("named", "%s bytes read, same checksum", grouped(archive_size));
    options.prefix = "child-";
    need(tempfile_named_temporary_file(&options, &own));
    need(tempfile_file_write(own, "the child was here\n", 19));
    check(entries_left() == 3, "TMPDIR holds the parent's two and the child's one");
    say("own file", "%s", tempfile_file_name(own));
    exit(0);
}

static void step_fork(void)
{
    pid_t process;

    say_step("fork", "a child goes on with all of them, and exits with all open");
    process = fork();
    if (process < 0)
        die("cannot fork: %s", strerror(errno));
    if (process == 0)
        child();
    wait_for(process, "the child");
    check(entries_left() == 2, "the child's own file went with it, and nothing else did");
    check(exists(tempfile_file_name(named)) && exists(unpacked_root()), "the parent's files outlive the child");
    check(read_all(named, NULL) == archive_sum, "the parent goes on reading");
    say("parent", "the child's file is gone, its own are all there");
}

static void step_clean_up(void)
{
    char path[PATH_MAX];

    say_step("clean up", "in the parent, which made it all");
    need(tempfile_file_close(manifest));
    tempfile_file_free(manifest);
    need(tempfile_file_close(spooled));
    tempfile_file_free(spooled);
    say("spooled", "closed");

    strcpy(path, tempfile_file_name(named));
    need(tempfile_file_close(named));
    tempfile_file_free(named);
    check(!exists(path), "a closed NamedTemporaryFile is gone");
    say("named", "closed, the name is gone");

    strcpy(path, tempfile_directory_name(unpacked));
    need(tempfile_directory_cleanup(unpacked));
    tempfile_directory_free(unpacked);
    check(!exists(path), "a TemporaryDirectory is gone after its cleanup");
    say("directory", "removed with its %s files", grouped(files));

    strcpy(path, tempfile_directory_name(tmpdir));
    check(entries_left() == 0, "nothing is left in TMPDIR");
    say("TMPDIR", "%d entries left", entries_left());
    need(tempfile_directory_cleanup(tmpdir));
    tempfile_directory_free(tmpdir);
    check(!exists(path), "the demo's TMPDIR is gone too");
}

int main(int argc, char *argv[])
{
    struct sigaction interrupt = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART | SA_ONSTACK};
    struct timespec from, to;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: %s FOLDER [ENTRY]\n", argv[0]);
        return 1;
    }
    if (realpath(argv[1], source) == NULL)
        die("cannot find %s: %s", argv[1], strerror(errno));
    check(source[1] != '\0', "the folder is not the root directory");
    without = argc == 3 ? argv[2] : NULL;
    clock_gettime(CLOCK_MONOTONIC, &from);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &interrupt, NULL);

    printf("libtempfile %s\n\n", tempfile_version());
    make_tmpdir();
    step_spooled();
    step_named();
    step_directory();
    step_fork();
    step_clean_up();
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("\nok: %s files there and back, nothing left, %.1f s\n", grouped(files),
           (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    return 0;
}
