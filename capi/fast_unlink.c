/* tempfile_unlink, which finalizers of other languages call. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <unistd.h>

int tempfile_unlink(const char *path, int64_t owner_pid)
{
    int result;

    tempfile__clear();
    if (path == NULL)
        return tempfile__fail(-EINVAL, "tempfile_unlink", "unlink", "", "the path is NULL", 0);
    if (owner_pid != (int64_t)getpid())
        return 0;
    if (strnlen(path, TEMPFILE_PATH_SIZE) == TEMPFILE_PATH_SIZE)
        return tempfile__fail(-ENAMETOOLONG, "tempfile_unlink", "unlink", "",
                              "the path is longer than any path that the system takes", 0);
    do
        result = unlink(path);
    while (result != 0 && errno == EINTR); /* as file systems in user space answer */
    if (result == 0 || errno == ENOENT)
        return 0;
    return tempfile__fail(-errno, "tempfile_unlink", "unlink", path, tempfile_strerror(errno), 0);
}
