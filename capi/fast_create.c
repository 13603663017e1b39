/* The creations. Go makes the plan, and C always acts on it: it draws a name, calls the system, draws another name on
 * EEXIST, and takes the fallback where O_TMPFILE is not to be had. core/engine/create.go does the same for Go programs.
 *
 * The system is called by syscall(2), as Go calls it. Another library may have replaced open and mkdir, and they are
 * cancellation points, where a cancelled thread would end with the descriptor. */
#define _GNU_SOURCE
#include "fast.h"
#include "object_journal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- acting on a plan */

typedef long call_of_system(const struct tempfile__plan *plan, const char *path);

static long create_file(const struct tempfile__plan *plan, const char *path)
{
    return syscall(SYS_openat, AT_FDCWD, path, plan->flags, plan->permissions);
}

static long create_directory(const struct tempfile__plan *plan, const char *path)
{
    return syscall(SYS_mkdirat, AT_FDCWD, path, plan->permissions);
}

static long create_unnamed(const struct tempfile__plan *plan, const char *directory)
{
    return syscall(SYS_openat, AT_FDCWD, directory, plan->unnamed_flags, plan->permissions);
}

static long remove_name(const struct tempfile__plan *plan, const char *path)
{
    (void)plan;
    return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* Succeeds if the name is free, and creates nothing. */
static long look_at_name(const struct tempfile__plan *plan, const char *path)
{
    struct stat status;

    (void)plan;
    if (syscall(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == EINTR ? -1 : 0;
    errno = EEXIST;
    return -1;
}

/* Repeats a call that a signal interrupted. */
static inline int ignoring_eintr(call_of_system *call, const struct tempfile__plan *plan, const char *path)
{
    long result;

    do
        result = call(plan, path);
    while (result < 0 && errno == EINTR);
    return (int)result;
}

/* Where an object is written down for recovery while it is made. */
struct journal {
    enum tempfile__entry_kind kind;
    uint32_t slot; /* 0: it is not written down */
    int error;     /* why it is not */
};

/* Writes down what is about to be made, unless it is to stay. Where that cannot be done the object is made all the same. */
static void intend(const struct tempfile__plan *plan, struct journal *journal, const char *path)
{
    int before = errno;

    if (journal->slot != 0)
        tempfile__intend_again(journal->slot, path);
    else
        journal->slot = tempfile__intend(path, journal->kind, plan->random ? TEMPFILE__ENTRY_RANDOM : 0);
    if (journal->slot == 0)
        journal->error = errno;
    errno = before;
}

/* Makes a call with one name after another until the system says anything but EEXIST, which is all that another name can
 * cure. The path is the plan's, or a copy. The result of the call, or the error that the public function returns. */
static inline int attempt(const struct tempfile__plan *plan, char *path, call_of_system *call, const char *operation,
                          const char *function, struct journal *journal)
{
    int result = -1;

    for (int i = 0; i < plan->attempts; i++) {
        if (plan->random && !tempfile__draw_name(plan->names, path + plan->name))
            return tempfile__fail_errno(errno, function, "getrandom", plan->directory);
        if (journal != NULL && tempfile__is_journaled())
            intend(plan, journal, path);
        if (journal != NULL && journal->slot == 0 && (plan->state.flags & TEMPFILE__RECOVERABLE) != 0)
            return tempfile__fail_errno(journal->error, function, "journal", path);
        result = ignoring_eintr(call, plan, path);
        if (result >= 0)
            return result;
        if (errno != EEXIST)
            break;
    }
    return tempfile__fail_errno(errno, function, operation, path);
}

static bool means_no_unnamed(const struct tempfile__plan *plan, int error)
{
    for (int i = 0; i < TEMPFILE__ERRNOS; i++)
        if (plan->no_unnamed[i] == error)
            return true;
    return false;
}

/* Makes a file without a name, or with one for an instant. The descriptor, or the error that the public function returns. */
static int make_unnamed(const struct tempfile__plan *plan, const char *function)
{
    struct journal journal = {TEMPFILE__ENTRY_FILE, 0, EOPNOTSUPP};
    int descriptor;

    if (plan->unnamed_flags != 0) {
        descriptor = ignoring_eintr(create_unnamed, plan, plan->directory);
        if (descriptor >= 0)
            return descriptor;
        if (!means_no_unnamed(plan, errno))
            return tempfile__fail_errno(errno, function, "open", plan->directory);
    }
    descriptor = attempt(plan, plan->path, create_file, "open", function, &journal);
    if (descriptor >= 0 && ignoring_eintr(remove_name, plan, plan->path) != 0) {
        int error = errno;

        syscall(SYS_close, descriptor);
        descriptor = tempfile__fail_errno(error, function, "unlink", plan->path);
    }
    tempfile__strike_out(journal.slot);
    return descriptor;
}

/* --- for a descriptor or a path */

/* Makes sure, before anything is created, that the path fits into a caller's buffer. No buffer at all of size 0 asks for
 * the size. */
static int check_buffer(const struct tempfile__plan *plan, const char *out_path, size_t path_size, const char *function)
{
    char reason[64];

    if (out_path == NULL && path_size > 0)
        return tempfile__fail(-EINVAL, function, "arguments", "", "the buffer is NULL", 0);
    if (path_size >= plan->size)
        return 0;
    snprintf(reason, sizeof reason, "the buffer needs %zu bytes", plan->size);
    return tempfile__fail(-ERANGE, function, "arguments", "", reason, plan->size);
}

static inline int make_path(enum tempfile__creation creation, const tempfile_options *options, call_of_system *call,
                            const char *operation, const char *function, char *out_path, size_t path_size)
{
    struct tempfile__plan *plan;
    int result = tempfile__begin(function);

    if (result == 0)
        result = tempfile__plan(creation, options, function, &plan);
    if (result == 0)
        result = check_buffer(plan, out_path, path_size, function);
    if (result == 0)
        result = attempt(plan, plan->path, call, operation, function, NULL);
    if (result >= 0)
        memcpy(out_path, plan->path, plan->size);
    return result;
}

static tempfile_fd make_descriptor(const tempfile_options *options, const char *function)
{
    struct tempfile__plan *plan;
    int result = tempfile__begin(function);

    if (result == 0)
        result = tempfile__plan(TEMPFILE__UNNAMED, options, function, &plan);
    return result == 0 ? make_unnamed(plan, function) : result;
}

tempfile_fd tempfile_mkstemp(const tempfile_options *options, char *out_path, size_t path_size)
{
    return make_path(TEMPFILE__MKSTEMP, options, create_file, "open", "tempfile_mkstemp", out_path, path_size);
}

int tempfile_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size)
{
    return make_path(TEMPFILE__MKDTEMP, options, create_directory, "mkdir", "tempfile_mkdtemp", out_path, path_size);
}

int tempfile_mktemp(const tempfile_options *options, char *out_path, size_t path_size)
{
    return make_path(TEMPFILE__MKTEMP, options, look_at_name, "mktemp", "tempfile_mktemp", out_path, path_size);
}

tempfile_fd tempfile_unnamed(const tempfile_options *options)
{
    return make_descriptor(options, "tempfile_unnamed");
}

/* Writes a descriptor into memory of the host's, which may be interrupted after the call's return. */
static tempfile_fd put(tempfile_fd made, tempfile_fd *out_fd)
{
    if (made >= 0)
        *out_fd = made;
    return made;
}

tempfile_fd tempfile_mkstemp_into(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *out_fd)
{
    if (out_fd == NULL)
        return tempfile__fail(-EINVAL, "tempfile_mkstemp_into", "arguments", "", "out_fd is NULL", 0);
    return put(tempfile_mkstemp(options, out_path, path_size), out_fd);
}

tempfile_fd tempfile_unnamed_into(const tempfile_options *options, tempfile_fd *out_fd)
{
    if (out_fd == NULL)
        return tempfile__fail(-EINVAL, "tempfile_unnamed_into", "arguments", "", "out_fd is NULL", 0);
    return put(tempfile_unnamed(options), out_fd);
}

/* --- for an object */

/* Gives a record its path, before anything is created for which there is no memory. */
static int set_path(const struct tempfile__plan *plan, tempfile__record *record, const char *function)
{
    if (tempfile__set_field(record, TEMPFILE__PATH, plan->path, plan->size - 1) == 0)
        return 0;
    return tempfile__fail_errno(ENOMEM, function, "malloc", plan->path);
}

/* Gives a record the state that a file begins with, with the descriptor, or gives back the error that is in its place. */
static inline int begin_file(const struct tempfile__plan *plan, tempfile__record *record, int descriptor)
{
    if (descriptor < 0)
        return descriptor;
    record->state = plan->state;
    record->state.descriptor = descriptor;
    return 0;
}

/* The journal of an object that will be removed; NULL for one that is to stay. */
static struct journal *unless_kept(const struct tempfile__plan *plan, struct journal *journal)
{
    return (plan->state.flags & TEMPFILE__DELETE) != 0 ? journal : NULL;
}

/* Gives the record what is written down, or strikes it out if nothing was made. A name that was not drawn may have been
 * somebody else's before, so its file is identified at once. */
static void keep_journal(const struct tempfile__plan *plan, const struct journal *journal, tempfile__record *record,
                         int descriptor)
{
    bool identified = false;

    if (journal->slot == 0)
        return;
    if (descriptor < 0) {
        tempfile__strike_out(journal->slot);
        return;
    }
    if (!plan->random)
        identified = tempfile__note_identity(journal->slot, descriptor, NULL);
    tempfile__own_slot(record, journal->slot, identified);
}

/* The same for a directory; error: an errno, or 0. */
static void keep_directory_journal(const struct journal *journal, tempfile__record *record, int error,
                                   struct tempfile__birth birth)
{
    if (journal->slot == 0)
        return;
    if (error != 0 || !tempfile__put_identity(journal->slot, record->state.device, record->state.inode, birth))
        tempfile__strike_out(journal->slot);
    else
        tempfile__own_slot(record, journal->slot, true);
}

static int fill_named(const struct tempfile__plan *plan, tempfile__record *record, const char *function)
{
    struct journal journal = {TEMPFILE__ENTRY_FILE, 0, EOPNOTSUPP};
    int result = set_path(plan, record, function);

    if (result == 0)
        result = attempt(plan, record->fields[TEMPFILE__PATH], create_file, "open", function, unless_kept(plan, &journal));
    keep_journal(plan, &journal, record, result);
    return begin_file(plan, record, result);
}

static int fill_unnamed(const struct tempfile__plan *plan, tempfile__record *record, const char *function)
{
    return begin_file(plan, record, make_unnamed(plan, function));
}

/* A spooled file remembers the parts of the path that it rolls over to. */
static int fill_spooled(const struct tempfile__plan *plan, tempfile__record *record, const char *function)
{
    const size_t suffix = plan->name + plan->name_size;
    const struct {
        const char *text;
        size_t size;
    } parts[TEMPFILE__FIELDS] = {
        [TEMPFILE__SPOOL_DIRECTORY] = {plan->directory, plan->directory_size},
        [TEMPFILE__SPOOL_PREFIX] = {plan->path + plan->prefix, plan->name - plan->prefix},
        [TEMPFILE__SPOOL_SUFFIX] = {plan->path + suffix, plan->size - 1 - suffix},
    };

    for (int i = 0; i < TEMPFILE__FIELDS; i++)
        if (parts[i].size > 0 && tempfile__set_field(record, i, parts[i].text, parts[i].size) != 0)
            return tempfile__fail_errno(ENOMEM, function, "malloc", "");
    record->state = plan->state;
    return 0;
}

/* Gives the identity of a directory that was just made. In doubt Go looks closer. 0, or an errno. */
static int identify(const struct tempfile__plan *plan, const char *path, tempfile__state *state,
                    struct tempfile__birth *birth, const char *function)
{
    struct tempfile__thread *thread;
    int result;

    *birth = (struct tempfile__birth){0, UINT64_MAX};
    if (tempfile__identify_new(path, &state->device, &state->inode, birth))
        return 0;
    result = tempfile__enter_go(&thread, function);
    if (result != 0)
        return -result;
    result = tfgo_identify_new((char *)path, plan->size - 1, plan->permissions, &state->device, &state->inode);
    tempfile__leave_go(thread);
    return -result;
}

/* Holds a directory by a shared lock, which the descriptor in its state keeps. 0, or an errno. */
static int lock_directory(const char *path, tempfile__state *state)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags), error = 0;
    struct stat status;

    if (descriptor < 0)
        return errno;
    if (fstat(descriptor, &status) != 0)
        error = errno;
    else if (status.st_dev != state->device || status.st_ino != state->inode)
        error = ESTALE;
    while (error == 0 && flock(descriptor, LOCK_SH | LOCK_NB) != 0)
        if (errno != EINTR)
            error = errno;
    if (error == 0)
        state->descriptor = descriptor;
    else
        syscall(SYS_close, descriptor);
    return error;
}

