/* The gate: every public function passes it on the way to Go.
 *
 * In a forked child the Go runtime has lost its threads and hangs at the first chance. The kernel tells the child so, by
 * wiping the page with the table of functions; the next call then loads a private copy of the library, which starts a
 * runtime of its own, and hands it the state of the original, records and all. The copy's own public functions and
 * globals stay unused. */
#define _GNU_SOURCE
#include "internal.h"
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies stay loaded, dead ones too, and each takes some of the loader's static TLS: 214 fit. */
#define LAST_GENERATION 200
/* Room for the reason why there is no copy. */
#define REASON 512

static struct tempfile__shared original = {.first_free = UINT32_MAX, .thread_once = PTHREAD_ONCE_INIT};
struct tempfile__shared *tempfile__shared = &original;

#ifdef TEMPFILE_HOOKS
bool tempfile__gate_off;
#endif

/* The hook with which Go's runtime learns that a thread of the host ends. In a forked child it would wait for ever for a
 * runtime that is dead. Weak: another Go version may name it otherwise, and only that wait would come back. */
extern __attribute__((weak)) void (*x_crosscall2_ptr)(void (*)(void *), void *, int, size_t);

/* attach makes this copy work on another's state. It is found in the copy by its offset, like all else; nothing has to
 * be exported for it. */
static void attach(struct tempfile__shared *shared)
{
    munmap(tempfile__shared->wiped, sizeof(struct tempfile__wiped));
    free(tempfile__shared->library_path);
    tempfile__shared = shared;
    shared->thread_exit_hook = (void **)&x_crosscall2_ptr;
}

static void forget_dead_runtime(void)
{
    if (tempfile__shared->thread_exit_hook != NULL)
        *tempfile__shared->thread_exit_hook = NULL;
}

static void in_child(void)
{
    struct tempfile__shared *shared = tempfile__shared;

#ifdef TEMPFILE_HOOKS
    if (tempfile__gate_off)
        return;
#endif
    forget_dead_runtime();
    if (shared->wiped_by_hand) {
        memset(shared->wiped, 0, sizeof *shared->wiped);
        for (uint32_t i = 0; i < shared->tables; i++)
            memset(shared->locks[i], 0, TEMPFILE__RECORDS * sizeof *shared->locks[i]);
    }
    shared->wiped->inherited = tempfile__renewals_at_fork() + 1;
}

/* The build id's note, in an image as it lies in a file or, at an address, in memory. */
static const Elf64_Nhdr *build_id(const char *image, bool loaded)
{
    const ElfW(Ehdr) *header = (const void *)image;
    const ElfW(Phdr) *segment = (const void *)(image + header->e_phoff);

    for (int i = 0; i < header->e_phnum; i++, segment++) {
        const char *at = image + (loaded ? segment->p_vaddr : segment->p_offset), *end = at + segment->p_filesz;

        if (segment->p_type != PT_NOTE)
            continue;
        while (at + sizeof(Elf64_Nhdr) <= end) {
            const Elf64_Nhdr *note = (const void *)at;

            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(note + 1, "GNU", 4) == 0)
                return note;
            at += sizeof *note + ((note->n_namesz + 3u) & ~3u) + ((note->n_descsz + 3u) & ~3u);
        }
    }
    return NULL;
}

static bool same_build(const struct link_map *self, const char *image)
{
    const Elf64_Nhdr *mine = build_id((const char *)self->l_addr, true), *its = build_id(image, false);

    return mine != NULL && its != NULL && mine->n_descsz == its->n_descsz &&
           memcmp((const char *)(mine + 1) + 4, (const char *)(its + 1) + 4, mine->n_descsz) == 0;
}

/* Why there is no copy: what could not be done, and what the system or the loader said of it. */
static void because(char why[REASON], const char *what, const char *said)
{
    snprintf(why, REASON, "%s%s%s", what, said != NULL ? ": " : "", said != NULL ? said : "");
}

/* Copies a file into memory; false and why. */
static bool copy_file(int from, size_t size, int to, char why[REASON])
{
    off_t at = 0;

    while ((size_t)at < size) {
        ssize_t n = sendfile(to, from, &at, size - (size_t)at);

        if (n <= 0) {
            because(why, "the library's file cannot be copied into memory", n < 0 ? tempfile_strerror(errno) : "it became shorter");
            return false;
        }
    }
    return true;
}

