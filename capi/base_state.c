/* The process: its number, the page that a fork wipes, and the exit handler. */
#define _GNU_SOURCE
#include "base.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

TEMPFILE__KEPT struct tempfile__shared tempfile__shared;

#ifdef TEMPFILE_HOOKS
TEMPFILE__KEPT bool tempfile__restart_off;
#endif

/* Maps memory that is zero in a forked child. */
void *tempfile__wiped_pages(size_t size)
{
    void *pages = __real_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    madvise(pages, size, MADV_WIPEONFORK); /* where that does nothing, load.c wipes them in the child */
    return pages;
}

/* Gives the process its number. Other threads must not do so at the same time. */
void tempfile__enroll(struct tempfile__wiped *wiped)
{
    wiped->pid = getpid();
    __atomic_store_n(&wiped->epoch, __atomic_add_fetch(&tempfile__shared.last_epoch, 1, __ATOMIC_RELAXED), __ATOMIC_RELEASE);
}

/* Gives the process its number, if it has none: the page could not be had when the library was loaded, or this is a child of
 * _Fork or a raw clone, in which no handler of pthread_atfork runs. */
int tempfile__arrive_now(const char *function)
{
    struct tempfile__wiped *wiped = tempfile__shared.wiped, *none = NULL;

    if (wiped == NULL) {
        wiped = tempfile__wiped_pages(sizeof *wiped);
        if (wiped == NULL)
            return tempfile__fail(-ENOMEM, function, "mmap", "", "there is no memory for the library's state", 0);
        if (!__atomic_compare_exchange_n(&tempfile__shared.wiped, &none, wiped, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            __real_munmap(wiped, sizeof *wiped); /* another thread's is there */
            wiped = none;
        }
    }
    pthread_mutex_lock(&wiped->start);
    if (wiped->epoch == 0)
        tempfile__enroll(wiped);
    pthread_mutex_unlock(&wiped->start);
    return 0;
}

/* Registers the exit handler at the first start of Go, or before the first fork. A child must not register it: the C
 * library's own lock may be one that another thread held at the fork, in dlclose say, and then it is never released
 * there. */
void tempfile__watch_exit(void)
{
    if (!__atomic_exchange_n(&tempfile__shared.exit_watched, true, __ATOMIC_SEQ_CST))
        atexit(tempfile__shared.at_exit);
}
