/* What went wrong in a thread's last call. It lies in malloc'ed memory behind one key and not in thread-local variables,
 * because those come out of the loader's small reserve of static TLS, and every copy of the library would take its share. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct detail {
    tempfile_error error;
    char *text; /* operation, path and message, one after the other */
};

static const tempfile_error none = {sizeof none, 0, "", "", "", 0};
static const tempfile_error no_memory = {sizeof no_memory, -ENOMEM, "malloc", "", "libtempfile: out of memory for the detail of an error", 0};

static void drop(void *value)
{
    struct detail *detail = value;

    free(detail->text);
    free(detail);
}

static void create_key(void)
{
    /* released after the key is written: detail_of_thread looks without having passed pthread_once */
    __atomic_store_n(&tempfile__shared->has_detail, pthread_key_create(&tempfile__shared->detail, drop) == 0, __ATOMIC_RELEASE);
}

static struct detail *detail_of_thread(void)
{
    struct tempfile__shared *shared = tempfile__shared;

    return __atomic_load_n(&shared->has_detail, __ATOMIC_ACQUIRE) ? pthread_getspecific(shared->detail) : NULL;
}

void tempfile__clear(void)
{
    struct detail *detail = detail_of_thread();

    if (detail != NULL)
        detail->error = none;
}

/* Sets the thread's detail and returns the code. The path may be what the thread's last detail pointed to. */
int tempfile__fail(int code, const char *function, const char *operation, const char *path, const char *reason, size_t needed)
{
    struct tempfile__shared *shared = tempfile__shared;
    size_t operation_size = strlen(operation) + 1, path_size = strlen(path) + 1;
    const char *between = *path != '\0' ? ": " : "";
    struct detail *detail;
    char *text, *message;
    int size;

    pthread_once(&shared->detail_once, create_key);
    if (!shared->has_detail)
        return code;
    detail = pthread_getspecific(shared->detail);
    if (detail == NULL) {
        detail = calloc(1, sizeof *detail);
        if (detail == NULL)
            return code;
        if (pthread_setspecific(shared->detail, detail) != 0) {
            free(detail);
            return code;
        }
    }
    size = snprintf(NULL, 0, "%s: %s%s%s: %s", function, operation, between, path, reason);
    text = malloc(operation_size + path_size + (size_t)size + 1);
    if (text == NULL) {
        detail->error = no_memory;
        return code;
    }
    memcpy(text, operation, operation_size);
    memcpy(text + operation_size, path, path_size);
    message = text + operation_size + path_size;
    snprintf(message, (size_t)size + 1, "%s: %s%s%s: %s", function, operation, between, path, reason);
    free(detail->text);
    detail->text = text;
    detail->error = (tempfile_error){sizeof detail->error, code, text, text + operation_size, message, needed};
    return code;
}

const tempfile_error *tempfile_last_error(void)
{
    const struct detail *detail = detail_of_thread();

    return detail != NULL ? &detail->error : &none;
}

const char *tempfile_strerror(int code)
{
    const char *text = strerrordesc_np(code < 0 ? (int)(0u - (unsigned)code) : code); /* -INT_MIN is no int */

    return text != NULL ? text : "Unknown error";
}
