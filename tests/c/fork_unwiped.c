/* Some emulators only claim to wipe a page in a forked child, and old kernels refuse to. A child of fork must recognize
 * itself all the same: it deletes none of its parent's objects, waits for no lock that another thread held, and starts Go
 * anew. The library meets such a system from the load on. */
#include "process.h"
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

enum { CHILDREN = 20, GENERATIONS = 3, THREADS = 3 };

static volatile int stop;
static tempfile_file *named, *spooled;
static tempfile_directory *directory;

/* Makes madvise(MADV_WIPEONFORK) return an errno, or 0 without an effect. */
static void do_not_wipe(int error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[2])), /* the lower half, on a little-endian machine */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_WIPEONFORK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    char *page;

    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED && (madvise(page, 4096, MADV_WIPEONFORK) == 0 ? 0 : errno) == error);
}

/* Runs before the library's constructor. The program runs itself again for the other answer. */
static void at_first(int count, char **arguments, char **environment)
{
    (void)arguments, (void)environment;
    do_not_wipe(count > 1 ? EINVAL : 0);
}
__attribute__((section(".preinit_array"), used)) static void (*const before_constructors)(int, char **, char **) = at_first;

static void *hammer(void *unused)
{
    (void)unused;
    while (!stop) {
        tempfile_file *file;

        CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
        CHECK(tempfile_file_write(file, "hammer", 6) == 6 && tempfile_file_rollover(file) == 0);
        CHECK(tempfile_file_seek(named, 0, SEEK_SET) == 0);
        tempfile_file_free(file);
    }
    return NULL;
}

static void generations(int left)
{
    tempfile_file *own;
    char text[8];
    pid_t pid = fork();

    if (pid != 0) {
        ends_well(pid);
        return;
    }
    alarm(60);
    CHECK(threads_now() == 1);
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0 && tempfile_file_read(spooled, text, 7) == 7);
    CHECK(tempfile_named_temporary_file(NULL, &own) == 0 && tempfile_file_seek(named, 0, SEEK_SET) == 0);
    if (left > 1)
        generations(left - 1);
    CHECK(access(tempfile_file_name(own), F_OK) == 0);
    if (left % 2 == 0) { /* else at exit */
        tempfile_file_free(named);
        tempfile_directory_free(directory);
    }
    exit(0);
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    pid_t pid;

    (void)arguments;
    CHECK(tempfile_named_temporary_file(NULL, &named) == 0 && tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0 && tempfile_file_write(spooled, "spooled", 7) == 7);
    generations(GENERATIONS);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, hammer, NULL) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        generations(1);
        CHECK(access(tempfile_file_name(named), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    tempfile_file_free(named);
    tempfile_file_free(spooled);
    tempfile_directory_free(directory);
    if (count > 1)
        return 0;
    pid = fork();
    if (pid == 0) {
        execl("/proc/self/exe", "fork_unwiped", "cannot", (char *)NULL);
        _exit(9);
    }
    ends_well(pid);
    return passed();
}
