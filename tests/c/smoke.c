/* The shortest use of each class. */
#include "check.h"

int main(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    char path[TEMPFILE_PATH_SIZE], text[8] = "";
    int descriptor = tempfile_mkstemp(NULL, path, sizeof path);

    CHECK(descriptor >= 0);
    CHECK(unlink(path) == 0 && close(descriptor) == 0);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    CHECK(tempfile_rmtree(path, 0) == 0 && access(path, F_OK) != 0);
    for (int i = 0; i < 3; i++) {
        CHECK((i == 0   ? tempfile_named_temporary_file(NULL, &file)
               : i == 1 ? tempfile_temporary_file(NULL, &file)
                        : tempfile_spooled_temporary_file(NULL, &file)) == 0);
        CHECK((tempfile_file_name(file) != NULL) == (i == 0));
        CHECK(tempfile_file_write(file, "hello", 5) == 5);
        CHECK(tempfile_file_seek(file, 1, SEEK_SET) == 1);
        CHECK(tempfile_file_read(file, text, sizeof text) == 4 && memcmp(text, "ello", 4) == 0);
        CHECK(tempfile_file_close(file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_file_tell(file) == -9);
    }
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(access(tempfile_directory_name(directory), W_OK) == 0);
    tempfile_directory_free(directory);
    return passed();
}
