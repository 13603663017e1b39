/* Numbers that make no sense. Each is an error or has no effect, and the file does not change. */
#include "misuse.h"

static const int64_t numbers[] = {INT64_MIN, INT64_MIN + 1, -4097, -1, INT64_MAX - 1, INT64_MAX, INT64_C(1) << 62};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static char memory[4096] = "0123456789";

static void check_unchanged(tempfile_file *file)
{
    char text[16] = "";

    CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 10 && memcmp(text, "0123456789", 10) == 0);
    CHECK(tempfile_file_seek(file, 5, SEEK_SET) == 5);
}

/* Sizes of memory. A size that cannot be memory is -EINVAL. For others the system or malloc decides. */
static void memory_sizes(tempfile_file *file)
{
    const size_t impossible[] = {SIZE_MAX, SIZE_MAX - 1, (size_t)1 << 63, SIZE_MAX - (size_t)memory + 1};
    const size_t absurd[] = {INT64_MAX, INT64_MAX - 4095};

    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        CHECK(tempfile_file_read(file, memory, impossible[i]) == -EINVAL);
        CHECK(tempfile_file_readline(file, memory, impossible[i]) == -EINVAL);
        CHECK(tempfile_file_write(file, memory, impossible[i]) == -EINVAL);
        CHECK(tempfile_file_tell(file) == 5);
    }
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        CHECK(tempfile_file_write(file, memory, absurd[i]) < 0);
        CHECK(tempfile_file_tell(file) == 5);
        check_unchanged(file);
    }
}

/* An address near zero is a NULL pointer with an offset; an access would fault. */
static void near_null(tempfile_file *file)
{
    for (uintptr_t address = 1; address < 4096; address += 37) {
        CHECK(tempfile_file_read(file, (void *)address, 4) == -EINVAL);
        CHECK(tempfile_file_readline(file, (char *)address, 4) == -EINVAL);
        CHECK(tempfile_file_write(file, (void *)address, 4) == -EINVAL);
    }
    check_unchanged(file);
}

static void positions(tempfile_file *file)
{
    static const int whences[] = {-1, 3, 4, 5, 100, INT_MAX, INT_MIN};

    for (size_t i = 0; i < sizeof whences / sizeof *whences; i++)
        for (int n = 0; n < NUMBERS; n++) {
            CHECK(tempfile_file_seek(file, numbers[n], whences[i]) == -EINVAL);
            CHECK(tempfile_file_tell(file) == 5);
        }
    for (int n = 0; n < NUMBERS; n++)
        for (int whence = SEEK_SET; whence <= SEEK_END; whence++) {
            int64_t position = tempfile_file_seek(file, numbers[n], whence);
            char byte;

            /* -1 from the current position may be valid; before the start is an error, or in memory the start */
            CHECK(position == tempfile_file_tell(file) || (position < 0 && tempfile_file_tell(file) == 5));
            CHECK(position < 0 || position >= 5 || numbers[n] < 0);
            if (position > 10) { /* far beyond the end: a read gets nothing, and there is no space for a write */
                CHECK(tempfile_file_read(file, &byte, 1) == 0);
                CHECK(tempfile_file_write(file, "x", 1) < 0 && tempfile_file_write(file, memory, sizeof memory) < 0);
                CHECK(tempfile_file_tell(file) == position);
            }
            check_unchanged(file);
        }
}

static void truncations(tempfile_file *file)
{
    for (int n = 0; n < NUMBERS; n++) {
        int64_t size;

        CHECK(tempfile_file_seek(file, 10, SEEK_SET) == 10);
        size = tempfile_file_truncate(file, numbers[n]);
        /* up to max_size a file in memory does not grow by a seek */
        CHECK(numbers[n] < 0 ? size == 10 : size < 0 || tempfile_file_rolled(file) == 0);
        CHECK(tempfile_file_tell(file) == 10);
        check_unchanged(file);
    }
}

static void every_file(int64_t buffering)
{
    static const int64_t limits[] = {INT64_MIN, -1, 0, 10, 11, INT64_MAX};
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    int kinds = 2 + sizeof limits / sizeof *limits;

    options.buffering = buffering;
    for (int kind = 0; kind < kinds; kind++) {
        tempfile_file *file;

        options.max_size = kind < 2 ? 0 : limits[kind - 2];
        CHECK((kind == 0   ? tempfile_named_temporary_file(&options, &file)
               : kind == 1 ? tempfile_temporary_file(&options, &file)
                           : tempfile_spooled_temporary_file(&options, &file)) == 0);
        CHECK(tempfile_file_write(file, "0123456789", 10) == 10);
        check_unchanged(file);
        memory_sizes(file);
        near_null(file);
        positions(file);
        truncations(file);
        tempfile_file_free(file);
    }
}

static void options_and_codes(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file = NULL;

    for (int n = 0; n < NUMBERS; n++) {
        if (numbers[n] == -1)
            continue;
        options.buffering = numbers[n];
        CHECK(tempfile_temporary_file(&options, &file) == -EINVAL && file == NULL);
        CHECK(tempfile_spooled_temporary_file(&options, &file) == -EINVAL && file == NULL);
    }
    for (int64_t code = -5000; code <= 5000; code++)
        CHECK(*tempfile_strerror((int)code) != '\0');
    CHECK(strcmp(tempfile_strerror(INT_MIN), "Unknown error") == 0 &&
          strcmp(tempfile_strerror(INT_MAX), "Unknown error") == 0);
    CHECK(strcmp(tempfile_strerror(-ENOENT), tempfile_strerror(ENOENT)) == 0);
}

/* A removal in steps of few or many entries. */
static void removals(void)
{
    static const uint32_t entries[] = {1, 2, INT32_MAX, UINT32_MAX};

    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 8];
        tempfile_removal *removal;
        uint64_t removed = 77;
        int more = 1;

        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
        snprintf(below, sizeof below, "%s/below", path);
        CHECK(fclose(fopen(below, "w")) == 0);
        CHECK(tempfile_removal_start(path, 0, &removal) == 0);
        CHECK(tempfile_removal_step(removal, 0, &removed) == -EINVAL && removed == 77 && access(below, F_OK) == 0);
        for (int steps = 0; more == 1 && steps < 3; steps++)
            more = tempfile_removal_step(removal, entries[i], steps == 0 ? NULL : &removed);
        CHECK(more == 0 && access(path, F_OK) != 0);
        CHECK(tempfile_removal_step(removal, entries[i], &removed) == 0 && removed == 2);
        tempfile_removal_free(removal);
    }
}

static void owners(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int descriptor = tempfile_mkstemp(NULL, path, sizeof path);

    CHECK(descriptor >= 0 && close(descriptor) == 0);
    for (int n = 0; n < NUMBERS; n++)
        CHECK(tempfile_unlink(path, numbers[n]) == 0 && access(path, F_OK) == 0);
    CHECK(tempfile_unlink(path, (INT64_C(1) << 32) + getpid()) == 0 && access(path, F_OK) == 0);
    CHECK(tempfile_unlink(path, 0) == 0 && access(path, F_OK) == 0);
    CHECK(tempfile_unlink(path, getpid()) == 0 && access(path, F_OK) != 0);
}

int main(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int before;

    CHECK(tempfile_gettempdir(path, sizeof path) == 0);
    before = open_descriptors();
    every_file(0);
    every_file(TEMPFILE_UNBUFFERED);
    every_file(3);
    options_and_codes();
    removals();
    owners();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
