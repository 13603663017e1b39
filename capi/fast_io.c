/* Reads and writes that only copy within an object's block: the content of a spooled file in memory, or bytes that were
 * read ahead. They are the most frequent calls, and a call into Go would cost several times the copy. Go does everything
 * else, errors and the end of the file above all, and finds the file unchanged. */
#include "fast.h"
#include <string.h>

/* Nothing is mapped below this address; memoryOf in Go makes an error of it. */
#define FIRST_PAGE 4096

static bool in_memory(const tempfile__state *state)
{
    return state->kind == TEMPFILE__SPOOLED && state->descriptor < 0;
}

/* Tells whether a file is open in binary mode for reading or for writing: the flag. */
static bool open_for(const tempfile__state *state, uint32_t flag)
{
    return (state->flags & (flag | TEMPFILE__CLOSED | TEMPFILE__DETACHED | TEMPFILE__TEXT_MODE)) == flag;
}

bool tempfile__read_memory(tempfile__record *record, void *buffer, size_t size, int64_t *result)
{
    tempfile__state *state = &record->state;
    bool spooled = in_memory(state);
    int64_t *start = spooled ? &state->position : &state->ahead_start;
    int64_t end = spooled ? state->size : state->ahead_end;

    if (!open_for(state, TEMPFILE__READABLE) || (uintptr_t)buffer < FIRST_PAGE || size == 0 || *start >= end ||
        size > (uint64_t)(end - *start))
        return false;
    memcpy(buffer, (const char *)state->data + *start, size);
    *start += (int64_t)size;
    *result = (int64_t)size;
    return true;
}

bool tempfile__write_memory(tempfile__record *record, const void *data, size_t size, int64_t *result)
{
    tempfile__state *state = &record->state;
    int64_t end;

    if (!open_for(state, TEMPFILE__WRITABLE) || !in_memory(state) || (uintptr_t)data < FIRST_PAGE || size == 0 ||
        state->position > state->size || size > (uint64_t)(state->capacity - state->position))
        return false;
    end = state->position + (int64_t)size;
    if (state->max_size != 0 && end > state->max_size)
        return false;
    memcpy((char *)state->data + state->position, data, size);
    if (end > state->size)
        state->size = end;
    state->position = end;
    *result = (int64_t)size;
    return true;
}
