/* Threads that end in a forked child. Until Go starts anew there, Go's hook for the end of a thread belongs to the dead
 * runtime. A worker thread forks the child, or the main thread, which has used Go in the parent. The forking thread ends
 * before or after the child's first call. The child goes on from other threads, which end too. */
#include "platform.h"
#include "process.h"
#include <pthread.h>

enum { ROUNDS = 5, LATER = 20 };

static pthread_t forker;
static int use_before_end;

static void use(void)
{
    char path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, "x", 1) == 1);
    tempfile_file_free(file);
}

static void *use_and_end(void *unused)
{
    use();
    return unused;
}

static void *end_at_once(void *unused)
{
    return unused;
}

/* The work of the child after the forking thread has ended. */
static void *go_on(void *unused)
{
    pthread_t thread;
    pid_t pid;

    CHECK(pthread_join(forker, NULL) == 0);
    for (int i = 0; i < LATER; i++) {
        CHECK(pthread_create(&thread, NULL, i % 2 == 0 ? use_and_end : end_at_once, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    use();
    pid = fork(); /* from a thread that did not exist at the first fork */
    if (pid == 0) {
        alarm(60);
        use();
        _exit(0);
    }
    ends_well(pid);
    exit(0);
    return unused;
}

static void *fork_and_end(void *unused)
{
    pthread_t thread;
    pid_t pid;

    use();
    pid = fork();
    if (pid == 0) {
        alarm(60);
        CHECK(pthread_create(&thread, NULL, end_at_once, NULL) == 0 && pthread_join(thread, NULL) == 0);
        if (use_before_end)
            use();
        forker = pthread_self();
        CHECK(pthread_create(&thread, NULL, go_on, NULL) == 0);
        pthread_exit(NULL);
    }
    ends_well(pid);
    return unused;
}

/* The same from the main thread of a process. */
static void from_main_thread(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        fork_and_end(NULL);
        exit(0);
    }
    ends_well(pid);
}

int main(void)
{
    pthread_t worker;

    if (!forker_can_end()) {
        printf("with this C library a thread that forked cannot end in the child");
        return 77;
    }
    for (int i = 0; i < ROUNDS; i++)
        for (use_before_end = 0; use_before_end < 2; use_before_end++) {
            from_main_thread();
            CHECK(pthread_create(&worker, NULL, fork_and_end, NULL) == 0 && pthread_join(worker, NULL) == 0);
        }
    printf("%d children whose thread ended; ", 4 * ROUNDS);
    return passed();
}
