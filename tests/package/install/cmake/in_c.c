#include <string.h>
#include <tempfile.h>

int main(void)
{
    tempfile_file *file;

    if (strcmp(tempfile_version(), TEMPFILE_VERSION) != 0 || tempfile_temporary_file(NULL, &file) != 0)
        return 1;
    tempfile_file_free(file);
    return 0;
}
