/* TemporaryDirectory: a directory that only the user can enter, removed with all it holds. */
#include <tempfile.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *what)
{
    fprintf(stderr, "directory: %s\n", what);
    return 1;
}

int main(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 16];
    tempfile_directory *directory;
    FILE *stream;

    options.prefix = "work-";
    if (tempfile_temporary_directory(&options, &directory) < 0)
        return failed(tempfile_last_error()->message);
    snprintf(path, sizeof path, "%s", tempfile_directory_name(directory));
    printf("made %s\n", path);

    /* What is in it is made in the usual way, and needs no safe names: nobody else can get in. */
    snprintf(below, sizeof below, "%s/sub", path);
    if (mkdir(below, 0777) < 0)
        return failed(below);
    snprintf(below, sizeof below, "%s/sub/notes", path);
    stream = fopen(below, "w");
    if (stream == NULL || fputs("draft\n", stream) < 0 || fclose(stream) != 0)
        return failed(below);

    if (tempfile_directory_cleanup(directory) < 0) /* tempfile_directory_free does it too, but cannot report errors */
        return failed(tempfile_last_error()->message);
    tempfile_directory_free(directory);
    printf("after the cleanup it %s\n", access(path, F_OK) == 0 ? "exists" : "is gone");
    return 0;
}

/* Output:
made /tmp/work-????????
after the cleanup it is gone
*/
