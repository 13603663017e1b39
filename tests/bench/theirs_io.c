/* The jobs of reading and writing in C without the library: with stdio, and with bare system calls and memcpy, which are the
 * floor. */
#include "io.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int processors(void)
{
    static int known;
    cpu_set_t set;

    if (known == 0) {
        MUST(sched_getaffinity(0, sizeof set, &set) == 0);
        known = CPU_COUNT(&set);
    }
    return known;
}

static int a_descriptor(void)
{
    int descriptor = open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    MUST(descriptor >= 0);
    return descriptor;
}

static FILE *a_stream(void)
{
    FILE *stream = fdopen(a_descriptor(), "w+b");

    MUST(stream != NULL && setvbuf(stream, NULL, _IOFBF, BUFFER) == 0);
    return stream;
}

static void write_lines(FILE *stream)
{
    rewind(stream);
    for (int i = 0; i < LINES; i++)
        MUST(fwrite(A_LINE, 1, LINE, stream) == LINE);
    MUST(fflush(stream) == 0);
}

static void stdio_lines(void)
{
    static FILE *stream;

    if (stream == NULL)
        stream = a_stream();
    write_lines(stream);
}

static void stdio_lines_read(void)
{
    static FILE *stream;
    char line[2 * LINE];

    if (stream == NULL) {
        stream = a_stream();
        write_lines(stream);
    }
    rewind(stream);
    for (int i = 0; i < LINES; i++)
        MUST(fgets(line, sizeof line, stream) != NULL);
    MUST(fgets(line, sizeof line, stream) == NULL);
}

static void stdio_spool(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    char *memory;
    size_t size;
    FILE *stream = open_memstream(&memory, &size);

    MUST(stream != NULL);
    for (int i = 0; i < SPOOL_WRITES; i++)
        MUST(fwrite(data, 1, sizeof data, stream) == sizeof data);
    MUST(fclose(stream) == 0 && size == sizeof back && (stream = fmemopen(memory, size, "rb")) != NULL);
    MUST(fread(back, 1, sizeof back, stream) == sizeof back && fclose(stream) == 0);
    free(memory);
}

static void raw_lines_through(void)
{
    static int descriptor;

    if (descriptor == 0)
        descriptor = a_descriptor();
    MUST(lseek(descriptor, 0, SEEK_SET) == 0);
    for (int i = 0; i < LINES; i++)
        MUST(write(descriptor, A_LINE, LINE) == LINE);
}

/* An asm statement hides the memory from the compiler, which would remove the copies otherwise. */
static inline void seen(void *memory)
{
    __asm__ volatile("" : "+r"(memory) : : "memory");
}

static char buffer[BUFFER];

static void raw_write_lines(int descriptor)
{
    MUST(lseek(descriptor, 0, SEEK_SET) == 0);
    for (size_t done = 0, held = 0; done < LINES_SIZE; done += held, held = 0) {
        for (; held < BUFFER && done + held < LINES_SIZE; held += LINE) {
            memcpy(buffer + held, A_LINE, LINE);
            seen(buffer);
        }
        MUST(write(descriptor, buffer, held) == (ssize_t)held);
    }
}

static void raw_read_lines(int descriptor)
{
    char line[2 * LINE];
    ssize_t got;

    MUST(lseek(descriptor, 0, SEEK_SET) == 0);
    while ((got = read(descriptor, buffer, BUFFER)) > 0)
        for (char *from = buffer, *end; from < buffer + got; from = end) {
            end = (char *)memchr(from, '\n', (size_t)(buffer + got - from)) + 1;
            memcpy(line, from, (size_t)(end - from));
            seen(line);
        }
    MUST(got == 0);
}

static int raw_file_with_lines(void)
{
    static int descriptor;

    if (descriptor == 0) {
        descriptor = a_descriptor();
        raw_write_lines(descriptor);
    }
    return descriptor;
}

static void raw_lines(void)
{
    raw_write_lines(raw_file_with_lines());
}

static void raw_lines_read(void)
{
    raw_read_lines(raw_file_with_lines());
}

