/* Loads the library and uses it once. Prints the nanoseconds that loading and the first call took, and the bytes of memory
 * that became resident by each.
 *
 * usage: first_use LIBRARY
 */
#include "tempfile.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* statm counts in batches for each processor; smaps_rollup walks the pages. */
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

int main(int argc, char *argv[])
{
    int64_t before, loaded_memory, used_memory, start, loaded, used;
    int (*create)(const tempfile_options *, char *, size_t);
    char path[TEMPFILE_PATH_SIZE];
    int descriptor;
    void *library;

    if (argc != 2)
        return 2;
    resident(); /* what reading it takes must be resident already */
    before = resident();
    start = now();
    library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    loaded = now();
    if (library == NULL) {
        fprintf(stderr, "first_use: %s\n", dlerror());
        return 1;
    }
    loaded_memory = resident();
    *(void **)&create = dlsym(library, "tempfile_mkstemp");
    used = now();
    descriptor = create(NULL, path, sizeof path);
    used = now() - used;
    used_memory = resident();
    if (descriptor < 0 || close(descriptor) != 0 || unlink(path) != 0) {
        fprintf(stderr, "first_use: the first call failed\n");
        return 1;
    }
    printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", loaded - start, used, loaded_memory - before,
           used_memory - loaded_memory);
    return 0;
}
