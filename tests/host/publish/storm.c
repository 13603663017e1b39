/* Writers and readers of one path at once. Each writer replaces it again and again by a content that says who wrote it; each
 * reader must see one whole content, whoever's it is.
 *
 * usage: storm PATH FLAGS WRITERS READERS ROUNDS
 *
 * Prints how many whole contents the readers saw. A writer that is told -ESTALE, because others were always quicker, goes
 * on. */
#include "tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST = 40000 };

static struct {
    int finished;
    long seen;
} *shared;

static void fail(const char *what)
{
    fprintf(stderr, "storm: %s: %s (%s)\n", what, strerror(errno), tempfile_last_error()->message);
    _exit(1);
}

/* A letter for the writer, as often as its number asks for. */
static size_t size_of(int writer)
{
    return (size_t)(LARGEST - writer * 1000);
}

static void write_all(int writer, const char *path, uint32_t flags, long rounds)
{
    static char content[LARGEST];

    memset(content, 'A' + writer, sizeof content);
    for (long i = 0; i < rounds; i++) {
        int result = tempfile_replace(path, content, size_of(writer), flags);

        if (result != 0 && result != -ESTALE)
            fail("a writer");
    }
    _exit(0);
}

static void read_all(const char *path)
{
    static char content[LARGEST + 1];

    while (!__atomic_load_n(&shared->finished, __ATOMIC_ACQUIRE)) {
        int file = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t size = 0, n;

        if (file < 0)
            fail("open: there must always be a file");
        while ((n = read(file, content + size, sizeof content - (size_t)size)) > 0)
            size += n;
        close(file);
        if (n < 0 || size == 0 || (size_t)size != size_of(*content - 'A'))
            fail("a reader saw another size than any writer's");
        for (ssize_t i = 1; i < size; i++)
            if (content[i] != *content)
                fail("a reader saw bytes of two writers");
        __atomic_add_fetch(&shared->seen, 1, __ATOMIC_RELAXED);
    }
    _exit(0);
}

static int wait_for(pid_t child)
{
    int status;

    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **arguments)
{
    int writers, readers, failed = 0;
    pid_t children[64];
    uint32_t flags;

    if (count != 6)
        return 2;
    flags = (uint32_t)strtoul(arguments[2], NULL, 0);
    writers = atoi(arguments[3]);
    readers = atoi(arguments[4]);
    if (writers < 1 || readers < 1 || writers + readers > 64)
        return 2;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 2;
    for (int i = 0; i < writers + readers; i++) {
        children[i] = fork();
        if (children[i] == 0 && i < readers)
            read_all(arguments[1]);
        if (children[i] == 0)
            write_all(i - readers, arguments[1], flags, atol(arguments[5]));
    }
    for (int i = readers; i < writers + readers; i++)
        failed |= wait_for(children[i]);
    __atomic_store_n(&shared->finished, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < readers; i++)
        failed |= wait_for(children[i]);
    printf("%ld\n", shared->seen);
    return failed || shared->seen == 0;
}
