/* The end of a process, or of what it made: at exit, at a signal, and when tempfile_cleanup is called. All three are one sweep
 * over the records: first the files, closed before they are unlinked, then the directories, innermost first. A file system that
 * renames an open file instead of unlinking it (NFS, FUSE) would refuse to remove the directory otherwise.
 *
 * A sweep waits for no lock and needs no memory, so it can run in a signal handler that interrupted anything. An object that
 * another call works on, of another thread or of the one that was interrupted, loses its name only: the number of its
 * descriptor may be used by that call, and must not become another file's. */
#define _GNU_SOURCE
#include "internal.h"
#include "_cgo_export.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum {
    DEPTHS = 64,                /* passes over the directories, each for one depth; the last takes all that is left */
    SIGNAL_SECONDS = 2,         /* for directories that hold something, at a signal */
    SIGNAL_ENTRIES = 1000000,   /* in case the clock fails */
    EXIT_ENTRIES = 4096,        /* at exit, before Go takes over */
    MAKERS_SECONDS = 1,         /* for what other threads are making at exit */
};

struct sweep {
    bool closes;          /* files are closed, if nothing else works on them */
    int placeholder;      /* a descriptor that takes the place of those that are closed; -1: nothing does */
    bool enters_go;       /* for directories that are beyond the bounds */
    const char *function; /* that reports errors; NULL: nobody asks */
    int result;
    struct tempfile__bounds bounds;
};

/* For what C alone does. */
static struct tempfile__bounds without_go(void)
{
    return (struct tempfile__bounds){SIGNAL_ENTRIES, tempfile__now() + SIGNAL_SECONDS * SECOND};
}

/* Tells whether this process has objects of its own. A child of vfork has its parent's memory and must leave it alone. */
static bool is_owner(void)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;

    return wiped != NULL && __atomic_load_n(&wiped->epoch, __ATOMIC_ACQUIRE) != 0 && wiped->pid == getpid();
}

static void note_failure(struct sweep *sweep, const char *operation, const char *path, int error)
{
    if (sweep->function != NULL)
        sweep->result = tempfile__fail(-error, sweep->function, operation, path, tempfile_strerror(error), 0);
}

static void end_file(struct sweep *sweep, tempfile__record *record)
{
    struct tempfile__call call;
    bool locked = sweep->closes && tempfile__try(&call, record, TEMPFILE__FILE);
    struct tempfile__name name;
    int result;

    if (locked)
        tempfile__close_file(record, sweep->placeholder);
    if (tempfile__name_to_remove(record, TEMPFILE__FILE, &name)) {
        do
            result = unlink(name.path);
        while (result != 0 && errno == EINTR); /* as file systems in user space answer */
        if (result != 0 && errno != ENOENT)
            note_failure(sweep, "unlink", name.path, errno);
        else if (locked)
            record->state.flags &= ~(uint32_t)TEMPFILE__NAMED;
    }
    if (locked)
        tempfile__done(&call);
}

/* Locks the directory that has a name. Another thread may have ended it meanwhile, and made another one on the record. */
static bool try_directory(struct tempfile__call *call, tempfile__record *record, const struct tempfile__name *name)
{
    if (!tempfile__try(call, record, TEMPFILE__DIRECTORY))
        return false;
    if (record->generation == name->generation)
        return true;
    tempfile__done(call);
    return false;
}

/* Makes the handle of a directory one of a directory that was cleaned up. */
static void forget_name(const struct sweep *sweep, tempfile__record *record, const struct tempfile__name *name)
{
    struct tempfile__call call;

    if (!sweep->closes || !try_directory(&call, record, name))
        return;
    record->state.flags &= ~(uint32_t)TEMPFILE__NAMED;
    tempfile__done(&call);
}

/* Removes a directory in C, as far as the bounds allow. */
static bool ended_by_c(const struct sweep *sweep, tempfile__record *record, const struct tempfile__name *name, struct tempfile__bounds *bounds)
{
    if (syscall(SYS_unlinkat, AT_FDCWD, name->path, AT_REMOVEDIR) != 0 && errno != ENOENT &&
        !tempfile__remove_tree(name->path, name->device, name->inode, bounds))
        return false;
    forget_name(sweep, record, name);
    return true;
}

