/* The contents of a record: its descriptor, its block of memory and its strings. Go changes them through the functions
 * here. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Notes the last serial before this thread forks, for its child. The note is the thread's own, as other threads fork too. */
void tempfile__note_fork(void)
{
    struct tempfile__thread *thread = tempfile__new_thread();

    if (thread != NULL)
        thread->serial_at_fork = __atomic_load_n(&tempfile__objects.descriptor_serial, __ATOMIC_SEQ_CST);
}

/* Sets the limit in the child. Without a note, for want of memory, all descriptors are taken to be inherited. */
void tempfile__set_fork_limit(void)
{
    const struct tempfile__thread *thread = tempfile__this_thread();

    tempfile__shared.wiped->fork_limit = thread != NULL ? thread->serial_at_fork + 1 : UINT64_MAX;
}

/* Tells whether a record's descriptor came with the fork that made this process. A fork copies the descriptors first and the
 * memory later. If another thread of the parent put a descriptor into a record in between, its number is soon another
 * file's in the child. */
bool tempfile__descriptor_was_inherited(const tempfile__record *record)
{
    uint64_t limit = tempfile__shared.wiped->fork_limit;

    return limit == 0 || record->descriptor_serial < limit;
}

/* Writes until all is written, by syscall(2), as no thread may be cancelled while it holds a record's lock. False: the
 * system has taken less. */
bool tempfile__write_all(int descriptor, const void *data, int64_t size, int64_t *written)
{
    for (*written = 0; *written < size;) {
        long part = syscall(SYS_write, descriptor, (const char *)data + *written, (size_t)(size - *written));

        if (part > 0)
            *written += part;
        else if (part == 0 || errno != EINTR)
            return false;
    }
    return true;
}

/* Passes on what this process holds back, as engine.File.flush does. False: what the system did not take is still held
 * back. A signal handler calls it too, with the record's lock. */
bool tempfile__flush(tempfile__record *record)
{
    tempfile__state *state = &record->state;
    int64_t size = tempfile__held_back(record), written;

    if (size == 0)
        return true;
    if (state->descriptor < 0 || !tempfile__descriptor_is_ours(record))
        return false;
    if (!tempfile__write_all(state->descriptor, state->data, size, &written)) {
        memmove(state->data, (const char *)state->data + written, (size_t)(size - written));
        state->pending = size - written;
        return false;
    }
    state->pending = 0;
    state->flags &= ~(uint32_t)TEMPFILE__CLOSE_FAILED;
    return true;
}

/* Closes a record's descriptor, and forgets it first: the number is free for others from then on, even if close fails.
 * Not by close(2), where a thread that is cancelled would end. */
void tempfile__close_descriptor(tempfile__record *record)
{
    int descriptor = record->state.descriptor;

    record->state.descriptor = -1;
    if (descriptor >= 0 && tempfile__descriptor_is_ours(record))
        syscall(SYS_close, descriptor);
}

/* Closes a file, whose lock is held, as engine.File.Close does in Go; its memory stays until it is freed. With a
 * placeholder, the placeholder takes the descriptor's number: somebody may have borrowed it, and must not write into
 * another thread's next file. */
void tempfile__close_file(tempfile__record *record, int placeholder)
{
    tempfile__state *state = &record->state;
    int descriptor = state->descriptor;

    state->flags |= TEMPFILE__CLOSED;
    if (placeholder < 0) {
        tempfile__close_descriptor(record);
    } else if (descriptor >= 0 && tempfile__descriptor_is_ours(record)) {
        state->descriptor = -1;
        syscall(SYS_dup3, placeholder, descriptor, O_CLOEXEC);
    }
    state->ahead_start = state->ahead_end = state->size = state->position = state->pending = 0;
}

/* The following put the new in place before they free the old, as another thread may fork in between. */

int tempfile__resize(tempfile__record *record, int64_t keep, int64_t capacity)
{
    void *old = record->state.data, *block = NULL;

    if (capacity > 0) {
        block = malloc((size_t)capacity);
        if (block == NULL)
            return -ENOMEM;
        if (keep > 0)
            memcpy(block, old, (size_t)keep);
    }
    if (capacity < record->state.capacity)
        __atomic_store_n(&record->state.capacity, capacity, __ATOMIC_RELEASE);
    __atomic_store_n(&record->state.data, block, __ATOMIC_RELEASE);
    __atomic_store_n(&record->state.capacity, capacity, __ATOMIC_RELEASE);
    free(old);
    return 0;
}

int tempfile__set_field(tempfile__record *record, int which, const char *text, size_t size)
{
    char *old = record->fields[which], *copy = malloc(size + 1);

    if (copy == NULL)
        return -ENOMEM;
    if (size > 0) /* an empty string of Go's has no address */
        memcpy(copy, text, size);
    copy[size] = '\0';
    __atomic_store_n(&record->fields[which], copy, __ATOMIC_RELEASE);
    record->field_sizes[which] = size;
    free(old);
    return 0;
}

/* Copies a path, so that an object can get it without fail. NULL: there is no memory. */
struct tempfile__other_path *tempfile__prepare_path(const char *text, size_t size)
{
    struct tempfile__other_path *path = malloc(sizeof *path);

    if (path == NULL)
        return NULL;
    path->older = NULL;
    path->text = malloc(size + 1);
    if (path->text == NULL) {
        free(path);
        return NULL;
    }
    memcpy(path->text, text, size);
    path->text[size] = '\0';
    return path;
}

/* Gives an object a prepared path, and keeps the old one. The size never is more than that of the path that stands in the
 * record: Go would read past the end in a child that is forked in between. */
void tempfile__set_path(tempfile__record *record, struct tempfile__other_path *path, size_t size)
{
    char *old = record->fields[TEMPFILE__PATH];

    if (size < record->field_sizes[TEMPFILE__PATH])
        __atomic_store_n(&record->field_sizes[TEMPFILE__PATH], size, __ATOMIC_RELEASE);
    __atomic_store_n(&record->fields[TEMPFILE__PATH], path->text, __ATOMIC_RELEASE);
    __atomic_store_n(&record->field_sizes[TEMPFILE__PATH], size, __ATOMIC_RELEASE);
    if (old == NULL) {
        free(path);
        return;
    }
    path->text = old;
    path->older = record->old_paths;
    __atomic_store_n(&record->old_paths, path, __ATOMIC_RELEASE);
}

void tempfile__free_paths(struct tempfile__other_path *paths)
{
    while (paths != NULL) {
        struct tempfile__other_path *path = paths;

        paths = path->older;
        free(path->text);
        free(path);
    }
}
