/* Runs the vectors that all languages share with the C ABI. tests/vectors/README.md describes them. */
#include "cases.h"
#include "json.h"
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdbool.h>
#include <sys/stat.h>

static char scratch[TEMPFILE_PATH_SIZE]; /* the directory in which every case works */
static int64_t cases;

static int64_t errno_named(const char *name)
{
    static const struct {
        const char *name;
        int value;
    } known[] = {{"EBADF", EBADF},   {"EEXIST", EEXIST},   {"EINVAL", EINVAL},  {"ENAMETOOLONG", ENAMETOOLONG},
                 {"ENOENT", ENOENT}, {"ENOTDIR", ENOTDIR}, {"ENOTSUP", ENOTSUP}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].value;
    json_wrong("an unknown errno", name);
    return 0;
}

/* Makes the entries of a case's directory. */
static void furnish(void)
{
    char path[TEMPFILE_PATH_SIZE + 16];

    CHECK(tempfile_mkdtemp(NULL, scratch, sizeof scratch) == 0);
    snprintf(path, sizeof path, "%s/taken", scratch);
    CHECK(close(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600)) == 0);
    snprintf(path, sizeof path, "%s/folder", scratch);
    CHECK(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/dangling", scratch);
    CHECK(symlink("nowhere", path) == 0);
}

/* Checks that options_of knows each option of a case. An option that it ignores would test nothing. */
static void check_options(const struct json *given)
{
    static const char *const known[] = {"dir",     "prefix",    "suffix",      "name",  "mode",   "encoding", "errors",
                                        "newline", "buffering", "permissions", "flags", "beside", "min_free"};

    for (const struct json *option = given->first; option != NULL; option = option->next) {
        bool found = false;

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(option->key, known[i]) == 0;
        HOLDS(found);
    }
}

/* Returns the options of a case. The directory's path stays valid until the next call. */
static tempfile_options options_of(const struct json *given)
{
    static char dir[TEMPFILE_PATH_SIZE * 2], beside[TEMPFILE_PATH_SIZE * 2];
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    snprintf(dir, sizeof dir, "%s", scratch);
    options.dir = dir;
    if (given == NULL)
        return options;
    check_options(given);
    if (json_text(given, "dir") != NULL)
        snprintf(dir, sizeof dir, "%s/%s", scratch, json_text(given, "dir"));
    else if (json_get(given, "dir") != NULL || json_get(given, "beside") != NULL)
        options.dir = NULL;
    if (json_text(given, "beside") != NULL) {
        options.beside = beside;
        snprintf(beside, sizeof beside, "%s/%s", scratch, json_text(given, "beside"));
        if (*json_text(given, "beside") == '\0')
            *beside = '\0';
    }
    options.prefix = json_text(given, "prefix");
    options.suffix = json_text(given, "suffix");
    options.name = json_text(given, "name");
    options.mode = json_text(given, "mode");
    options.encoding = json_text(given, "encoding");
    options.errors = json_text(given, "errors");
    options.newline = json_text(given, "newline");
    options.buffering = json_number(given, "buffering", 0);
    options.permissions = (uint32_t)json_number(given, "permissions", 0);
    options.flags = (uint32_t)json_number(given, "flags", 0);
    options.min_free = json_number(given, "min_free", 0);
    return options;
}

typedef int create_file(const tempfile_options *options, tempfile_file **out_file);

static const struct {
    const char *name;
    create_file *create;
} classes[] = {{"named_temporary_file", tempfile_named_temporary_file},
               {"temporary_file", tempfile_temporary_file},
               {"spooled_temporary_file", tempfile_spooled_temporary_file}};
enum { CLASSES = sizeof classes / sizeof *classes };

