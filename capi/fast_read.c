/* Reads. C copies what is in memory, be it a spooled file or bytes that were read ahead, and reads ahead itself in binary
 * mode. Go does the rest, errors above all: a call that failed here is made again there. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Tells whether there can be as much memory at an address. */
static inline bool is_memory(const void *address, size_t size)
{
    return (uintptr_t)address >= TEMPFILE__FIRST_PAGE && size != 0 && size <= INT64_MAX &&
           (uintptr_t)address + size > (uintptr_t)address;
}

/* Reads from the system; -1: it failed. By syscall(2), as no thread may be cancelled while it holds a record's lock. */
static long read_system(const tempfile__state *state, void *buffer, int64_t size)
{
    long got;

    do
        got = syscall(SYS_read, state->descriptor, buffer, (size_t)size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Reads ahead into the empty buffer; 0 at the end of the file, -1: it failed. */
static long fill(tempfile__record *record)
{
    tempfile__state *state = &record->state;
    long got;

    if (state->capacity < state->read_ahead && tempfile__resize(record, 0, state->read_ahead) != 0)
        return -1;
    got = read_system(state, state->data, state->read_ahead);
    state->ahead_start = 0;
    state->ahead_end = got > 0 ? got : 0;
    return got;
}

/* Takes up to size bytes of those that are at a place in the block. */
static inline int64_t take(tempfile__state *state, int64_t *place, int64_t end, void *buffer, int64_t size)
{
    int64_t part = smaller(size, end - *place);

    if (part <= 0)
        return 0;
    memcpy(buffer, (const char *)state->data + *place, (size_t)part);
    *place += part;
    return part;
}

/* The end of what fits of a line that begins at a place in the block: behind the newline if there is one. */
static inline int64_t line_end(const tempfile__state *state, int64_t place, int64_t end, int64_t room, bool *ended)
{
    const char *start = (const char *)state->data + place;
    const char *newline;
    int64_t part = smaller(room, end - place);

    *ended = false;
    if (part <= 0)
        return place;
    newline = memchr(start, '\n', (size_t)part);
    if (newline == NULL)
        return place + part;
    *ended = true;
    return place + (newline - start) + 1;
}

/* --- on disk, binary */

/* Reads size bytes, or to the end of the file. What was delivered counts; an error after it comes again at the next read. */
static bool read_disk(tempfile__record *record, char *buffer, int64_t size, int64_t *result)
{
    tempfile__state *state = &record->state;
    int64_t done = take(state, &state->ahead_start, state->ahead_end, buffer, size);
    long got = 1;

    for (; done < size && got > 0; done += take(state, &state->ahead_start, state->ahead_end, buffer + done, size - done))
        if (size - done >= state->read_ahead) {
            got = read_system(state, buffer + done, size - done);
            done += got > 0 ? got : 0;
        } else {
            got = fill(record);
        }
    *result = done;
    return done > 0 || got == 0;
}

static bool read_line_disk(tempfile__record *record, char *buffer, int64_t room, int64_t *result)
{
    tempfile__state *state = &record->state;
    int64_t done = 0;
    long got = 1;
    bool ended = false;

    if (state->read_ahead == 0)
        return false;
    for (;;) {
        int64_t end = line_end(state, state->ahead_start, state->ahead_end, room - done, &ended);

        done += take(state, &state->ahead_start, end, buffer + done, room - done);
        if (ended || done == room)
            break;
        got = fill(record);
        if (got <= 0)
            break;
    }
    if (done == 0 && got < 0)
        return false;
    buffer[done] = '\0';
    *result = done;
    return true;
}

/* --- text that stands in the file as it is read. Go has read it ahead and checked it. */

/* The bytes that are ahead up to an end, without a character that is cut in two there; 0: Go must look at them. */
static int64_t whole_text(const tempfile__state *state, int64_t end)
{
    const char *start = (const char *)state->data + state->ahead_start;
    int64_t size = end - state->ahead_start;

    while (size > 0 && end < state->ahead_end && (start[size] & 0xc0) == 0x80) {
        size--;
        end--;
    }
    if (size > 0 && (state->flags & TEMPFILE__RETURNS) != 0 && memchr(start, '\r', (size_t)size) != NULL)
        return 0;
    return size;
}

/* Reads text, if all that the call wants is ahead. The last character that is ahead may lack its end, so one byte more must
 * be there. */
static bool read_text(tempfile__state *state, char *buffer, int64_t size, int64_t *result)
{
    int64_t whole;

    if ((state->flags & TEMPFILE__VERBATIM_READ) == 0 || size >= state->ahead_end - state->ahead_start)
        return false;
    whole = whole_text(state, state->ahead_start + size);
    *result = take(state, &state->ahead_start, state->ahead_end, buffer, whole);
    return whole > 0;
}

static bool read_line_text(tempfile__state *state, char *buffer, int64_t room, int64_t *result)
{
    int64_t end, whole;
    bool ended;

    if ((state->flags & TEMPFILE__VERBATIM_READ) == 0)
        return false;
    end = line_end(state, state->ahead_start, state->ahead_end, room, &ended);
    if (!ended || (whole = whole_text(state, end)) == 0)
        return false;
    *result = take(state, &state->ahead_start, state->ahead_end, buffer, whole);
    buffer[whole] = '\0';
    return true;
}

/* --- the calls */

bool tempfile__read(tempfile__record *record, void *buffer, size_t size, int64_t *result)
{
    tempfile__state *state = &record->state;

    if (!tempfile__open_for(state, TEMPFILE__READABLE) || !is_memory(buffer, size))
        return false;
    if ((state->flags & TEMPFILE__TEXT_MODE) != 0)
        return read_text(state, buffer, (int64_t)size, result);
    if (tempfile__in_memory(state)) {
        *result = take(state, &state->position, state->size, buffer, (int64_t)size);
        return true;
    }
    return tempfile__on_disk(record) && tempfile__flush(record) && read_disk(record, buffer, (int64_t)size, result);
}

bool tempfile__read_line(tempfile__record *record, char *buffer, size_t size, int64_t *result)
{
    tempfile__state *state = &record->state;
    int64_t room = (int64_t)size - 1, end;
    bool ended;

    if (!tempfile__open_for(state, TEMPFILE__READABLE) || !is_memory(buffer, size) || size < 2)
        return false;
    if ((state->flags & TEMPFILE__TEXT_MODE) != 0)
        return read_line_text(state, buffer, room, result);
    if (!tempfile__in_memory(state))
        return tempfile__on_disk(record) && tempfile__flush(record) && read_line_disk(record, buffer, room, result);
    end = line_end(state, state->position, state->size, room, &ended);
    *result = take(state, &state->position, end, buffer, room);
    buffer[*result] = '\0';
    return true;
}
