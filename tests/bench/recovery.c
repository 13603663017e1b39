/* How much the journal costs: makes and frees objects in two processes by turns, one with recovery enabled and one without,
 * and prints the median of the ratios.
 *
 * usage: recovery DIRECTORY, on a tmpfs */
#include "tempfile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OBJECTS = 200, ROUNDS = 1500 };

static tempfile_options options = TEMPFILE_OPTIONS_INIT;

static void file_freed(void)
{
    tempfile_file *file;

    if (tempfile_named_temporary_file(&options, &file) != 0)
        _exit(1);
    tempfile_file_free(file);
}

static void file_written(void)
{
    tempfile_file *file;

    if (tempfile_named_temporary_file(&options, &file) != 0 || tempfile_file_write(file, "text", 4) != 4)
        _exit(1);
    tempfile_file_free(file);
}

static void directory_freed(void)
{
    tempfile_directory *directory;

    if (tempfile_temporary_directory(&options, &directory) != 0)
        _exit(1);
    tempfile_directory_free(directory);
}

struct worker {
    int to[2], from[2];
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Works whenever it is told to, and answers with the time that it took. */
static void work(const struct worker *worker, void (*make)(void))
{
    char turn;

    while (read(worker->to[0], &turn, 1) == 1) {
        double start = now(), took;

        for (int i = 0; i < OBJECTS; i++)
            make();
        took = (now() - start) / OBJECTS;
        if (write(worker->from[1], &took, sizeof took) != sizeof took)
            break;
    }
    _exit(0);
}

static void begin(struct worker *worker, void (*make)(void), const char *journals)
{
    if (pipe(worker->to) != 0 || pipe(worker->from) != 0)
        exit(1);
    if (fork() != 0)
        return;
    if (journals != NULL && tempfile_recovery_enable(journals) != 0) {
        fprintf(stderr, "%s\n", tempfile_last_error()->message);
        _exit(1);
    }
    close(worker->to[1]);
    work(worker, make);
}

static double turn(const struct worker *worker)
{
    double took;

    if (write(worker->to[1], "x", 1) != 1 || read(worker->from[0], &took, sizeof took) != sizeof took)
        exit(1);
    return took;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void compare_by_turns(const char *name, void (*make)(void), const char *journals)
{
    static double ratios[ROUNDS], without[ROUNDS];
    struct worker workers[2];

    begin(&workers[0], make, NULL);
    begin(&workers[1], make, journals);
    for (int i = 0; i < ROUNDS; i++) {
        double took[2];

        for (int k = 0; k < 2; k++)
            took[(i + k) & 1] = turn(&workers[(i + k) & 1]);
        ratios[i] = took[1] / took[0];
        without[i] = took[0];
    }
    qsort(ratios, ROUNDS, sizeof *ratios, compare);
    qsort(without, ROUNDS, sizeof *without, compare);
    printf("%-28s %.0f ns without a journal, %.3f of it with one\n", name, without[ROUNDS / 2], ratios[ROUNDS / 2]);
    for (int i = 0; i < 2; i++) {
        close(workers[i].to[1]);
        close(workers[i].from[0]);
    }
    while (wait(NULL) > 0)
        ;
}

int main(int count, char **arguments)
{
    char journals[4096];

    if (count != 2)
        return 2;
    options.dir = arguments[1];
    snprintf(journals, sizeof journals, "%s/journals", arguments[1]);
    compare_by_turns("file, made and freed", file_freed, journals);
    compare_by_turns("file, made, written, freed", file_written, journals);
    compare_by_turns("directory, made and freed", directory_freed, journals);
    return 0;
}
