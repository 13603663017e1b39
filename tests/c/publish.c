/* Temporary files and directories that become lasting ones: each flag, bad input, forks, exits and signals. */
#include "check.h"
#include "openat2.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char base[TEMPFILE_PATH_SIZE];

/* A path in the base folder. */
static char *in_base(const char *name)
{
    static _Thread_local char paths[16][2 * TEMPFILE_PATH_SIZE];
    static _Thread_local int next;
    char *path = paths[next++ % 16];

    snprintf(path, sizeof *paths, "%s/%s", base, name);
    return path;
}

static mode_t mode_of(const char *name)
{
    struct stat stat;

    return lstat(in_base(name), &stat) == 0 ? stat.st_mode : 0;
}

static int has(const char *name, const char *content)
{
    char text[64];
    int descriptor = open(in_base(name), O_RDONLY | O_CLOEXEC);
    ssize_t n = descriptor < 0 ? -1 : read(descriptor, text, sizeof text);

    close(descriptor);
    return n == (ssize_t)strlen(content) && memcmp(text, content, (size_t)n) == 0;
}

static void put(const char *name, const char *content, mode_t mode)
{
    int descriptor = open(in_base(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    CHECK(descriptor >= 0 && write(descriptor, content, strlen(content)) == (ssize_t)strlen(content) &&
          fchmod(descriptor, mode) == 0 && close(descriptor) == 0);
}

static void gone(const char *name)
{
    CHECK(unlink(in_base(name)) == 0 && entries_of(base) == 0);
}

typedef int create_function(const tempfile_options *, tempfile_file **);
static create_function *const classes[] = {tempfile_named_temporary_file, tempfile_temporary_file,
                                           tempfile_spooled_temporary_file};

static tempfile_file *new_file(create_function *create, const char *content)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file = NULL;

    options.dir = base;
    CHECK(create(&options, &file) == 0);
    CHECK(tempfile_file_write(file, content, strlen(content)) == (int64_t)strlen(content));
    return file;
}

static void every_class(void)
{
    for (int i = 0; i < 6; i++) {
        tempfile_file *file = new_file(classes[i % 3], "new");
        const char *before = tempfile_file_name(file);
        char byte, old[TEMPFILE_PATH_SIZE] = "";

        if (before != NULL)
            strcpy(old, before);
        if (i >= 3)
            put("target", "old", 0600);
        CHECK(tempfile_file_persist(file, in_base("target"), 0) == 0);
        CHECK(has("target", "new") && entries_of(base) == 1);
        CHECK(strcmp(tempfile_file_name(file), in_base("target")) == 0);
        CHECK(before == NULL || strcmp(before, old) == 0); /* lent until the file is freed */
        CHECK(mode_of("target") == (S_IFREG | 0640));      /* 0666 less the umask */
        /* it goes on where it was */
        CHECK(tempfile_file_tell(file) == 3 && tempfile_file_write(file, "er", 2) == 2 && has("target", "newer"));
        CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0 && tempfile_file_read(file, &byte, 1) == 1 && byte == 'n');
        CHECK(tempfile_file_keep(file) == 0 && tempfile_file_close(file) == 0);
        tempfile_file_free(file);
        gone("target");
    }
}

static void no_replace(void)
{
    for (int i = 0; i < 3; i++) {
        tempfile_file *file = new_file(classes[i], "new");
        int before;

        put("target", "old", 0600);
        before = entries_of(base);
        CHECK(tempfile_file_persist(file, in_base("target"), TEMPFILE_NO_REPLACE) == -EEXIST);
        CHECK(strcmp(tempfile_last_error()->path, in_base("target")) == 0 && has("target", "old") &&
              entries_of(base) == before);
        CHECK(tempfile_file_persist(file, in_base("free"), TEMPFILE_NO_REPLACE | TEMPFILE_SYNC) == 0 && has("free", "new"));
        CHECK(unlink(in_base("target")) == 0);
        tempfile_file_free(file);
        gone("free");
    }
}

