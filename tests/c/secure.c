/* In a setuid program the caller's TMPDIR, TEMP, TMP and HOME must not be used. The test makes a copy of itself setuid root,
 * and runs it as another user. It starts the copy by a descriptor, since that user may not walk to its path. */
#define CHECK_UNLINKED
#include "check.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { NOT_SECURE = 3 };

/* The part of the test that runs as the setuid program. */
static int secure(const char *library, const char *wanted)
{
    int (*gettempdir_)(char *, size_t);
    int64_t (*candidates)(char *, size_t);
    char path[TEMPFILE_PATH_SIZE], list[1 << 14];
    int64_t size;
    void *handle;

    if (getauxval(AT_SECURE) == 0)
        return NOT_SECURE;
    setenv("TMPDIR", wanted, 1); /* the loader removed the caller's variable */
    CHECK(getenv("TEMP") != NULL && getenv("TMP") != NULL && getenv("HOME") != NULL);
    handle = dlopen(library, RTLD_NOW);
    if (handle == NULL)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(handle != NULL);
    *(void **)&gettempdir_ = dlsym(handle, "tempfile_gettempdir");
    *(void **)&candidates = dlsym(handle, "tempfile_candidates");
    CHECK(gettempdir_ != NULL && candidates != NULL);
    CHECK(gettempdir_(path, sizeof path) == 0 && strstr(path, wanted) == NULL);
    CHECK((size = candidates(list, sizeof list)) > 0);
    for (const char *one = list; one < list + size; one += strlen(one) + 1)
        CHECK(strstr(one, wanted) == NULL);
    {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            alarm(60);
            CHECK(gettempdir_(path, sizeof path) == 0);
            exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    return 0;
}

int main(int count, char **arguments)
{
    char copy[TEMPFILE_PATH_SIZE], link[TEMPFILE_PATH_SIZE], library[TEMPFILE_PATH_SIZE], wanted[TEMPFILE_PATH_SIZE];
    int from, to, status;
    struct stat stat;
    pid_t pid;

    if (count == 3)
        return secure(arguments[1], arguments[2]);
    if (geteuid() != 0) {
        printf("a setuid program needs root");
        return 77;
    }
    snprintf(copy, sizeof copy, "%s/setuid", getenv("TMPDIR"));
    snprintf(wanted, sizeof wanted, "%s/wanted", getenv("TMPDIR"));
    snprintf(link, sizeof link, "%s/libtempfile.so", getenv("LD_LIBRARY_PATH"));
    CHECK(realpath(link, library) != NULL);
    CHECK(mkdir(wanted, 0777) == 0 && chmod(wanted, 0777) == 0);
    CHECK((from = open("/proc/self/exe", O_RDONLY)) >= 0 && fstat(from, &stat) == 0);
    CHECK((to = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0700)) >= 0);
    CHECK(sendfile(to, from, NULL, (size_t)stat.st_size) == stat.st_size && fchmod(to, 04755) == 0 && close(to) == 0);
    CHECK((to = open(copy, O_RDONLY)) >= 0);
    pid = fork();
    if (pid == 0) {
        char *const own[] = {"setuid", library, wanted, NULL};

        setenv("TMPDIR", wanted, 1);
        setenv("TEMP", wanted, 1);
        setenv("TMP", wanted, 1);
        setenv("HOME", wanted, 1);
        CHECK(setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
        fexecve(to, own, environ);
        _exit(NOT_SECURE);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    CHECK(unlink(copy) == 0 && rmdir(wanted) == 0);
    if (WEXITSTATUS(status) == NOT_SECURE) {
        printf("setuid programs are refused here");
        return 77;
    }
    CHECK(status == 0);
    return passed();
}
