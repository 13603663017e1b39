/* The control of make test-sanitized. It reads a name that the library has freed, and the sanitizer must report it. */
#include "check.h"

int main(void)
{
    tempfile_file *file;
    const char *name;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    name = tempfile_file_name(file);
    tempfile_file_free(file);
    /* the library keeps a name until one more object ended, because a signal handler may be reading it */
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
    return name[0] == '/';
}
