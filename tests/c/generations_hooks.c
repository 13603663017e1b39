/* A record that has used up its generations is not used again, so no old handle becomes valid again. A failed creation does
 * not count as a generation. */
#include "check.h"
#include "hooks.h"
#include <errno.h>

enum { OBJECTS = 3000, FAILURES = 3000, TABLE = 1024 };

static tempfile_file *file(void)
{
    tempfile_file *made;

    CHECK(tempfile_spooled_temporary_file(NULL, &made) == 0);
    return made;
}

static int index_of(const tempfile_file *handle)
{
    return (int)((uintptr_t)handle >> 3 & 0x1fffff);
}

int main(void)
{
    tempfile_options wrong = TEMPFILE_OPTIONS_INIT;
    tempfile_file *none, *first, *last, *next;
    int record, seen[TABLE] = {0};

    first = file();
    record = index_of(first);
    tempfile_file_free(first);
    wrong.flags = 1u << 31;
    for (int i = 0; i < FAILURES; i++)
        CHECK(tempfile_spooled_temporary_file(&wrong, &none) == -EINVAL);
    CHECK(index_of(next = file()) == record);
    tempfile_file_free(next);
    tempfile_test_age();
    last = file();
    CHECK(index_of(last) == record && tempfile_file_write(last, "x", 1) == 1);
    tempfile_file_free(last);
    CHECK(tempfile_file_tell(last) == -EBADF && tempfile_test_live() == 0);
    for (int i = 0; i < OBJECTS; i++) { /* this fills the whole table, and more */
        next = file();
        CHECK(index_of(next) != record && tempfile_file_tell(next) == 0);
        if (index_of(next) < TABLE)
            CHECK(seen[index_of(next)]++ == 0);
        CHECK(tempfile_file_tell(first) == -EBADF && tempfile_file_tell(last) == -EBADF);
        tempfile_file_free(next);
    }
    CHECK(tempfile_test_live() == 0);
    return passed();
}
