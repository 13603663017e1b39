/* Children forked while other threads load and unload libraries all the time, before and after the process has used the
 * library itself. Each works, or is refused with a message that says why; none hangs, though locks of the loader and of the
 * exit handlers may have been taken along. At least one gets through. */
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST = 100, ENOUGH = 3, THREADS = 3 };

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

/* Forks until there were some that worked and some that were refused, and at least so many. */
static int fork_children(int at_least, int *out_refused)
{
    int children = 0, refused = 0;

    while (children < at_least || (children < MOST && (refused < ENOUGH || children - refused < ENOUGH))) {
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
    CHECK(refused < children);
    *out_refused += refused;
    return children;
}

int main(void)
{
    int first, later, refused = 0;
    char tempdir[TEMPFILE_PATH_SIZE];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, load_and_unload, NULL) == 0);
    first = fork_children(40, &refused); /* one in ten hung when each registered its own exit handler */
    CHECK(tempfile_gettempdir(tempdir, sizeof tempdir) == 0);
    later = fork_children(1, &refused);
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    printf("%d children before the first use, %d after it, %d refused; ", first, later, refused);
    return passed();
}
