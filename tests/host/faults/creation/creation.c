/* Makes and ends a TemporaryDirectory between the markers of strace.py: at the first call of the process, or at a later one
 * with the same options.
 *
 * usage: creation ABOVE first|later */
#include "tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CALLS_BEFORE = 3 };

static tempfile_options options = TEMPFILE_OPTIONS_INIT;

/* Writes a file into the directory by its path, as a host would, and frees the directory. */
static void use(tempfile_directory *made)
{
    char path[TEMPFILE_PATH_SIZE + 8];
    int file;

    snprintf(path, sizeof path, "%s/moved", tempfile_directory_name(made));
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
    tempfile_directory_free(made);
}

static int make_and_free(void)
{
    tempfile_directory *made;
    int result = tempfile_temporary_directory(&options, &made);

    if (result == 0)
        use(made);
    return result;
}

int main(int count, char **arguments)
{
    int result;

    if (count != 3)
        return 2;
    options.dir = arguments[1];
    for (int i = 0; strcmp(arguments[2], "later") == 0 && i < CALLS_BEFORE; i++)
        if (make_and_free() != 0)
            return 2;
    access("/libtempfile/begin", F_OK);
    result = make_and_free();
    access("/libtempfile/end", F_OK);
    printf("%s\n", result == 0 ? "made" : result == -ESTALE ? "stale" : strerror(-result));
    return 0;
}
