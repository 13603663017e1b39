/* Options structs of all sizes and versions, and unknown flags. */
#include "misuse.h"
#include <stddef.h>
#include <sys/mman.h>

enum { CREATORS = 7, LARGEST = 4200 };

/* Creates with the function of that number, and removes the object. A result above 0 would be a descriptor. */
static int create(int number, const void *options)
{
    char path[TEMPFILE_PATH_SIZE] = "untouched";
    tempfile_file *file = (tempfile_file *)path;
    tempfile_directory *directory = (tempfile_directory *)path;
    int result;

    switch (number) {
    case 0: result = tempfile_mkstemp(options, path, sizeof path); break;
    case 1: result = tempfile_mkdtemp(options, path, sizeof path); break;
    case 2: result = tempfile_mktemp(options, path, sizeof path); break;
    case 3: result = tempfile_named_temporary_file(options, &file); break;
    case 4: result = tempfile_temporary_file(options, &file); break;
    case 5: result = tempfile_spooled_temporary_file(options, &file); break;
    default: result = tempfile_temporary_directory(options, &directory); break;
    }
    if (result < 0) {
        CHECK(strcmp(path, "untouched") == 0 && file == (tempfile_file *)path && directory == (tempfile_directory *)path);
        CHECK(tempfile_last_error()->code == result && names_left() == 0);
        return result;
    }
    if (number == 0)
        CHECK(close(result) == 0 && unlink(path) == 0);
    else if (number == 1)
        CHECK(rmdir(path) == 0);
    else if (number >= 3 && number <= 5)
        tempfile_file_free(file);
    else if (number == 6)
        tempfile_directory_free(directory);
    return 0;
}

static int known_size(size_t size)
{
    return size >= sizeof(size_t) && size % sizeof(void *) == 0;
}

/* Passes a struct of that size whose bytes are not zero from an offset on. */
static void every_size(char *end)
{
    for (size_t size = 0; size <= LARGEST; size++) {
        char *options = end - (size < sizeof(size_t) ? sizeof(size_t) : size); /* memory after the struct faults */
        int wanted = !known_size(size) ? -EINVAL : size > TEMPFILE_PATH_SIZE ? -E2BIG : 0;

        options -= (uintptr_t)options % sizeof(size_t);
        memset(options, 0, (size_t)(end - options));
        memcpy(options, &size, sizeof size);
        CHECK(create((int)(size % CREATORS), options) == wanted);
        if (wanted != 0 || size <= sizeof(tempfile_options))
            continue;
        for (size_t at = sizeof(tempfile_options); at < size; at += 1 + (size - at) / 2) {
            options[at] = 1;
            CHECK(create((int)(size % CREATORS), options) == -E2BIG);
            options[at] = 0;
        }
    }
}

/* The library does not read fields behind the struct of an older program. */
static void older(void)
{
    static const size_t fields[] = {
        offsetof(tempfile_options, suffix),   offsetof(tempfile_options, prefix),   offsetof(tempfile_options, dir),
        offsetof(tempfile_options, mode),     offsetof(tempfile_options, encoding), offsetof(tempfile_options, errors),
        offsetof(tempfile_options, newline),  offsetof(tempfile_options, name),     offsetof(tempfile_options, buffering),
        offsetof(tempfile_options, max_size), offsetof(tempfile_options, flags),    offsetof(tempfile_options, beside),
        offsetof(tempfile_options, min_free)};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        tempfile_options options;

        memset(&options, 0xff, sizeof options);
        memset(&options, 0, fields[i]);
        options.struct_size = fields[i];
        for (int number = 0; number < CREATORS; number++)
            CHECK(create(number, &options) == 0);
    }
}

/* With a wrong size the library must not read memory that does not exist. */
static void huge(char *end)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 7, (size_t)1 << 63, (size_t)1 << 32, (size_t)1 << 20, 8192,
                                   4104,     4097};
    tempfile_options *options = (tempfile_options *)end - 1;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int number = 0; number < CREATORS; number++) {
            *options = (tempfile_options)TEMPFILE_OPTIONS_INIT;
            options->struct_size = sizes[i];
            CHECK(create(number, options) == (known_size(sizes[i]) ? -E2BIG : -EINVAL));
        }
}

static void flags(void)
{
    const uint32_t known = TEMPFILE_NO_DELETE | TEMPFILE_NO_DELETE_ON_CLOSE | TEMPFILE_IGNORE_CLEANUP_ERRORS |
                           TEMPFILE_TEXT | TEMPFILE_NO_O_TMPFILE | TEMPFILE_ONLY_O_TMPFILE | TEMPFILE_BUFFERED_WRITES |
                           TEMPFILE_APPEND | TEMPFILE_ON_DISK | TEMPFILE_IN_MEMORY | TEMPFILE_LOCK | TEMPFILE_RECOVERABLE;
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_removal *removal = NULL;
    char path[TEMPFILE_PATH_SIZE];

    for (int bit = 0; bit < 32; bit++) {
        options.flags = UINT32_C(1) << bit;
        if ((options.flags & known) == 0)
            for (int number = 0; number < CREATORS; number++)
                CHECK(create(number, &options) == -EINVAL);
        options.flags |= TEMPFILE_IGNORE_CLEANUP_ERRORS;
        if (options.flags == TEMPFILE_IGNORE_CLEANUP_ERRORS)
            continue;
        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
        CHECK(tempfile_rmtree(path, options.flags) == -EINVAL && access(path, F_OK) == 0);
        CHECK(tempfile_removal_start(path, options.flags, &removal) == -EINVAL && removal == NULL);
        CHECK(rmdir(path) == 0);
    }
    for (int i = 0; i < 2; i++) {
        options.flags = i == 0 ? TEMPFILE_NO_O_TMPFILE | TEMPFILE_ONLY_O_TMPFILE : TEMPFILE_ON_DISK | TEMPFILE_IN_MEMORY;
        for (int number = 0; number < CREATORS; number++)
            CHECK(create(number, &options) == -EINVAL);
    }
}

int main(void)
{
    char *pages = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int before;

    CHECK(pages != MAP_FAILED && mprotect(pages + 3 * 4096, 4096, PROT_NONE) == 0);
    for (int number = 0; number < CREATORS; number++)
        CHECK(create(number, NULL) == 0);
    before = open_descriptors();
    every_size(pages + 3 * 4096);
    older();
    huge(pages + 3 * 4096);
    flags();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
