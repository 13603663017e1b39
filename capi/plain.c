/* The public functions that need no Go: they work in any process, at any time, and cost next to nothing. */
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *tempfile_version(void)
{
#ifdef TEMPFILE_UNTESTED_GO
    return TEMPFILE_VERSION "+untested-go";
#else
    return TEMPFILE_VERSION;
#endif
}

const char *tempfile_gettempprefix(void)
{
    tempfile__clear();
    return "tmp";
}

const char *tempfile_gettempprefixb(void)
{
    return tempfile_gettempprefix();
}

const char *tempfile_file_name(const tempfile_file *file)
{
    return tempfile__path_of(file, TEMPFILE__FILE, "tempfile_file_name");
}

const char *tempfile_directory_name(const tempfile_directory *directory)
{
    return tempfile__path_of(directory, TEMPFILE__DIRECTORY, "tempfile_directory_name");
}

/* Puts a descriptor where the host wants it. */
static tempfile_fd put(tempfile_fd made, tempfile_fd *out_fd)
{
    if (made >= 0)
        *out_fd = made;
    return made;
}

tempfile_fd tempfile_mkstemp_into(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *out_fd)
{
    if (out_fd == NULL)
        return tempfile__fail(-EINVAL, "tempfile_mkstemp_into", "arguments", "", "out_fd is NULL", 0);
    return put(tempfile_mkstemp(options, out_path, path_size), out_fd);
}

tempfile_fd tempfile_unnamed_into(const tempfile_options *options, tempfile_fd *out_fd)
{
    if (out_fd == NULL)
        return tempfile__fail(-EINVAL, "tempfile_unnamed_into", "arguments", "", "out_fd is NULL", 0);
    return put(tempfile_unnamed(options), out_fd);
}

/* Makes an object this process's. */
static int adopt(const void *handle, enum tempfile__kind kind, const char *function)
{
    struct tempfile__call call;
    int result = tempfile__find(&call, handle, kind, function);

    if (result != 0)
        return result;
    __atomic_store_n(&call.record->owner, tempfile__epoch(), __ATOMIC_RELAXED); /* handlers look without the lock */
    tempfile__done(&call);
    return 0;
}

int tempfile_file_adopt(tempfile_file *file)
{
    return adopt(file, TEMPFILE__FILE, "tempfile_file_adopt");
}

int tempfile_directory_adopt(tempfile_directory *directory)
{
    return adopt(directory, TEMPFILE__DIRECTORY, "tempfile_directory_adopt");
}

int tempfile_unlink(const char *path, int64_t owner_pid)
{
    int result;

    tempfile__clear();
    if (path == NULL)
        return tempfile__fail(-EINVAL, "tempfile_unlink", "unlink", "", "the path is NULL", 0);
    if (owner_pid != (int64_t)getpid())
        return 0;
    if (strnlen(path, TEMPFILE_PATH_SIZE) == TEMPFILE_PATH_SIZE)
        return tempfile__fail(-ENAMETOOLONG, "tempfile_unlink", "unlink", "", "the path is longer than any path that the system takes", 0);
    do
        result = unlink(path);
    while (result != 0 && errno == EINTR); /* as file systems in user space answer */
    if (result == 0 || errno == ENOENT)
        return 0;
    return tempfile__fail(-errno, "tempfile_unlink", "unlink", path, tempfile_strerror(errno), 0);
}

void tempfile_file_free(tempfile_file *file)
{
    tempfile__free(file, TEMPFILE__FILE);
}

void tempfile_directory_free(tempfile_directory *directory)
{
    tempfile__free(directory, TEMPFILE__DIRECTORY);
}

void tempfile_removal_free(tempfile_removal *removal)
{
    tempfile__free(removal, TEMPFILE__REMOVAL);
}