static void like_target(void)
{
    for (int i = 0; i < 3; i++) {
        tempfile_file *file = new_file(classes[i], "new");

        put("target", "old", 0754);
        CHECK(chmod(in_base("target"), 04754) == 0);
        CHECK(tempfile_file_persist(file, in_base("target"), TEMPFILE_LIKE_TARGET | TEMPFILE_SYNC) == 0);
        CHECK(has("target", "new") && mode_of("target") == (S_IFREG | 0754));
        tempfile_file_free(file);
        gone("target");
        file = new_file(classes[i], "new"); /* there is nothing to be like */
        CHECK(tempfile_file_persist(file, in_base("target"), TEMPFILE_LIKE_TARGET | TEMPFILE_WHERE_POSSIBLE) == 0);
        CHECK(mode_of("target") == (S_IFREG | 0640));
        tempfile_file_free(file);
        gone("target");
    }
}

static void links(void)
{
    tempfile_file *file = new_file(classes[0], "new");

    CHECK(symlink("target", in_base("link")) == 0 && symlink("link", in_base("first")) == 0);
    CHECK(tempfile_file_persist(file, in_base("first"), TEMPFILE_FOLLOW) == 0 && has("target", "new"));
    CHECK(strcmp(tempfile_file_name(file), in_base("target")) == 0);
    CHECK(tempfile_replace(in_base("first"), "newer", 5, TEMPFILE_FOLLOW) == 0 && has("target", "newer") &&
          mode_of("first") == (S_IFLNK | 0777));
    CHECK(tempfile_replace(in_base("first"), "own", 3, 0) == 0 && has("first", "own") && has("target", "newer"));
    tempfile_file_free(file);
    CHECK(unlink(in_base("first")) == 0 && unlink(in_base("target")) == 0 && unlink(in_base("link")) == 0);
    CHECK(symlink("loop", in_base("loop")) == 0 && tempfile_replace(in_base("loop"), "", 0, TEMPFILE_FOLLOW) == -ELOOP);
    gone("loop");
}

static void backups(void)
{
    tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT;
    tempfile_file *file = new_file(classes[1], "3");

    CHECK(tempfile_replace(in_base("f"), "1", 1, TEMPFILE_BACKUP) == 0 && entries_of(base) == 1);
    CHECK(tempfile_replace(in_base("f"), "2", 1, TEMPFILE_BACKUP) == 0 && has("f", "2") && has("f~", "1"));
    options.flags = TEMPFILE_BACKUP;
    options.backup = "old";
    CHECK(tempfile_file_publish(file, in_base("f"), &options) == 0 && has("f", "3") && has("old", "2") && has("f~", "1"));
    CHECK(unlink(in_base("old")) == 0 && mkdir(in_base("old"), 0700) == 0);
    tempfile_file_free(file);
    file = new_file(classes[2], "4");
    CHECK(tempfile_file_publish(file, in_base("f"), &options) == -EISDIR && has("f", "3") && entries_of(base) == 3);
    CHECK(strcmp(tempfile_last_error()->path, in_base("old")) == 0 && tempfile_file_name(file) == NULL);
    tempfile_file_free(file);
    CHECK(unlink(in_base("f~")) == 0 && rmdir(in_base("old")) == 0);
    gone("f");
}

static void limits(void)
{
    tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT;
    tempfile_file *file;

    if (!has_openat2())
        return;
    file = new_file(classes[1], "new");
    options.within = in_base("in");
    options.flags = TEMPFILE_FOLLOW;
    options.permissions = 0604;
    CHECK(mkdir(in_base("in"), 0700) == 0 && mkdir(in_base("in/deep"), 0700) == 0);
    CHECK(symlink("../../outside", in_base("in/deep/out")) == 0 && symlink(in_base("in/f"), in_base("in/absolute")) == 0 &&
          symlink("../f", in_base("in/deep/up")) == 0);
    CHECK(tempfile_file_publish(file, "deep/out", &options) == -EPERM);
    CHECK(tempfile_file_publish(file, "absolute", &options) == -EPERM);
    CHECK(tempfile_file_publish(file, "../outside", &options) == -EPERM);
    CHECK(tempfile_file_publish(file, in_base("outside"), &options) == -EPERM && entries_of(base) == 1);
    CHECK(tempfile_file_publish(file, "deep/up", &options) == 0 && has("in/f", "new") &&
          mode_of("in/f") == (S_IFREG | 0604) && strstr(tempfile_file_name(file), "/in/deep/../f") != NULL);
    CHECK(tempfile_file_publish(file, in_base("in/deep/g"), &options) == 0 && has("in/deep/g", "new") &&
          !has("in/f", "new"));
    tempfile_file_free(file);
    CHECK(tempfile_rmtree(in_base("in"), 0) == 0 && entries_of(base) == 0);
}

