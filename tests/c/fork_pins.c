/* A child is forked while another thread of its parent cleans up a directory. The child frees the directory before Go runs
 * in it. An object that the child later makes on the same record ends normally, although that thread never returns. */
#include "process.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>

enum { ENTRIES = 5000, TRIES = 20, AGAIN = 2 };

static tempfile_directory *directory;

static void plant(void)
{
    char path[TEMPFILE_PATH_SIZE + 16];

    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(path, sizeof path, "%s/%d", tempfile_directory_name(directory), i);
        CHECK(close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
    }
}

static void *clean_up(void *unused)
{
    (void)unused;
    CHECK(tempfile_directory_cleanup(directory) == 0);
    return NULL;
}

static void child(const char *name)
{
    bool late = access(name, F_OK) != 0; /* perhaps no thread was in the clean-up at the fork */
    char path[TEMPFILE_PATH_SIZE];

    tempfile_directory_free(directory);
    CHECK(threads_now() == 1);
    for (int i = 0; i < 2; i++) {
        tempfile_file *file;

        CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
        strcpy(path, tempfile_file_name(file));
        tempfile_file_free(file);
        CHECK(access(path, F_OK) != 0);
    }
    _exit(late ? AGAIN : 0);
}

int main(void)
{
    int status = 0;

    for (int i = 0; i < TRIES; i++) {
        char name[TEMPFILE_PATH_SIZE], middle[TEMPFILE_PATH_SIZE + 16];
        pthread_t thread;
        pid_t pid;

        plant();
        strcpy(name, tempfile_directory_name(directory));
        snprintf(middle, sizeof middle, "%s/%d", name, ENTRIES / 2);
        CHECK(pthread_create(&thread, NULL, clean_up, NULL) == 0);
        while (access(middle, F_OK) == 0)
            ;
        pid = fork();
        if (pid == 0)
            child(name);
        CHECK(waitpid(pid, &status, 0) == pid && pthread_join(thread, NULL) == 0);
        tempfile_directory_free(directory);
        CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == AGAIN));
        if (WEXITSTATUS(status) == 0)
            return passed();
    }
    printf("the clean-up was always over before the fork");
    return 77;
}
