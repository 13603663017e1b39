/* mkstemp: a new file as a descriptor and a path, both the caller's: here to replace a file in one step. */
#include <tempfile.h>

#include <stdio.h>
#include <unistd.h>

/* Writes beside the target and renames over it: a reader sees the old content or the new, never a part. */
static int replace_file(const char *directory, const char *target, const char *text, size_t size)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE];
    int descriptor, written;

    options.dir = directory; /* the target's own: rename(2) does not cross file systems */
    options.prefix = ".settings-";
    options.permissions = 0644; /* others may read it; the umask applies */
    descriptor = tempfile_mkstemp(&options, path, sizeof path);
    if (descriptor < 0) {
        fprintf(stderr, "mkstemp: %s\n", tempfile_last_error()->message);
        return -1;
    }
    written = write(descriptor, text, size) == (ssize_t)size && fsync(descriptor) == 0;
    if (close(descriptor) == 0 && written && rename(path, target) == 0)
        return 0;
    perror(target);
    unlink(path);
    return -1;
}

int main(void)
{
    char directory[TEMPFILE_PATH_SIZE], target[TEMPFILE_PATH_SIZE + 16];
    int result;

    if (tempfile_gettempdir(directory, sizeof directory) < 0)
        return 1;
    snprintf(target, sizeof target, "%s/settings", directory);
    result = replace_file(directory, target, "colour = red\n", 13);
    if (result == 0)
        result = replace_file(directory, target, "colour = blue\n", 14);
    if (result == 0)
        printf("%s was written twice and was never half there\n", target);
    return unlink(target) == 0 && result == 0 ? 0 : 1;
}

/* Output:
/tmp/settings was written twice and was never half there
*/