static void bad_input(void)
{
    static const struct {
        const char *path;
        uint32_t flags;
        int code;
    } bad[] = {
        {"", 0, -ENOENT},
        {"name/", 0, -EINVAL},
        {".", 0, -EINVAL},
        {"name/..", 0, -EINVAL},
        {"name", 0x40, -EINVAL},
        {"name", TEMPFILE_EXCHANGE, -EINVAL},
        {"name", TEMPFILE_WHERE_POSSIBLE, -EINVAL},
        {"name", TEMPFILE_NO_REPLACE | TEMPFILE_BACKUP, -EINVAL},
        {"name", TEMPFILE_NO_REPLACE | TEMPFILE_LIKE_TARGET, -EINVAL},
        {"/nonexistent/name", 0, -ENOENT},
        {"/dev/null/name", 0, -ENOTDIR},
        {base, 0, -EISDIR},
    };
    tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT;
    static char long_path[2 * TEMPFILE_PATH_SIZE];
    tempfile_file *file = NULL;

    memset(long_path, 'x', sizeof long_path - 1);
    for (int class = 0; class < 3; class++) {
        file = new_file(classes[class], "new");
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            CHECK(tempfile_file_persist(file, bad[i].path, bad[i].flags) == bad[i].code);
            CHECK(tempfile_last_error()->code == bad[i].code && entries_of(base) == (class == 0));
            CHECK(tempfile_replace(bad[i].path, "new", 3, bad[i].flags) == bad[i].code);
        }
        CHECK(tempfile_file_persist(file, NULL, 0) == -EINVAL && tempfile_file_persist(file, long_path, 0) == -ENAMETOOLONG);
        options.backup = "x"; /* without the flag */
        CHECK(tempfile_file_publish(file, "name", &options) == -EINVAL);
        options.flags = TEMPFILE_BACKUP;
        options.backup = "a/b";
        CHECK(tempfile_file_publish(file, "name", &options) == -EINVAL);
        options.backup = "";
        CHECK(tempfile_file_publish(file, "name", &options) == -EINVAL);
        options.backup = "name";
        CHECK(tempfile_file_publish(file, in_base("name"), &options) == -EINVAL);
        options = (tempfile_publish_options)TEMPFILE_PUBLISH_OPTIONS_INIT;
        options.permissions = 01000;
        CHECK(tempfile_file_publish(file, "name", &options) == -EINVAL);
        options.permissions = 0;
        options.struct_size = 0;
        CHECK(tempfile_file_publish(file, "name", &options) == -EINVAL);
        options.struct_size = sizeof options;
        CHECK(tempfile_file_close(file) == 0 && tempfile_file_persist(file, in_base("name"), 0) == -EBADF);
        tempfile_file_free(file);
        CHECK(tempfile_file_persist(file, in_base("name"), 0) == -EBADF && tempfile_file_persist(NULL, "x", 0) == -EBADF);
    }
    CHECK(tempfile_replace(NULL, "x", 1, 0) == -EINVAL && tempfile_replace(in_base("name"), NULL, 1, 0) == -EINVAL);
    CHECK(symlink("nowhere", in_base("link")) == 0);
    CHECK(tempfile_replace(in_base("link"), "x", 1, TEMPFILE_LIKE_TARGET) == -EINVAL);
    gone("link");
}

/* A descriptor that was detached is published by itself. */
static void descriptors(void)
{
    for (int i = 0; i < 3; i++) {
        tempfile_file *file = new_file(classes[i], "new");
        int descriptor = tempfile_file_detach(file);

        CHECK(descriptor >= 0 && tempfile_file_persist(file, in_base("name"), 0) == -EBADF);
        CHECK(tempfile_publish_descriptor(descriptor, tempfile_file_name(file), in_base("name"), NULL) == 0);
        CHECK(has("name", "new") && write(descriptor, "er", 2) == 2 && close(descriptor) == 0);
        tempfile_file_free(file);
        CHECK(has("name", "newer"));
        gone("name");
    }
    CHECK(tempfile_publish_descriptor(-1, NULL, in_base("name"), NULL) == -EBADF);
    CHECK(tempfile_publish_descriptor(1000, NULL, in_base("name"), NULL) == -EBADF && entries_of(base) == 0);
}

