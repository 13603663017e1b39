/* Runs the text vectors with the C ABI. tests/vectors/text.md describes them. */
#include "cases.h"
#include "json.h"
#include <fcntl.h>

/* FNV-1a, a checksum for texts that are too long to store. */
static uint32_t fnv(const char *data, size_t size)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < size; i++)
        value = (value ^ (unsigned char)data[i]) * 16777619u;
    return value;
}

/* Compares bytes with a member of the object, or with the length and checksum in it. */
static int same(const char *data, size_t size, const struct json *object, const char *key)
{
    const struct json *member = json_get(object, key);

    if (json_get(object, "length") != NULL)
        return (int64_t)size == json_number(object, "length", 0) &&
               fnv(data, size) == (uint32_t)json_number(object, "fnv", 0);
    return member == NULL || (member->size == size && memcmp(member->text, data, size) == 0);
}

static int errno_of(const struct json *step)
{
    const char *name = json_text(step, "errno");

    if (name == NULL)
        return 0;
    return strcmp(name, "EILSEQ") == 0   ? EILSEQ
           : strcmp(name, "EINVAL") == 0 ? EINVAL
           : strcmp(name, "EBADF") == 0  ? EBADF
                                         : -1;
}

static tempfile_file *file_of(const struct json *c)
{
    const struct json *given = json_get(c, "options");
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = json_text(given, "mode");
    options.encoding = json_text(given, "encoding");
    options.errors = json_text(given, "errors");
    options.newline = json_text(given, "newline");
    options.max_size = json_number(given, "max_size", 0);
    set_buffer(&options);
    if (strcmp(json_text(c, "class"), "spooled") == 0)
        HOLDS(tempfile_spooled_temporary_file(&options, &file) == 0);
    else
        HOLDS(tempfile_named_temporary_file(&options, &file) == 0);
    return file;
}

/* Writes to the file directly, not with the library. */
static void poke(tempfile_file *file, const struct json *data, int64_t offset)
{
    int descriptor = open(tempfile_file_name(file), O_RDWR);

    HOLDS(descriptor >= 0 && pwrite(descriptor, data->text, data->size, offset) == (ssize_t)data->size);
    close(descriptor);
}

/* Writes data the given number of times in one call. */
static int64_t write_of(tempfile_file *file, const struct json *step)
{
    const struct json *data = json_get(step, "data");
    size_t times = (size_t)json_number(step, "times", 1);
    char *whole = malloc(data->size * times + 1);
    int64_t result;

    for (size_t i = 0; i < times; i++)
        memcpy(whole + i * data->size, data->text, data->size);
    result = tempfile_file_write(file, whole, data->size * times);
    free(whole);
    return result;
}

/* Reads into a buffer of exactly the size, so that a sanitizer notices a write beyond it. */
static int64_t read_of(tempfile_file *file, const struct json *step)
{
    int line = strcmp(json_text(step, "do"), "readline") == 0, expected = errno_of(step);
    size_t size = (size_t)json_number(step, "size", 0);
    char *buffer = malloc(size + 1);
    int64_t result;

    do /* the library may return the characters before a bad byte first; Python loses them */
        result = line ? tempfile_file_readline(file, buffer, size + 1) : tempfile_file_read(file, buffer, size);
    while (expected == EILSEQ && result > 0);
    if (result >= 0 && expected == 0)
        HOLDS(same(buffer, (size_t)result, step, "gives"));
    free(buffer);
    return result;
}

/* The message of an encoding error ends with the offset. */
static int names_offset(int64_t offset)
{
    char wanted[40];
    const char *message = tempfile_last_error()->message;

    snprintf(wanted, sizeof wanted, "at offset %lld", (long long)offset);
    return strlen(message) >= strlen(wanted) && strcmp(message + strlen(message) - strlen(wanted), wanted) == 0;
}

