/* A second descriptor of a file, and names that are kept and not kept: in the process that made them, and in its child. */
#include "misuse/misuse.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>

typedef int create(const tempfile_options *options, tempfile_file **out_file);
static create *const creates[] = {tempfile_named_temporary_file, tempfile_temporary_file, tempfile_spooled_temporary_file};

static bool is_there(const char *path)
{
    struct stat stat;

    return lstat(path, &stat) == 0;
}

/* Each class of file, in text and binary mode. */
static void every_file(const char *mode)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;
    char text[8];

    options.mode = mode;
    for (int i = 0; i < 3; i++) {
        int descriptor, other;

        CHECK(creates[i](&options, &file) == 0 && tempfile_file_write(file, "content", 7) == 7);
        CHECK((descriptor = tempfile_file_reopen(file, NULL)) >= 0 && fcntl(descriptor, F_GETFD) == FD_CLOEXEC);
        CHECK((fcntl(descriptor, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_RDWR);
        CHECK(read(descriptor, text, sizeof text) == 7 && memcmp(text, "content", 7) == 0);
        CHECK(tempfile_file_tell(file) == 7 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
        CHECK(lseek(descriptor, 0, SEEK_CUR) == 7);
        CHECK((other = tempfile_file_reopen(file, "a")) >= 0 && write(other, "!", 1) == 1 && close(other) == 0);
        CHECK(pread(descriptor, text, sizeof text, 0) == 8 && text[7] == '!');
        CHECK((other = tempfile_file_reopen(file, "w")) >= 0 && close(other) == 0);
        CHECK(lseek(descriptor, 0, SEEK_END) == 0);
        CHECK(tempfile_file_reopen(file, "x") == -EINVAL && tempfile_file_reopen(file, "") == -EINVAL);
        tempfile_file_free(file);
        CHECK(tempfile_file_reopen(file, "r") == -EBADF && write(descriptor, "still", 5) == 5 && close(descriptor) == 0);
    }
}

/* Another file that has taken the name is not truncated. */
static void taken(void)
{
    char path[TEMPFILE_PATH_SIZE], moved[TEMPFILE_PATH_SIZE + 8];
    struct stat stat;
    tempfile_file *file;
    int other;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    strcpy(path, tempfile_file_name(file));
    snprintf(moved, sizeof moved, "%s.moved", path);
    CHECK(rename(path, moved) == 0 && tempfile_file_reopen(file, "w") == -ENOENT);
    CHECK((other = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600)) >= 0 && write(other, "precious", 8) == 8);
    CHECK(tempfile_file_reopen(file, "w") == -ESTALE && strcmp(tempfile_last_error()->path, path) == 0);
    CHECK(fstat(other, &stat) == 0 && stat.st_size == 8 && close(other) == 0);
    CHECK(rename(moved, path) == 0 && (other = tempfile_file_reopen(file, "w")) >= 0 && close(other) == 0);
    tempfile_file_free(file);
    CHECK(!is_there(path));
}

static void expect_success(pid_t child)
{
    int status;

    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A child has the files of its parent and can open them again, but may not decide that they go. */
static void in_a_child(void)
{
    tempfile_directory *directory;
    tempfile_file *files[3];
    char path[TEMPFILE_PATH_SIZE];
    pid_t child;

    for (int i = 0; i < 3; i++)
        CHECK(creates[i](NULL, &files[i]) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0 && tempfile_directory_keep(directory) == 0);
    CHECK(tempfile_file_keep(files[0]) == 0);
    strcpy(path, tempfile_file_name(files[0]));
    child = fork();
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            int descriptor = tempfile_file_reopen(files[i], "r+");

            CHECK(descriptor >= 0 && close(descriptor) == 0);
        }
        CHECK(tempfile_file_unkeep(files[0]) == -EPERM && tempfile_file_unkeep(files[1]) == -EINVAL);
        CHECK(tempfile_directory_unkeep(directory) == -EPERM);
        CHECK(tempfile_file_adopt(files[0]) == 0 && tempfile_file_unkeep(files[0]) == 0);
        CHECK(tempfile_file_close(files[0]) == 0 && !is_there(path));
        _exit(0);
    }
    expect_success(child);
    CHECK(tempfile_directory_unkeep(directory) == 0);
    strcpy(path, tempfile_directory_name(directory));
    tempfile_directory_free(directory);
    CHECK(!is_there(path) && tempfile_directory_unkeep(directory) == -EBADF);
    for (int i = 0; i < 3; i++)
        tempfile_file_free(files[i]);
    CHECK(tempfile_file_unkeep(files[0]) == -EBADF);
}