/* Has Go remove a directory, without bounds; it forgets the name when that is gone. False: Go cannot be entered, or another
 * call holds the lock. */
static bool ended_by_go(struct sweep *sweep, tempfile__record *record, const struct tempfile__name *name)
{
    struct tempfile__call call = {.function = NULL};
    int result;

    if (!try_directory(&call, record, name))
        return false;
    if (tempfile__enter_object(&call) != 0) {
        tempfile__done(&call);
        return false;
    }
    tempfile__pin(&call);
    result = tfgo_end_directory(record);
    tempfile__leave_go(call.thread);
    tempfile__unpin(&call);
    if (result != 0)
        sweep->result = result;
    return true;
}

static void end_directory(struct sweep *sweep, tempfile__record *record)
{
    struct tempfile__bounds bounds = sweep->bounds;
    struct tempfile__name name;

    if (!tempfile__name_to_remove(record, TEMPFILE__DIRECTORY, &name))
        return;
    if (ended_by_c(sweep, record, &name, sweep->enters_go ? &bounds : &sweep->bounds) || (sweep->enters_go && ended_by_go(sweep, record, &name)))
        return;
    bounds = without_go();
    if (!sweep->enters_go || !ended_by_c(sweep, record, &name, &bounds))
        note_failure(sweep, "rmtree", name.path, ENOTEMPTY);
}

static uint32_t depth_of(const char *path)
{
    uint32_t depth = 0;

    for (; *path != '\0'; path++)
        depth += *path == '/';
    return depth;
}

/* The depth of a record's directory; 0: it has none to remove. */
static uint32_t directory_depth(const tempfile__record *record)
{
    struct tempfile__name name;

    return tempfile__name_to_remove(record, TEMPFILE__DIRECTORY, &name) ? depth_of(name.path) : 0;
}

/* The largest depth below a limit; 0: there are no more directories. */
static uint32_t deepest_below(uint32_t limit)
{
    const tempfile__record *record;
    uint32_t deepest = 0;

    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
        uint32_t depth = directory_depth(record);

        if (depth < limit && depth > deepest)
            deepest = depth;
    }
    return deepest;
}

static void end_directories(struct sweep *sweep)
{
    uint32_t limit = UINT32_MAX;
    tempfile__record *record;

    for (int pass = 1; pass <= DEPTHS && (limit = deepest_below(limit)) > 0; pass++)
        for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
            uint32_t depth = directory_depth(record);

            if (depth == limit || (pass == DEPTHS && depth > 0 && depth < limit))
                end_directory(sweep, record);
        }
}

/* The paths that a sweep reads outlive their objects as long as it is known to be at them, see set_path_aside in records.c. */
static void run(struct sweep *sweep)
{
    uint32_t *handlers = &tempfile__shared.wiped->handlers;
    tempfile__record *record;

    __atomic_add_fetch(handlers, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* no path is read before that is seen */
    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++)
        end_file(sweep, record);
    end_directories(sweep);
    __atomic_sub_fetch(handlers, 1, __ATOMIC_SEQ_CST);
}

static struct sweep sweep_without_go(void)
{
    return (struct sweep){.closes = true, .placeholder = -1, .bounds = without_go()};
}

/* Go takes over soon, for it has threads to help. But most directories hold little, and then it need not be started. */
static struct sweep sweep_with_go(void)
{
    return (struct sweep){.closes = true, .placeholder = -1, .enters_go = true, .bounds = {.entries = EXIT_ENTRIES}};
}

/* Runs a sweep after which the process ends. Other threads go on until it has, and may have borrowed a file's descriptor. Its
 * number stays in use therefore, but is not open for reading or writing any more. Where the table of descriptors is full, files
 * are left to the system. */
