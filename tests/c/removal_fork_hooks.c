/* Children are forked while helper threads remove a large tree. A child has none of those threads, so its removal begins
 * anew with the entries that are left; it may start helpers of its own. Parent and child both complete the removal. */
#include "check.h"
#include "hooks.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { ROUNDS = 8, DIRECTORIES = 60, FILES = 60, HELPERS = 3 };

static char parent[TEMPFILE_PATH_SIZE], tree[TEMPFILE_PATH_SIZE + 8];
static tempfile_removal *removal;
static uint64_t removed;

static void plant(void)
{
    CHECK(mkdir(tree, 0700) == 0);
    for (int i = 0; i < DIRECTORIES; i++) {
        char name[sizeof tree + 16];
        int here;

        snprintf(name, sizeof name, "%s/%d", tree, i);
        CHECK(mkdir(name, 0700) == 0);
        here = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        CHECK(here >= 0);
        for (int j = 0; j < FILES; j++) {
            snprintf(name, sizeof name, "%d", j);
            CHECK(mknodat(here, name, S_IFREG | 0600, 0) == 0);
        }
        close(here);
    }
}

static void *remove_all(void *out_more)
{
    int more;

    do
        more = tempfile_removal_step(removal, 2000, &removed);
    while (more == 1);
    *(int *)out_more = more;
    return NULL;
}

static pid_t fork_child(int round)
{
    pid_t pid = fork();
    int more;

    if (pid != 0)
        return pid;
    alarm(60);
    removed = 0;
    if (round % 2 == 0) { /* the inherited removal; else a new one */
        remove_all(&more);
        CHECK(more == 0);
    } else {
        CHECK(tempfile_test_helpers(HELPERS) >= 0);
        CHECK(tempfile_rmtree(tree, 0) == 0);
    }
    tempfile_removal_free(removal);
    CHECK(access(tree, F_OK) != 0);
    exit(0);
}

int main(void)
{
    int inside = 0, started;

    CHECK(tempfile_mkdtemp(&(tempfile_options){.struct_size = sizeof(tempfile_options),
                                               .dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL},
                           parent, sizeof parent) == 0);
    snprintf(tree, sizeof tree, "%s/tree", parent);
    CHECK(tempfile_test_helpers(HELPERS) == 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct timespec moment = {0, 1000000 + 500000 * round};
        pthread_t thread;
        int more = -1, status;
        pid_t pid;

        plant();
        CHECK(tempfile_removal_start(tree, 0, &removal) == 0);
        CHECK(pthread_create(&thread, NULL, remove_all, &more) == 0);
        nanosleep(&moment, NULL);
        inside += access(tree, F_OK) == 0;
        pid = fork_child(round);
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        CHECK(pthread_join(thread, NULL) == 0 && more == 0);
        tempfile_removal_free(removal);
        CHECK(access(tree, F_OK) != 0);
    }
    started = tempfile_test_helpers(-1);
    CHECK(inside > 0 && started >= ROUNDS);
    CHECK(entries_of("/proc/self/task") < 64);
    CHECK(tempfile_rmtree(parent, 0) == 0);
    printf("%d forks during a removal, %d helpers; ", inside, started);
    return passed();
}
