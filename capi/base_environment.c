/* The environment, as the host has it at each call. Go's own copy is empty. */
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

/* Chosen once: it never changes. A setuid program ignores the environment, because its caller must not decide where its
 * files are. */
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

/* Reads all the variables. Where getenv is no safer than a walk of our own, one walk finds all: getenv walks once for
 * each, and this is the longest part of many a call. */
static void look(const char *now[TEMPFILE__SETTEMPDIR])
{
    enum way chosen = way();

    memset(now, 0, TEMPFILE__SETTEMPDIR * sizeof *now);
    if (chosen == NOT_AT_ALL)
        return;
    if (chosen == GETENV) {
        now[TEMPFILE__TMPDIR] = secure_getenv("TMPDIR");
        now[TEMPFILE__TEMP] = secure_getenv("TEMP");
        now[TEMPFILE__TMP] = secure_getenv("TMP");
        now[TEMPFILE__HOME] = secure_getenv("HOME");
        return;
    }
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        const char *text = *entry;

        /* by letters: calls of a function that compares would be most of the walk */
        if (text[0] == 'T' && text[1] == 'M' && text[2] == 'P') {
            if (text[3] == '=')
                keep(&now[TEMPFILE__TMP], text + 4);
            else if (text[3] == 'D' && text[4] == 'I' && text[5] == 'R' && text[6] == '=')
                keep(&now[TEMPFILE__TMPDIR], text + 7);
        } else if (text[0] == 'T' && text[1] == 'E' && text[2] == 'M' && text[3] == 'P' && text[4] == '=') {
            keep(&now[TEMPFILE__TEMP], text + 5);
        } else if (text[0] == 'H' && text[1] == 'O' && text[2] == 'M' && text[3] == 'E' && text[4] == '=') {
            keep(&now[TEMPFILE__HOME], text + 5);
        }
    }
}

/* Copies a variable that is asked for rarely. False: it is not set, too long, or ignored as in look. */
bool tempfile__read_variable(const char *name, char *value, size_t size)
{
    const size_t length = strlen(name);
    const char *found = NULL;

    if (way() == GETENV)
        found = secure_getenv(name);
    else if (way() == WALK)
        for (char **entry = environ; entry != NULL && *entry != NULL && found == NULL; entry++)
            if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
                found = *entry + length + 1;
    if (found == NULL || strnlen(found, size) == size)
        return false;
    memcpy(value, found, strlen(found) + 1);
    return true;
}

/* Brings the library's copy of the environment up to date, its lock held. Where there is no memory to remember a value,
 * every look counts as a change. */
static void update(struct tempfile__shared *shared, const char *now[TEMPFILE__SETTEMPDIR])
{
    for (int i = 0; i < TEMPFILE__SETTEMPDIR; i++) {
        char *old = shared->environment[i];

        if (tempfile__same(now[i], old))
            continue;
        __atomic_store_n(&shared->environment[i], now[i] != NULL ? strdup(now[i]) : NULL, __ATOMIC_RELEASE);
        __atomic_store_n(&shared->environment_number, shared->environment_number + 1, __ATOMIC_RELEASE);
        free(old); /* last: another thread may fork at any point */
    }
}

/* Copies the library's copy, its lock held; false: no memory. */
static bool copy(const struct tempfile__shared *shared, struct tempfile__environment *to)
{
    tempfile__free_environment(to);
    for (int i = 0; i < TEMPFILE__VARIABLES; i++) {
        const char *value = shared->environment[i];

        if (value == NULL)
            continue;
        to->values[i] = strdup(value);
        if (to->values[i] == NULL)
            return false;
        to->sizes[i] = strlen(value) + 1;
    }
    to->number = shared->environment_number;
    return true;
}

/* Tells, without a lock, whether a thread's copy is still equal to the environment. */
bool tempfile__environment_is(const struct tempfile__environment *copy)
{
    const char *now[TEMPFILE__SETTEMPDIR];

    if (__atomic_load_n(&tempfile__shared.environment_number, __ATOMIC_ACQUIRE) != copy->number)
        return false;
    look(now);
    for (int i = 0; i < TEMPFILE__SETTEMPDIR; i++)
        if (!tempfile__same(now[i], copy->values[i]))
            return false;
    return true;
}

void tempfile__free_environment(struct tempfile__environment *environment)
{
    for (int i = 0; i < TEMPFILE__VARIABLES; i++)
        free(environment->values[i]);
    memset(environment, 0, sizeof *environment);
}

/* This thread's copy of the environment as it is now; NULL: no memory. Go reads it here, with the sizes of its strings. */
const struct tempfile__environment *tempfile__environment(void)
{
    struct tempfile__shared *shared = &tempfile__shared;
    struct tempfile__thread *thread = tempfile__new_thread();
    const char *now[TEMPFILE__SETTEMPDIR];
    bool copied;

    if (thread == NULL)
        return NULL;
    look(now);
    pthread_mutex_lock(&shared->wiped->tempdir);
    update(shared, now);
    copied = thread->environment.number == shared->environment_number || copy(shared, &thread->environment);
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return copied ? &thread->environment : NULL;
}

int tempfile_settempdir(const char *dir)
{
    struct tempfile__shared *shared = &tempfile__shared;
    char *set = NULL, *old;
    int result = tempfile__begin("tempfile_settempdir");

    if (result != 0)
        return result;
    if (dir != NULL && strnlen(dir, TEMPFILE_PATH_SIZE) == TEMPFILE_PATH_SIZE)
        return tempfile__fail(-ENAMETOOLONG, "tempfile_settempdir", "arguments", "",
                              "dir is longer than any path that the system takes", 0);
    if (dir != NULL && (set = strdup(dir)) == NULL)
        return tempfile__fail(-ENOMEM, "tempfile_settempdir", "malloc", dir, "out of memory", 0);
    pthread_mutex_lock(&shared->wiped->tempdir);
    old = shared->environment[TEMPFILE__SETTEMPDIR];
    __atomic_store_n(&shared->environment[TEMPFILE__SETTEMPDIR], set, __ATOMIC_RELEASE);
    __atomic_store_n(&shared->environment_number, shared->environment_number + 1, __ATOMIC_RELEASE);
    free(old);
    pthread_mutex_unlock(&shared->wiped->tempdir);
    return 0;
}