/* Creates with the named function, notes the path if there is one, and removes the object. */
static int create(const char *function, const tempfile_options *options, char *path)
{
    tempfile_directory *directory;
    tempfile_file *file;
    int result;

    *path = '\0';
    if (strcmp(function, "mkstemp") == 0) {
        result = tempfile_mkstemp(options, path, TEMPFILE_PATH_SIZE);
        if (result >= 0)
            HOLDS(close(result) == 0 && unlink(path) == 0);
        return result < 0 ? result : 0;
    }
    if (strcmp(function, "mkdtemp") == 0) {
        result = tempfile_mkdtemp(options, path, TEMPFILE_PATH_SIZE);
        if (result == 0)
            HOLDS(rmdir(path) == 0);
        return result;
    }
    if (strcmp(function, "mktemp") == 0)
        return tempfile_mktemp(options, path, TEMPFILE_PATH_SIZE);
    if (strcmp(function, "temporary_directory") == 0) {
        result = tempfile_temporary_directory(options, &directory);
        if (result == 0) {
            strcpy(path, tempfile_directory_name(directory));
            tempfile_directory_free(directory);
        }
        return result;
    }
    for (int i = 0; i < CLASSES; i++)
        if (strcmp(function, classes[i].name) == 0) {
            result = classes[i].create(options, &file);
            if (result == 0) {
                if (tempfile_file_name(file) != NULL)
                    strcpy(path, tempfile_file_name(file));
                tempfile_file_free(file);
            }
            return result;
        }
    json_wrong("an unknown function", function);
    return 0;
}

/* Checks that a path is the case's directory, a slash, and the parts that the case expects. */
static void check_path(const struct json *test, const char *path)
{
    const struct json *head = json_get(test, "head"), *tail = json_get(test, "tail");
    size_t random = (size_t)json_number(test, "random", 0), before = strlen(scratch);

    HOLDS(strncmp(path, scratch, before) == 0 && path[before] == '/');
    path += before + 1;
    HOLDS(strlen(path) == head->size + random + tail->size && memcmp(path, head->text, head->size) == 0);
    HOLDS(strspn(path + head->size, "abcdefghijklmnopqrstuvwxyz0123456789_") >= random);
    HOLDS(strcmp(path + head->size + random, tail->text) == 0);
}

static void run_creation(const struct json *test)
{
    tempfile_options options = options_of(json_get(test, "options"));
    const char *wanted = json_text(test, "errno");
    char path[TEMPFILE_PATH_SIZE];

    for (const struct json *function = json_get(test, "functions")->first; function != NULL; function = function->next) {
        int result = create(function->text, &options, path);

        if (wanted != NULL)
            HOLDS(result == -errno_named(wanted) && tempfile_last_error()->code == result && *path == '\0');
        else
            HOLDS(result == 0);
        if (result == 0)
            check_path(test, path);
        HOLDS(entries_of(scratch) == 3);
    }
}

static void run_mode(const struct json *test)
{
    tempfile_options options = options_of(NULL);
    const char *wanted = json_text(test, "errno");
    tempfile_file *made;
    char byte;

    options.mode = json_text(test, "mode");
    for (int i = 0; i < CLASSES; i++) {
        int result = classes[i].create(&options, &made);

        HOLDS(result == (wanted != NULL ? -errno_named(wanted) : 0));
        if (result != 0)
            continue;
        int64_t got = tempfile_file_read(made, &byte, 1), put = tempfile_file_write(made, "x", 1);

        tempfile_file_free(made);
        HOLDS(got == (json_number(test, "readable", 0) ? 0 : -EBADF));
        HOLDS(put == (json_number(test, "writable", 0) ? 1 : -EBADF));
    }
}

/* Does one step. A read puts its bytes into the buffer. */
static int64_t perform(tempfile_file *file, const struct json *step, char *buffer, size_t buffer_size)
{
    const char *what = json_text(step, "do");
    size_t size = (size_t)json_number(step, "size", 0);
    int64_t result;

    if (strcmp(what, "write") == 0) {
        const struct json *data = json_get(step, "data");
        size_t times = (size_t)json_number(step, "times", 1);
        char *all = malloc(data->size * times + 1);

        for (size_t i = 0; i < times; i++)
            memcpy(all + i * data->size, data->text, data->size);
        result = tempfile_file_write(file, all, data->size * times);
        free(all);
        return result;
    }
    if (strcmp(what, "read") == 0 || strcmp(what, "readline") == 0) {
        HOLDS(size < buffer_size);
        memset(buffer, '#', buffer_size);
        result = what[4] == 'l' ? tempfile_file_readline(file, buffer, size + 1) : tempfile_file_read(file, buffer, size);
        HOLDS(buffer[size + 1] == '#');
        return result;
    }
    if (strcmp(what, "seek") == 0)
        return tempfile_file_seek(file, json_number(step, "offset", 0), (int)json_number(step, "whence", 0));
    if (strcmp(what, "truncate") == 0)
        return tempfile_file_truncate(file, json_number(step, "size", -1));
    if (strcmp(what, "fileno") == 0)
        return (result = tempfile_file_fileno(file)) > 0 ? 0 : result;
    if (strcmp(what, "flush") == 0)
        return tempfile_file_flush(file);
    if (strcmp(what, "rollover") == 0)
        return tempfile_file_rollover(file);
    if (strcmp(what, "close") == 0)
        return tempfile_file_close(file);
    json_wrong("an unknown step", what);
    return 0;
}

