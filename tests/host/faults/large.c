/* Builds a large tree in a folder, removes it with few descriptors, and prints the cost.
 *
 * usage: large deep|long|flat|wide FOLDER COUNT
 *
 * deep: COUNT directories, each in the one before. long: the same, with names of 200 bytes. flat: COUNT files in one
 * directory. wide: COUNT files in COUNT/100 directories. The printed line has the result and, after a tab, the kB of memory
 * that the removal took beyond the memory of the process before. */
#include "tempfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 64, FILES_EACH = 100, LONG_NAME = 200 };

static void need(int holds, const char *what)
{
    if (!holds) {
        perror(what);
        exit(2);
    }
}

static int below(int directory, const char *name)
{
    int descriptor;

    need(mkdirat(directory, name, 0700) == 0, name);
    descriptor = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    need(descriptor >= 0, name);
    return descriptor;
}

static void files(int directory, long count)
{
    char name[32];

    for (long i = 0; i < count; i++) {
        snprintf(name, sizeof name, "file-%08ld", i);
        need(mknodat(directory, name, S_IFREG | 0600, 0) == 0, name);
    }
}

static void chain(int here, const char *name, long count)
{
    for (long i = 0; i < count; i++) {
        int next = below(here, name);

        close(here);
        here = next;
    }
    close(here);
}

static void build(const char *kind, int root, long count)
{
    char name[LONG_NAME + 1];

    if (strcmp(kind, "deep") == 0) {
        chain(root, "d", count);
    } else if (strcmp(kind, "long") == 0) {
        memset(name, 'n', LONG_NAME);
        name[LONG_NAME] = '\0';
        chain(root, name, count);
    } else if (strcmp(kind, "flat") == 0) {
        files(root, count);
        close(root);
    } else {
        for (long i = 0; i < count / FILES_EACH; i++) {
            int directory;

            snprintf(name, sizeof name, "directory-%ld", i);
            directory = below(root, name);
            files(directory, FILES_EACH);
            close(directory);
        }
        close(root);
    }
}

/* Returns a figure of /proc/self/status in kB. */
static long figure(const char *name)
{
    char line[256];
    long value = -1;
    FILE *status = fopen("/proc/self/status", "r");

    need(status != NULL, "/proc/self/status");
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    fclose(status);
    return value;
}

/* Resets VmHWM, the peak of resident memory. */
static void forget_peak(void)
{
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

    need(file >= 0 && write(file, "5", 1) == 1 && close(file) == 0, "/proc/self/clear_refs");
}

int main(int count, char **arguments)
{
    struct rlimit limit = {DESCRIPTORS, DESCRIPTORS};
    char path[TEMPFILE_PATH_SIZE];
    long before;
    int result;

    need(count == 4, "the arguments");
    snprintf(path, sizeof path, "%s/tree", arguments[2]);
    need(mkdir(path, 0700) == 0, path);
    build(arguments[1], open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), atol(arguments[3]));
    tempfile_candidates(NULL, 0); /* loads the library, and lets it meet the thread */
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "the limit");
    forget_peak();
    before = figure("VmRSS:");
    result = tempfile_rmtree(path, 0);
    printf("large\t%d\t%ld\n", result, figure("VmHWM:") - before);
    if (result != 0)
        fprintf(stderr, "%s\n", tempfile_last_error()->message);
    return access(path, F_OK) == 0;
}
