/* Five generations. Each is forked while 4 threads of its parent are inside the library, and has 4 threads of its own. Each
 * uses the objects of the first process, makes files and ends normally. The objects of the first process must still be
 * there. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { GENERATIONS = 5, THREADS = 4, WORDS = 3000, PATIENCE = 2000000 };

static int stop, inside;
static tempfile_file *named, *spooled, *detached;
static tempfile_directory *directory;
static int *inside_at_fork; /* shared by all processes */

/* Calls in a loop. inside is the number of threads that are in a call at the moment. */
static void *hammer(void *unused)
{
    char block[300] = "hammer";

    (void)unused;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
        tempfile_directory *tree;
        tempfile_file *file;

        __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        for (int i = 0; i < 20; i++)
            CHECK(tempfile_file_write(file, block, sizeof block) == sizeof block);
        CHECK(tempfile_file_rollover(file) == 0);
        tempfile_file_free(file);
        CHECK(tempfile_named_temporary_file(NULL, &file) == 0 && tempfile_file_write(file, block, 10) == 10);
        tempfile_file_free(file);
        CHECK(tempfile_temporary_directory(NULL, &tree) == 0);
        tempfile_directory_free(tree);
        __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void check_inherited(void)
{
    uint32_t word;

    CHECK(access(tempfile_file_name(named), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
    CHECK(tempfile_file_rolled(spooled) == 0 && tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    for (uint32_t k = 0; k < WORDS; k++)
        CHECK(tempfile_file_read(spooled, &word, sizeof word) == sizeof word && word == k * 31);
    CHECK(tempfile_file_tell(detached) == -9 && access(tempfile_file_name(detached), F_OK) == 0);
}

/* Forks while all threads are inside, if possible. */
static pid_t fork_inside(void)
{
    int now;
    pid_t pid;

    for (int i = 0; i < PATIENCE && (now = __atomic_load_n(&inside, __ATOMIC_SEQ_CST)) < THREADS; i++)
        sched_yield();
    pid = fork();
    if (pid > 0)
        __atomic_add_fetch(inside_at_fork, now, __ATOMIC_SEQ_CST);
    return pid;
}

/* One generation with its descendants. The objects that the parent's threads had at the fork are also in the child, but only
 * the parent deletes them. */
static void generation(int number)
{
    pthread_t threads[THREADS];
    tempfile_file *own;
    int status;
    pid_t pid;

    stop = inside = 0;
    check_inherited();
    CHECK(tempfile_named_temporary_file(NULL, &own) == 0 && tempfile_file_write(own, "own", 3) == 3);
    if (number < GENERATIONS) {
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_create(&threads[i], NULL, hammer, NULL) == 0);
        pid = fork_inside();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(60);
            CHECK(tempfile_file_tell(own) == 3);
            generation(number + 1);
            tempfile_file_free(own); /* the parent's */
            exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(access(tempfile_file_name(own), F_OK) == 0);
    if (number > 0)
        return; /* the exit removes this generation's own objects */
    check_inherited();
    tempfile_file_free(own);
}

int main(void)
{
    inside_at_fork = mmap(NULL, sizeof *inside_at_fork, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(inside_at_fork != MAP_FAILED);
    CHECK(tempfile_named_temporary_file(NULL, &named) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &detached) == 0 && close(tempfile_file_detach(detached)) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    for (uint32_t k = 0; k < WORDS; k++) {
        uint32_t word = k * 31;

        CHECK(tempfile_file_write(spooled, &word, sizeof word) == sizeof word);
    }
    generation(0);
    CHECK(*inside_at_fork > GENERATIONS * (THREADS - 1));
    printf("%d generations, %.1f threads inside at a fork; ", GENERATIONS, (double)*inside_at_fork / GENERATIONS);
    return passed();
}
