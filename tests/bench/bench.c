/*
 * What the library costs beside the system calls that it needs: each pair is timed in one run, turn by turn, so that
 * both sides meet the same machine. Medians, in microseconds.
 *
 * usage: bench [ROUNDS]
 */
#include "tempfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { SPOOLED_BYTES = 4096 };

static char directory[TEMPFILE_PATH_SIZE];
static char data[SPOOLED_BYTES];

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench: %s: %s\n", what, tempfile_last_error()->message);
        exit(1);
    }
}

/* The floor of mkstemp: what the C library needs for it. */
static void libc_mkostemp(void)
{
    char path[TEMPFILE_PATH_SIZE + 16];
    int descriptor;

    snprintf(path, sizeof path, "%s/tmpXXXXXX", directory);
    descriptor = mkostemp(path, O_CLOEXEC);
    must(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0, "mkostemp");
}

static void our_mkstemp(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int descriptor = tempfile_mkstemp(NULL, path, sizeof path);

    must(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0, "mkstemp");
}

/* The floor of a NamedTemporaryFile: its three system calls, with a name that costs nothing. */
static void three_calls(void)
{
    char path[TEMPFILE_PATH_SIZE + 16];
    int descriptor;

    snprintf(path, sizeof path, "%s/tmp00000000", directory);
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    must(descriptor >= 0 && unlink(path) == 0 && close(descriptor) == 0, "open");
}

static void our_named(void)
{
    tempfile_file *file;

    must(tempfile_named_temporary_file(NULL, &file) == 0, "named_temporary_file");
    tempfile_file_free(file);
}

/* What a spooled file saves: the same round on a file without a name. */
static void unnamed_calls(void)
{
    char back[SPOOLED_BYTES];
    int descriptor = open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    must(descriptor >= 0 && write(descriptor, data, sizeof data) == (ssize_t)sizeof data &&
             lseek(descriptor, 0, SEEK_SET) == 0 && read(descriptor, back, sizeof back) == (ssize_t)sizeof back &&
             close(descriptor) == 0,
         "O_TMPFILE");
}

static void our_spooled(void)
{
    char back[SPOOLED_BYTES];
    tempfile_file *file;

    must(tempfile_spooled_temporary_file(NULL, &file) == 0 &&
             tempfile_file_write(file, data, sizeof data) == (int64_t)sizeof data &&
             tempfile_file_seek(file, 0, SEEK_SET) == 0 &&
             tempfile_file_read(file, back, sizeof back) == (int64_t)sizeof back,
         "spooled_temporary_file");
    tempfile_file_free(file);
}

static double microseconds(void (*work)(void))
{
    struct timespec from, to;

    clock_gettime(CLOCK_MONOTONIC, &from);
    work();
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
}

static int ascending(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, ascending);
    return times[count / 2];
}

static void pair(const char *floor_name, void (*floor)(void), const char *name, void (*work)(void), size_t rounds)
{
    double *below = malloc(rounds * sizeof *below), *ours = malloc(rounds * sizeof *ours);
    double low, high;

    must(below != NULL && ours != NULL, "memory");
    for (size_t i = 0; i < rounds; i++) {
        if (i % 2) { /* each is the first half of the time: the second finds the caches warm */
            below[i] = microseconds(floor);
            ours[i] = microseconds(work);
        } else {
            ours[i] = microseconds(work);
            below[i] = microseconds(floor);
        }
    }
    low = median(below, rounds);
    high = median(ours, rounds);
    printf("%-28s %8.2f   %-28s %8.2f   ratio %.2f\n", floor_name, low, name, high, high / low);
    free(below);
    free(ours);
}

int main(int argc, char *argv[])
{
    long rounds = argc > 1 ? atol(argv[1]) : 20000;

    if (rounds < 1 || rounds > 10000000) {
        fprintf(stderr, "usage: %s [ROUNDS]\n", argv[0]);
        return 1;
    }
    must(tempfile_gettempdir(directory, sizeof directory) == 0, "gettempdir");
    printf("medians of %ld rounds in %s, in microseconds\n", rounds, directory);
    pair("mkostemp", libc_mkostemp, "tempfile_mkstemp", our_mkstemp, (size_t)rounds);
    pair("open, unlink, close", three_calls, "NamedTemporaryFile", our_named, (size_t)rounds);
    pair("O_TMPFILE, 4096 bytes", unnamed_calls, "SpooledTemporaryFile, same", our_spooled, (size_t)rounds);
    return 0;
}