/* The same name again, a second link, a second name. */
static void same_file(void)
{
    tempfile_file *file = new_file(classes[0], "new");
    char old[TEMPFILE_PATH_SIZE];

    strcpy(old, tempfile_file_name(file));
    CHECK(tempfile_file_persist(file, old, 0) == 0 && entries_of(base) == 1);
    CHECK(link(old, in_base("second")) == 0 && tempfile_file_persist(file, in_base("second"), 0) == 0);
    CHECK(entries_of(base) == 1 && has("second", "new"));
    CHECK(tempfile_file_persist(file, in_base("third"), TEMPFILE_NO_REPLACE) == 0 && entries_of(base) == 1);
    tempfile_file_free(file);
    gone("third");
}

/* Another file that has taken the temporary name is left alone. */
static void taken_name(void)
{
    tempfile_file *file = new_file(classes[0], "new");
    char *old = strdup(strrchr(tempfile_file_name(file), '/') + 1);

    CHECK(rename(in_base(old), in_base("away")) == 0);
    put(old, "other", 0600);
    CHECK(tempfile_file_persist(file, in_base("name"), 0) == 0 && has("name", "new") && has(old, "other"));
    tempfile_file_free(file);
    CHECK(unlink(in_base("away")) == 0 && unlink(in_base(old)) == 0);
    free(old);
    gone("name");
}

