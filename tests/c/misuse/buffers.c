/* Buffers that are NULL or too small. The call reports the needed size, creates nothing, and writes nothing beyond the
 * buffer. */
#include "misuse.h"
#include <sys/mman.h>

enum { MKSTEMP, MKDTEMP, MKTEMP, GETTEMPDIR, GETTEMPDIRB, CANDIDATES, FUNCTIONS };

static char *page_end; /* memory from here on faults */

static int64_t give(int function, char *buffer, size_t size)
{
    static const tempfile_options options = {.struct_size = sizeof options, .prefix = "buffer-", .suffix = ".end"};

    switch (function) {
    case MKSTEMP: return tempfile_mkstemp(&options, buffer, size);
    case MKDTEMP: return tempfile_mkdtemp(&options, buffer, size);
    case MKTEMP: return tempfile_mktemp(&options, buffer, size);
    case GETTEMPDIR: return tempfile_gettempdir(buffer, size);
    case GETTEMPDIRB: return tempfile_gettempdirb(buffer, size);
    default: return tempfile_candidates(buffer, size);
    }
}

static size_t needed_by(int function)
{
    int64_t result = give(function, NULL, 0);

    if (function == CANDIDATES) {
        CHECK(result > 0);
        return (size_t)result;
    }
    CHECK(result == -ERANGE && tempfile_last_error()->code == -ERANGE);
    return tempfile_last_error()->needed;
}

static void every_size(int function)
{
    size_t needed = needed_by(function);

    for (size_t size = 0; size < needed; size++) {
        char *buffer = page_end - size; /* a byte beyond the buffer would fault */

        memset(page_end - needed, '#', needed);
        CHECK(give(function, buffer, size) == -ERANGE);
        CHECK(tempfile_last_error()->needed == needed);
        for (size_t i = 0; i < needed; i++)
            CHECK(page_end[-1 - (ptrdiff_t)i] == '#');
    }
    CHECK(names_left() == 0);
    for (size_t i = 0; i < 3; i++) /* NULL with a size is another error */
        CHECK(give(function, NULL, (size_t[]){1, needed, SIZE_MAX}[i]) == -EINVAL);
    CHECK(names_left() == 0);

    char *buffer = page_end - needed;
    int64_t result = give(function, buffer, needed);

    CHECK(result >= 0 && buffer[needed - 1] == '\0' && tempfile_last_error()->code == 0);
    if (function < GETTEMPDIR)
        CHECK(strlen(buffer) + 1 == needed && strstr(buffer, "/buffer-") != NULL);
    if (function == MKSTEMP)
        CHECK(close((int)result) == 0 && unlink(buffer) == 0);
    if (function == MKDTEMP)
        CHECK(rmdir(buffer) == 0);
}

static void random_names(void)
{
    CHECK(tempfile_random_names(NULL, 0) == 0);
    CHECK(tempfile_random_names(NULL, 1) == -EINVAL);
    CHECK(tempfile_random_names(NULL, SIZE_MAX) == -EINVAL);
    for (size_t count = 0; count < 200; count++) {
        char *names = page_end - 9 * count;

        names[-1] = '#';
        CHECK(tempfile_random_names(names, count) == 0 && names[-1] == '#');
        for (size_t i = 0; i < count; i++)
            CHECK(strlen(names + 9 * i) == 8);
    }
    /* Nine times these counts is more than all memory, or wraps around to a small size. */
    for (size_t i = 0; i < 4; i++)
        CHECK(tempfile_random_names(page_end - 9,
                                    (size_t[]){SIZE_MAX, SIZE_MAX / 9 + 1, SIZE_MAX / 9, INT64_MAX / 9 + 1}[i]) == -EINVAL);
}

static void files(void)
{
    for (int i = 0; i < 3; i++) {
        tempfile_file *file;

        CHECK((i == 0   ? tempfile_named_temporary_file(NULL, &file)
               : i == 1 ? tempfile_temporary_file(NULL, &file)
                        : tempfile_spooled_temporary_file(NULL, &file)) == 0);
        CHECK(tempfile_file_write(file, "line\nrest", 9) == 9);
        CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
        CHECK(tempfile_file_read(file, NULL, 1) == -EINVAL);
        CHECK(tempfile_file_write(file, NULL, 1) == -EINVAL);
        CHECK(tempfile_file_readline(file, NULL, 9) == -EINVAL);
        CHECK(tempfile_file_read(file, NULL, 0) == 0 && tempfile_file_write(file, NULL, 0) == 0);
        for (size_t size = 0; size < 2; size++)
            CHECK(tempfile_file_readline(file, page_end - size, size) == -ERANGE && tempfile_last_error()->needed == 2);
        CHECK(tempfile_file_readline(file, NULL, 0) == -ERANGE);
        CHECK(tempfile_file_tell(file) == 0);
        for (size_t size = 2; size <= 8; size++) { /* with the NUL, and no byte beyond */
            int64_t wanted = size < 6 ? (int64_t)size - 1 : 5;

            CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
            CHECK(tempfile_file_readline(file, page_end - size, size) == wanted);
            CHECK(page_end[-(ptrdiff_t)size + wanted] == '\0');
        }
        for (size_t size = 1; size <= 9; size++) {
            CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
            CHECK(tempfile_file_read(file, page_end - size, size) == (int64_t)size);
            CHECK(memcmp(page_end - size, "line\nrest", size) == 0);
        }
        tempfile_file_free(file);
    }
}

static void null_outputs_and_paths(void)
{
    tempfile_removal *removal = (tempfile_removal *)&removal;

    CHECK(tempfile_named_temporary_file(NULL, NULL) == -EINVAL);
    CHECK(tempfile_temporary_file(NULL, NULL) == -EINVAL);
    CHECK(tempfile_spooled_temporary_file(NULL, NULL) == -EINVAL);
    CHECK(tempfile_temporary_directory(NULL, NULL) == -EINVAL);
    CHECK(tempfile_removal_start(getenv("TMPDIR"), 0, NULL) == -EINVAL);
    CHECK(tempfile_removal_start(NULL, 0, &removal) == -EINVAL && removal == (tempfile_removal *)&removal);
    CHECK(tempfile_rmtree(NULL, 0) == -EINVAL && tempfile_unlink(NULL, getpid()) == -EINVAL);
    CHECK(tempfile_unlink(NULL, 0) == -EINVAL);
    CHECK(tempfile_settempdir(NULL) == 0);
    for (size_t i = 0; i < 9; i++) {
        const char *path = (const char *[]){"", "/", "//", ".", "..", "x/.", "x/..", "/.", "x/../"}[i];

        CHECK(tempfile_rmtree(path, 0) == -EINVAL && tempfile_rmtree(path, TEMPFILE_IGNORE_CLEANUP_ERRORS) == -EINVAL);
        CHECK(tempfile_removal_start(path, 0, &removal) == -EINVAL && removal == (tempfile_removal *)&removal);
    }
    CHECK(names_left() == 0);
}

int main(void)
{
    char *pages = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int before;

    CHECK(pages != MAP_FAILED && mprotect(pages + 3 * 4096, 4096, PROT_NONE) == 0);
    page_end = pages + 3 * 4096;
    needed_by(GETTEMPDIR);
    before = open_descriptors();
    for (int function = 0; function < FUNCTIONS; function++)
        every_size(function);
    random_names();
    files();
    null_outputs_and_paths();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
