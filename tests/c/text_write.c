/* A write of text in the middle of the characters that stand for a bad byte. The bytes that were read ahead go, and with
 * them the rest of these characters: the next read begins with whole ones, and tell gives a place in the file. */
#include "check.h"
#include <sys/stat.h>
#include <unistd.h>

enum { AHEAD = 8192, SIZE = 3 * AHEAD };

static tempfile_file *bad_bytes(uint32_t flags)
{
    static char bytes[SIZE];
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    memset(bytes, 0xff, sizeof bytes);
    options.mode = "w+";
    options.errors = "backslashreplace";
    options.flags = flags;
    CHECK(tempfile_temporary_file(&options, &file) == 0);
    CHECK(pwrite(tempfile_file_fileno(file), bytes, sizeof bytes, 0) == sizeof bytes);
    return file;
}

static void write_within(uint32_t flags)
{
    tempfile_file *file = bad_bytes(flags);
    char text[16];

    CHECK(tempfile_file_read(file, text, 2) == 2 && memcmp(text, "\\x", 2) == 0);
    CHECK(tempfile_file_write(file, "b", 1) == 1);
    CHECK(tempfile_file_tell(file) == AHEAD + 1);
    CHECK(tempfile_file_read(file, text, 8) == 8 && memcmp(text, "\\xff\\xff", 8) == 0);
    tempfile_file_free(file);
}

int main(void)
{
    write_within(0);
    write_within(TEMPFILE_BUFFERED_WRITES);
    return 0;
}
