/* Files and directories that already exist can be registered. From then on they are deleted like the library's own: when
 * they are freed, at exit and at a signal, in the process that owns them. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static char base[TEMPFILE_PATH_SIZE];

static int there(const char *path)
{
    struct stat stat;

    return lstat(path, &stat) == 0;
}

/* Returns a path in the base folder. */
static char *in_base(const char *name)
{
    static char paths[8][2 * TEMPFILE_PATH_SIZE];
    static int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof *paths, "%s/%s", base, name);
    return path;
}

static char *new_file(const char *name)
{
    char *path = in_base(name);
    int descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

    CHECK(descriptor >= 0 && close(descriptor) == 0);
    return path;
}

static char *new_directory(const char *name)
{
    char *path = in_base(name);

    CHECK(mkdir(path, 0700) == 0);
    return path;
}

static tempfile_file *registered_file(const char *path)
{
    tempfile_file *file = NULL;

    CHECK(tempfile_register_file(path, &file) == 0 && file != NULL);
    return file;
}

static tempfile_directory *registered_directory(const char *path)
{
    tempfile_directory *directory = NULL;

    CHECK(tempfile_register_directory(path, &directory) == 0 && directory != NULL);
    return directory;
}

static void files_go(void)
{
    char byte = 'x', made[TEMPFILE_PATH_SIZE];
    tempfile_file *file;
    int descriptor;

    /* a file of mkstemp, whose descriptor still belongs to the caller */
    descriptor = tempfile_mkstemp(NULL, made, sizeof made);
    file = registered_file(made);
    CHECK(strcmp(tempfile_file_name(file), made) == 0 && tempfile_file_rolled(file) == -EBADF);
    CHECK(tempfile_file_read(file, &byte, 1) == -EBADF && tempfile_file_write(file, &byte, 1) == -EBADF);
    CHECK(tempfile_file_fileno(file) == -EBADF && tempfile_file_detach(file) == -EBADF &&
          tempfile_file_seek(file, 0, 0) == -EBADF);
    CHECK(there(made));
    tempfile_file_free(file);
    CHECK(!there(made) && write(descriptor, &byte, 1) == 1 && close(descriptor) == 0);

    file = registered_file(new_file("closed"));
    CHECK(tempfile_file_close(file) == 0 && !there(in_base("closed")) && tempfile_file_close(file) == 0);
    CHECK(tempfile_file_keep(file) == -EBADF);
    tempfile_file_free(file);

    file = registered_file(new_file("kept"));
    CHECK(tempfile_file_keep(file) == 0 && tempfile_file_close(file) == 0);
    tempfile_file_free(file);
    CHECK(there(in_base("kept")) && unlink(in_base("kept")) == 0);

    /* the file is gone already: no error */
    file = registered_file(new_file("gone"));
    CHECK(unlink(in_base("gone")) == 0 && tempfile_file_close(file) == 0);
    tempfile_file_free(file);
}

/* A symbolic link is deleted, but not its target. Pipes and sockets are deleted, too. */
static void no_files_go(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    new_file("target");
    CHECK(symlink("target", in_base("link")) == 0 && symlink("nowhere", in_base("dangling")) == 0);
    CHECK(mkfifo(in_base("pipe"), 0600) == 0);
    CHECK(chdir(base) == 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && close(listener) == 0);
    tempfile_file_free(registered_file("link")); /* a relative path */
    tempfile_file_free(registered_file("./dangling"));
    tempfile_file_free(registered_file(in_base("pipe")));
    tempfile_file_free(registered_file("socket"));
    CHECK(chdir("/") == 0 && there(in_base("target")) && entries_of(base) == 1);
    tempfile_file_free(registered_file(in_base("target")));
}

static void directories_go(void)
{
    tempfile_directory *directory = registered_directory(new_directory("full"));

    CHECK(strcmp(tempfile_directory_name(directory), in_base("full")) == 0);
    new_file("full/file");
    new_directory("full/inner");
    tempfile_directory_free(directory);
    CHECK(!there(in_base("full")));

    new_directory("relative");
    CHECK(chdir(base) == 0);
    directory = registered_directory("relative///");
    CHECK(chdir("/") == 0 && strcmp(tempfile_directory_name(directory), in_base("relative")) == 0);
    CHECK(tempfile_directory_keep(directory) == 0);
    tempfile_directory_free(directory);
    CHECK(there(in_base("relative")));
    directory = registered_directory(in_base("relative"));
    CHECK(tempfile_directory_cleanup(directory) == 0 && !there(in_base("relative")));
    tempfile_directory_free(directory);

    /* another directory has the name now */
    directory = registered_directory(new_directory("mine"));
    CHECK(rename(in_base("mine"), in_base("moved")) == 0);
    new_directory("mine");
    new_file("mine/file");
    CHECK(tempfile_directory_cleanup(directory) == -ESTALE);
    tempfile_directory_free(directory);
    CHECK(there(in_base("mine/file")));
    tempfile_directory_free(registered_directory(in_base("mine")));
    tempfile_directory_free(registered_directory(in_base("moved")));
}

