/* Handing out a descriptor from the record. Many files are made for their descriptor alone. Go does the rest: a spooled
 * file that has to roll over, a file that was read ahead, text, and errors. */
#include "fast.h"

static bool at_hand(tempfile__record *record)
{
    const tempfile__state *state = &record->state;

    return tempfile__open_for(state, 0) && tempfile__on_disk(record) && state->ahead_start == state->ahead_end &&
           (state->flags & TEMPFILE__TEXT_MODE) == 0 && tempfile__flush(record);
}

bool tempfile__show_descriptor(tempfile__record *record, tempfile_fd *result)
{
    if (!at_hand(record))
        return false;
    *result = record->state.descriptor;
    return true;
}

bool tempfile__detach_descriptor(tempfile__record *record, tempfile_fd *result)
{
    if (!at_hand(record))
        return false;
    *result = record->state.descriptor;
    record->state.flags |= TEMPFILE__DETACHED;
    record->state.descriptor = -1;
    return true;
}