static void raw_lines_and_back(void)
{
    raw_lines();
    raw_lines_read();
}

static void raw_blocks(void)
{
    static _Alignas(PAGE) char block[BLOCK];
    static int descriptor;

    if (descriptor == 0)
        descriptor = a_descriptor();
    MUST(lseek(descriptor, 0, SEEK_SET) == 0 && write(descriptor, block, BLOCK) == BLOCK);
    MUST(lseek(descriptor, 0, SEEK_SET) == 0 && read(descriptor, block, BLOCK) == BLOCK);
}

/* A file without a name as soon as there is more than half, and until then memory that doubles. */
static void raw_rolled(void)
{
    char memory[SPOOL_SIZE / 2], data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    int descriptor;

    for (size_t held = 0; held < sizeof memory; held += sizeof data) {
        memcpy(memory + held, data, sizeof data);
        seen(memory);
    }
    descriptor = a_descriptor();
    MUST(write(descriptor, memory, sizeof memory) == sizeof memory);
    for (size_t done = sizeof memory; done < sizeof back; done += sizeof data)
        MUST(write(descriptor, data, sizeof data) == sizeof data);
    MUST(lseek(descriptor, 0, SEEK_SET) == 0 && read(descriptor, back, sizeof back) == sizeof back);
    MUST(close(descriptor) == 0);
}

/* A spool as raw_spooled of theirs.c makes it, in as many threads. */
static void spools(int number)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];

    (void)number;
    for (int i = 0; i < THREAD_SPOOLS; i++) {
        size_t size = 0, capacity = 0;
        char *spool = NULL;

        for (; size < sizeof back; size += sizeof data) {
            if (size == capacity) {
                capacity = capacity > 0 ? 2 * capacity : 256;
                MUST((spool = realloc(spool, capacity)) != NULL);
            }
            memcpy(spool + size, data, sizeof data);
            seen(spool);
        }
        memcpy(back, spool, sizeof back);
        seen(back);
        free(spool);
    }
}

static void raw_spool_threads(void)
{
    in_threads(spools);
}

static FILE *stream_of_calls(void)
{
    static FILE *stream;

    if (stream == NULL) {
        stream = a_stream();
        for (int i = 0; i < CALLS; i++)
            MUST(fwrite(A_LINE, 1, LINE, stream) == LINE);
        rewind(stream);
    }
    return stream;
}

static void call_fwrite(void)
{
    static int calls;
    static FILE *stream;

    if (stream == NULL)
        stream = a_stream();
    if (++calls % CALLS == 0)
        rewind(stream);
    MUST(fwrite(A_LINE, 1, LINE, stream) == LINE);
}

static void call_fread(void)
{
    static int calls;
    char back[LINE];
    FILE *stream = stream_of_calls();

    if (calls++ % CALLS == 0)
        rewind(stream);
    MUST(fread(back, 1, LINE, stream) == LINE);
}

static void call_fgets(void)
{
    static int calls;
    char back[2 * LINE];
    FILE *stream = stream_of_calls();

    if (calls++ % CALLS == 0)
        rewind(stream);
    MUST(fgets(back, sizeof back, stream) != NULL);
}

const struct contestant theirs_io[] = {
    {"stdio_lines", stdio_lines, NULL},
    {"stdio_lines_read", stdio_lines_read, NULL},
    {"stdio_spool", stdio_spool, NULL},
    {"raw_lines_through", raw_lines_through, NULL},
    {"raw_lines", raw_lines, NULL},
    {"raw_lines_read", raw_lines_read, NULL},
    {"raw_lines_and_back", raw_lines_and_back, NULL},
    {"raw_blocks", raw_blocks, NULL},
    {"raw_rolled", raw_rolled, NULL},
    {"raw_spool_threads", raw_spool_threads, NULL},
    {"call_fwrite", call_fwrite, NULL},
    {"call_fread", call_fread, NULL},
    {"call_fgets", call_fgets, NULL},
    {NULL, NULL, NULL},
};