static void run_step(tempfile_file *file, const struct json *step, int64_t kept[])
{
    const char *what = json_text(step, "do");
    const struct json *gives = json_get(step, "gives"), *to = json_get(step, "to");
    int64_t result = 0, offset = json_number(step, "offset", 0);
    int expected = errno_of(step);

    if (strcmp(what, "write") == 0)
        result = write_of(file, step);
    else if (strcmp(what, "read") == 0 || strcmp(what, "readline") == 0)
        result = read_of(file, step);
    else if (strcmp(what, "seek") == 0 && to != NULL)
        result = tempfile_file_seek(file, kept[to->number], SEEK_SET);
    else if (strcmp(what, "seek") == 0)
        result = tempfile_file_seek(file, offset, (int)json_number(step, "whence", 0));
    else if (strcmp(what, "tell") == 0)
        result = kept[json_number(step, "keep", 0)] = tempfile_file_tell(file);
    else if (strcmp(what, "truncate") == 0)
        result = tempfile_file_truncate(file, json_number(step, "size", -1));
    else if (strcmp(what, "flush") == 0)
        result = tempfile_file_flush(file);
    else if (strcmp(what, "rollover") == 0)
        result = tempfile_file_rollover(file);
    else if (strcmp(what, "poke") == 0)
        poke(file, json_get(step, "data"), offset);
    else
        json_wrong("an unknown step", what);
    if (expected != 0)
        HOLDS(result == -expected);
    else
        HOLDS(result >= 0);
    if (expected == EILSEQ && json_get(step, "offset") != NULL)
        HOLDS(names_offset(offset));
    if (expected == 0 && gives != NULL && gives->kind == JSON_NUMBER)
        HOLDS(result == gives->number);
    if (json_get(step, "rolled") != NULL)
        HOLDS(tempfile_file_rolled(file) == json_number(step, "rolled", 0));
}

/* Compares the bytes of the file at the end, read by its descriptor. */
static void compare_file(tempfile_file *file, const struct json *c)
{
    static char content[1 << 16];
    int descriptor = tempfile_file_fileno(file);
    ssize_t size = pread(descriptor, content, sizeof content, 0);

    HOLDS(size >= 0 && size < (ssize_t)sizeof content);
    HOLDS(same(content, (size_t)size, c, "file"));
}

static void run_with_buffer(const struct json *c)
{
    tempfile_file *file = file_of(c);
    size_t end = strlen(where);
    int64_t kept[2] = {0, 0};
    int number = 0;

    if (json_get(c, "content") != NULL)
        poke(file, json_get(c, "content"), 0);
    for (const struct json *step = json_get(c, "steps")->first; step != NULL; step = step->next) {
        snprintf(where + end, sizeof where - end, ", step %d", number++);
        run_step(file, step, kept);
    }
    if (json_get(c, "file") != NULL || json_get(c, "length") != NULL)
        compare_file(file, c);
    HOLDS(tempfile_file_close(file) == 0);
    tempfile_file_free(file);
}

static void run_case(const struct json *c)
{
    snprintf(where, sizeof where, "case %d", (int)json_number(c, "id", -1));
    with_each_buffer(c, run_with_buffer);
}

/* An encoding's name is known, or it is an error before anything is created: tests/c/run checks that nothing is left. */
static void run_name(const struct json *c)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file = NULL;
    int result;

    options.mode = "w+";
    options.encoding = json_text(c, "name");
    snprintf(where, sizeof where, "encoding \"%s\"", options.encoding);
    result = tempfile_spooled_temporary_file(&options, &file);
    HOLDS(result == (json_get(c, "encoding")->kind == JSON_NULL ? -EINVAL : 0));
    HOLDS((file != NULL) == (result == 0));
    tempfile_file_free(file);
}

static int64_t run_all(const char *path, void (*run)(const struct json *))
{
    struct json *vectors = json_read(path);
    int64_t count = 0;

    for (const struct json *c = json_get(vectors, "cases")->first; c != NULL; c = c->next, count++)
        run(c);
    snprintf(where, sizeof where, "%s", path);
    HOLDS(count > 0 && count == json_number(vectors, "count", 0));
    json_free(vectors);
    return count;
}

int main(void)
{
    int64_t cases = run_all(VECTORS "/text.json", run_case), names = run_all(VECTORS "/text_names.json", run_name);

    printf("%lld text vectors, %lld names, ", (long long)cases, (long long)names);
    return passed();
}
