/* Errors: a function returns -errno, and tempfile_last_error() tells the rest. */
#include <tempfile.h>

#include <errno.h>
#include <stdio.h>

static void explain(const char *what, int result)
{
    const tempfile_error *error = tempfile_last_error(); /* of this thread, until its next call */

    printf("%s: %d, %s\n", what, result, tempfile_strerror(result));
    printf("  message   %s\n", error->message); /* one line for people; the parts are for programs */
    if (error->path[0] != '\0')
        printf("  operation %s\n  path      %s\n", error->operation, error->path);
    if (result == -ERANGE)
        printf("  needed    %d\n", (int)error->needed);
}

int main(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE], small[4];
    int result;

    options.dir = "/nowhere";
    result = tempfile_mkstemp(&options, path, sizeof path);
    explain("a directory that is missing", result);

    options.dir = "/";
    options.prefix = "../up"; /* a part of a name never leads out of the directory */
    result = tempfile_mkstemp(&options, path, sizeof path);
    explain("a prefix with a separator", result);

    options.prefix = NULL;
    result = tempfile_mkdtemp(&options, small, sizeof small); /* nothing is created */
    explain("a buffer that is too small", result);
    return 0;
}

/* Output:
a directory that is missing: -2, No such file or directory
  message   tempfile_mkstemp: open: /nowhere/tmp????????: no such file or directory
  operation open
  path      /nowhere/tmp????????
a prefix with a separator: -22, Invalid argument
  message   tempfile_mkstemp: arguments: prefix "../up" contains a path separator
a buffer that is too small: -34, Numerical result out of range
  message   tempfile_mkdtemp: arguments: the buffer needs 13 bytes
  needed    13
*/
