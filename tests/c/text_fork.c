/* A forked child goes on with a text file at its parent's position: within the bytes that were read ahead, within a bad byte
 * that reads as several characters, in a UTF-16 file after its byte order mark, and in Japanese text after a switch of
 * tables. */
#include "check.h"
#include <sys/wait.h>

#define LINES 2000 /* more than is read ahead at once */

static char expected[LINES * 32], buffer[sizeof expected];

/* The text as the caller reads it. */
static size_t compose(void)
{
    size_t size = 0;

    for (int i = 0; i < LINES; i++)
        size += (size_t)sprintf(expected + size, "%d \xe2\x80\xbe \xe3\x81\x82\xe6\xbc\xa2\xce\xa9\r\n", i);
    return size;
}

static tempfile_file *make(int spooled, const char *encoding, const char *errors, const char *newline)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = "w+";
    options.encoding = encoding;
    options.errors = errors;
    options.newline = newline;
    CHECK((spooled ? tempfile_spooled_temporary_file(&options, &file) : tempfile_named_temporary_file(&options, &file)) ==
          0);
    return file;
}

static void write_all(tempfile_file *file, const char *text, size_t size)
{
    CHECK(tempfile_file_write(file, text, size) == (int64_t)size);
}

/* Reads the rest of the text from an offset, and checks that the file ends there. */
static void read_rest(tempfile_file *file, size_t from, size_t size)
{
    int64_t n, total = 0;

    while ((n = tempfile_file_read(file, buffer + total, 1000)) > 0)
        total += n;
    CHECK(n == 0 && total == (int64_t)(size - from) && memcmp(buffer, expected + from, size - from) == 0);
}

/* Runs work in a child, or in a child's child. */
static void in_child(int generations, void (*work)(tempfile_file *, size_t, size_t), tempfile_file *file, size_t from,
                     size_t size)
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        if (generations > 1)
            in_child(generations - 1, work, file, from, size);
        else
            work(file, from, size);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The parent reads a line and a piece, and a child reads the rest. */
static void half_read(int spooled, const char *encoding, int generations, size_t size)
{
    tempfile_file *file = make(spooled, encoding, NULL, "");
    int64_t from = 0, n, here;

    write_all(file, expected, size);
    CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    for (int i = 0; i < LINES / 3; i++) {
        CHECK((n = tempfile_file_readline(file, buffer, sizeof buffer)) > 0);
        from += n;
    }
    CHECK((n = tempfile_file_read(file, buffer, 7)) > 0); /* ends within the line */
    CHECK(memcmp(buffer, expected + from, (size_t)n) == 0);
    from += n;
    CHECK((here = tempfile_file_tell(file)) > 0);
    in_child(generations, read_rest, file, (size_t)from, size);
    if (spooled)
        read_rest(file, (size_t)from, size); /* the file is in memory, which the parent does not share */
    /* The child has moved the shared position. The value of tell() is still valid. */
    CHECK(tempfile_file_seek(file, here, SEEK_SET) == here);
    in_child(generations, read_rest, file, (size_t)from, size);
    tempfile_file_free(file);
}

static void read_escapes(tempfile_file *file, size_t from, size_t size)
{
    (void)from, (void)size;
    CHECK(tempfile_file_read(file, buffer, sizeof buffer) == 8 && memcmp(buffer, "9\\xe9!\n.", 8) == 0);
}

/* Reads half of the characters of a bad byte: "\xe" of "\xe9". */
static void within_a_bad_byte(int generations)
{
    tempfile_file *file = make(0, NULL, "backslashreplace", NULL);

    CHECK(pwrite(tempfile_file_fileno(file), "a\xe9\xe9!\n.", 6, 0) == 6);
    CHECK(tempfile_file_read(file, buffer, 4) == 4 && memcmp(buffer, "a\\xe", 4) == 0);
    in_child(generations, read_escapes, file, 0, 0);
    tempfile_file_free(file);
}

static void write_on(tempfile_file *file, size_t from, size_t size)
{
    (void)from, (void)size;
    write_all(file, "\xe3\x81\x84z", 4);
}

/* The state of the encoder: no second mark, no second escape sequence, and the final switch back to ASCII. */
static void half_written(const char *encoding, const char *wanted, size_t size, int generations)
{
    tempfile_file *file = make(0, encoding, NULL, NULL);
    char content[64];

    write_all(file, "\xe3\x81\x82", 3);
    in_child(generations, write_on, file, 0, 0);
    CHECK(pread(tempfile_file_fileno(file), content, sizeof content, 0) == (ssize_t)size &&
          memcmp(content, wanted, size) == 0);
    tempfile_file_free(file);
}

int main(void)
{
    static const char *const encodings[] = {NULL, "utf-16", "utf-32", "utf-8-sig", "gb18030"};
    const unsigned short one = 1;
    size_t size = compose();

    for (int generations = 1; generations <= 2; generations++) {
        for (int spooled = 0; spooled < 2; spooled++)
            for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
                half_read(spooled, encodings[i], generations, size);
        half_read(0, "iso2022_jp", generations, size);
        within_a_bad_byte(generations);
        half_written("iso2022_jp", "\x1b$B$\"$$\x1b(Bz", 11, generations);
        if (*(const char *)&one == 1) /* the byte order of the machine */
            half_written("utf-16", "\xff\xfe\x42\x30\x44\x30z\0", 8, generations);
        half_written("utf-8-sig", "\xef\xbb\xbf\xe3\x81\x82\xe3\x81\x84z", 10, generations);
    }
    return passed();
}
