/* Objects that are being freed while a signal handler deletes all names. If the handler interrupts the free itself, the
 * object has no name afterwards. If another thread frees the object meanwhile, the handler still has the unchanged path, and
 * deletes no other file. */
#include "check.h"
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>

enum { INTERRUPTED = 1000, ROUNDS = 400000, LIVES = 10 };

static char path[TEMPFILE_PATH_SIZE], before[TEMPFILE_PATH_SIZE];
static volatile sig_atomic_t ending, interrupted, wrong;
static sem_t reached, churned;
static volatile int watched;

/* Replaces unlink, which only the signal handler calls: the library's other calls use the system call directly. It waits
 * until another thread has made and freed some objects. */
int unlink(const char *name)
{
    if (watched) {
        watched = 0;
        strcpy(before, name);
        sem_post(&reached);
        while (sem_wait(&churned) != 0)
            ;
        wrong |= strcmp(name, before) != 0;
    }
    return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

static void look(int number)
{
    (void)number;
    if (!ending)
        return;
    interrupted++;
    wrong |= access(path, F_OK) == 0;
}

static void end_file(int used)
{
    tempfile_file *file;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    if (used)
        CHECK(tempfile_file_write(file, "x", 1) == 1);
    strcpy(path, tempfile_file_name(file));
    ending = 1;
    tempfile_file_free(file);
    ending = 0;
}

static void end_directory(void)
{
    tempfile_directory *directory;

    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(path, tempfile_directory_name(directory));
    ending = 1;
    tempfile_directory_free(directory);
    ending = 0;
}

static void by_its_own_thread(void)
{
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};

    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < ROUNDS && interrupted < INTERRUPTED && !wrong; i++) {
        end_file(i % 2);
        end_directory();
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(interrupted > 0 && !wrong);
}

static void *churn(void *file)
{
    char *blocks[LIVES];

    while (sem_wait(&reached) != 0)
        ;
    tempfile_file_free(file);
    for (int i = 0; i < LIVES; i++) {
        tempfile_file *next;

        CHECK(tempfile_named_temporary_file(NULL, &next) == 0);
        tempfile_file_free(next);
        blocks[i] = malloc(strlen(before) + 1); /* memory of the host, which may have been the path before */
        CHECK(blocks[i] != NULL);
        memset(blocks[i], 'x', strlen(before) + 1);
    }
    for (int i = 0; i < LIVES; i++)
        free(blocks[i]);
    sem_post(&churned);
    return NULL;
}

static void by_another_thread(void)
{
    tempfile_file *file;
    pthread_t thread;

    CHECK(sem_init(&reached, 0, 0) == 0 && sem_init(&churned, 0, 0) == 0);
    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(pthread_create(&thread, NULL, churn, file) == 0);
    watched = 1;
    CHECK(raise(SIGALRM) == 0 && !watched);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(!wrong);
}

int main(void)
{
    CHECK(signal(SIGALRM, look) != SIG_ERR && tempfile_cleanup_at_signal(SIGALRM, TEMPFILE_SIGNAL_ALWAYS) == 0);
    by_another_thread();
    by_its_own_thread();
    printf("%d ends interrupted; ", (int)interrupted);
    return passed();
}
