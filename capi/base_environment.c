/* The environment, as the host has it now. Go's own copy is empty. */
#define _GNU_SOURCE
#include "base.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

/* The variables, in the order of tempfile__environment_copy. */
enum { TMPDIR, TEMP, TMP, HOME };

/* How the environment is read. */
enum way { UNKNOWN, WALK, GETENV, NOT_AT_ALL };

/* Tells whether getenv is safe beside a setenv of another thread: with glibc from 2.41 on, and with no musl. */
static bool getenv_is_safe(void)
{
#ifdef __GLIBC__
    const char *version = gnu_get_libc_version(), *minor = strchr(version, '.');

    return strtoul(version, NULL, 10) > 2 || (minor != NULL && strtoul(minor + 1, NULL, 10) >= 41);
#else
    return false;
#endif
}

/* Chosen once: it never changes. The caller of a setuid program must not move its files. */
static enum way way(void)
{
    static TEMPFILE__KEPT int known;
    int value = __atomic_load_n(&known, __ATOMIC_RELAXED);

    if (value == UNKNOWN) {
        value = getauxval(AT_SECURE) != 0 ? NOT_AT_ALL : getenv_is_safe() ? GETENV : WALK;
        __atomic_store_n(&known, value, __ATOMIC_RELAXED);
    }
    return value;
}

/* The first of several of one name counts, as for getenv. */
static inline void keep(const char **value, const char *text)
{
    if (*value == NULL)
        *value = text;
}

/* All the variables. Where getenv is no safer than a walk of our own, one walk finds all: getenv walks once for each, and this
 * is the longest part of many a call. */
static void look(const char *now[TEMPFILE__VARIABLES])
{
    enum way chosen = way();

    memset(now, 0, TEMPFILE__VARIABLES * sizeof *now);
    if (chosen == NOT_AT_ALL)
        return;
    if (chosen == GETENV) {
        now[TMPDIR] = secure_getenv("TMPDIR");
        now[TEMP] = secure_getenv("TEMP");
        now[TMP] = secure_getenv("TMP");
        now[HOME] = secure_getenv("HOME");
        return;
    }
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        const char *text = *entry;

        /* by letters: calls of a function that compares would be most of the walk */
        if (text[0] == 'T' && text[1] == 'M' && text[2] == 'P') {
            if (text[3] == '=')
                keep(&now[TMP], text + 4);
            else if (text[3] == 'D' && text[4] == 'I' && text[5] == 'R' && text[6] == '=')
                keep(&now[TMPDIR], text + 7);
        } else if (text[0] == 'T' && text[1] == 'E' && text[2] == 'M' && text[3] == 'P' && text[4] == '=') {
            keep(&now[TEMP], text + 5);
        } else if (text[0] == 'H' && text[1] == 'O' && text[2] == 'M' && text[3] == 'E' && text[4] == '=') {
            keep(&now[HOME], text + 5);
        }
    }
}

void tempfile__environment(struct tempfile__environment *environment)
{
    struct tempfile__shared *shared = &tempfile__shared;
    const char *now[TEMPFILE__VARIABLES];

    environment->tempdir = NULL;
    if (__atomic_load_n(&shared->tempdir, __ATOMIC_ACQUIRE) != NULL) {
        pthread_mutex_lock(&shared->wiped->tempdir);
        if (shared->tempdir != NULL)
            environment->tempdir = strdup(shared->tempdir);
        pthread_mutex_unlock(&shared->wiped->tempdir);
    }
    look(now);
    environment->tmpdir = now[TMPDIR];
    environment->temp = now[TEMP];
    environment->tmp = now[TMP];
    environment->home = now[HOME];
}

/* A number that is another one whenever the environment is. Go keeps its copies for as long as it stays the same, which
 * spares most calls four strings. Where there is no memory to remember a value, every call counts as a change. */
uint64_t tempfile__environment_number(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    const char *now[TEMPFILE__VARIABLES];
    uint64_t number;

    look(now);
    pthread_mutex_lock(&shared->wiped->tempdir);
    for (int i = 0; i < TEMPFILE__VARIABLES; i++) {
        char *old = shared->environment[i];

        if (tempfile__same(now[i], old))
            continue;
        __atomic_store_n(&shared->environment[i], now[i] != NULL ? strdup(now[i]) : NULL, __ATOMIC_RELEASE);
        __atomic_store_n(&shared->environment_number, shared->environment_number + 1, __ATOMIC_RELEASE);
        free(old); /* last: another thread may fork at any point */
    }
    number = shared->environment_number;
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return number;
}

/* Tells, without a lock, whether the environment is still what a thread has a copy of. */
bool tempfile__environment_is(const struct tempfile__environment_copy *copy)
{
    const char *now[TEMPFILE__VARIABLES];

    if (__atomic_load_n(&tempfile__shared.environment_number, __ATOMIC_ACQUIRE) != copy->number)
        return false;
    look(now);
    for (int i = 0; i < TEMPFILE__VARIABLES; i++)
        if (!tempfile__same(now[i], copy->values[i]))
            return false;
    return true;
}

void tempfile__free_environment(struct tempfile__environment_copy *copy)
{
    for (int i = 0; i < TEMPFILE__VARIABLES; i++)
        free(copy->values[i]);
    memset(copy, 0, sizeof *copy);
}

/* Copies the environment as it is now; false: no memory. */
bool tempfile__copy_environment(struct tempfile__environment_copy *copy)
{
    struct tempfile__shared *shared = &tempfile__shared;
    uint64_t number = tempfile__environment_number();
    bool copied = true;

    if (copy->number == number)
        return true;
    tempfile__free_environment(copy);
    pthread_mutex_lock(&shared->wiped->tempdir);
    for (int i = 0; i < TEMPFILE__VARIABLES && copied; i++)
        if (shared->environment[i] != NULL)
            copied = (copy->values[i] = strdup(shared->environment[i])) != NULL;
    copy->number = copied ? shared->environment_number : 0;
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return copied;
}

int tempfile_settempdir(const char *dir)
{
    struct tempfile__shared *shared = &tempfile__shared;
    char *copy = NULL, *old;
    int result = tempfile__begin("tempfile_settempdir");

    if (result != 0)
        return result;
    if (dir != NULL && strnlen(dir, TEMPFILE_PATH_SIZE) == TEMPFILE_PATH_SIZE)
        return tempfile__fail(-ENAMETOOLONG, "tempfile_settempdir", "arguments", "", "dir is longer than any path that the system takes", 0);
    if (dir != NULL && (copy = strdup(dir)) == NULL)
        return tempfile__fail(-ENOMEM, "tempfile_settempdir", "malloc", dir, "out of memory", 0);
    pthread_mutex_lock(&shared->wiped->tempdir);
    old = shared->tempdir;
    __atomic_store_n(&shared->tempdir, copy, __ATOMIC_RELEASE);
    __atomic_store_n(&shared->environment_number, shared->environment_number + 1, __ATOMIC_RELEASE);
    free(old);
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return 0;
}
