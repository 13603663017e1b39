/* The frame of every C test. CHECK ends the test and prints the place, the condition and the library's error message. */
#ifndef CHECK_H
#define CHECK_H

#include "tempfile.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int checks;

/* A test that loads the library by dlopen defines this before the include. It is then not linked with the library. */
#ifdef CHECK_UNLINKED
#define LAST_ERROR (&(const tempfile_error){0, 0, "", "", "", 0})
#else
#define LAST_ERROR tempfile_last_error()
#endif

#define CHECK(condition)                                                                                                 \
    do {                                                                                                                 \
        __atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED);                                                                \
        if (!(condition)) {                                                                                              \
            fprintf(stderr, "%s:%d: pid %d: %s\n    last error: %d %s\n", __FILE__, __LINE__, (int)getpid(), #condition, \
                    LAST_ERROR->code, LAST_ERROR->message);                                                              \
            _exit(1);                                                                                                    \
        }                                                                                                                \
    } while (0)

/* Returns the number of entries in a directory. */
static inline int entries_of(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;

    CHECK(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2;
}

/* Ends a test that passed. */
static inline int passed(void)
{
    printf("%d checks", checks);
    return 0;
}

#endif
