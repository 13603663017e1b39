/* Writes: into the memory of a spooled file, into the buffer, or straight to the system. Go does the rest: what makes a
 * spooled file roll over, text that has to be encoded, and errors, for which it makes the call again. */
#define _GNU_SOURCE
#include "fast.h"
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MOST = 64
        << 10, /* bytes of the caller's that C looks at: a larger size may be wrong, and Go makes an error of a fault */
    FIRST_CAPACITY = 1024, /* of a spooled file's block, as in core/engine/spooled.go */
};

/* Makes the block of a spooled file large enough. */
static bool reserve(tempfile__record *record, int64_t end)
{
    tempfile__state *state = &record->state;
    int64_t capacity = 2 * state->capacity;

    if (__builtin_expect(end <= state->capacity, 1))
        return true;
    if (capacity < FIRST_CAPACITY)
        capacity = FIRST_CAPACITY;
    if (capacity < end)
        capacity = end;
    return tempfile__resize(record, state->size, capacity) == 0;
}

static bool write_memory(tempfile__record *record, const void *data, int64_t size)
{
    tempfile__state *state = &record->state;
    int64_t start = (state->flags & TEMPFILE__APPEND) != 0 ? state->size : state->position, end = start + size;

    if (size > MOST || start > state->size || (state->max_size != 0 && end > state->max_size) || !reserve(record, end))
        return false;
    memcpy((char *)state->data + start, data, (size_t)size);
    if (end > state->size)
        state->size = end;
    state->position = end;
    return true;
}

/* Moves the descriptor back over what was read ahead. */
static bool drop_ahead(tempfile__record *record)
{
    tempfile__state *state = &record->state;
    int64_t unread = state->ahead_end - state->ahead_start;

    if (unread > 0 && syscall(SYS_lseek, state->descriptor, -unread, SEEK_CUR) < 0)
        return false;
    state->ahead_start = state->ahead_end = 0;
    return true;
}

/* Holds bytes back, as engine.File.holdBack does. */
static bool hold_back(tempfile__record *record, const void *data, int64_t size)
{
    tempfile__state *state = &record->state;

    if (size > state->read_ahead - tempfile__held_back(record) && !tempfile__flush(record))
        return false;
    if (state->capacity < state->read_ahead && tempfile__resize(record, 0, state->read_ahead) != 0)
        return false;
    memcpy((char *)state->data + state->pending, data, (size_t)size);
    if (state->pending == 0) /* not each time: another thread's record may lie in the same cache line */
        state->pending_epoch = tempfile__epoch();
    state->pending += size;
    return true;
}

/* Has the system write. Bytes that cannot be taken back, at the end of a file that is open for appending, are left to Go: it
 * would write some of them twice. */
static bool write_through(tempfile__record *record, const void *data, int64_t size)
{
    tempfile__state *state = &record->state;
    int64_t written;

    if ((state->flags & TEMPFILE__APPEND) != 0 || !tempfile__flush(record))
        return false;
    if (tempfile__write_all(state->descriptor, data, size, &written))
        return true;
    if (written > 0)
        syscall(SYS_lseek, state->descriptor, -written, SEEK_CUR);
    return false;
}

static bool write_disk(tempfile__record *record, const void *data, int64_t size)
{
    const tempfile__state *state = &record->state;

    if ((state->flags & TEMPFILE__BUFFERED) != 0 && size < state->read_ahead)
        return size <= MOST && hold_back(record, data, size);
    return write_through(record, data, size);
}

/* Writes text that stands in the file as it is written. A write after a read goes behind what was read ahead, as in
 * Python. If a bad byte's characters were delivered in part, Go forgets the rest of them. */
static bool write_text(tempfile__record *record, const void *text, int64_t size)
{
    tempfile__state *state = &record->state;
    int64_t start = state->ahead_start, end = state->ahead_end;
    bool memory = tempfile__in_memory(state);

    if ((state->flags & TEMPFILE__VERBATIM_WRITE) == 0 || state->text.skip != 0 || size > MOST ||
        !tempfile__is_utf8(text, (size_t)size))
        return false;
    state->ahead_start = state->ahead_end = 0;
    if (memory ? write_memory(record, text, size) : write_disk(record, text, size))
        return true;
    state->ahead_start = start;
    state->ahead_end = end;
    return false;
}

bool tempfile__write(tempfile__record *record, const void *data, size_t size, int64_t *result)
{
    tempfile__state *state = &record->state;
    bool memory = tempfile__in_memory(state);

    if (!tempfile__open_for(state, TEMPFILE__WRITABLE) || (uintptr_t)data < TEMPFILE__FIRST_PAGE || size == 0 ||
        size > INT64_MAX || !(memory || tempfile__on_disk(record)))
        return false;
    *result = (int64_t)size;
    if ((state->flags & TEMPFILE__TEXT_MODE) != 0)
        return write_text(record, data, *result);
    if (memory)
        return write_memory(record, data, *result);
    return drop_ahead(record) && write_disk(record, data, *result);
}
