/* The jobs in C without the library: with functions of the C library, and with bare system calls, which are the floor. The
 * names of a floor are numbers, so it costs only the time of the kernel, which gets a new name each time. */
#include "worker.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CREATE = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };

/* Increments the number at the end of a path, which starts as NAME. */
static const char *next_path(char path[PATH_ROOM], const char *name)
{
    char *digit;

    if (path[0] == '\0')
        join(path, name);
    for (digit = path + strlen(path) - 1; *digit == '9'; digit--)
        *digit = '0';
    ++*digit;
    return path;
}

static const char *next_name(void)
{
    static char path[PATH_ROOM];

    return next_path(path, "tmp00000000");
}

static void create_close_unlink(const char *path)
{
    int descriptor = open(path, CREATE, 0600);

    MUST(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0);
}

static void libc_mkostemp(void)
{
    char path[PATH_ROOM];
    int descriptor;

    join(path, "tmpXXXXXX");
    descriptor = mkostemp(path, O_CLOEXEC);
    MUST(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0);
}

static void raw_file(void)
{
    create_close_unlink(next_name());
}

static void libc_mkdtemp(void)
{
    char path[PATH_ROOM];

    join(path, "tmpXXXXXX");
    MUST(mkdtemp(path) != NULL && rmdir(path) == 0);
}

static void raw_mkdtemp(void)
{
    const char *path = next_name();

    MUST(mkdir(path, 0700) == 0 && rmdir(path) == 0);
}

/* Uses lstat, because a safe program removes only the file that it made. */
static void raw_directory(void)
{
    const char *path = next_name();
    struct stat identity;

    MUST(mkdir(path, 0700) == 0 && lstat(path, &identity) == 0 && rmdir(path) == 0);
}

static void libc_tmpfile(void)
{
    FILE *file = tmpfile();

    MUST(file != NULL && fclose(file) == 0);
}

static int open_unnamed(const char *where)
{
    int descriptor = open(where, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    MUST(descriptor >= 0);
    return descriptor;
}

static void raw_unnamed(void)
{
    MUST(close(open_unnamed(directory)) == 0);
}

static void raw_unnamed_in_tmp(void)
{
    MUST(close(open_unnamed(P_tmpdir)) == 0);
}

/* The alternative to a spooled file: a file without a name, with the buffer of the C library. */
static void libc_spooled(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    FILE *file = fdopen(open_unnamed(directory), "w+b");

    MUST(file != NULL);
    for (int i = 0; i < SPOOL_WRITES; i++)
        MUST(fwrite(data, 1, sizeof data, file) == sizeof data);
    rewind(file);
    MUST(fread(back, 1, sizeof back, file) == sizeof back && fclose(file) == 0);
}

/* The floor of a spooled file needs no system call: memory that doubles in size. An asm statement
 * hides the pointer from the compiler, which would remove the work otherwise. */
static void raw_spooled(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    size_t size = 0, capacity = 0;
    char *spool = NULL;

    for (int i = 0; i < SPOOL_WRITES; i++) {
        if (size + sizeof data > capacity) {
            capacity = capacity > 0 ? 2 * capacity : 256;
            MUST((spool = realloc(spool, capacity)) != NULL);
        }
        memcpy(spool + size, data, sizeof data);
        size += sizeof data;
        __asm__ volatile("" : "+r"(spool) : : "memory");
    }
    memcpy(back, spool, sizeof back);
    __asm__ volatile("" : : "r"(back) : "memory");
    free(spool);
}

static void raw_share(int number)
{
    static char paths[THREADS][PATH_ROOM];
    char name[] = "tm_00000000";

    name[2] = (char)('0' + number);
    for (int i = 0; i < THREAD_ROUNDS; i++)
        create_close_unlink(next_path(paths[number], name));
}

static void raw_threads(void)
{
    in_threads(raw_share);
}

/* crowd makes one file a round: DIRECTORY/crowd/00000000 and so on. disperse removes them, last first. */
static char crowd_path[PATH_ROOM];
static unsigned crowd_size;

static void name_in_crowd(unsigned number)
{
    char name[32];

    snprintf(name, sizeof name, "crowd/%08u", number);
    join(crowd_path, name);
}

static void crowd(void)
{
    int descriptor;

    if (crowd_size == 0) {
        join(crowd_path, "crowd");
        MUST(mkdir(crowd_path, 0700) == 0);
    }
    name_in_crowd(crowd_size++);
    descriptor = open(crowd_path, CREATE, 0600);
    MUST(descriptor >= 0 && close(descriptor) == 0);
}

static void disperse(void)
{
    name_in_crowd(--crowd_size);
    MUST(unlink(crowd_path) == 0);
    if (crowd_size == 0) {
        join(crowd_path, "crowd");
        MUST(rmdir(crowd_path) == 0);
    }
}

static void raw_crowded_file(void)
{
    static char path[PATH_ROOM];

    create_close_unlink(next_path(path, "crowd/tmp00000000"));
}

static void rm_rf(void)
{
    char *arguments[] = {"rm", "-rf", (char *)tree_path(), NULL};
    int status;
    pid_t pid;

    MUST(posix_spawnp(&pid, "rm", NULL, NULL, arguments, environ) == 0);
    MUST(waitpid(pid, &status, 0) == pid && status == 0);
}

void raw_rmtree(void); /* defined in tree.c */

const struct contestant theirs[] = {
    {"libc_mkostemp", libc_mkostemp, NULL},
    {"libc_mkdtemp", libc_mkdtemp, NULL},
    {"libc_tmpfile", libc_tmpfile, NULL},
    {"libc_spooled", libc_spooled, NULL},
    {"raw_file", raw_file, NULL},
    {"raw_mkdtemp", raw_mkdtemp, NULL},
    {"raw_directory", raw_directory, NULL},
    {"raw_unnamed", raw_unnamed, NULL},
    {"raw_unnamed_in_tmp", raw_unnamed_in_tmp, NULL},
    {"raw_spooled", raw_spooled, NULL},
    {"raw_threads", raw_threads, NULL},
    {"raw_crowded_file", raw_crowded_file, NULL},
    {"crowd", crowd, NULL},
    {"disperse", disperse, NULL},
    {"raw_rmtree", raw_rmtree, plant_tree},
    {"rm_rf", rm_rf, plant_tree},
    {"held_replace_small", held_replace_small, NULL},
    {"held_replace_large", held_replace_large, NULL},
    {"raw_replace_small", raw_replace_small, NULL},
    {"raw_replace_large", raw_replace_large, NULL},
    {"raw_replace_small_synced", raw_replace_small_synced, NULL},
    {"raw_replace_large_synced", raw_replace_large_synced, NULL},
    {NULL, NULL, NULL},
};
