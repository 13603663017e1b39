/* SpooledTemporaryFile: stays in memory up to max_size bytes and rolls over to a file on disk after that. */
#include <tempfile.h>

#include <stdio.h>
#include <string.h>

static int failed(void)
{
    fprintf(stderr, "spooled: %s\n", tempfile_last_error()->message);
    return 1;
}

int main(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char block[1000], back[sizeof block];
    tempfile_file *file;
    int64_t n, total = 0;

    memset(block, '.', sizeof block);
    options.max_size = 2500;
    if (tempfile_spooled_temporary_file(&options, &file) < 0)
        return failed();
    for (int i = 0; i < 4; i++) {
        if (tempfile_file_write(file, block, sizeof block) < 0)
            return failed();
        printf("%d bytes %s\n", (int)tempfile_file_tell(file), tempfile_file_rolled(file) == 1 ? "on disk" : "in memory");
    }

    /* Reading is the same in both places. */
    if (tempfile_file_seek(file, 0, SEEK_SET) < 0)
        return failed();
    while ((n = tempfile_file_read(file, back, sizeof back)) > 0)
        total += n;
    if (n < 0)
        return failed();
    printf("read back %d bytes\n", (int)total);
    tempfile_file_free(file);
    return 0;
}

/* Output:
1000 bytes in memory
2000 bytes in memory
3000 bytes on disk
4000 bytes on disk
read back 4000 bytes
*/
