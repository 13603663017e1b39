/* A library whose creations fail. All other functions are the real ones. A test that passes with it does not test the
 * library. */
#include <errno.h>
#include "tempfile.h"

tempfile_fd tempfile_mkstemp_into(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *out_fd)
{
    (void)options, (void)out_path, (void)path_size, (void)out_fd;
    return -EIO;
}

int tempfile_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size)
{
    (void)options, (void)out_path, (void)path_size;
    return -EIO;
}

int tempfile_temporary_file(const tempfile_options *options, tempfile_file **out_file)
{
    (void)options, (void)out_file;
    return -EIO;
}
