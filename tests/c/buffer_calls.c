/* Every system call of a program that holds back writes, as a tracer sees it. The program is killed at each call in turn:
 * what the file lacks then was held back, and is never more than the buffer. Each write of the system fails in turn, is
 * interrupted, or takes less: nothing is dropped, and nothing is in the file twice. */
#include "buffer.h"

#ifdef __x86_64__
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>

enum { BUFFER = 50, LONGEST = 131 };

/* The traced programs: C alone works on the file, Go knows it too, and text, which C writes and Go reads. */
enum { BY_C, BY_GO, TEXT, KINDS };

/* What the traced program tells. */
static struct told {
    char path[TEMPFILE_PATH_SIZE];
    int64_t begun, written, passed_on; /* bytes: by the write that was begun last; by those that returned; surely there */
    int failures, finished;
} *told;

/* The stream that is written: each byte tells its place. */
static char byte_at(int64_t place)
{
    return (char)('a' + (place + place / 26) % 26);
}

/* Writes the next bytes of the stream, again if that fails. */
static void write_next(tempfile_file *file, int64_t size)
{
    char data[LONGEST];
    int64_t result;

    for (int64_t i = 0; i < size; i++)
        data[i] = byte_at(told->written + i);
    told->begun = told->written + size;
    while ((result = tempfile_file_write(file, data, (size_t)size)) < 0) {
        told->failures++;
        CHECK(result == tempfile_last_error()->code && tempfile_file_tell(file) == told->written);
    }
    CHECK(result == size);
    told->written += size;
}

static void pass_on(tempfile_file *file, int (*call)(tempfile_file *file))
{
    int result;

    while ((result = call(file)) < 0) {
        told->failures++;
        CHECK(result == tempfile_last_error()->code && tempfile_file_tell(file) == told->written);
    }
    told->passed_on = told->written;
}

/* The traced program. It stops when it is ready. */
static void program(int kind)
{
    static const int sizes[] = {1, 20, 40, 7, 50, 49, 3, LONGEST, 10, 51, 5, 45, 30};
    tempfile_file *file = held_file(kind == TEXT ? "w+" : "w+b", BUFFER, 0);

    if (kind == BY_GO)
        make_known_to_go(file);
    strcpy(told->path, held_path);
    raise(SIGSTOP);
    for (int i = 0; i < 3 * LASTING; i++) { /* three writes before each call */
        write_next(file, sizes[(size_t)i % (sizeof sizes / sizeof *sizes)]);
        if (i % 3 == 2 && !(kind == TEXT && is_positional(passing[i / 3].call)))
            pass_on(file, passing[i / 3].call);
    }
    if (tempfile_file_close(file) < 0) { /* a second failure would give the bytes up */
        told->failures++;
        pass_on(file, tempfile_file_flush);
        CHECK(tempfile_file_close(file) == 0);
    }
    told->passed_on = told->written;
    told->finished = 1;
    tempfile_file_free(file);
    _exit(0);
}

/* Starts the program, and gives it at its stop. */
static pid_t start(int kind)
{
    int status;
    pid_t pid;

    memset(told, 0, sizeof *told);
    pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        program(kind);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        printf("ptrace is refused");
        exit(77);
    }
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    CHECK(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0);
    strcpy(held_path, told->path);
    return pid;
}

/* Goes on to the next end of a system call, or its beginning; 0: the program has ended. */
static int go_on(pid_t pid, int signal)
{
    int status;

    do {
        CHECK(ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal) == 0 && waitpid(pid, &status, 0) == pid);
        signal = WIFSTOPPED(status) && WSTOPSIG(status) != (SIGTRAP | 0x80) ? WSTOPSIG(status) : 0;
    } while (signal != 0);
    CHECK(WIFSTOPPED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFSTOPPED(status);
}

/* The file has the beginning of the stream, and no more than was begun. Returns how much. */
static int64_t beginning(void)
{
    static char content[2048];
    size_t size = read_file(held_path, content, sizeof content);

    CHECK(unlink(held_path) == 0 && (int64_t)size <= told->begun);
    for (size_t i = 0; i < size; i++)
        CHECK(content[i] == byte_at((int64_t)i));
    return (int64_t)size;
}

/* Kills the program at the nth stop, and looks at what is left. False: it had ended. */
static int killed_at(int nth, int kind)
{
    pid_t pid = start(kind);
    int64_t left;

    for (int i = 0; i < nth; i++)
        if (!go_on(pid, 0)) {
            CHECK(told->finished && beginning() == told->written);
            return 0;
        }
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
    left = beginning();
    CHECK(left >= told->passed_on && left + BUFFER >= told->written);
    return 1;
}

static int killed_everywhere(int kind)
{
    int stops = 0;

    while (killed_at(stops + 1, kind))
        stops++;
    return stops;
}

/* A call that is begun has its number in orig_rax, and rax is -ENOSYS. */
static int begins_write(const struct user_regs_struct *registers)
{
    return registers->orig_rax == SYS_write && (int64_t)registers->rax == -ENOSYS && registers->rdi > 2;
}

/* Lets the nth write of the program, and as many more as `lasting` says, fail with an errno; 0: it takes one byte. */
static int injected(int nth, int lasting, int error, int kind)
{
    pid_t pid = start(kind);
    struct user_regs_struct registers;
    int writes = 0, hits = 0;

    while (go_on(pid, 0)) {
        CHECK(ptrace(PTRACE_GETREGS, pid, NULL, &registers) == 0);
        if (!begins_write(&registers) || ++writes < nth || writes >= nth + lasting)
            continue;
        hits++;
        if (error == 0) {
            registers.rdx = 1;
            CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &registers) == 0);
            continue;
        }
        registers.orig_rax = (unsigned long long)-1; /* no call, which answers ENOSYS */
        CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &registers) == 0 && go_on(pid, 0));
        CHECK(ptrace(PTRACE_GETREGS, pid, NULL, &registers) == 0);
        registers.rax = (unsigned long long)-error;
        CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &registers) == 0);
    }
    CHECK(told->finished && beginning() == told->written);
    if (error == 0 || error == EINTR)
        CHECK(told->failures == 0); /* the program does not hear of it */
    else if (lasting > 2 && hits == lasting)
        CHECK(told->failures > 0); /* C tries once, and Go once more */
    return hits;
}

/* Hits each write of the program in turn, until there are no more. */
static int each_write(int lasting, int error, int kind)
{
    int nth = 1;

    while (injected(nth, lasting, error, kind) > 0)
        nth++;
    CHECK(nth > 5);
    return nth - 1;
}

int main(void)
{
    static const int errors[] = {ENOSPC, EIO, EDQUOT, EINTR, 0};
    int stops = 0, writes = 0;

    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(told != MAP_FAILED);
    for (int kind = 0; kind < KINDS; kind++) {
        stops += killed_everywhere(kind);
        for (int i = 0; i < 5; i++) {
            writes += each_write(1, errors[i], kind);
            writes += each_write(4, errors[i], kind);
        }
    }
    CHECK(stops > 20);
    printf("killed at %d stops, %d writes failed; ", stops, writes);
    return passed();
}
#else
int main(void)
{
    printf("the tracer changes the registers of x86-64");
    return 77;
}
#endif
