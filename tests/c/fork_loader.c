/* Children forked while another thread loads and unloads libraries all the time. Each works, or is refused with a message
 * that says why; none hangs, though the loader's lock may have been taken along. At least one gets through. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST = 200, ENOUGH = 3 };

static volatile int stop;

static void *load_and_unload(void *unused)
{
    (void)unused;
    while (!stop) {
        void *library = dlopen("libm.so.6", RTLD_NOW);

        CHECK(library != NULL);
        dlclose(library);
    }
    return NULL;
}

static int child(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int result = tempfile_mkdtemp(NULL, path, sizeof path);

    if (result == -EOWNERDEAD) {
        CHECK(strstr(tempfile_last_error()->message, "loading a library") != NULL);
        CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == -EOWNERDEAD); /* at once, see the alarm */
        return 1;
    }
    CHECK(result == 0 && tempfile_rmtree(path, 0) == 0);
    return 0;
}

int main(void)
{
    int children = 0, refused = 0;
    char prefix[TEMPFILE_PATH_SIZE];
    pthread_t thread;

    /* A child that used the library first would register its exit handler, and the C library's lock of those may be taken
     * along as well: its exit() would hang with or without us. */
    CHECK(tempfile_gettempdir(prefix, sizeof prefix) == 0);
    CHECK(pthread_create(&thread, NULL, load_and_unload, NULL) == 0);
    while (children < MOST && (refused < ENOUGH || children - refused < ENOUGH)) {
        struct timespec moment = {0, 300000 + children * 1000};
        int status;
        pid_t pid;

        nanosleep(&moment, NULL);
        pid = fork();
        if (pid == 0) {
            alarm(60);
            _exit(child() << 1);
        }
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && (WEXITSTATUS(status) & 1) == 0);
        refused += WEXITSTATUS(status) >> 1;
        children++;
    }
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(refused < children);
    printf("%d children, %d refused; ", children, refused);
    return passed();
}
