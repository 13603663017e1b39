/* TemporaryFile: a file without a name. Nobody else can open it, and it is gone however the program ends. */
#include <tempfile.h>

#include <stdio.h>
#include <sys/stat.h>

static int failed(void)
{
    fprintf(stderr, "unnamed: %s\n", tempfile_last_error()->message);
    return 1;
}

int main(void)
{
    tempfile_file *file;
    struct stat status;
    char word[6] = "";
    int descriptor;

    if (tempfile_temporary_file(NULL, &file) < 0) /* NULL: all defaults */
        return failed();
    printf("name: %s\n", tempfile_file_name(file) == NULL ? "none" : tempfile_file_name(file));

    if (tempfile_file_write(file, "scratch space", 13) < 0 || tempfile_file_seek(file, 8, SEEK_SET) < 0 ||
        tempfile_file_read(file, word, sizeof word - 1) < 0)
        return failed();
    printf("read: %s\n", word);

    /* The descriptor is lent: any call of the system may use it, but only the library closes it. */
    descriptor = tempfile_file_fileno(file);
    if (descriptor < 0)
        return failed();
    if (fstat(descriptor, &status) == 0)
        printf("size: %d, mode: %04o, names: %d\n", (int)status.st_size, (unsigned)(status.st_mode & 0777),
               (int)status.st_nlink);
    tempfile_file_free(file);
    return 0;
}

/* Output:
name: none
read: space
size: 13, mode: 0600, names: 0
*/
