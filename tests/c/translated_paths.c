/* A host whose C library translates paths, as under fakechroot. The library does not use those functions, and would create
 * its files in the wrong place. It refuses with a message, and creates nothing. If no path is translated, it works. This
 * program's own stat acts as the translation. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

static volatile int translates = 1;

int stat(const char *restrict path, struct stat *restrict result)
{
    int (*real)(const char *, struct stat *);

    *(void **)&real = dlsym(RTLD_NEXT, "stat");
    return real(translates && strcmp(path, "/") == 0 ? getenv("TMPDIR") : path, result);
}

static void expect(int result)
{
    tempfile_directory *directory;
    tempfile_file *file;
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == result);
    CHECK(result == 0 ? tempfile_rmtree(path, 0) == 0 : strstr(tempfile_last_error()->message, "translate paths") != NULL);
    CHECK(tempfile_named_temporary_file(NULL, &file) == result);
    if (result == 0)
        tempfile_file_free(file);
    CHECK(tempfile_temporary_directory(NULL, &directory) == result);
    if (result == 0)
        tempfile_directory_free(directory);
}

int main(void)
{
    int status;
    pid_t pid;

    if (dlsym(RTLD_NEXT, "stat") == NULL) {
        printf("this C library has no function stat");
        return 77;
    }
    expect(-ENOTSUP);
    translates = 0;
    expect(0);
    pid = fork();
    if (pid == 0) {
        translates = 1; /* the child enters the translation */
        expect(-ENOTSUP);
        translates = 0;
        expect(0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    return passed();
}
