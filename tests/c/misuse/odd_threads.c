/* Threads with very small stacks, and threads that are cancelled. They must not harm the process or keep a lock. */
#include "misuse.h"
#include <pthread.h>
#include <sys/wait.h>

static void use(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    char text[8];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "small", 5) == 5 && tempfile_file_seek(file, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(file, text, sizeof text) == 5);
    tempfile_file_free(file);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_directory_cleanup(directory) == 0);
    tempfile_directory_free(directory);
    CHECK(tempfile_file_tell(NULL) == -EBADF && *tempfile_last_error()->message != '\0');
}

static void *use_in_thread(void *unused)
{
    use();
    return unused;
}

static void small_stacks(void)
{
    size_t smallest = (size_t)sysconf(_SC_THREAD_STACK_MIN);

    for (size_t size = smallest; size <= 8 * smallest; size += smallest) {
        pthread_attr_t attributes;
        pthread_t thread;

        CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, size) == 0);
        CHECK(pthread_create(&thread, &attributes, use_in_thread, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        pthread_attr_destroy(&attributes);
    }
}

/* A pending cancellation ends the thread at the first cancellation point. The library must not have one while it holds a
 * lock. */
static void *use_cancelled(void *unused)
{
    CHECK(pthread_cancel(pthread_self()) == 0);
    use();
    pthread_testcancel();
    CHECK(!"cancelled");
    return unused;
}

static void cancelled(void)
{
    pthread_t thread;
    void *ended;

    CHECK(pthread_create(&thread, NULL, use_cancelled, NULL) == 0);
    CHECK(pthread_join(thread, &ended) == 0 && ended == PTHREAD_CANCELED);
    use();
}

/* The same in a process whose first call loads the library, which opens files. */
static void cancelled_in_a_child(void)
{
    pid_t child = fork();
    int status;

    CHECK(child >= 0);
    if (child == 0) {
        alarm(60); /* a lock that is still held hangs the next call */
        cancelled();
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
    int before;

    use();
    before = open_descriptors();
    small_stacks();
    cancelled();
    cancelled_in_a_child();
    CHECK(names_left() == 0 && open_descriptors() == before);
    return passed();
}
