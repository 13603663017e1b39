/* The choice of the default directory uses the host's variables as they are at each call, no matter how or when they were
 * set. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char base[TEMPFILE_PATH_SIZE / 2];

static void expect(const char *directory)
{
    char path[TEMPFILE_PATH_SIZE], found[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_gettempdir(found, sizeof found) == 0 && strcmp(found, directory) == 0);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    CHECK(strncmp(path, directory, strlen(directory)) == 0 && path[strlen(directory)] == '/');
    CHECK(rmdir(path) == 0);
}

static const char *below(const char *name)
{
    static char path[TEMPFILE_PATH_SIZE];

    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

/* A directory in which the user may not write is skipped, for root and for another user. */
static void unwritable(void)
{
    int status;
    pid_t pid;

    CHECK(mkdir(below("read only"), 0500) == 0);
    pid = fork();
    if (pid == 0) {
        char found[TEMPFILE_PATH_SIZE];

        alarm(60);
        if (geteuid() == 0)
            CHECK(setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
        setenv("TMPDIR", below("read only"), 1);
        unsetenv("TMP");
        CHECK(tempfile_gettempdir(found, sizeof found) == 0 && strcmp(found, below("read only")) != 0);
        CHECK(access(found, W_OK) == 0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(rmdir(below("read only")) == 0);
}

/* A path that is not a directory is skipped, too. */
static void not_a_directory(const char *expected)
{
    int descriptor;

    CHECK((descriptor = open(below("file"), O_CREAT | O_WRONLY, 0600)) >= 0 && close(descriptor) == 0);
    setenv("TMPDIR", below("file"), 1);
    expect(expected);
    CHECK(unlink(below("file")) == 0);
}

int main(void)
{
    char list[1 << 14], latin1[] = "caf\xe9", *home = getenv("HOME");
    int64_t size;

    CHECK(realpath(getenv("TMPDIR"), base) != NULL);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"a", "b", "c"};

        CHECK(mkdir(below(names[i]), 0700) == 0);
    }
    CHECK(mkdir(below(latin1), 0700) == 0);
    expect(base);
    setenv("TMPDIR", below("a"), 1); /* after the load */
    expect(below("a"));
    setenv("TMPDIR", "", 1);
    setenv("TEMP", below("b"), 1);
    expect(below("b"));
    unsetenv("TEMP");
    setenv("TMP", below("c"), 1);
    expect(below("c"));
    setenv("TMPDIR", below("missing"), 1);
    expect(below("c"));
    {
        char c[TEMPFILE_PATH_SIZE];

        strcpy(c, below("c"));
        not_a_directory(c);
    }
    unwritable();
    setenv("TMPDIR", below(latin1), 1);
    expect(below(latin1));
    CHECK(chdir(base) == 0);
    setenv("TMPDIR", "a", 1); /* a relative path is made absolute when it is chosen */
    expect(below("a"));
    setenv("TMPDIR", below("a/"), 1);
    expect(below("a"));

    size = tempfile_candidates(NULL, 0);
    CHECK(size > 0 && tempfile_candidates(list, (size_t)size) == size);
    CHECK(tempfile_candidates(list, (size_t)size - 1) == -ERANGE && tempfile_last_error()->needed == (size_t)size);
    CHECK(strcmp(list, below("a")) == 0);
    if (home != NULL && *home == '/')
        CHECK(strcmp(list + size - strlen(home) - 1, home) == 0);

    CHECK(tempfile_settempdir(below("b")) == 0);
    expect(below("b"));
    CHECK(tempfile_settempdir(NULL) == 0);
    expect(below("a"));

    /* the path is absolute since the creation: a chdir redirects no deletion */
    {
        tempfile_options here = TEMPFILE_OPTIONS_INIT;
        tempfile_directory *directory;

        here.dir = "b";
        CHECK(tempfile_temporary_directory(&here, &directory) == 0);
        CHECK(strncmp(tempfile_directory_name(directory), below("b"), strlen(below("b"))) == 0);
        CHECK(chdir("/") == 0);
        CHECK(tempfile_directory_cleanup(directory) == 0);
        tempfile_directory_free(directory);
    }
    CHECK(rmdir(below("a")) == 0 && rmdir(below("b")) == 0 && rmdir(below("c")) == 0 && rmdir(below(latin1)) == 0);
    return passed();
}
