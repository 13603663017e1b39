/* Environment variables for Go programs are not meant for the library. With each of these settings it works as usual, also
 * in a forked child, and prints nothing. Each setting runs in a process of its own, which is this program again. */
#include "process.h"

/* With the first a Go program would not start. With the others it would print or stop. */
static const char *const settings[] = {"GOMEMLIMIT=bogus",
                                       "GOMEMLIMIT=1",
                                       "GOGC=bogus",
                                       "GOGC=off",
                                       "GOMAXPROCS=1",
                                       "GOMAXPROCS=bogus",
                                       "GOTRACEBACK=crash",
                                       "GODEBUG=schedtrace=1000",
                                       "GODEBUG=inittrace=1,gctrace=1,scheddetail=1,schedtrace=1",
                                       "GODEBUG=http2debug=2,madvdontneed=1,asyncpreemptoff=0",
                                       "GOCOVERDIR=/no such directory",
                                       "GORACE=bogus",
                                       "GODEBUG=bogus"};
enum { SETTINGS = sizeof settings / sizeof *settings };

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, path, 100) == 100);
        CHECK(tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
    }
}

static void program(void)
{
    pid_t pid;

    alarm(60);
    use();
    pid = fork();
    if (pid == 0) {
        alarm(60);
        use();
        exit(0);
    }
    ends_well(pid);
    use();
}

/* Runs the program with some of the settings. Returns its output in said. */
static void run(int first, int last)
{
    char said[512];
    int ends[2];
    ssize_t size;
    pid_t pid;

    CHECK(pipe(ends) == 0);
    pid = fork();
    if (pid == 0) {
        CHECK(dup2(ends[1], 1) == 1 && dup2(ends[1], 2) == 2 && close(ends[0]) == 0 && close(ends[1]) == 0);
        for (int i = first; i <= last; i++)
            CHECK(putenv((char *)settings[i]) == 0);
        execl("/proc/self/exe", "start_quiet", "again", (char *)NULL);
        _exit(9);
    }
    CHECK(close(ends[1]) == 0 && (size = read(ends[0], said, sizeof said - 1)) >= 0);
    said[size] = '\0';
    if (size > 0)
        fprintf(stderr, "%s to %s: %s\n", settings[first], settings[last], said);
    CHECK(size == 0);
    close(ends[0]);
    ends_well(pid);
}

int main(int count, char **arguments)
{
    (void)arguments;
    if (count > 1) {
        program();
        return 0;
    }
    for (int i = 0; i < SETTINGS; i++)
        run(i, i);
    run(0, SETTINGS - 1);
    printf("%d settings; ", SETTINGS);
    return passed();
}
