/* Keeping everything, for debugging: nothing that this process makes is deleted, and each path is printed once at exit. */
#define _GNU_SOURCE
#include "object.h"
#include <stdlib.h>
#include <unistd.h>

/* A path that was kept. */
struct kept {
    struct kept *next;
    uint64_t epoch; /* of the process that made the object; its children do not print it again */
    size_t size;
    char line[]; /* the path and a newline */
};

TEMPFILE__KEPT bool tempfile__keeps_all;
static TEMPFILE__KEPT struct kept *first; /* the last one that was made */

/* Keeps an object that has a name to be deleted. No call deletes it later, for it passes for one without a name. Its lock is
 * held, or nobody knows it yet. Without memory the path is not printed. */
void tempfile__keep_object(tempfile__record *record)
{
    const char *path = record->fields[TEMPFILE__PATH];
    struct kept *kept;
    size_t size;

    if (record->kind > TEMPFILE__DIRECTORY || !tempfile__deletes_name(record))
        return;
    __atomic_store_n(&record->state.flags, record->state.flags & ~(uint32_t)(TEMPFILE__DELETE | TEMPFILE__NAMED),
                     __ATOMIC_RELEASE);
    size = strlen(path);
    kept = malloc(sizeof *kept + size + 1);
    if (kept == NULL)
        return;
    kept->epoch = tempfile__epoch();
    kept->size = size + 1;
    memcpy(kept->line, path, size);
    kept->line[size] = '\n';
    kept->next = __atomic_load_n(&first, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&first, &kept->next, kept, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

/* Prints the paths of this process, the last one first, when it ends. A signal handler may call it. */
void tempfile__print_kept(void)
{
    struct kept *list = __atomic_exchange_n(&first, NULL, __ATOMIC_ACQUIRE);
    ssize_t written = 0;

    for (; list != NULL; list = list->next)
        if (list->epoch == tempfile__epoch())
            written = write(STDERR_FILENO, list->line, list->size);
    (void)written; /* nobody could be told */
}

int tempfile_keep_all(void)
{
    tempfile__record *record;
    int result = tempfile__begin("tempfile_keep_all");

    if (result != 0)
        return result;
    tempfile__watch_exit();
    __atomic_store_n(&tempfile__keeps_all, true, __ATOMIC_SEQ_CST);
    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
        tempfile__lock(record);
        if ((record->generation & 1) != 0)
            tempfile__keep_object(record);
        tempfile__settle(record);
        tempfile__unlock(record);
    }
    return 0;
}
