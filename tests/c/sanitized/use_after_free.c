/* The control of make test-sanitized: it reads a name that the library has freed, and must be caught at it. */
#include "check.h"

int main(void)
{
    tempfile_file *file;
    const char *name;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    name = tempfile_file_name(file);
    tempfile_file_free(file);
    /* the library keeps a name for one more object, for a signal handler that is just looking at it */
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
    return name[0] == '/';
}
