/* A worker does jobs on request, for whoever measures it: the time they take, the system calls or instructions that they
 * need, or the memory that they leave behind. A contestant is one way to do a job. Workers in C, Python, Go and Rust speak
 * the same language: a line "CONTESTANT COUNT" in, and a line with the nanoseconds that so many rounds took out. */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct contestant {
    const char *name;
    void (*round)(void);   /* what is measured */
    void (*prepare)(void); /* before every round, not measured; NULL: nothing */
};

/* Both end with a contestant without a name. A worker that is linked without the library has none of ours. */
extern const struct contestant theirs[];
extern const struct contestant ours[] __attribute__((weak));

/* A directory that holds nothing else, from TMPDIR. */
extern const char *directory;

enum { PATH_ROOM = 512 };

/* Ends the worker unless what it measures did its work: a call that fails is fast. */
#define MUST(holds)                                                     \
    do {                                                                \
        if (!(holds)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
            exit(1);                                                    \
        }                                                               \
    } while (0)

/* DIRECTORY/NAME, without formatting: that alone would be several percent of a system call. */
static inline void join(char path[PATH_ROOM], const char *name)
{
    size_t length = strlen(directory), rest = strlen(name) + 1;

    MUST(length + 1 + rest <= PATH_ROOM);
    memcpy(path, directory, length);
    path[length] = '/';
    memcpy(path + length + 1, name, rest);
}

enum { SPOOL_WRITES = 64, SPOOL_WRITE_SIZE = 64, SPOOL_SIZE = SPOOL_WRITES * SPOOL_WRITE_SIZE };

/* Eight threads that stay, each of which does a share of a round; number is 0 to 7. */
enum { THREADS = 8, THREAD_ROUNDS = 50 };
void in_threads(void (*work)(int number));

/* The tree that is removed: DIRECTORY/tree with 40 directories of 500 empty files. */
void plant_tree(void);
const char *tree_path(void);

#endif
