/* fork copies the descriptors first and the memory later. If another thread opens a file in between, the child has it in
 * memory, but not among its descriptors, and the number may soon belong to another file. The child must find the object
 * closed, or still in memory if it was rolling over; it must never use the other file.
 *
 * A handler makes this window wide: it runs before the fork and after the library's handler, and lets another thread open
 * files. A second part leaves the window to chance, with a thread that opens and rolls over files all the time. */
#include "process.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { KINDS = 3, CHILDREN = 150, FILES = 4, SPARE_KB = 300 << 10 };

static void make(int kind, tempfile_file **out_file)
{
    CHECK((kind == 0   ? tempfile_named_temporary_file(NULL, out_file)
           : kind == 1 ? tempfile_temporary_file(NULL, out_file)
                       : tempfile_spooled_temporary_file(NULL, out_file)) == 0);
    CHECK(tempfile_file_write(*out_file, "hello", 5) == 5);
}

static tempfile_file *late[KINDS], *early, *rolling;
static int open_late;

static void *open_now(void *unused)
{
    for (int i = 0; i < KINDS; i++) {
        make(i, &late[i]);
        CHECK(tempfile_file_fileno(late[i]) >= 0);
    }
    CHECK(tempfile_file_rollover(rolling) == 0);
    return unused;
}

static void in_window(void)
{
    pthread_t thread;

    if (!open_late)
        return;
    CHECK(pthread_create(&thread, NULL, open_now, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

/* Registered before the library is loaded, so it runs after the library's handler, inside the window. */
static void register_window(void)
{
    pthread_atfork(in_window, NULL, NULL);
}
__attribute__((section(".preinit_array"), used)) static void (*const at_first)(void) = register_window;

/* The child opens its own file under the numbers that were opened in the window. If it has no memory for Go, it can only
 * free the inherited objects, in C. */
static void opened_in_the_window(int without_go)
{
    char name[TEMPFILE_PATH_SIZE], text[8];
    struct stat stat;
    int known;
    pid_t pid;

    make(0, &early);
    make(2, &rolling);
    known = tempfile_file_fileno(early);
    open_late = 1;
    pid = fork();
    open_late = 0;
    if (pid == 0) {
        int stranger = open("stranger", O_RDWR | O_CREAT | O_TRUNC, 0600), expected = without_go ? -EOWNERDEAD : -EBADF;

        alarm(60);
        strcpy(name, tempfile_file_name(late[0]));
        for (int number = 3; number < 64; number++) /* whichever numbers they are; a fork would not have copied them */
            if (number != stranger && number != known)
                dup2(stranger, number);
        if (without_go)
            limit_addresses(SPARE_KB);
        for (int i = 0; i < KINDS; i++) {
            CHECK(tempfile_file_write(late[i], "bad", 3) == expected);
            CHECK(tempfile_file_seek(late[i], 0, SEEK_SET) == expected);
            tempfile_file_free(late[i]);
        }
        tempfile_file_free(rolling);
        for (int number = 3; number < 64; number++)
            CHECK(fcntl(number, F_GETFD) >= 0);
        CHECK(fstat(stranger, &stat) == 0 && stat.st_size == 0);
        CHECK(access(name, F_OK) == 0);
        if (!without_go) {
            CHECK(tempfile_file_seek(early, 0, SEEK_SET) == 0);
            CHECK(tempfile_file_read(early, text, sizeof text) == 5 && memcmp(text, "hello", 5) == 0);
        }
        exit(0);
    }
    ends_well(pid);
    for (int i = 0; i < KINDS; i++)
        tempfile_file_free(late[i]);
    tempfile_file_free(early);
    tempfile_file_free(rolling);
    CHECK(unlink("stranger") == 0);
}

static tempfile_file *volatile current[FILES];
static volatile int stop;

/* Makes files of all kinds in a loop, and frees each after FILES others. */
static void *turn_over(void *unused)
{
    (void)unused;
    for (unsigned i = 0; !stop; i++) {
        tempfile_file *old = current[i % FILES], *file;

        current[i % FILES] = NULL;
        tempfile_file_free(old);
        make(2 - (int)(i % KINDS), &file);
        current[i % FILES] = file;
        if (i % KINDS == 0)
            CHECK(tempfile_file_rollover(file) == 0);
    }
    return NULL;
}

/* The child finds the object with its bytes, or closed. It shares the position with the parent, so it restores the
 * position. */
static int look(void)
{
    char text[8];
    int found = 0;

    for (int i = 0; i < FILES; i++) {
        tempfile_file *file = current[i];
        int64_t n;

        if (file == NULL)
            continue;
        n = tempfile_file_tell(file);
        if (n == -EBADF) {
            found |= 2;
            continue;
        }
        CHECK(n == 5);
        CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
        n = tempfile_file_read(file, text, sizeof text);
        CHECK(n == 5 && memcmp(text, "hello", 5) == 0);
        found |= 1;
    }
    return found;
}

int main(void)
{
    int whole = 0, closed = 0;
    pthread_t thread;

    CHECK(chdir(getenv("TMPDIR")) == 0);
#ifdef __GLIBC__
    opened_in_the_window(0);
    opened_in_the_window(1);
#else
    printf("the wide window: skipped, as musl runs no .preinit_array; ");
    (void)opened_in_the_window;
#endif
    CHECK(pthread_create(&thread, NULL, turn_over, NULL) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        struct timespec moment = {0, 500000 + i * 1000};
        int status;
        pid_t pid;

        nanosleep(&moment, NULL);
        pid = fork();
        if (pid == 0) {
            alarm(60);
            _exit(look() << 4);
        }
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && (WEXITSTATUS(status) & 15) == 0);
        whole += WEXITSTATUS(status) >> 4 & 1;
        closed += WEXITSTATUS(status) >> 5 & 1;
    }
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(whole > 0);
    for (int i = 0; i < FILES; i++)
        tempfile_file_free(current[i]);
    printf("%d children, %d found whole files, %d closed ones; ", CHILDREN, whole, closed);
    return passed();
}
