/* The library as it is in a program that loads it at run time. */
#ifndef LOADED_H
#define LOADED_H

#define CHECK_UNLINKED
#include "../check.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/wait.h>

struct library {
    __typeof__(&tempfile_version) version;
    __typeof__(&tempfile_strerror) strerror;
    __typeof__(&tempfile_last_error) last_error;
    __typeof__(&tempfile_gettempprefix) gettempprefix;
    __typeof__(&tempfile_mkdtemp) mkdtemp;
    __typeof__(&tempfile_rmtree) rmtree;
    __typeof__(&tempfile_gettempdir) gettempdir;
    __typeof__(&tempfile_named_temporary_file) named_temporary_file;
    __typeof__(&tempfile_spooled_temporary_file) spooled_temporary_file;
    __typeof__(&tempfile_file_name) file_name;
    __typeof__(&tempfile_file_write) file_write;
    __typeof__(&tempfile_file_read) file_read;
    __typeof__(&tempfile_file_seek) file_seek;
    __typeof__(&tempfile_file_close) file_close;
    __typeof__(&tempfile_file_free) file_free;
    int64_t (*test_collect)(void);
};

static inline void *function_of(void *handle, const char *name)
{
    void *function = dlsym(handle, name);

    CHECK(function != NULL);
    return function;
}

#define FIND(name) (*(void **)&library.name = function_of(handle, "tempfile_" #name))

static inline struct library load(const char *path)
{
    struct library library;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(handle != NULL);
    FIND(version);
    FIND(strerror);
    FIND(last_error);
    FIND(gettempprefix);
    FIND(mkdtemp);
    FIND(rmtree);
    FIND(gettempdir);
    FIND(named_temporary_file);
    FIND(spooled_temporary_file);
    FIND(file_name);
    FIND(file_write);
    FIND(file_read);
    FIND(file_seek);
    FIND(file_close);
    FIND(file_free);
    FIND(test_collect);
    return library;
}

/* Uses functions that need Go, and functions that C answers. */
static inline void use(const struct library *library)
{
    tempfile_file *file;
    char path[TEMPFILE_PATH_SIZE], text[8];

    CHECK(library->mkdtemp(NULL, path, sizeof path) == 0 && library->rmtree(path, 0) == 0);
    CHECK(library->named_temporary_file(NULL, &file) == 0 && library->file_write(file, "hello", 5) == 5);
    CHECK(library->file_seek(file, 0, SEEK_SET) == 0 && library->file_read(file, text, sizeof text) == 5);
    CHECK(access(library->file_name(file), F_OK) == 0);
    library->file_free(file);
}

/* The word of musl's thread block in which Go keeps its g. */
static inline volatile uintptr_t *go_word(void)
{
#if defined __x86_64__
    uintptr_t thread;

    __asm__("movq %%fs:0, %0" : "=r"(thread));
    return (volatile uintptr_t *)(thread + 0x20);
#else
    return (volatile uintptr_t *)((uintptr_t)__builtin_thread_pointer() + 8);
#endif
}

#endif
