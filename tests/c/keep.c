/* tempfile_keep_all and TEMPFILE_KEEP: what stays, and what is printed at exit. */
#include "check.h"
#include <sys/wait.h>

/* Reads all that a child prints on standard error. */
static void read_all(int descriptor, char *said, size_t size)
{
    size_t length = 0;
    ssize_t got;

    while (length < size - 1 && (got = read(descriptor, said + length, size - 1 - length)) > 0)
        length += (size_t)got;
    said[length] = '\0';
}

static void make(int calls)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory, *cleaned;
    tempfile_file *before, *freed, *left, *unnamed;
    char path[TEMPFILE_PATH_SIZE];
    int status;
    pid_t child;

    options.prefix = "before";
    CHECK(tempfile_named_temporary_file(&options, &before) == 0);
    if (calls)
        CHECK(tempfile_keep_all() == 0 && tempfile_keep_all() == 0);
    options.prefix = "freed";
    CHECK(tempfile_named_temporary_file(&options, &freed) == 0);
    strcpy(path, tempfile_file_name(freed));
    CHECK(tempfile_file_write(freed, "text", 4) == 4 && tempfile_file_close(freed) == 0);
    tempfile_file_free(freed);
    CHECK(access(path, F_OK) == 0);
    options.prefix = "left";
    CHECK(tempfile_named_temporary_file(&options, &left) == 0 && tempfile_temporary_file(&options, &unnamed) == 0);
    options.prefix = "directory";
    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    options.prefix = "cleaned";
    CHECK(tempfile_temporary_directory(&options, &cleaned) == 0 && tempfile_directory_cleanup(cleaned) == 0);
    tempfile_file_free(before);
    child = fork();
    if (child == 0) { /* it prints what it makes itself */
        options.prefix = "child";
        CHECK(tempfile_named_temporary_file(&options, &left) == 0);
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    exit(0);
}

static void check(int calls)
{
    static const char *const kinds[] = {"before", "freed", "left", "directory", "cleaned", "child"};
    char folder[TEMPFILE_PATH_SIZE], said[16 * TEMPFILE_PATH_SIZE], *line, *rest = said;
    int ends[2], lines = 0, status;
    pid_t child;

    CHECK(mkdtemp(strcat(strcpy(folder, getenv("TMPDIR")), "/keepXXXXXX")) != NULL && pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        if (!calls)
            setenv("TEMPFILE_KEEP", "1", 1);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("TMPDIR", folder, 1);
        make(calls);
    }
    close(ends[1]);
    read_all(ends[0], said, sizeof said);
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
        int known = 0;

        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            known |= strncmp(strrchr(line, '/') + 1, kinds[i], strlen(kinds[i])) == 0;
        CHECK(known && access(line, F_OK) == 0);
        lines++;
    }
    CHECK(lines == 6 && entries_of(folder) == lines);
    CHECK(tempfile_rmtree(folder, 0) == 0);
}

int main(void)
{
    check(0); /* the environment is asked at a program's first object, which is the child's */
    check(1);
    return passed();
}
