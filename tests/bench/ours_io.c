/* The jobs of reading and writing in C, done by the library. */
#include "io.h"
#include "tempfile.h"

#include <stdio.h>

static tempfile_file *opened(const char *mode, uint32_t flags)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = mode;
    options.buffering = BUFFER;
    options.flags = flags;
    MUST(tempfile_named_temporary_file(&options, &file) == 0);
    return file;
}

static void rewind_ours(tempfile_file *file)
{
    MUST(tempfile_file_seek(file, 0, SEEK_SET) == 0);
}

static void write_lines(tempfile_file *file)
{
    rewind_ours(file);
    for (int i = 0; i < LINES; i++)
        MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
    MUST(tempfile_file_flush(file) == 0);
}

static void read_lines(tempfile_file *file)
{
    char line[2 * LINE];

    rewind_ours(file);
    for (int i = 0; i < LINES; i++)
        MUST(tempfile_file_readline(file, line, sizeof line) == LINE);
    MUST(tempfile_file_readline(file, line, sizeof line) == 0);
}

static void our_lines(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = opened("w+b", TEMPFILE_BUFFERED_WRITES);
    write_lines(file);
}

static void our_lines_through(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = opened("w+b", 0);
    write_lines(file);
}

static void our_lines_read(void)
{
    static tempfile_file *file;

    if (file == NULL) {
        file = opened("w+b", TEMPFILE_BUFFERED_WRITES);
        write_lines(file);
    }
    read_lines(file);
}

static void our_lines_and_back(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = opened("w+b", TEMPFILE_BUFFERED_WRITES);
    write_lines(file);
    read_lines(file);
}

static void our_text_and_back(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = opened("w+", TEMPFILE_BUFFERED_WRITES);
    write_lines(file);
    read_lines(file);
}

static void our_blocks(void)
{
    static _Alignas(PAGE) char block[BLOCK];
    static tempfile_file *file;

    if (file == NULL)
        file = opened("w+b", 0);
    rewind_ours(file);
    MUST(tempfile_file_write(file, block, BLOCK) == BLOCK);
    rewind_ours(file);
    MUST(tempfile_file_read(file, block, BLOCK) == BLOCK);
}

static void a_spool(void)
{
    char data[SPOOL_WRITE_SIZE] = "data", back[SPOOL_SIZE];
    tempfile_file *file;

    MUST(tempfile_spooled_temporary_file(NULL, &file) == 0);
    for (int i = 0; i < SPOOL_WRITES; i++)
        MUST(tempfile_file_write(file, data, sizeof data) == (int64_t)sizeof data);
    rewind_ours(file);
    MUST(tempfile_file_read(file, back, sizeof back) == (int64_t)sizeof back);
    tempfile_file_free(file);
}

static void spools(int number)
{
    (void)number;
    for (int i = 0; i < THREAD_SPOOLS; i++)
        a_spool();
}

static void our_spool_threads(void)
{
    in_threads(spools);
}

/* What one of as many processors does of the threads' work. */
static void our_spool_share(void)
{
    int busy = processors() < THREADS ? processors() : THREADS;

    for (int i = 0; i < THREADS * THREAD_SPOOLS / busy; i++)
        a_spool();
}

/* Jobs of one call that is a copy. */

static void call_write_held(void)
{
    static tempfile_file *file;
    static int calls;

    if (file == NULL)
        file = opened("w+b", TEMPFILE_BUFFERED_WRITES);
    if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
}

static void call_write_text(void)
{
    static tempfile_file *file;
    static int calls;

    if (file == NULL)
        file = opened("w+", TEMPFILE_BUFFERED_WRITES);
    if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
}

/* A file with so many lines, at its start. */
static tempfile_file *filled(const char *mode)
{
    tempfile_file *file = opened(mode, TEMPFILE_BUFFERED_WRITES);

    for (int i = 0; i < CALLS; i++)
        MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
    rewind_ours(file);
    return file;
}

static void call_read(void)
{
    static tempfile_file *file;
    static int calls;
    char back[LINE];

    if (file == NULL)
        file = filled("w+b");
    else if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_read(file, back, LINE) == LINE);
}

static void call_readline(void)
{
    static tempfile_file *file;
    static int calls;
    char back[2 * LINE];

    if (file == NULL)
        file = filled("w+b");
    else if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_readline(file, back, sizeof back) == LINE);
}

static void call_readline_text(void)
{
    static tempfile_file *file;
    static int calls;
    char back[2 * LINE];

    if (file == NULL)
        file = filled("w+");
    else if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_readline(file, back, sizeof back) == LINE);
}

/* A spooled file with so many lines, at its start. */
static tempfile_file *filled_spool(void)
{
    tempfile_file *file;

    MUST(tempfile_spooled_temporary_file(NULL, &file) == 0);
    for (int i = 0; i < CALLS; i++)
        MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
    rewind_ours(file);
    return file;
}

static void call_write_spool(void)
{
    static tempfile_file *file;
    static int calls;

    if (file == NULL)
        file = filled_spool();
    else if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_write(file, A_LINE, LINE) == LINE);
}

static void call_read_spool(void)
{
    static tempfile_file *file;
    static int calls;
    char back[LINE];

    if (file == NULL)
        file = filled_spool();
    else if (++calls % CALLS == 0)
        rewind_ours(file);
    MUST(tempfile_file_read(file, back, LINE) == LINE);
}

static void call_seek_spool(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = filled_spool();
    rewind_ours(file);
}

static void call_tell_spool(void)
{
    static tempfile_file *file;

    if (file == NULL)
        file = filled_spool();
    MUST(tempfile_file_tell(file) == 0);
}

const struct contestant ours_io[] = {
    {"our_lines", our_lines, NULL},
    {"our_lines_through", our_lines_through, NULL},
    {"our_lines_read", our_lines_read, NULL},
    {"our_lines_and_back", our_lines_and_back, NULL},
    {"our_text_and_back", our_text_and_back, NULL},
    {"our_blocks", our_blocks, NULL},
    {"our_spool_threads", our_spool_threads, NULL},
    {"our_spool_share", our_spool_share, NULL},
    {"call_write_held", call_write_held, NULL},
    {"call_write_text", call_write_text, NULL},
    {"call_read", call_read, NULL},
    {"call_readline", call_readline, NULL},
    {"call_readline_text", call_readline_text, NULL},
    {"call_write_spool", call_write_spool, NULL},
    {"call_read_spool", call_read_spool, NULL},
    {"call_seek_spool", call_seek_spool, NULL},
    {"call_tell_spool", call_tell_spool, NULL},
    {NULL, NULL, NULL},
};
