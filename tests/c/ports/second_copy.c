/* Two copies of the library in one process. With musl both would have Go in the same word of each thread. The second copy
 * notices this when it is loaded. Its calls that need Go fail with a reason, the functions that C answers work, and the
 * first copy still works. */
#include "loaded.h"
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

static struct library first, second;

static void copy(const char *from, const char *to)
{
    struct stat stat;
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0700);

    CHECK(in >= 0 && out >= 0 && fstat(in, &stat) == 0);
    CHECK(sendfile(out, in, NULL, (size_t)stat.st_size) == stat.st_size && close(in) == 0 && close(out) == 0);
}

static void second_is_refused(void)
{
    tempfile_file *file = (tempfile_file *)&first;
    char path[TEMPFILE_PATH_SIZE] = "untouched";

    CHECK(second.mkdtemp(NULL, path, sizeof path) == -EBUSY && strcmp(path, "untouched") == 0);
    CHECK(second.last_error()->code == -EBUSY &&
          strstr(second.last_error()->message, "another copy of libtempfile is loaded") != NULL);
    CHECK(second.gettempdir(path, sizeof path) == -EBUSY);
    CHECK(second.named_temporary_file(NULL, &file) == -EBUSY && file == (tempfile_file *)&first);
    CHECK(second.spooled_temporary_file(NULL, &file) == -EBUSY && file == (tempfile_file *)&first);
    CHECK(second.rmtree("/nowhere", 0) == -EBUSY);
    CHECK(strcmp(second.version(), first.version()) == 0 && strcmp(second.gettempprefix(), "tmp") == 0);
    CHECK(*second.strerror(-EBUSY) != '\0');
    CHECK(second.file_close(NULL) == -EBADF && second.file_write(NULL, "", 0) == -EBADF);
    second.file_free(NULL);
}

static void *both(void *unused)
{
    for (int i = 0; i < 20; i++) {
        second_is_refused();
        use(&first);
        CHECK(first.test_collect() > 0);
    }
    return unused;
}

int main(int count, char **arguments)
{
    char library[TEMPFILE_PATH_SIZE], other[TEMPFILE_PATH_SIZE];
    tempfile_file *file;
    pthread_t threads[4];
    int status;
    pid_t pid;

    (void)count, (void)arguments;
    snprintf(library, sizeof library, "%s/libtempfile.so.0", getenv("LD_LIBRARY_PATH"));
    snprintf(other, sizeof other, "%s/other.so", getenv("TMPDIR"));
    copy(library, other);
    first = load(library);
    second = load(other);
    CHECK((void *)first.mkdtemp != (void *)second.mkdtemp);
    second_is_refused(); /* before the first copy is used */
    CHECK(first.named_temporary_file(NULL, &file) == 0);
    both(NULL);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, both, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        both(NULL);
        first.file_free(file);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(access(first.file_name(file), F_OK) == 0);
    first.file_free(file);
    CHECK(unlink(other) == 0);
    return passed();
}
