/* Loading: Go's runtime starts between the two constructors here, and leaves the host as it was. */
#define _GNU_SOURCE
#include "internal.h"
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

static struct {
    sigset_t mask;
    struct rlimit files;
    struct sigaction pipe, urgent;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool started;
} host = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Runs before Go's entry. Go's threads inherit the mask of this thread and keep it: a handler of the host's must never run
 * on one of them. What stays open is what a fault raises in a thread of its own, and what Go itself sends. */
__attribute__((constructor(101))) static void before_go(void)
{
    static const int left_open[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGURG, SIGPROF};
    sigset_t all;

    getrlimit(RLIMIT_NOFILE, &host.files);
    sigaction(SIGPIPE, NULL, &host.pipe);
    sigaction(SIGURG, NULL, &host.urgent);
    sigfillset(&all);
    for (size_t i = 0; i < sizeof left_open / sizeof *left_open; i++)
        sigdelset(&all, left_open[i]);
    pthread_sigmask(SIG_BLOCK, &all, &host.mask);
}

/* Go calls this when its packages are initialized. The syscall package has raised the soft limit on descriptors by then,
 * which would break hosts that use select(), and their children; the limit goes back unless somebody else set it. */
void tempfile__go_started(void)
{
    struct rlimit now;

    if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max == host.files.rlim_max && now.rlim_cur > host.files.rlim_cur)
        setrlimit(RLIMIT_NOFILE, &host.files);
    pthread_mutex_lock(&host.mutex);
    host.started = true;
    pthread_cond_broadcast(&host.changed);
    pthread_mutex_unlock(&host.mutex);
}

/* Waits until Go has started, so that whoever looks at the limits after dlopen finds his own. Should Go be unable to
 * start before the loader goes on, the first call waits for it anyway. */
static void wait_for_go(void)
{
    struct timespec deadline;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 2;
    pthread_mutex_lock(&host.mutex);
    while (!host.started)
        if (pthread_cond_timedwait(&host.changed, &host.mutex, &deadline) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&host.mutex);
}

/* Memory that is zero in a forked child. */
void *tempfile__wiped_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    if (madvise(pages, size, MADV_WIPEONFORK) != 0)
        tempfile__shared->wiped_by_hand = true;
    return pages;
}

/* The loader's own name for the library; it may be relative to a directory that the host leaves. */
static const char *loaded_from(void)
{
    Dl_info info;

    return dladdr((void *)&tempfile__local, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
}

/* Where the library's file is. */
static char *library_path(void)
{
    char path[PATH_MAX];

    return realpath(loaded_from(), path) != NULL ? strdup(path) : NULL;
}

/* Runs after Go's entry, which has installed Go's signal handlers but only begun to start its threads. */
__attribute__((constructor)) static void after_go(void)
{
    wait_for_go();
    sigaction(SIGPIPE, &host.pipe, NULL);
    sigaction(SIGURG, &host.urgent, NULL);
    pthread_sigmask(SIG_SETMASK, &host.mask, NULL);
    tempfile__shared->wiped = tempfile__wiped_pages(sizeof(struct tempfile__wiped));
    if (tempfile__shared->wiped != NULL)
        tempfile__shared->wiped->loaded_here = true;
    tempfile__shared->library_path = library_path();
    if (tempfile__shared->wiped != NULL && strncmp(loaded_from(), TEMPFILE__COPIES, strlen(TEMPFILE__COPIES)) != 0)
        tempfile__watch_forks();
}
