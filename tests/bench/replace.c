/* Replacing a file by bare system calls: a new file beside it, and a rename. The floor of a publication. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *content_of(size_t size)
{
    static char *content;

    if (content == NULL) {
        content = malloc(LARGE_FILE);
        MUST(content != NULL);
        memset(content, 'x', LARGE_FILE); /* so that no page of it is one of zeros */
    }
    MUST(size <= LARGE_FILE);
    return content;
}

const char *replaced_path(void)
{
    static char path[PATH_ROOM];

    if (path[0] == '\0')
        join(path, "replaced");
    return path;
}

static void write_all(int descriptor, size_t size)
{
    const char *from = content_of(size);

    while (size > 0) {
        ssize_t n = write(descriptor, from, size);

        MUST(n > 0);
        from += n;
        size -= (size_t)n;
    }
}

static void raw_replace(size_t size, int sync)
{
    char sibling[PATH_ROOM];
    int descriptor, folder;

    join(sibling, ".tmp00000000");
    descriptor = open(sibling, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    MUST(descriptor >= 0);
    write_all(descriptor, size);
    MUST(!sync || fsync(descriptor) == 0);
    MUST(close(descriptor) == 0 && rename(sibling, replaced_path()) == 0);
    if (sync) {
        folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        MUST(folder >= 0 && fsync(folder) == 0 && close(folder) == 0);
    }
}

/* Gives an open file a name. Only root may do so by the descriptor alone. */
static int link_open(int descriptor, int folder, const char *name)
{
    char path[PATH_ROOM];

    if (linkat(descriptor, "", folder, name, AT_EMPTY_PATH) == 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW);
}

/* The same by the calls that tempfile_replace makes. It holds the directory, so that a rename of that cannot misdirect it,
 * looks at what it replaces, and makes a file that has no name until it is whole. */
static void held_replace(size_t size)
{
    const int unnamed = O_RDWR | O_TMPFILE | O_CLOEXEC;
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC), descriptor;
    struct stat status;

    MUST(folder >= 0);
    MUST(fstatat(folder, "replaced", &status, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT);
    descriptor = openat(folder, ".", unnamed, 0666);
    MUST(descriptor >= 0);
    write_all(descriptor, size);
    MUST(link_open(descriptor, folder, ".tmp00000000") == 0);
    MUST(renameat(folder, ".tmp00000000", folder, "replaced") == 0);
    MUST(close(folder) == 0 && close(descriptor) == 0);
}

void held_replace_small(void)
{
    held_replace(SMALL_FILE);
}

void held_replace_large(void)
{
    held_replace(LARGE_FILE);
}

void raw_replace_small(void)
{
    raw_replace(SMALL_FILE, 0);
}

void raw_replace_large(void)
{
    raw_replace(LARGE_FILE, 0);
}

void raw_replace_small_synced(void)
{
    raw_replace(SMALL_FILE, 1);
}

void raw_replace_large_synced(void)
{
    raw_replace(LARGE_FILE, 1);
}
