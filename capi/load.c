/* The moments at which the C library calls this one: at load, around a fork, at the end of a thread, at exit and at
 * unload. Each concerns several groups, so this file is above them all. */
#define _GNU_SOURCE
#include "fast.h"

static void thread_ends(void *value)
{
    struct tempfile__thread *thread = value;

    tempfile__free_plans(thread->plans);
    if (thread->spare_record != NULL)
        tempfile__return_record(thread->spare_record);
    tempfile__free_thread(thread);
}

static void before_fork(void)
{
    tempfile__watch_exit();
    tempfile__note_fork();
    tempfile__identify_all();
}

static void in_child(void)
{
    struct tempfile__wiped *wiped = tempfile__shared.wiped;
    char here;

#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off)
        return;
#endif
    if (wiped == NULL)
        return;
    if (wiped->pid != 0) { /* an old kernel does not wipe, and an emulated one may only say that it will */
        memset(wiped, 0, sizeof *wiped);
        tempfile__reset_locks();
        tempfile__reset_journal();
    }
    tempfile__set_fork_limit();
    wiped->forked_on = &here;
    tempfile__enroll(wiped);
}

static void prepare(void)
{
    tempfile__shared.wiped = tempfile__wiped_pages(sizeof *tempfile__shared.wiped);
    if (tempfile__shared.wiped != NULL)
        tempfile__enroll(tempfile__shared.wiped);
    tempfile__shared.at_exit = tempfile__clean_up_at_exit;
    tempfile__make_thread_key(thread_ends);
    tempfile__make_go_key();
    tempfile__look_for_second_copy();
    pthread_atfork(before_fork, NULL, in_child);
}

#ifdef TEMPFILE_EAGER
__attribute__((constructor)) static void loaded(int count, char **arguments, char **environment)
{
    prepare();
    tempfile__start_at_load(count, arguments, environment);
}
#else
__attribute__((constructor)) static void loaded(void)
{
    prepare();
}
#endif

/* The second sweep, for what other threads or the host's own exit handlers made after the library's handler. */
__attribute__((destructor)) static void unloaded(void)
{
    tempfile__clean_up_at_exit();
}