static void run_last(struct sweep *sweep)
{
    sweep->placeholder = (int)syscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC);
    sweep->closes = sweep->placeholder >= 0;
    run(sweep);
    if (sweep->closes)
        syscall(SYS_close, sweep->placeholder);
}

/* In a signal handler; ends: the process ends afterwards. A host that goes on keeps its files open. */
void tempfile__clean_up_at_signal(bool ends)
{
    struct sweep sweep = sweep_without_go();

    if (!is_owner())
        return;
    sweep.closes = false;
    if (ends)
        run_last(&sweep);
    else
        run(&sweep);
}

int tempfile_cleanup(void)
{
    struct sweep sweep = sweep_with_go();
    int result;

    sweep.function = "tempfile_cleanup";
    result = tempfile__begin(sweep.function);
    if (result != 0)
        return result;
    if (is_owner())
        run(&sweep);
    return sweep.result;
}

/* --- exit beside busy threads */

static void pause_for_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 1000 * 1000};

    nanosleep(&moment, NULL);
}

/* Tells whether this thread has to wait with what it makes, as the process is about to end. */
static bool is_held(uintptr_t self)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;
    uintptr_t leaver = __atomic_load_n(&wiped->leaver, __ATOMIC_SEQ_CST);

    return __builtin_expect(leaver != 0, 0) && leaver != self && tempfile__now() < __atomic_load_n(&wiped->held_until, __ATOMIC_RELAXED);
}

/* Notes that this thread is making an object, unless the process is ending: then it waits, so that nothing is made behind the
 * sweep. It does not wait for ever: a host may join its threads in an exit handler of its own. What is made after that goes at
 * the second sweep, when the library's destructors run. */
void tempfile__start_making(tempfile__record *record)
{
    uintptr_t self = (uintptr_t)pthread_self();

    __atomic_store_n(&record->maker, self, __ATOMIC_SEQ_CST);
    while (is_held(self)) {
        __atomic_store_n(&record->maker, 0, __ATOMIC_SEQ_CST);
        pause_for_a_moment();
        __atomic_store_n(&record->maker, self, __ATOMIC_SEQ_CST);
    }
}

/* Tells whether another thread is making an object; *own: this one is, and was interrupted. */
static bool is_making(uintptr_t self, bool *own)
{
    const tempfile__record *record;
    bool others = false;

    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++) {
        uintptr_t maker = __atomic_load_n(&record->maker, __ATOMIC_SEQ_CST);

        if (maker == 0 || !tempfile__owned(record))
            continue;
        if (maker == self)
            *own = true;
        else
            others = true;
    }
    return others;
}

/* Has other threads wait before they make more, and waits for what they are making. True: this thread was making something
 * when it was interrupted, perhaps in malloc. */
static bool hold_makers(void)
{
    struct tempfile__wiped *wiped = tempfile__shared.wiped;
    uintptr_t self = (uintptr_t)pthread_self();
    int64_t until = tempfile__now() + MAKERS_SECONDS * SECOND;
    bool own = false;

    __atomic_store_n(&wiped->held_until, until, __ATOMIC_RELAXED);
    __atomic_store_n(&wiped->leaver, self, __ATOMIC_SEQ_CST);
    while (is_making(self, &own) && tempfile__now() < until)
        pause_for_a_moment();
    return own;
}

/* Tells whether this thread was interrupted inside Go, by a handler that called exit. */
static bool is_inside_go(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    return thread != NULL && thread->inside != 0;
}

/* At normal exit, removes what this process made and has not freed. exit may have been called by a handler that interrupted the
 * library, so Go is entered only where this thread is not inside it, for directories beyond what C does. */
void tempfile__leave(void)
{
    struct sweep sweep;

    if (!is_owner())
        return;
    sweep = hold_makers() || is_inside_go() ? sweep_without_go() : sweep_with_go();
    run_last(&sweep);
}

/* Once more, for what exit handlers of the host that ran after the library's have made, or other threads. */
__attribute__((destructor)) static void unloaded(void)
{
    tempfile__leave();
}
