/* 2,000 threads of a few calls each, 200 at once, on the smallest possible stacks; and coroutines that take turns on stacks
 * of 16 to 64 KB. The results are right. No descriptor is left, and memory stays within a bound. */
#include "check.h"
#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <sys/wait.h>
#include <ucontext.h>

enum { THREADS = 2000, AT_ONCE = 200, COROUTINES = 8, TURNS = 400, BOUND_KB = 64 << 10 };

/* When Go's runtime first gives memory back, it opens two descriptors for polling. This may be before or after the count. */
enum { RUNTIME_OWN = 2 };

static int count_entries(const char *path)
{
    DIR *directory = opendir(path);
    int count = -3; /* minus ".", ".." and the descriptor that counts; for /proc/self/task, one less */

    CHECK(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static long resident_kb(void)
{
    long pages = 0, size;
    FILE *statm = fopen("/proc/self/statm", "r");

    CHECK(statm != NULL && fscanf(statm, "%ld %ld", &size, &pages) == 2);
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) >> 10);
}

/* Returns the number of the record of a handle, see tempfile__handle_of in capi/object.h. */
static uintptr_t record_of(const void *handle)
{
    return (uintptr_t)handle >> 3 & 0x1fffff;
}

/* Uses every class, and checks the bytes that it reads. A thread that ends leaves its spare record to others, so at most as
 * many records are in use as there are objects at once. */
static void use(int number)
{
    tempfile_file *file;
    tempfile_directory *directory;
    char line[64], text[64];
    int size = snprintf(line, sizeof line, "number %d\n", number);

    for (int i = 0; i < 3; i++) {
        CHECK((i == 0   ? tempfile_named_temporary_file(NULL, &file)
               : i == 1 ? tempfile_temporary_file(NULL, &file)
                        : tempfile_spooled_temporary_file(NULL, &file)) == 0);
        CHECK(tempfile_file_write(file, line, (size_t)size) == size);
        CHECK(i < 2 || number % 2 == 0 || tempfile_file_rollover(file) == 0);
        CHECK(tempfile_file_seek(file, 0, SEEK_SET) == 0);
        CHECK(tempfile_file_readline(file, text, sizeof text) == size && strcmp(text, line) == 0);
        CHECK(tempfile_file_write(NULL, line, 1) < 0 && *tempfile_last_error()->message != '\0');
        tempfile_file_free(file);
    }
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0 && record_of(directory) < 2 * AT_ONCE);
    tempfile_directory_free(directory);
}

static void *run(void *number)
{
    use((int)(long)number);
    return NULL;
}

static void threads(int from, int count)
{
    pthread_t thread[AT_ONCE];
    pthread_attr_t small;

    CHECK(pthread_attr_init(&small) == 0);
    CHECK(pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN > (16 << 10) ? PTHREAD_STACK_MIN : 16 << 10) == 0);
    for (int i = 0; i < count; i++)
        CHECK(pthread_create(&thread[i], &small, run, (void *)(long)(from + i)) == 0);
    for (int i = 0; i < count; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
    pthread_attr_destroy(&small);
}

/* In a forked child such a thread makes the first call, which starts Go anew. */
static void in_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        threads(1, 20);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

#ifdef __GLIBC__
static ucontext_t scheduler, coroutine[COROUTINES];
static tempfile_file *own[COROUTINES];

/* Has one object for several turns, and switches to another coroutine between calls. */
static void take_turns(int which)
{
    CHECK(tempfile_spooled_temporary_file(NULL, &own[which]) == 0);
    for (int turn = 0; turn < TURNS; turn++) {
        CHECK(tempfile_file_write(own[which], &turn, sizeof turn) == sizeof turn);
        if (turn % 50 == which)
            use(turn);
        swapcontext(&coroutine[which], &scheduler);
    }
    CHECK(tempfile_file_seek(own[which], 0, SEEK_SET) == 0);
    for (int turn = 0; turn < TURNS; turn++) {
        int found;

        CHECK(tempfile_file_read(own[which], &found, sizeof found) == sizeof found && found == turn);
        swapcontext(&coroutine[which], &scheduler);
    }
    tempfile_file_free(own[which]);
}

static void prepare(ucontext_t *context, char *stack, size_t size, int which)
{
    CHECK(stack != NULL && getcontext(context) == 0);
    context->uc_stack.ss_size = size;
    context->uc_stack.ss_sp = stack;
    context->uc_link = &scheduler;
    makecontext(context, (void (*)(void))take_turns, 1, which);
}

static void *coroutines(void *unused)
{
    static const size_t sizes[] = {16 << 10, 32 << 10, 64 << 10};
    char *stacks[COROUTINES];

    (void)unused;
    for (int i = 0; i < COROUTINES; i++)
        prepare(&coroutine[i], stacks[i] = malloc(sizes[i % 3]), sizes[i % 3], i);
    for (int turn = 0; turn < 2 * TURNS + 1; turn++)
        for (int i = 0; i < COROUTINES; i++)
            swapcontext(&scheduler, &coroutine[i]);
    for (int i = 0; i < COROUTINES; i++)
        free(stacks[i]);
    return NULL;
}
#else
static void *coroutines(void *unused)
{
    return unused;
}
#endif

int main(void)
{
    int descriptors, tasks;
    long memory;
    pthread_t thread;

    threads(0, AT_ONCE);
    descriptors = count_entries("/proc/self/fd");
    tasks = count_entries("/proc/self/task");
    memory = resident_kb();
    for (int i = 0; i < THREADS; i += AT_ONCE)
        threads(i, AT_ONCE);
    coroutines(NULL);
    CHECK(pthread_create(&thread, NULL, coroutines, NULL) == 0 && pthread_join(thread, NULL) == 0);
    in_child();
#ifndef __GLIBC__
    printf("coroutines: skipped, as musl has no makecontext; ");
#endif
    printf("%d descriptors, %d threads, %ld KB, and after %d threads and %d coroutines %d, %d, %ld KB; ", descriptors, tasks,
           memory, THREADS, 2 * COROUTINES, count_entries("/proc/self/fd"), count_entries("/proc/self/task"), resident_kb());
    CHECK(count_entries("/proc/self/fd") <= descriptors + RUNTIME_OWN);
    CHECK(count_entries("/proc/self/task") <= tasks + 8); /* Go starts a few more threads as it needs them */
    /* an emulator keeps the code that it has translated */
    CHECK(resident_kb() < memory + BOUND_KB || getenv("EMULATOR") != NULL);
    return passed();
}
