/* The detail of a thread's last error. A failure sets it, a success clears it, and other threads do not change it. */
#include "misuse.h"
#include <pthread.h>

static void check_whole(int code)
{
    const tempfile_error *error = tempfile_last_error();

    CHECK(error != NULL && error->struct_size == sizeof *error && error->code == code);
    CHECK(error->operation != NULL && error->path != NULL && error->message != NULL);
    CHECK((*error->message != '\0') == (code != 0));
    CHECK(code == -ERANGE || error->needed == 0);
    if (code != 0)
        CHECK(strncmp(error->message, "tempfile_", 9) == 0);
    else
        CHECK(*error->operation == '\0' && *error->path == '\0');
}

/* A call that fails and sets the detail. */
static void fail(void)
{
    CHECK(tempfile_file_tell(NULL) == -EBADF);
    check_whole(-EBADF);
}

/* The path is escaped in the message, and unchanged in path. */
static void messages_are_one_line(void)
{
    static const struct {
        const char *bytes, *shown;
    } names[] = {{"a\nb", "a\\nb"},
                 {"\r\t", "\\r\\t"},
                 {"\x1b[31m", "\\x1b[31m"},
                 {"\x01\x1f\x7f ", "\\x01\\x1f\\x7f "},
                 {"back\\slash", "back\\slash"},
                 {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
                 {"\xff\x80", "\\xff\\x80"},
                 {"\xc2\x9b"
                  "2J",
                  "\\xc2\\x9b2J"},
                 {"\xc0\xaf", "\\xc0\\xaf"},
                 {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
                 {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
                 {"\xe2\x82", "\\xe2\\x82"},
                 {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[TEMPFILE_PATH_SIZE], directory[64], wanted[128];
        tempfile_options options = TEMPFILE_OPTIONS_INIT;

        snprintf(directory, sizeof directory, "/nowhere/%s", names[i].bytes);
        options.dir = directory;
        options.name = "name";
        CHECK(tempfile_mkstemp(&options, path, sizeof path) == -ENOENT);
        snprintf(wanted, sizeof wanted, "/nowhere/%s/tmpname", names[i].bytes);
        CHECK(strcmp(tempfile_last_error()->path, wanted) == 0);
        snprintf(wanted, sizeof wanted, "tempfile_mkstemp: open: /nowhere/%s/tmpname: no such file or directory",
                 names[i].shown);
        CHECK(strcmp(tempfile_last_error()->message, wanted) == 0);
    }
}

static void successes_clear(void)
{
    char path[TEMPFILE_PATH_SIZE], names[9], buffer[16];
    tempfile_file *file;
    tempfile_directory *directory;
    tempfile_removal *removal;
    int descriptor, made;

#define CLEARS(call)    \
    do {                \
        fail();         \
        CHECK(call);    \
        check_whole(0); \
    } while (0)

    CLEARS((descriptor = tempfile_mkstemp(NULL, path, sizeof path)) >= 0);
    CLEARS(tempfile_unlink(path, getpid()) == 0);
    CHECK(close(descriptor) == 0);
    CLEARS(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    CLEARS(tempfile_rmtree(path, 0) == 0);
    CLEARS(tempfile_mktemp(NULL, path, sizeof path) == 0);
    CLEARS(tempfile_rmtree(path, 0) == 0); /* a missing directory is no error */
    CLEARS(tempfile_gettempdir(path, sizeof path) == 0);
    CLEARS(tempfile_gettempdirb(path, sizeof path) == 0);
    CLEARS(strcmp(tempfile_gettempprefix(), "tmp") == 0);
    CLEARS(strcmp(tempfile_gettempprefixb(), "tmp") == 0);
    CLEARS(tempfile_candidates(NULL, 0) > 0);
    CLEARS(tempfile_random_names(names, 1) == 0);
    CLEARS(tempfile_settempdir(NULL) == 0);
    CLEARS(tempfile_spooled_temporary_file(NULL, &file) == 0);
    CLEARS(tempfile_file_name(file) == NULL); /* a file without a name is no error */
    CLEARS(tempfile_file_write(file, "a\n", 2) == 2);
    CLEARS(tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CLEARS(tempfile_file_readline(file, buffer, sizeof buffer) == 2);
    CLEARS(tempfile_file_read(file, buffer, sizeof buffer) == 0);
    CLEARS(tempfile_file_truncate(file, 0) == 0);
    CLEARS(tempfile_file_rolled(file) == 0);
    CLEARS(tempfile_file_rollover(file) == 0);
    CLEARS(tempfile_file_flush(file) == 0);
    CLEARS(tempfile_file_tell(file) == 2);
    CLEARS(tempfile_file_fileno(file) >= 0);
    CLEARS((descriptor = tempfile_file_detach(file)) >= 0);
    CHECK(close(descriptor) == 0);
    CLEARS(tempfile_file_close(file) == 0);
    tempfile_file_free(file);
    CLEARS(tempfile_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
    CLEARS(tempfile_named_temporary_file(NULL, &file) == 0);
    CLEARS((made = unlink(tempfile_file_name(file))) == 0);
    CLEARS(tempfile_file_keep(file) == 0);
    tempfile_file_free(file);
    CLEARS(tempfile_temporary_directory(NULL, &directory) == 0);
    CLEARS(tempfile_directory_name(directory) != NULL);
    CLEARS(tempfile_directory_keep(directory) == 0);
    CLEARS(tempfile_removal_start(tempfile_directory_name(directory), 0, &removal) == 0);
    CLEARS(tempfile_removal_step(removal, 9, NULL) == 0);
    tempfile_removal_free(removal);
    CLEARS(tempfile_directory_cleanup(directory) == 0);
    tempfile_directory_free(directory);
    (void)made;
}

/* The void functions, and those for versions and errors, do not change the detail or its address. */
static void others_keep(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    const tempfile_error *error;
    const char *message;
    char copy[256];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    fail();
    error = tempfile_last_error();
    message = error->message;
    snprintf(copy, sizeof copy, "%s", message);
    tempfile_file_free(file);
    tempfile_directory_free(directory);
    tempfile_file_free(file);
    tempfile_file_free(NULL);
    tempfile_directory_free(NULL);
    tempfile_removal_free(NULL);
    tempfile_version();
    tempfile_strerror(-1);
    CHECK(tempfile_last_error() == error && error->message == message && strcmp(message, copy) == 0);
    check_whole(-EBADF);
}

/* The strings of the detail are valid arguments of the call that replaces them. */
static void own_strings(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 8];

    snprintf(below, sizeof below, "%s/no/such/directory", getenv("TMPDIR"));
    options.dir = below;
    CHECK(tempfile_mkdtemp(&options, path, sizeof path) == -ENOENT);
    CHECK(strncmp(tempfile_last_error()->path, below, strlen(below)) == 0 &&
          strcmp(tempfile_last_error()->operation, "mkdir") == 0);
    CHECK(strstr(tempfile_last_error()->message, below) != NULL);
    for (int i = 0; i < 3; i++) {
        options.dir = tempfile_last_error()->path;
        CHECK(tempfile_mkdtemp(&options, path, sizeof path) == -ENOENT);
        CHECK(strncmp(tempfile_last_error()->path, below, strlen(below)) == 0);
    }
    options.dir = NULL;
    options.prefix = tempfile_last_error()->message; /* contains slashes */
    CHECK(tempfile_mkstemp(&options, path, sizeof path) == -EINVAL);
    check_whole(-EINVAL);
    CHECK(tempfile_rmtree(tempfile_last_error()->path, 0) == -EINVAL);
    CHECK(tempfile_settempdir(tempfile_last_error()->message) == 0 && tempfile_settempdir(NULL) == 0);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    CHECK(tempfile_unlink(path, getpid()) < 0 && strcmp(tempfile_last_error()->path, path) == 0);
    CHECK(tempfile_unlink(tempfile_last_error()->path, getpid()) < 0 && strcmp(tempfile_last_error()->path, path) == 0);
    CHECK(rmdir(path) == 0);
}

static void *another_thread(void *mine)
{
    const tempfile_error *theirs = mine;

    check_whole(0); /* a new thread has no error */
    for (int i = 0; i < 100; i++) {
        char path[1];

        CHECK(tempfile_mkstemp(NULL, path, 1) == -ERANGE);
        check_whole(-ERANGE);
        CHECK(tempfile_last_error() != theirs && tempfile_last_error()->needed > 1);
        CHECK(tempfile_rmtree("/", 0) == -EINVAL);
        check_whole(-EINVAL);
    }
    return NULL;
}

static void each_thread_has_its_own(void)
{
    pthread_t threads[8];
    char message[256];

    fail();
    snprintf(message, sizeof message, "%s", tempfile_last_error()->message);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], NULL, another_thread, (void *)tempfile_last_error()) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    check_whole(-EBADF);
    CHECK(strcmp(message, tempfile_last_error()->message) == 0);
}

/* If no candidate for the default directory is usable, the message has a reason for each. */
static void long_messages(void)
{
    char path[TEMPFILE_PATH_SIZE], prefix[3000];
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    memset(prefix, 'p', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    options.prefix = prefix;
    CHECK(tempfile_mkstemp(&options, path, sizeof path) == -ENAMETOOLONG);
    CHECK(strlen(tempfile_last_error()->message) > 3000 && strstr(tempfile_last_error()->path, prefix) != NULL);
    options.prefix = "%s%n%s%n";
    options.dir = "/no %s%n such";
    CHECK(tempfile_mkstemp(&options, path, sizeof path) == -ENOENT);
    CHECK(strstr(tempfile_last_error()->message, "/no %s%n such/%s%n%s%n") != NULL);
}

int main(void)
{
    int before;
    char path[TEMPFILE_PATH_SIZE];

    check_whole(0); /* before the first call of the process */
    CHECK(tempfile_gettempdir(path, sizeof path) == 0);
    before = open_descriptors();
    messages_are_one_line();
    successes_clear();
    others_keep();
    own_strings();
    each_thread_has_its_own();
    long_messages();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
