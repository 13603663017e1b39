/* The environment, as the host has it now. Go's own copy sees neither a setenv after the load nor one before dlopen. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Read by secure_getenv: the caller of a setuid program must not move its files. */
static const char *const names[TEMPFILE__VARIABLES] = {"TMPDIR", "TEMP", "TMP", "HOME"};

void tempfile__environment(struct tempfile__environment *environment)
{
    struct tempfile__shared *shared = tempfile__shared;

    environment->tempdir = NULL;
    if (__atomic_load_n(&shared->tempdir, __ATOMIC_ACQUIRE) != NULL) {
        pthread_mutex_lock(&shared->wiped->tempdir);
        if (shared->tempdir != NULL)
            environment->tempdir = strdup(shared->tempdir);
        pthread_mutex_unlock(&shared->wiped->tempdir);
    }
    environment->tmpdir = secure_getenv(names[0]);
    environment->temp = secure_getenv(names[1]);
    environment->tmp = secure_getenv(names[2]);
    environment->home = secure_getenv(names[3]);
}

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A number that is another one whenever the environment is. Go keeps its copies for as long as it stays the same, which
 * spares most calls four strings. Where there is no memory to remember a value, every call counts as a change. */
uint64_t tempfile__environment_number(void)
{
    struct tempfile__shared *shared = tempfile__shared;
    uint64_t number;

    pthread_mutex_lock(&shared->wiped->tempdir);
    for (int i = 0; i < TEMPFILE__VARIABLES; i++) {
        const char *now = secure_getenv(names[i]);

        if (same(now, shared->environment[i]))
            continue;
        free(shared->environment[i]);
        shared->environment[i] = now != NULL ? strdup(now) : NULL;
        shared->environment_number++;
    }
    number = shared->environment_number;
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return number;
}

int tempfile_settempdir(const char *dir)
{
    struct tempfile__shared *shared = tempfile__shared;
    char *copy = NULL, *old;

    tempfile__clear();
    if (dir != NULL && (copy = strdup(dir)) == NULL)
        return tempfile__fail(-ENOMEM, "tempfile_settempdir", "malloc", dir, "out of memory", 0);
    if (shared->wiped == NULL) {
        free(copy);
        return tempfile__fail(-ENOMEM, "tempfile_settempdir", "load", "", "there was no memory for the library's state", 0);
    }
    pthread_mutex_lock(&shared->wiped->tempdir);
    old = shared->tempdir;
    __atomic_store_n(&shared->tempdir, copy, __ATOMIC_RELEASE);
    shared->environment_number++;
    free(old);
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return 0;
}
