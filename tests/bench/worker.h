/* A worker runs jobs on request, and its caller measures the time, the system calls, the instructions or the memory. A
 * contestant is one way to do a job. Workers in C, Python, Go and Rust have the same protocol: they read a line "CONTESTANT
 * COUNT", run that many rounds, and print a line with the nanoseconds. */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct contestant {
    const char *name;
    void (*round)(void);   /* the part that is measured */
    void (*prepare)(void); /* runs before every round, and is not measured; may be NULL */
};

/* The tables end with a contestant without a name. A worker without the library has no contestants of ours. */
extern const struct contestant theirs[], theirs_io[];
extern const struct contestant ours[] __attribute__((weak)), ours_io[] __attribute__((weak));

/* A directory of the worker's own, in TMPDIR. */
extern const char *directory;

enum { PATH_ROOM = 512 };

/* Ends the worker if a call failed: a call that fails is fast, and would be measured as success. */
#define MUST(holds)                                                     \
    do {                                                                \
        if (!(holds)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
            exit(1);                                                    \
        }                                                               \
    } while (0)

/* Makes DIRECTORY/NAME without printf, which would cost several percent of a system call. */
static inline void join(char path[PATH_ROOM], const char *name)
{
    size_t length = strlen(directory), rest = strlen(name) + 1;

    MUST(length + 1 + rest <= PATH_ROOM);
    memcpy(path, directory, length);
    path[length] = '/';
    memcpy(path + length + 1, name, rest);
}

enum { SPOOL_WRITES = 64, SPOOL_WRITE_SIZE = 64, SPOOL_SIZE = SPOOL_WRITES * SPOOL_WRITE_SIZE };

/* Runs a share of the round on each of eight threads; number is 0 to 7. */
enum { THREADS = 8, THREAD_ROUNDS = 50 };
void in_threads(void (*work)(int number));

/* The tree to remove: DIRECTORY/tree, with 40 directories of 500 empty files. */
void plant_tree(void);
const char *tree_path(void);

/* The files of the publications, and a content for them. */
enum { SMALL_FILE = 4096, LARGE_FILE = 100 << 20 };
const char *content_of(size_t size);
const char *replaced_path(void);
void held_replace_small(void);
void held_replace_large(void);
void raw_replace_small(void);
void raw_replace_large(void);
void raw_replace_small_synced(void);
void raw_replace_large_synced(void);

#endif
