/* How the journal is turned on: by the program, or by TEMPFILE_RECOVERY in the environment. This file also reads
 * TEMPFILE_KEEP. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Turns the journal on, in a directory that Go has checked. 0, or an errno: nothing has changed. */
int tempfile__start_journaling(const char *directory, size_t size)
{
    struct tempfile__journaling *journaling = &tempfile__journaling;
    struct tempfile__journal *journal;
    char *copy;
    int error = 0;

    if (journaling->journal == NULL) {
        journal = tempfile__wiped_pages(sizeof *journal);
        if (journal == NULL)
            return ENOMEM;
        __atomic_store_n(&journaling->journal, journal, __ATOMIC_RELEASE);
    }
    journal = journaling->journal;
    copy = malloc(size + 1);
    if (copy == NULL)
        return ENOMEM;
    memcpy(copy, directory, size);
    copy[size] = '\0';
    pthread_mutex_lock(&journal->lock);
    if (journal->status == TEMPFILE__JOURNAL_OPEN && !tempfile__same(copy, journaling->directory)) {
        error = EBUSY; /* its records are in the other one's journal */
    } else if (journal->status != TEMPFILE__JOURNAL_OPEN) {
        __atomic_store_n(&journaling->directory, copy, __ATOMIC_RELEASE); /* the one before stays, as a sweep may read it */
        copy = NULL;
        error = tempfile__open_journal(journal);
    }
    pthread_mutex_unlock(&journal->lock);
    free(copy);
    if (error == 0)
        __atomic_store_n(&journaling->state, TEMPFILE__JOURNALED, __ATOMIC_RELEASE);
    return error;
}

/* Asks the environment, before anything is made. A refusal must not stop a program that knows nothing of recovery, and
 * must not be silent either. */
void tempfile__ask_environment_now(void)
{
    uint32_t undecided = TEMPFILE__UNDECIDED;
    struct tempfile__thread *thread;
    char value[8];
    int result;

    if (!__atomic_compare_exchange_n(&tempfile__journaling.state, &undecided, TEMPFILE__NOT_JOURNALED, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    if (tempfile__read_variable("TEMPFILE_KEEP", value, sizeof value) && strcmp(value, "1") == 0)
        tempfile_keep_all();
    if (!tempfile__read_variable("TEMPFILE_RECOVERY", value, sizeof value) || strcmp(value, "1") != 0)
        return;
    result = tempfile__enter_go(&thread, "tempfile_recovery_enable");
    if (result == 0) {
        result = tfgo_recovery_enable(NULL);
        tempfile__leave_go(thread);
    }
    if (result != 0)
        fprintf(stderr, "TEMPFILE_RECOVERY=1 has no effect: %s\n", tempfile_last_error()->message);
    tempfile__clear();
}

/* Empties the journal's state in a forked child, in case the kernel has not done so. */
void tempfile__reset_journal(void)
{
    if (tempfile__journaling.journal != NULL)
        memset(tempfile__journaling.journal, 0, sizeof *tempfile__journaling.journal);
}