static void misuse(void)
{
    static const char *const nameless[] = {"", "/", ".", "..", "file/.", "/tmp/..", "a/../..", "//"};
    tempfile_directory *directory = NULL;
    tempfile_file *file = NULL;
    char long_path[2 * TEMPFILE_PATH_SIZE], *name;

    CHECK(tempfile_register_file(NULL, &file) == -EINVAL && tempfile_register_directory(NULL, &directory) == -EINVAL);
    for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++) {
        CHECK(tempfile_register_file(nameless[i], &file) == -EINVAL);
        CHECK(strstr(tempfile_last_error()->message, "tempfile_register_file: register") != NULL);
        CHECK(tempfile_register_directory(nameless[i], &directory) == -EINVAL);
    }
    name = new_file("file");
    CHECK(tempfile_register_file(name, NULL) == -EINVAL && there(name));
    CHECK(tempfile_register_directory(name, &directory) == -ENOTDIR);
    CHECK(strcmp(tempfile_last_error()->path, name) == 0 && strcmp(tempfile_last_error()->operation, "register") == 0);
    CHECK(tempfile_register_file(in_base("file/"), &file) == -EINVAL); /* a trailing slash means a directory */
    CHECK(tempfile_register_file(in_base("file/below"), &file) == -ENOTDIR);
    CHECK(unlink(name) == 0);
    CHECK(tempfile_register_file(name, &file) == -ENOENT && tempfile_register_directory(name, &directory) == -ENOENT);
    name = new_directory("directory");
    CHECK(tempfile_register_directory(name, NULL) == -EINVAL && tempfile_register_file(name, &file) == -EISDIR);
    CHECK(symlink("directory", in_base("link")) == 0);
    CHECK(tempfile_register_directory(in_base("link"), &directory) == -ENOTDIR);
    CHECK(tempfile_register_directory(in_base("link/"), &directory) == -ENOTDIR);
    CHECK(unlink(in_base("link")) == 0 && rmdir(name) == 0);
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    CHECK(tempfile_register_file(long_path, &file) == -ENAMETOOLONG);
    CHECK(file == NULL && directory == NULL && entries_of(base) == 0);
}

/* Runs one kind of end in a child. Returns the status of the child. */
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

static tempfile_file *file;
static tempfile_directory *directory;

static void use_parents(void)
{
    CHECK(strcmp(tempfile_file_name(file), in_base("file")) == 0 && tempfile_file_tell(file) == -EBADF);
    tempfile_file_free(file);
    tempfile_directory_free(directory);
}

static void exit_only(void)
{
    CHECK(tempfile_file_tell(file) == -EBADF && tempfile_directory_keep(NULL) == -EBADF); /* the child uses the library */
}

static void adopt_parents(void)
{
    CHECK(tempfile_file_adopt(file) == 0 && tempfile_directory_adopt(directory) == 0);
}

static void register_own(void)
{
    registered_file(new_file("own"));
    registered_directory(new_directory("owned"));
    new_file("owned/file");
}

static void only_owners_delete(void)
{
    file = registered_file(new_file("file"));
    directory = registered_directory(new_directory("directory"));
    new_file("directory/inner");
    CHECK(in_child(use_parents) == 0 && in_child(exit_only) == 0 && in_child(register_own) == 0);
    CHECK(there(in_base("file")) && there(in_base("directory/inner")) && entries_of(base) == 2);
    CHECK(in_child(adopt_parents) == 0);
    CHECK(entries_of(base) == 0);
    tempfile_file_free(file); /* the child deleted the file */
    tempfile_directory_free(directory);
}

/* Directories in each other, with files in them. They are registered from the outside in and from the inside out. */
static void die_of_signal(void)
{
    struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    CHECK(tempfile_cleanup_on_signals() == 0 && tempfile_cleanup_on_signal(SIGUSR1) == 0);
    registered_directory(new_directory("a"));
    new_directory("a/b");
    new_directory("a/b/c");
    registered_directory(in_base("a/b/c"));
    registered_directory(in_base("a/b"));
    registered_file(new_file("a/b/c/file"));
    registered_file(new_file("a/file"));
    registered_directory(new_directory("full"));
    new_file("full/not ours");
    registered_file(new_file("file"));
    CHECK(tempfile_file_keep(registered_file(new_file("kept"))) == 0);
    raise(SIGUSR1);
}

static void signals_remove(void)
{
    int status = in_child(die_of_signal);

    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
    CHECK(there(in_base("kept")) && entries_of(base) == 1);
    CHECK(unlink(in_base("kept")) == 0);
}

int main(void)
{
    CHECK(tempfile_mkdtemp(NULL, base, sizeof base) == 0);
    files_go();
    no_files_go();
    directories_go();
    misuse();
    only_owners_delete();
    signals_remove();
    CHECK(entries_of(base) == 0 && rmdir(base) == 0);
    return passed();
}
