/* tempfile_cleanup removes now all that a normal exit would remove, in the order of an exit. The handles stay valid. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const char *watched; /* the file whose removal is observed */
static int watched_descriptor, watched_directory_there, unlinked_after_close;

/* Replaces unlink, which only the clean-up calls: the library's other calls use the system call directly. */
int unlink(const char *name)
{
    if (watched != NULL && strcmp(name, watched) == 0) {
        char directory[TEMPFILE_PATH_SIZE];

        strcpy(directory, name);
        *strrchr(directory, '/') = '\0';
        watched_directory_there = access(directory, F_OK) == 0;
        unlinked_after_close = fcntl(watched_descriptor, F_GETFD) == -1 && errno == EBADF;
    }
    return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

static int there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

static tempfile_directory *directory_in(const char *where)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory;

    options.dir = where;
    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    return directory;
}

static tempfile_file *file_in(const char *where)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.dir = where;
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    return file;
}

static void everything_goes(void)
{
    tempfile_directory *outer = directory_in(NULL), *inner = directory_in(tempfile_directory_name(outer));
    tempfile_directory *kept_directory = directory_in(NULL);
    tempfile_file *file = file_in(tempfile_directory_name(inner)), *used = file_in(NULL), *kept = file_in(NULL);
    tempfile_file *unnamed, *spooled, *detached = file_in(NULL), *closed;
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    int descriptor, unnamed_descriptor;
    char byte;

    CHECK(tempfile_temporary_file(NULL, &unnamed) == 0 && tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "x", 1) == 1 && tempfile_file_write(used, "xyz", 3) == 3);
    CHECK(tempfile_file_keep(kept) == 0 && tempfile_directory_keep(kept_directory) == 0);
    CHECK((descriptor = tempfile_file_detach(detached)) >= 0 && (unnamed_descriptor = tempfile_file_fileno(unnamed)) >= 0);
    options.flags = TEMPFILE_NO_DELETE_ON_CLOSE;
    CHECK(tempfile_named_temporary_file(&options, &closed) == 0 && tempfile_file_close(closed) == 0 &&
          there(tempfile_file_name(closed)));
    watched = tempfile_file_name(file);
    watched_descriptor = tempfile_file_fileno(file);

    CHECK(tempfile_cleanup() == 0);
    CHECK(unlinked_after_close && watched_directory_there);
    watched = NULL;
    CHECK(!there(tempfile_file_name(file)) && !there(tempfile_file_name(used)) && !there(tempfile_file_name(detached)));
    CHECK(!there(tempfile_file_name(closed)) && !there(tempfile_directory_name(outer)) &&
          !there(tempfile_directory_name(inner)));
    CHECK(there(tempfile_file_name(kept)) && there(tempfile_directory_name(kept_directory)));
    CHECK(fcntl(unnamed_descriptor, F_GETFD) == -1 && fcntl(descriptor, F_GETFD) != -1 && close(descriptor) == 0);

    /* files are as after a close, directories as after a clean-up; the handles must still be freed */
    CHECK(tempfile_file_write(used, "x", 1) == -EBADF && tempfile_file_read(spooled, &byte, 1) == -EBADF);
    CHECK(tempfile_file_fileno(unnamed) == -EBADF && tempfile_file_tell(file) == -EBADF &&
          tempfile_file_keep(used) == -EBADF);
    CHECK(tempfile_file_close(used) == 0 && tempfile_directory_cleanup(outer) == 0);
    CHECK(tempfile_cleanup() == 0 && there(tempfile_file_name(kept)));

    /* a file made later under the old name is not the library's */
    CHECK(mkdir(tempfile_directory_name(outer), 0700) == 0);
    CHECK((descriptor = open(tempfile_file_name(used), O_CREAT | O_WRONLY, 0600)) >= 0 && close(descriptor) == 0);
    CHECK(tempfile_cleanup() == 0 && there(tempfile_directory_name(outer)) && there(tempfile_file_name(used)));
    CHECK(rmdir(tempfile_directory_name(outer)) == 0 && unlink(tempfile_file_name(used)) == 0);

    CHECK(unlink(tempfile_file_name(kept)) == 0 && rmdir(tempfile_directory_name(kept_directory)) == 0);
    tempfile_file_free(file);
    tempfile_file_free(used);
    tempfile_file_free(kept);
    tempfile_file_free(unnamed);
    tempfile_file_free(spooled);
    tempfile_file_free(detached);
    tempfile_file_free(closed);
    tempfile_directory_free(outer);
    tempfile_directory_free(inner);
    tempfile_directory_free(kept_directory);
    CHECK(tempfile_file_tell(file) == -EBADF);
}