static void play(tempfile_file *file, const struct json *test)
{
    size_t end = strlen(where);
    int number = 0;
    char buffer[256];

    for (const struct json *step = json_get(test, "steps")->first; step != NULL; step = step->next) {
        const struct json *gives = json_get(step, "gives");
        int64_t result;

        snprintf(where + end, sizeof where - end, ", step %d, %s", number++, json_text(step, "do"));
        result = perform(file, step, buffer, sizeof buffer);
        if (gives == NULL) {
            HOLDS(result == -errno_named(json_text(step, "errno")));
        } else if (gives->kind == JSON_STRING) {
            HOLDS(result == (int64_t)gives->size && memcmp(buffer, gives->text, gives->size) == 0);
        } else {
            HOLDS(result == gives->number);
        }
        if (json_get(step, "tell") != NULL)
            HOLDS(tempfile_file_tell(file) == json_number(step, "tell", -1));
        if (json_get(step, "rolled") != NULL)
            HOLDS(tempfile_file_rolled(file) == json_number(step, "rolled", -1));
    }
    where[end] = '\0';
}

static void run_spooled_with_buffer(const struct json *test)
{
    tempfile_options options = options_of(NULL);
    tempfile_file *made;

    options.max_size = json_number(test, "max_size", 0);
    set_buffer(&options);
    HOLDS(tempfile_spooled_temporary_file(&options, &made) == 0);
    play(made, test);
    tempfile_file_free(made);
}

static void run_file_with_buffer(const struct json *test)
{
    tempfile_options options = options_of(json_get(test, "options"));
    tempfile_file *made;

    set_buffer(&options);
    for (int i = 0; i < CLASSES; i++) {
        int result = classes[i].create(&options, &made);

        HOLDS(result == 0);
        result = tempfile_file_rollover(made); /* other kinds than a spooled file are on disk already */
        HOLDS(result == 0);
        play(made, test);
        tempfile_file_free(made);
    }
}

static void run_spooled(const struct json *test)
{
    with_each_buffer(test, run_spooled_with_buffer);
}

static void run_file(const struct json *test)
{
    with_each_buffer(test, run_file_with_buffer);
}

static int excepted(const struct json *test)
{
    const struct json *except = json_get(test, "except");

    if (except != NULL)
        for (const struct json *language = except->first; language != NULL; language = language->next)
            if (strcmp(language->text, "c") == 0)
                return 1;
    return 0;
}

/* Runs all cases of a file of vectors. */
static void run(const char *name, void (*run_case)(const struct json *test))
{
    char path[TEMPFILE_PATH_SIZE];
    struct json *file;
    int64_t seen = 0, ran = 0;

    snprintf(path, sizeof path, "%s/%s.json", VECTORS, name);
    file = json_read(path);
    for (const struct json *test = json_get(file, "cases")->first; test != NULL; test = test->next, seen++) {
        if (excepted(test))
            continue;
        snprintf(where, sizeof where, "%s.json, case %d", name, (int)json_number(test, "id", -1));
        run_case(test);
        ran++;
    }
    snprintf(where, sizeof where, "%s.json", name);
    HOLDS(seen == json_number(file, "count", -1) && ran > seen / 2);
    HOLDS(entries_of(scratch) == 3);
    cases += ran;
    json_free(file);
}

int main(void)
{
#ifdef M_PERTURB
    mallopt(M_PERTURB, 0x5A); /* fills new memory, so that a gap is not zero by chance; a sanitizer does this by itself */
#endif
    furnish();
    run("names", run_creation);
    run("errnos", run_creation);
    run("modes", run_mode);
    run("modes_text", run_mode);
    run("spooled", run_spooled);
    run("files", run_file);
    CHECK(tempfile_rmtree(scratch, 0) == 0);
    printf("%lld cases, ", (long long)cases);
    return passed();
}