/* Where there is no /proc, a file without a name cannot be opened again, and another file named as the descriptor is not
 * taken for it. */
static void without_proc(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *root;
    tempfile_file *file;
    pid_t child;

    if (geteuid() != 0)
        return;
    CHECK(tempfile_temporary_directory(NULL, &root) == 0);
    options.dir = tempfile_directory_name(root);
    CHECK(tempfile_temporary_file(&options, &file) == 0);
    child = fork();
    if (child == 0) {
        char path[64];
        int victim;

        CHECK(chroot(options.dir) == 0 && chdir("/") == 0);
        CHECK(tempfile_file_reopen(file, "w") == -ENOENT);
        CHECK(strstr(tempfile_last_error()->message, "/proc") != NULL);
        CHECK(mkdir("/proc", 0700) == 0 && mkdir("/proc/thread-self", 0700) == 0 &&
              mkdir("/proc/thread-self/fd", 0700) == 0);
        snprintf(path, sizeof path, "/proc/thread-self/fd/%d", tempfile_file_fileno(file));
        CHECK((victim = open(path, O_CREAT | O_WRONLY, 0600)) >= 0 && write(victim, "precious", 8) == 8);
        CHECK(tempfile_file_reopen(file, "w") == -ENOENT && lseek(victim, 0, SEEK_END) == 8);
        _exit(0);
    }
    expect_success(child);
    tempfile_file_free(file);
    tempfile_directory_free(root);
}

/* A file that was published goes after all, whatever it was before. */
static void published(void)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/published", getenv("TMPDIR"));
        CHECK(creates[i](NULL, &file) == 0 && tempfile_file_persist(file, path, TEMPFILE_ACROSS) == 0);
        CHECK(tempfile_file_unkeep(file) == 0 && tempfile_file_close(file) == 0 && is_there(path));
        tempfile_file_free(file);
        CHECK(!is_there(path));
        CHECK(creates[i](NULL, &file) == 0 && tempfile_file_persist(file, path, TEMPFILE_ACROSS) == 0);
        tempfile_file_free(file);
        CHECK(is_there(path) && unlink(path) == 0);
    }
}

/* What was held back is there for the second descriptor. */
static void held_back(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;
    char text[8];

    options.flags = TEMPFILE_BUFFERED_WRITES;
    for (int i = 0; i < 3; i++) {
        int descriptor;

        CHECK(creates[i](&options, &file) == 0 && tempfile_file_write(file, "content", 7) == 7);
        CHECK((descriptor = tempfile_file_reopen(file, "r")) >= 0);
        CHECK(read(descriptor, text, sizeof text) == 7 && memcmp(text, "content", 7) == 0 && close(descriptor) == 0);
        tempfile_file_free(file);
    }
}

/* What was kept and is not kept any more goes with the process. */
static void at_exit(void)
{
    char path[2][TEMPFILE_PATH_SIZE];
    int ends[2];
    pid_t child;

    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        tempfile_directory *directory;
        tempfile_file *file;

        CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
        strcpy(path[0], tempfile_file_name(file));
        strcpy(path[1], tempfile_directory_name(directory));
        CHECK(tempfile_file_keep(file) == 0 && tempfile_file_unkeep(file) == 0);
        CHECK(tempfile_directory_keep(directory) == 0 && tempfile_directory_unkeep(directory) == 0);
        CHECK(write(ends[1], path, sizeof path) == sizeof path);
        exit(0);
    }
    CHECK(read(ends[0], path, sizeof path) == sizeof path);
    expect_success(child);
    CHECK(!is_there(path[0]) && !is_there(path[1]));
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

int main(void)
{
    int before;

    every_file("w+b");
    before = open_descriptors();
    every_file("w+b");
    every_file("w+");
    taken();
    published();
    held_back();
    in_a_child();
    without_proc();
    at_exit();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