/* Tells whether a file is the one that was loaded; false and why. */
static bool is_library(const struct link_map *self, int copy, size_t size, char why[REASON])
{
    void *image = MAP_FAILED;
    bool same = false;

    if (size >= sizeof(ElfW(Ehdr)) && (image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, copy, 0)) == MAP_FAILED) {
        because(why, "the copy of the library cannot be mapped", tempfile_strerror(errno));
        return false;
    }
    if (image != MAP_FAILED) {
        same = memcmp(image, (const void *)self->l_addr, sizeof(ElfW(Ehdr))) == 0 && same_build(self, image);
        munmap(image, size);
    }
    if (!same)
        because(why, "the library's file was replaced since it was loaded", NULL);
    return same;
}

/* Copies our own file into memory and gives its descriptor; -1 and why. */
static int copy_library(const struct link_map *self, char why[REASON])
{
    const char *path = tempfile__shared->library_path;
    struct stat stat;
    int file, copy;

    because(why, "the path of the library's file was not known when it was loaded", NULL);
    if (path == NULL)
        return -1;
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &stat) != 0) {
        because(why, "the library's file cannot be opened", tempfile_strerror(errno));
        if (file >= 0)
            close(file);
        return -1;
    }
    copy = memfd_create("libtempfile", MFD_CLOEXEC);
    if (copy < 0)
        because(why, "there is no memory file for a copy of the library", tempfile_strerror(errno));
    if (copy >= 0 && (!copy_file(file, (size_t)stat.st_size, copy, why) || !is_library(self, copy, (size_t)stat.st_size, why))) {
        close(copy);
        copy = -1;
    }
    close(file);
    return copy;
}

/* A spelling of the descriptor's path that no load before this one has used: the loader compares names before anything
 * else and would give back the dead copy. Never by way of /proc/<pid>, which in a pid namespace may be another
 * process. */
static void spell(char *path, size_t size, uint64_t number, int descriptor)
{
    size_t at = (size_t)snprintf(path, size, "%.*s", (int)strlen(TEMPFILE__COPIES) - 1, TEMPFILE__COPIES);

    for (; number != 0; number >>= 1)
        at += (size_t)snprintf(path + at, size - at, "%s", number & 1 ? "/." : "/");
    snprintf(path + at, size - at, "/%d", descriptor);
}

/* What lies in the copy where p lies in us: both are the same file. */
static void *twin(const struct link_map *copy, const struct link_map *self, const void *p)
{
    return (char *)copy->l_addr + ((uintptr_t)p - self->l_addr);
}

/* Loads the file behind a descriptor as a library of its own; NULL and why. */
static struct link_map *load_copy(const struct link_map *self, int descriptor, char why[REASON])
{
    struct link_map *copy;
    char path[256];
    void *handle;

    /* counted first: another thread may fork while the loader is at it, and leave its child half a copy of that name */
    spell(path, sizeof path, ++tempfile__shared->copies, descriptor);
    if (access(path, F_OK) != 0) {
        because(why, "/proc is not there", NULL);
        return NULL;
    }
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        because(why, "executable memory is refused", dlerror());
        return NULL;
    }
    if (dlinfo(handle, RTLD_DI_LINKMAP, &copy) != 0 || copy == self) {
        because(why, "the loader gave back the library itself in place of a copy", NULL);
        return NULL;
    }
    return copy;
}

/* What forbids to load a copy before it is tried; NULL: nothing. */
static const char *forbidden(void)
{
    const char *by_host = secure_getenv("TEMPFILE_NO_RELOAD");
    struct tempfile__shared *shared = tempfile__shared;

    if (by_host != NULL && *by_host != '\0')
        return "TEMPFILE_NO_RELOAD is set";
    if (shared->last_epoch >= LAST_GENERATION)
        return "this is a fork of a fork, more than 200 deep";
    if (shared->wiped->loader_dead || (shared->wiped->loader_dead = !tempfile__loader_works()))
        return "another thread was loading a library when this process was forked, and the loader's lists were left half done";
    return tempfile__lacking();
}