static int fill_directory(const struct tempfile__plan *plan, tempfile__record *record, const char *function)
{
    struct journal journal = {TEMPFILE__ENTRY_DIRECTORY, 0, EOPNOTSUPP};
    struct tempfile__birth birth = {0, UINT64_MAX};
    const char *path;
    int result = set_path(plan, record, function), error;

    if (result == 0)
        result = attempt(plan, record->fields[TEMPFILE__PATH], create_directory, "mkdir", function,
                         unless_kept(plan, &journal));
    path = record->fields[TEMPFILE__PATH];
    if (result < 0) {
        keep_directory_journal(&journal, record, -result, birth);
        return result;
    }
    record->state = plan->state;
    error = identify(plan, path, &record->state, &birth, function);
    if (error == 0 && (plan->state.flags & TEMPFILE__HELD) != 0)
        error = lock_directory(path, &record->state);
    if (error != 0 && error != ESTALE) /* that one is not ours */
        syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
    keep_directory_journal(&journal, record, error, birth);
    if (error == 0)
        return 0;
    return tempfile__fail_errno(error, function, "mkdir", path);
}

typedef int fill(const struct tempfile__plan *plan, tempfile__record *record, const char *function);

/* Makes an object. out: the caller's pointer, under its name. */
static inline int make_object(enum tempfile__creation creation, enum tempfile__kind kind, fill *fill_record,
                              const tempfile_options *options, const char *function, const void *out, const char *out_name,
                              void **out_handle)
{
    struct tempfile__call call;
    struct tempfile__plan *plan;
    char reason[32];
    int result = tempfile__make(&call, kind, function);

    if (result != 0)
        return result;
    if (out == NULL) {
        snprintf(reason, sizeof reason, "%s is NULL", out_name);
        result = tempfile__fail(-EINVAL, function, "arguments", "", reason, 0);
    }
    if (result == 0)
        result = tempfile__plan(creation, options, function, &plan);
    if (result == 0)
        result = fill_record(plan, call.record, function);
    return tempfile__made(&call, result, out_handle);
}

