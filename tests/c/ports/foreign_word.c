/* At a thread's first call, Go's word contains a value of another library. The call fails with a reason, the process goes
 * on, and the value does not change. */
#include "loaded.h"

static struct library library;

static void refused(int code)
{
    char path[TEMPFILE_PATH_SIZE] = "untouched";
    uintptr_t before = *go_word();

    CHECK(library.mkdtemp(NULL, path, sizeof path) == code && strcmp(path, "untouched") == 0);
    CHECK(library.last_error()->code == code && strstr(library.last_error()->message, "musl") != NULL);
    CHECK(*go_word() == before);
}

static void *with_a_word_of_its_own(void *value)
{
    uintptr_t mine = (uintptr_t)value;

    *go_word() = mine;
    for (int i = 0; i < 3; i++)
        refused(-EBUSY);
    CHECK(strcmp(library.gettempprefix(), "tmp") == 0 && *library.strerror(-EBUSY) != '\0');
    CHECK(library.file_close(NULL) == -EBADF);
    *go_word() = 0;
    use(&library);
    return NULL;
}

static void words(void)
{
    static const uintptr_t values[] = {1, 64, 4096, 0x1234567890, UINTPTR_MAX - 63, (uintptr_t)values};
    pthread_t thread;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        CHECK(pthread_create(&thread, NULL, with_a_word_of_its_own, (void *)values[i]) == 0 &&
              pthread_join(thread, NULL) == 0);
}

int main(void)
{
    int status;
    pid_t pid;

    library = load("libtempfile.so.0");
    *go_word() = 7;
    refused(-EBUSY); /* the first call of the process */
    *go_word() = 0;
    use(&library);
    words();
    pid = fork();
    if (pid == 0) {
        alarm(60);
        *go_word() = 7;
        refused(-EBUSY);
        *go_word() = 0;
        use(&library);
        words();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    use(&library);
    return passed();
}