/* Loads a copy and gives its table; NULL and why. */
static const struct tempfile__api *reload(char why[REASON])
{
    const char *obstacle = forbidden();
    struct link_map *self, *copy;
    Dl_info info;
    int descriptor;

    if (obstacle != NULL) {
        because(why, obstacle, NULL);
        return NULL;
    }
    because(why, "the loader does not know the library", NULL);
    if (dladdr1((void *)&tempfile__local, &info, (void **)&self, RTLD_DL_LINKMAP) == 0)
        return NULL;
    forget_dead_runtime(); /* a raw clone runs no handler */
    if ((descriptor = copy_library(self, why)) < 0)
        return NULL;
    copy = load_copy(self, descriptor, why);
    close(descriptor);
    if (copy == NULL)
        return NULL;
    ((void (*)(struct tempfile__shared *))twin(copy, self, (void *)&attach))(tempfile__shared);
    return twin(copy, self, &tempfile__local);
}

/* The exit handler is there from the first use on, or from the first fork: in a child the C library's own lock may be one
 * that another thread held at the fork, in dlclose say, and that nobody would ever release. */
static void watch_exit(void)
{
    if (!__atomic_exchange_n(&tempfile__shared->exit_watched, true, __ATOMIC_SEQ_CST))
        atexit(tempfile__leave);
}

static void before_fork(void)
{
    watch_exit();
    tempfile__before_fork();
}

/* Done at load, so that it comes before the first fork; a copy has no need of it. */
void tempfile__watch_forks(void)
{
    if (!__atomic_exchange_n(&tempfile__shared->forks_watched, true, __ATOMIC_SEQ_CST))
        pthread_atfork(before_fork, NULL, in_child);
}

/* The first call in a process. */
static const struct tempfile__api *open_gate(const char *function)
{
    struct tempfile__shared *shared = tempfile__shared;
    struct tempfile__wiped *wiped = shared->wiped;
    const struct tempfile__api *api;
    char why[REASON];
    int cancellation;

    if (wiped == NULL) {
        tempfile__fail(-ENOMEM, function, "load", "", "there was no memory for the library's state", 0);
        return NULL;
    }
    /* open(2) and close(2) are cancellation points: a thread that ended there would keep the lock for ever */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
    pthread_mutex_lock(&wiped->reload);
    api = __atomic_load_n(&wiped->live, __ATOMIC_ACQUIRE);
    if (api == NULL) {
        tempfile__watch_forks();
        watch_exit();
        if (wiped->loaded_here) {
            api = &tempfile__local;
            shared->thread_exit_hook = (void **)&x_crosscall2_ptr;
        } else {
            api = reload(why);
        }
        if (api != NULL) {
            wiped->epoch = ++shared->last_epoch;
            __atomic_store_n(&wiped->live, api, __ATOMIC_RELEASE);
        }
    }
    pthread_mutex_unlock(&wiped->reload);
    pthread_setcancelstate(cancellation, NULL);
    if (api == NULL)
        tempfile__fail(-EOWNERDEAD, function, "fork", "", why, 0);
    return api;
}

/* The way through the gate for this thread. */
static const struct tempfile__api *pass(const struct tempfile__thread *thread, const char *function)
{
    struct tempfile__wiped *wiped = tempfile__shared->wiped;
    const struct tempfile__api *api;

#ifdef TEMPFILE_HOOKS
    if (tempfile__gate_off)
        return &tempfile__local;
#endif
    api = wiped != NULL ? __atomic_load_n(&wiped->live, __ATOMIC_ACQUIRE) : NULL;
    if (__builtin_expect(api == NULL, 0))
        api = open_gate(function);
    if (api != NULL && __builtin_expect(thread == NULL || thread->epoch != wiped->epoch, 0))
        tempfile__introduce(api, wiped->epoch);
    return api;
}

/* Gives the table to call; NULL after a fork from which nothing can be recovered. */
const struct tempfile__api *tempfile__gate(const char *function)
{
    return pass(tempfile__this_thread(), function);
}

/* The same for the functions that clear the thread's detail. */
const struct tempfile__api *tempfile__enter(const char *function)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    if (thread != NULL && thread->error.code != 0)
        tempfile__clear();
    return pass(thread, function);
}
