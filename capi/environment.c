/* The environment, as the host has it now. Go's own copy sees neither a setenv after the load nor one before dlopen. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    /* secure: the caller of a setuid program must not move its files */
    environment->tmpdir = secure_getenv("TMPDIR");
    environment->temp = secure_getenv("TEMP");
    environment->tmp = secure_getenv("TMP");
    environment->home = secure_getenv("HOME");
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
    free(old);
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return 0;
}
