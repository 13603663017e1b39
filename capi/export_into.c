/* Creations that write the descriptor into memory of the host's, for hosts that can be interrupted after a call's return. */
#include "fast.h"
#include <errno.h>

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
