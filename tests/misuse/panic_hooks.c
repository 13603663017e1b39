/* A panic in Go is an error of the call that met it, and of nothing else. */
#include "misuse.h"
#include "hooks.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { OWN_STACK = 64 << 10 };

static void use(void)
{
    tempfile_file *file;
    char text[8];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "after", 5) == 5 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 5 && memcmp(text, "after", 5) == 0);
    CHECK(tempfile_file_close(file) == 0);
    tempfile_file_free(file);
}

static void *panic_often(void *unused)
{
    for (int i = 0; i < 100; i++) {
        CHECK(tempfile_test_panic() == -ENOTRECOVERABLE);
        CHECK(tempfile_last_error()->code == -ENOTRECOVERABLE && strcmp(tempfile_last_error()->operation, "panic") == 0);
        CHECK(strstr(tempfile_last_error()->message, "tempfile_test_panic: panic") != NULL);
        CHECK(strstr(tempfile_last_error()->message, "a panic that a test asked for") != NULL);
        use();
        CHECK(tempfile_last_error()->code == 0);
    }
    return unused;
}

/* A thread with an alternate signal stack of its own. */
static void *on_own_stack(void *memory)
{
    stack_t own = {.ss_sp = memory, .ss_size = OWN_STACK}, none = {.ss_flags = SS_DISABLE};

    CHECK(sigaltstack(&own, NULL) == 0);
    panic_often(NULL);
    CHECK(sigaltstack(&none, NULL) == 0);
    return NULL;
}

static void in_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        panic_often(NULL);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
    static char memory[OWN_STACK];
    pthread_t threads[8];
    int before;

    use();
    before = open_descriptors();
    for (int i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], NULL, panic_often, NULL) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(pthread_create(&threads[0], NULL, on_own_stack, memory) == 0 && pthread_join(threads[0], NULL) == 0);
    in_child();
    use();
    CHECK(tempfile_test_live() == 0 && names_left() == 0 && open_descriptors() == before);
    return passed();
}
