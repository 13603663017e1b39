/* What only tests need, in a build that is never shipped. */
#ifdef TEMPFILE_HOOKS
#include "object.h"

void tempfile_test_restart_off(int off)
{
    tempfile__restart_off = off != 0;
}

int64_t tempfile_test_epoch(void)
{
    return (int64_t)tempfile__epoch();
}

int64_t tempfile_test_live(void)
{
    int64_t live = 0;

    for (uint32_t table = 0; table < tempfile__objects.tables; table++)
        for (uint32_t i = 0; i < TEMPFILE__RECORDS; i++)
            live += tempfile__objects.records[table][i].generation & 1;
    return live;
}

void tempfile_test_age(void)
{
    for (uint32_t table = 0; table < tempfile__objects.tables; table++)
        for (uint32_t i = 0; i < TEMPFILE__RECORDS; i++)
            tempfile__objects.records[table][i].generation |= UINT32_MAX - 1;
}
#endif
