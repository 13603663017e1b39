/* Positions: seek and tell in memory, and by one call of the system on disk. Go does the rest: text other than UTF-8, seeks
 * that have an error or stop at the start, and errors of the system, for which it makes the call again. */
#define _GNU_SOURCE
#include "fast.h"
#include <sys/syscall.h>
#include <unistd.h>

/* The largest offset that is a position in text; above are the bits of a decoder's state, which UTF-8 has not. */
#define TEXT_OFFSETS ((INT64_C(1) << 48) - 1)

static bool seek_memory(tempfile__state *state, int64_t offset, int whence, int64_t *result)
{
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? state->position : state->size;

    if (offset < -from || offset > INT64_MAX - from)
        return false;
    state->position = from + offset;
    state->ahead_start = state->ahead_end = 0;
    *result = state->position;
    return true;
}

static bool seek_disk(tempfile__record *record, int64_t offset, int whence, int64_t *result)
{
    tempfile__state *state = &record->state;
    long position;

    if (!tempfile__on_disk(record) || !tempfile__flush(record))
        return false;
    if (whence == SEEK_CUR && __builtin_sub_overflow(offset, state->ahead_end - state->ahead_start, &offset))
        return false;
    position = syscall(SYS_lseek, state->descriptor, offset, whence);
    if (position < 0)
        return false;
    state->ahead_start = state->ahead_end = 0;
    *result = position;
    return true;
}

bool tempfile__seek(tempfile__record *record, int64_t offset, int whence, int64_t *result)
{
    tempfile__state *state = &record->state;

    if (!tempfile__open_for(state, 0) || whence < SEEK_SET || whence > SEEK_END)
        return false;
    if ((state->flags & TEMPFILE__TEXT_MODE) != 0 &&
        ((state->flags & TEMPFILE__VERBATIM_READ) == 0 || whence != SEEK_SET || offset < 0 || offset > TEXT_OFFSETS))
        return false;
    if (tempfile__in_memory(state))
        return seek_memory(state, offset, whence, result);
    return seek_disk(record, offset, whence, result);
}

bool tempfile__tell(tempfile__record *record, int64_t *result)
{
    tempfile__state *state = &record->state;
    int64_t position = state->position;

    if (!tempfile__open_for(state, 0) ||
        (state->flags & (TEMPFILE__TEXT_MODE | TEMPFILE__VERBATIM_READ)) == TEMPFILE__TEXT_MODE)
        return false;
    if (!tempfile__in_memory(state)) {
        if (!tempfile__on_disk(record) || ((state->flags & TEMPFILE__APPEND) != 0 && !tempfile__flush(record)))
            return false;
        position = syscall(SYS_lseek, state->descriptor, 0, SEEK_CUR);
        if (position < 0)
            return false;
        position += tempfile__held_back(record);
    }
    position -= state->ahead_end - state->ahead_start;
    if ((state->flags & TEMPFILE__TEXT_MODE) != 0 && position > TEXT_OFFSETS)
        return false;
    *result = position;
    return true;
}