static inline int make_file(enum tempfile__creation creation, fill *fill_record, const tempfile_options *options,
                            const char *function, tempfile_file **out_file)
{
    void *handle;
    int result = make_object(creation, TEMPFILE__FILE, fill_record, options, function, out_file, "out_file", &handle);

    if (result == 0)
        *out_file = handle;
    return result;
}

int tempfile_named_temporary_file(const tempfile_options *options, tempfile_file **out_file)
{
    return make_file(TEMPFILE__NAMED_FILE, fill_named, options, "tempfile_named_temporary_file", out_file);
}

int tempfile_temporary_file(const tempfile_options *options, tempfile_file **out_file)
{
    return make_file(TEMPFILE__UNNAMED_FILE, fill_unnamed, options, "tempfile_temporary_file", out_file);
}

int tempfile_spooled_temporary_file(const tempfile_options *options, tempfile_file **out_file)
{
    return make_file(TEMPFILE__SPOOLED_FILE, fill_spooled, options, "tempfile_spooled_temporary_file", out_file);
}

int tempfile_temporary_directory(const tempfile_options *options, tempfile_directory **out_directory)
{
    static const char function[] = "tempfile_temporary_directory";
    void *handle;
    int result = make_object(TEMPFILE__TEMPORARY_DIRECTORY, TEMPFILE__DIRECTORY, fill_directory, options, function,
                             out_directory, "out_directory", &handle);

    if (result == 0)
        *out_directory = handle;
    return result;
}
