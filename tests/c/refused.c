/* Where a forked child cannot reload the library, it is told so at once, in every call that needs Go; what it inherited
 * can still be named, and freed without deleting anything. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

int main(void)
{
    tempfile_file *file, *other;
    tempfile_directory *directory;
    char path[TEMPFILE_PATH_SIZE];
    int status, descriptor;
    pid_t pid;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    descriptor = tempfile_file_fileno(file);
    setenv("TEMPFILE_NO_RELOAD", "1", 1);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        CHECK(tempfile_mkstemp(NULL, path, sizeof path) == -EOWNERDEAD);
        CHECK(strstr(tempfile_last_error()->message, "TEMPFILE_NO_RELOAD") != NULL);
        CHECK(tempfile_file_write(file, "x", 1) == -EOWNERDEAD);
        CHECK(tempfile_named_temporary_file(NULL, &other) == -EOWNERDEAD);
        CHECK(tempfile_directory_cleanup(directory) == -EOWNERDEAD);
        strcpy(path, tempfile_file_name(file));
        tempfile_file_free(file);
        CHECK(fcntl(descriptor, F_GETFD) == -1 && access(path, F_OK) == 0);
        CHECK(tempfile_file_name(file) == NULL && tempfile_last_error()->code == -EBADF);
        tempfile_directory_free(directory);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(access(tempfile_file_name(file), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
    return passed();
}
