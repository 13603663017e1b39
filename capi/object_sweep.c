/* The sweep: the end of all objects of a process, at exit, at a signal, and when tempfile_cleanup is called. It goes over
 * the records: first the files, closed before they are unlinked, then the directories, innermost first. A file system
 * that renames an open file instead of unlinking it (NFS, FUSE) would refuse to remove the directory otherwise.
 *
 * A sweep waits for no lock and needs no memory, so it can run in a signal handler, at whatever instruction that
 * interrupted the process. Another call may be working on an object, in another thread or in the interrupted one. Such an
 * object loses its name only: that call may use the number of its descriptor, which must not become another file's. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum {
    DEPTHS = 64,              /* passes over the directories, each for one depth; the last takes all that is left */
    SIGNAL_SECONDS = 2,       /* for directories that hold something, at a signal */
    SIGNAL_ENTRIES = 1000000, /* in case the clock fails */
    EXIT_ENTRIES = 4096,      /* at exit, before Go takes over */
};

struct sweep {
    bool flushes;         /* files pass on what they hold back, if nothing else works on them */
    bool closes;          /* files are closed, in the same case */
    int placeholder;      /* a descriptor that takes the number of each one that is closed; -1: the numbers become free */
    bool enters_go;       /* for directories that are beyond the bounds */
    const char *function; /* the public function that reports errors; NULL: errors are not reported */
    int result;
    struct tempfile__bounds bounds;
};

/* The bounds of a removal by C alone. */
static struct tempfile__bounds without_go(void)
{
    return (struct tempfile__bounds){SIGNAL_ENTRIES, tempfile__now() + SIGNAL_SECONDS * SECOND};
}

/* Tells whether this process has objects of its own. A child of vfork has its parent's memory and must leave it alone. */
bool tempfile__is_owner(void)
{
    const struct tempfile__wiped *wiped = tempfile__shared.wiped;

    return wiped != NULL && __atomic_load_n(&wiped->epoch, __ATOMIC_ACQUIRE) != 0 && wiped->pid == getpid();
}

static void note_failure(struct sweep *sweep, const char *operation, const char *path, int error)
{
    if (sweep->function != NULL)
        sweep->result = tempfile__fail(-error, sweep->function, operation, path, tempfile_strerror(error), 0);
}

static const char *path_or_none(const tempfile__record *record)
{
    return record->fields[TEMPFILE__PATH] != NULL ? record->fields[TEMPFILE__PATH] : "";
}

/* tempfile__flush without SIGXFSZ. A file that may not grow any more would end the process by it, before the names of the
 * others are removed. */
static bool flush_quietly(tempfile__record *record)
{
    enum { KERNEL_SIGSET_SIZE = 8 };
    const struct timespec at_once = {0, 0};
    sigset_t limit, before;
    bool flushed;
    int error;

    if (tempfile__held_back(record) == 0)
        return true;
    sigemptyset(&limit);
    sigaddset(&limit, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &limit, &before);
    flushed = tempfile__flush(record);
    error = errno;
    if (!flushed && error == EFBIG && !sigismember(&before, SIGXFSZ)) /* takes the signal out; no cancellation point */
        syscall(SYS_rt_sigtimedwait, &limit, NULL, &at_once, KERNEL_SIGSET_SIZE);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return flushed;
}

/* Passes on what a file holds back. False: it stays open with it, as after a close that fails for the first time. The name
 * of a file that is to go does not wait for that, and neither does the end of the process. */
static bool passed_on(struct sweep *sweep, tempfile__record *record, bool removes)
{
    if (!sweep->flushes || flush_quietly(record))
        return true;
    note_failure(sweep, "write", path_or_none(record), errno);
    if (sweep->function == NULL || removes || (record->state.flags & TEMPFILE__CLOSE_FAILED) != 0)
        return true;
    record->state.flags |= TEMPFILE__CLOSE_FAILED;
    return false;
}

static void end_file(struct sweep *sweep, tempfile__record *record)
{
    struct tempfile__call call;
    bool locked = (sweep->flushes || sweep->closes) && tempfile__try(&call, record, TEMPFILE__FILE);
    struct tempfile__name name;
    bool removes = tempfile__name_to_remove(record, TEMPFILE__FILE, &name);
    int result;

    if (locked && passed_on(sweep, record, removes) && sweep->closes && tempfile__owned(record))
        tempfile__close_file(record, sweep->placeholder);
    if (removes) {
        do
            result = unlink(name.path);
        while (result != 0 && errno == EINTR); /* as file systems in user space answer */
        if (result != 0 && errno != ENOENT)
            note_failure(sweep, "unlink", name.path, errno);
        else if (locked && sweep->closes)
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
    if (record->generation == name->generation && tempfile__owned(record))
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
static bool ended_by_c(const struct sweep *sweep, tempfile__record *record, const struct tempfile__name *name,
                       struct tempfile__bounds *bounds)
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
    if (ended_by_c(sweep, record, &name, sweep->enters_go ? &bounds : &sweep->bounds) ||
        (sweep->enters_go && ended_by_go(sweep, record, &name)))
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

/* The paths that a sweep reads outlive their objects as long as the sweep is counted, see set_path_aside in object_end.c. */
static void run(struct sweep *sweep)
{
    uint32_t *sweeps = &tempfile__shared.wiped->sweeps;
    tempfile__record *record;

    __atomic_add_fetch(sweeps, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the count is seen before a path is read */
    for (uint32_t i = 0; (record = tempfile__record_at(i)) != NULL; i++)
        end_file(sweep, record);
    end_directories(sweep);
    __atomic_sub_fetch(sweeps, 1, __ATOMIC_SEQ_CST);
}

static struct sweep sweep_without_go(void)
{
    return (struct sweep){.flushes = true, .closes = true, .placeholder = -1, .bounds = without_go()};
}

/* Most directories hold little, and C removes them without a start of Go. Go takes over the large ones, as its helpers are
 * threads. */
static struct sweep sweep_with_go(void)
{
    return (struct sweep){
        .flushes = true, .closes = true, .placeholder = -1, .enters_go = true, .bounds = {.entries = EXIT_ENTRIES}};
}

/* Runs a sweep after which the process ends. Other threads run until then, and may have borrowed a file's descriptor. So
 * its number stays in use, but is not open for reading or writing any more. Where the table of descriptors is full, the
 * files stay open, and the system closes them. */
static void run_last(struct sweep *sweep)
{
    sweep->placeholder = (int)syscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC);
    sweep->closes = sweep->placeholder >= 0;
    run(sweep);
    if (sweep->closes)
        syscall(SYS_close, sweep->placeholder);
    tempfile__close_journal();
    tempfile__print_kept();
}

/* At normal exit. */
void tempfile__clean_up_last(bool may_enter_go)
{
    struct sweep sweep = may_enter_go ? sweep_with_go() : sweep_without_go();

    run_last(&sweep);
}

/* In a signal handler; ends: the process ends afterwards. A host that goes on keeps its files open, and what they hold
 * back. */
void tempfile__clean_up_at_signal(bool ends)
{
    struct sweep sweep = sweep_without_go();

    if (!tempfile__is_owner())
        return;
    sweep.flushes = ends;
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
    if (tempfile__is_owner())
        run(&sweep);
    return sweep.result;
}