static tempfile_directory *new_directory(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory = NULL;
    char path[TEMPFILE_PATH_SIZE + 8];

    options.dir = base;
    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    snprintf(path, sizeof path, "%s/file", tempfile_directory_name(directory));
    CHECK(close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
    return directory;
}

static void directories(void)
{
    tempfile_directory *directory = new_directory();

    CHECK(mkdir(in_base("taken"), 0700) == 0);
    CHECK(tempfile_directory_persist(directory, in_base("taken"), 0) == -EEXIST && entries_of(base) == 2);
    CHECK(tempfile_directory_persist(directory, in_base("none"), TEMPFILE_EXCHANGE) == -ENOENT);
    CHECK(tempfile_directory_persist(directory, in_base("x"), TEMPFILE_ACROSS) == -EINVAL);
    CHECK(tempfile_directory_persist(directory, in_base("x"), TEMPFILE_EXCHANGE | TEMPFILE_NO_REPLACE) == -EINVAL);
    CHECK(tempfile_directory_persist(directory, NULL, 0) == -EINVAL &&
          tempfile_directory_persist(directory, "", 0) == -ENOENT);
    CHECK(tempfile_directory_persist(directory, in_base("site"), TEMPFILE_SYNC) == 0 && mode_of("site/file") != 0);
    CHECK(strcmp(tempfile_directory_name(directory), in_base("site")) == 0);
    CHECK(tempfile_directory_cleanup(directory) == 0 && mode_of("site/file") != 0);
    CHECK(tempfile_directory_persist(directory, in_base("x"), 0) == -EBADF);
    tempfile_directory_free(directory);
    CHECK(rmdir(in_base("taken")) == 0 && entries_of(base) == 1);

    /* the other directory goes with the handle */
    directory = new_directory();
    put("site/old", "old", 0600);
    CHECK(tempfile_directory_persist(directory, in_base("site"), TEMPFILE_EXCHANGE | TEMPFILE_SYNC) == 0);
    CHECK(mode_of("site/file") != 0 && mode_of("site/old") == 0 && entries_of(base) == 2);
    tempfile_directory_free(directory);
    CHECK(entries_of(base) == 1 && tempfile_rmtree(in_base("site"), 0) == 0);

    put("file", "", 0600);
    directory = new_directory();
    CHECK(tempfile_directory_persist(directory, in_base("file"), TEMPFILE_EXCHANGE) == -ENOTDIR);
    tempfile_directory_free(directory);
    gone("file");
}

/* Runs the end of a process in a child. */
static int in_child(void (*run)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        run();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return status;
}

static tempfile_file *inherited[3];

static void persist_inherited(void)
{
    for (int i = 0; i < 3; i++) {
        char name[] = "childX";

        name[5] = (char)('0' + i);
        CHECK(tempfile_file_persist(inherited[i], in_base(name), TEMPFILE_SYNC) == 0 && has(name, "new"));
        CHECK(strcmp(tempfile_file_name(inherited[i]), in_base(name)) == 0);
    }
}

/* A child may publish what its parent made, and its exit and the parent's leave it alone. */
static void forks(void)
{
    for (int i = 0; i < 3; i++)
        inherited[i] = new_file(classes[i], "new");
    CHECK(in_child(persist_inherited) == 0 && entries_of(base) == 3);
    for (int i = 0; i < 3; i++)
        tempfile_file_free(inherited[i]);
    CHECK(has("child0", "new") && has("child1", "new") && has("child2", "new"));
    CHECK(unlink(in_base("child0")) == 0 && unlink(in_base("child1")) == 0);
    gone("child2");
}

static void persist_and_end(void)
{
    CHECK(tempfile_cleanup_on_signals() == 0 && tempfile_cleanup_on_signal(SIGUSR1) == 0);
    for (int i = 0; i < 3; i++) {
        char name[] = "lastingX";

        name[7] = (char)('0' + i);
        CHECK(tempfile_file_persist(new_file(classes[i], "new"), in_base(name), 0) == 0);
    }
    CHECK(tempfile_directory_persist(new_directory(), in_base("lasting"), 0) == 0);
    new_file(classes[0], "temporary");
}

static void persist_and_die(void)
{
    persist_and_end();
    raise(SIGUSR1);
}

/* What was published is no longer temporary, and what was not still is. */
static void ends(void)
{
    for (int i = 0; i < 2; i++) {
        int status = in_child(i == 0 ? persist_and_end : persist_and_die);

        CHECK(i == 0 ? status == 0 : WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
        CHECK(entries_of(base) == 4 && has("lasting0", "new") && has("lasting1", "new") && has("lasting2", "new"));
        CHECK(unlink(in_base("lasting0")) == 0 && unlink(in_base("lasting1")) == 0 && unlink(in_base("lasting2")) == 0 &&
              tempfile_rmtree(in_base("lasting"), 0) == 0);
    }
}

static int stop;

/* Publishes files while another thread removes all that is temporary. What was published stays; what was not is closed. */
static void *publish_many(void *argument)
{
    int *published = argument;

    for (int i = 0; i < 600; i++) {
        tempfile_options options = TEMPFILE_OPTIONS_INIT;
        char name[32];
        tempfile_file *file;
        int result;

        snprintf(name, sizeof name, "many%d-%d", *published & 1, i);
        options.dir = base;
        CHECK(classes[i % 3](&options, &file) == 0);
        result = tempfile_file_write(file, "new", 3) == 3 ? tempfile_file_persist(file, in_base(name), 0) : -EBADF;
        CHECK(result == 0 || result == -EBADF);
        tempfile_file_free(file);
        CHECK(has(name, "new") == (result == 0));
        if (result == 0) {
            *published += 2;
            CHECK(unlink(in_base(name)) == 0);
        }
    }
    return NULL;
}

static void *clean_up_often(void *argument)
{
    (void)argument;
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        CHECK(tempfile_cleanup() == 0);
    return NULL;
}

static void beside_cleanups(void)
{
    int published[] = {0, 1};
    pthread_t threads[2], cleaner;

    CHECK(pthread_create(&cleaner, NULL, clean_up_often, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, publish_many, &published[i]) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    CHECK(pthread_join(cleaner, NULL) == 0);
    CHECK(published[0] > 1 && published[1] > 1 && entries_of(base) == 0);
}

int main(void)
{
    umask(027);
    CHECK(tempfile_mkdtemp(NULL, base, sizeof base) == 0);
    every_class();
    no_replace();
    like_target();
    links();
    backups();
    limits();
    bad_input();
    descriptors();
    same_file();
    taken_name();
    directories();
    forks();
    ends();
    beside_cleanups();
    CHECK(entries_of(base) == 0 && rmdir(base) == 0);
    return passed();
}
