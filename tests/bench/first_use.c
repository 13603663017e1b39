/* Measures the load and the first use of the library. Prints nanoseconds for: loading an empty library, loading this one,
 * the first call, the first call in a forked child, and an empty call into Go. Then prints the bytes of memory that became
 * resident by the load and by the first call.
 *
 * usage: first_use LIBRARY EMPTY-LIBRARY */
#include "tempfile.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 200000 };

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* smaps_rollup walks the pages; statm is inexact, because it counts in batches for each processor. */
static int64_t resident(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "re");
    char line[256];
    int64_t kilobytes = -1;

    while (file != NULL && kilobytes < 0 && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Rss: %" SCNd64, &kilobytes) != 1)
            kilobytes = -1;
    if (kilobytes < 0) {
        fprintf(stderr, "first_use: /proc/self/smaps_rollup cannot be read\n");
        exit(1);
    }
    fclose(file);
    return kilobytes * 1024;
}

static void *load(const char *path, int64_t *out_time)
{
    int64_t start = now();
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    *out_time = now() - start;
    if (library == NULL) {
        fprintf(stderr, "first_use: %s\n", dlerror());
        exit(1);
    }
    return library;
}

/* Makes a file and removes it. Returns the time of the creation. */
static int64_t create(int (*mkstemp)(const tempfile_options *, char *, size_t))
{
    char path[TEMPFILE_PATH_SIZE];
    int64_t start = now(), took;
    int descriptor = mkstemp(NULL, path, sizeof path);

    took = now() - start;
    if (descriptor < 0 || close(descriptor) != 0 || unlink(path) != 0) {
        fprintf(stderr, "first_use: a call failed\n");
        exit(1);
    }
    return took;
}

/* Returns the time of the first call in a forked child. */
static int64_t create_in_child(int (*mkstemp)(const tempfile_options *, char *, size_t))
{
    int64_t took = -1;
    int ends[2], status;
    pid_t pid;

    if (pipe(ends) != 0 || (pid = fork()) < 0)
        exit(1);
    if (pid == 0) {
        took = create(mkstemp);
        _exit(write(ends[1], &took, sizeof took) != sizeof took);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0 || read(ends[0], &took, sizeof took) != sizeof took) {
        fprintf(stderr, "first_use: the child failed\n");
        exit(1);
    }
    return took;
}

static int64_t enter_go(int (*random_names)(char *, size_t))
{
    int64_t start = now();

    for (int i = 0; i < CALLS; i++)
        random_names(NULL, 0);
    return (now() - start) / CALLS;
}

int main(int argc, char *argv[])
{
    int64_t empty, loaded, used, in_child, before, loaded_memory, used_memory;
    int (*mkstemp)(const tempfile_options *, char *, size_t);
    int (*random_names)(char *, size_t);
    void *library;

    if (argc != 3)
        return 2;
    load(argv[2], &empty);
    resident(); /* the memory that this function needs must be resident before */
    before = resident();
    library = load(argv[1], &loaded);
    loaded_memory = resident();
    *(void **)&mkstemp = dlsym(library, "tempfile_mkstemp");
    *(void **)&random_names = dlsym(library, "tempfile_random_names");
    used = create(mkstemp);
    used_memory = resident();
    in_child = create_in_child(mkstemp);
    printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", empty, loaded, used,
           in_child, enter_go(random_names), loaded_memory - before, used_memory - loaded_memory);
    return 0;
}