/* This tree is too deep and too large for C, so Go removes the rest. */
static void large_trees_go(void)
{
    enum { ENTRIES = 10000, LEVELS = 100 };
    tempfile_directory *many = directory_in(NULL), *deep = directory_in(NULL);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    char name[32];

    CHECK(here >= 0 && chdir(tempfile_directory_name(many)) == 0);
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "%d", i);
        CHECK(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
    }
    CHECK(chdir(tempfile_directory_name(deep)) == 0);
    for (int i = 0; i < LEVELS; i++)
        CHECK(mkdir("d", 0700) == 0 && chdir("d") == 0);
    CHECK(mkdir("unreadable", 0) == 0 && fchdir(here) == 0 && close(here) == 0);
    CHECK(tempfile_cleanup() == 0);
    CHECK(!there(tempfile_directory_name(many)) && !there(tempfile_directory_name(deep)));
    tempfile_directory_free(many);
    tempfile_directory_free(deep);
}

/* An entry that cannot be removed is reported, and the others are removed. */
static void failures_are_told(void)
{
    tempfile_directory *stays = directory_in(NULL), *goes = directory_in(NULL);
    const char *name = tempfile_directory_name(stays);
    char moved[TEMPFILE_PATH_SIZE + 8], inner[TEMPFILE_PATH_SIZE + 8];
    tempfile_file *file = file_in(NULL), *replaced = file_in(NULL);

    snprintf(moved, sizeof moved, "%s-moved", name);
    CHECK(rename(name, moved) == 0 && mkdir(name, 0700) == 0 && unlink(tempfile_file_name(replaced)) == 0);
    CHECK(mkdir(tempfile_file_name(replaced), 0700) == 0); /* a directory in place of the file, which unlink cannot remove */
    snprintf(inner, sizeof inner, "%s/x", name);
    CHECK(mkdir(inner, 0700) == 0);
    CHECK(tempfile_cleanup() == -ESTALE && strcmp(tempfile_last_error()->path, name) == 0);
    CHECK(strncmp(tempfile_last_error()->message, "tempfile_cleanup: ", 18) == 0);
    CHECK(there(inner) && !there(tempfile_directory_name(goes)) && !there(tempfile_file_name(file)));
    CHECK(tempfile_rmtree(name, 0) == 0);
    CHECK(tempfile_cleanup() == -EISDIR && strcmp(tempfile_last_error()->operation, "unlink") == 0);
    CHECK(rmdir(tempfile_file_name(replaced)) == 0 && tempfile_cleanup() == 0 && tempfile_last_error()->code == 0);
    CHECK(rmdir(moved) == 0);
    tempfile_directory_free(stays);
    tempfile_directory_free(goes);
    tempfile_file_free(file);
    tempfile_file_free(replaced);
}

static int in_child(void (*act)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        act();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

static tempfile_file *parents;

static void clean_up_own(void)
{
    tempfile_file *own = file_in(NULL);
    const char *name = tempfile_file_name(own);

    CHECK(tempfile_cleanup() == 0);
    CHECK(!there(name) && there(tempfile_file_name(parents)) && tempfile_file_write(parents, "x", 1) == 1);
    CHECK(tempfile_file_adopt(parents) == 0 && tempfile_cleanup() == 0 && !there(tempfile_file_name(parents)));
}

static void clean_up_nothing(void)
{
    CHECK(tempfile_cleanup() == 0 && there(tempfile_file_name(parents)));
}

static void children_clean_up_their_own(void)
{
    parents = file_in(NULL);
    CHECK(in_child(clean_up_nothing) == 0);
    CHECK(in_child(clean_up_own) == 0);
    tempfile_file_free(parents);
}

static volatile int stop;

static void *work(void *unused)
{
    (void)unused;
    while (!stop) {
        tempfile_file *file = file_in(NULL);
        tempfile_directory *directory = directory_in(NULL);

        tempfile_file_write(file, "x", 1);
        tempfile_file_seek(file, 0, SEEK_SET);
        tempfile_file_free(file);
        tempfile_directory_free(directory);
    }
    return NULL;
}

/* Threads make, use and free objects during the clean-up. It must not close a descriptor number that another file got
 * meanwhile. */
static void others_go_on(void)
{
    pthread_t threads[4];
    int pipes[2];

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 2000; i++) {
        char byte = 0;

        CHECK(tempfile_cleanup() == 0);
        CHECK(pipe(pipes) == 0 && write(pipes[1], "x", 1) == 1 && read(pipes[0], &byte, 1) == 1 && byte == 'x');
        CHECK(close(pipes[0]) == 0 && close(pipes[1]) == 0);
    }
    stop = 1;
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void)
{
    CHECK(tempfile_cleanup() == 0); /* before the first object */
    everything_goes();
    large_trees_go();
    failures_are_told();
    children_clean_up_their_own();
    others_go_on();
    return passed();
}
