/* Writes that are held back belong to the process that made them. A forked child drops its copy, whatever it calls first,
 * and starts from the descriptor: nothing is in the file twice, in whichever order the two pass on what they hold back. */
#include "buffer.h"
#include <pthread.h>

static int turn[2]; /* a pipe: the parent tells the child that it is its turn */

static void take_turn(void)
{
    char byte;

    CHECK(read(turn[0], &byte, 1) == 1);
}

static void child_writes(tempfile_file *file)
{
    take_turn();
    put(file, "child;");
    CHECK(tempfile_file_flush(file) == 0);
}

/* Both hold something back; the child passes it on first, or the parent. */
static void orders(uint32_t flags, int child_first, int known)
{
    tempfile_file *file = held_file(NULL, 50, flags);
    pid_t child;

    if (known)
        make_known_to_go(file);
    put(file, "parent;");
    child = in_child(child_writes, file);
    if (!child_first)
        CHECK(tempfile_file_flush(file) == 0 && file_is("parent;"));
    CHECK(write(turn[1], "", 1) == 1);
    ends_well(child);
    if (child_first)
        CHECK(file_is("child;") && tempfile_file_tell(file) == 13);
    put(file, "more");
    CHECK(tempfile_file_close(file) == 0);
    CHECK(file_is(child_first ? "child;parent;more" : "parent;child;more"));
    tempfile_file_free(file);
    unlink(held_path);
}

static const struct passing *first_call;

static void child_calls(tempfile_file *file)
{
    CHECK(first_call->call(file) >= 0 && file_is("begun;"));
}

static void child_frees(tempfile_file *file)
{
    tempfile_file_free(file);
    CHECK(file_is("begun;"));
}

static void child_exits(tempfile_file *file)
{
    (void)file;
    exit(0);
}

static void child_tells(tempfile_file *file)
{
    CHECK(tempfile_file_tell(file) == 6 && file_is("begun;"));
}

/* The first call of the child is a write beyond the buffer, which passes on what is before it. */
static void child_writes_much(tempfile_file *file)
{
    put(file, "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789;");
    CHECK(file_is("begun;0123456789 0123456789 0123456789 0123456789 0123456789 0123456789;"));
    CHECK(tempfile_file_seek(file, 6, SEEK_SET) == 6 && tempfile_file_truncate(file, 6) == 6);
}

static void drops_at(void (*act)(tempfile_file *file), int known)
{
    tempfile_file *file = held_file(NULL, 50, 0);

    put(file, "begun;");
    if (known)
        make_known_to_go(file);
    else
        CHECK(tempfile_file_fileno(file) >= 0); /* passed on by C */
    put(file, "held back;");
    ends_well(in_child(act, file));
    CHECK(tempfile_file_tell(file) == 16 && file_is("begun;"));
    CHECK(tempfile_file_close(file) == 0 && file_is("begun;held back;"));
    tempfile_file_free(file);
    unlink(held_path);
}

static void every_first_call(int known)
{
    for (int i = 0; i < PASSING; i++) {
        first_call = &passing[i];
        drops_at(child_calls, known);
    }
    drops_at(child_frees, known);
    drops_at(child_exits, known);
    drops_at(child_tells, known);
    drops_at(child_writes_much, known);
}

static void grandchild(tempfile_file *file)
{
    put(file, "grandchild;");
    exit(0); /* which passes it on: the file stays */
}

static void child_with_child(tempfile_file *file)
{
    put(file, "child;");
    ends_well(in_child(grandchild, file));
    CHECK(file_is("grandchild;") && tempfile_file_close(file) == 0);
}

static void child_loses(tempfile_file *file)
{
    put(file, "lost;");
    _exit(0);
}

static void generations(uint32_t flags)
{
    tempfile_file *file = held_file(NULL, 50, flags);

    put(file, "parent;");
    ends_well(in_child(child_with_child, file));
    CHECK(file_is("grandchild;child;"));
    ends_well(in_child(child_loses, file));
    tempfile_file_free(file);
    CHECK(file_is("grandchild;child;parent;"));
    unlink(held_path);
}

static void child_adopts(tempfile_file *file)
{
    CHECK(tempfile_file_adopt(file) == 0);
    put(file, "adopted;");
    exit(0);
}

static void adoption(void)
{
    tempfile_file *file = held_file(NULL, 50, 0);

    put(file, "parent;");
    ends_well(in_child(child_adopts, file));
    CHECK(file_is("adopted;"));
    tempfile_file_free(file);
    CHECK(file_is("adopted;parent;"));
    unlink(held_path);
}

static void child_of_a_spool(tempfile_file *spool)
{
    CHECK(tempfile_file_rolled(spool) == 1);
    put(spool, "child;");
    CHECK(tempfile_file_flush(spool) == 0);
}

/* A spooled file holds back after it has rolled over. */
static void spooled(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char content[40] = "";
    tempfile_file *spool;

    options.max_size = 4;
    options.flags = TEMPFILE_BUFFERED_WRITES;
    CHECK(tempfile_spooled_temporary_file(&options, &spool) == 0);
    put(spool, "rolls;");
    CHECK(tempfile_file_flush(spool) == 0);
    put(spool, "parent;");
    ends_well(in_child(child_of_a_spool, spool));
    CHECK(tempfile_file_seek(spool, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(spool, content, sizeof content) == 19 && strcmp(content, "rolls;child;parent;") == 0);
    tempfile_file_free(spool);
}

static void child_writes_text(tempfile_file *file)
{
    put(file, "\xe6\x97\xa5\n");
    CHECK(tempfile_file_close(file) == 0);
}

/* The encoder's state is dropped with the bytes that it belongs to: the byte order mark, and the sequence that shifts to
 * another set. The child's text is whole without its parent's, which may never come. */
static void text(const char *encoding, const char *expected, size_t size)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char content[64];
    tempfile_file *file;

    options.mode = "w+";
    options.encoding = encoding;
    options.flags = TEMPFILE_BUFFERED_WRITES | TEMPFILE_NO_DELETE;
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    strcpy(held_path, tempfile_file_name(file));
    put(file, "\xe6\x97\xa5"); /* leaves the encoder shifted */
    ends_well(in_child(child_writes_text, file));
    CHECK(read_file(held_path, content, sizeof content) == size && memcmp(content, expected, size) == 0);
    tempfile_file_free(file);
    unlink(held_path);
}

/* The leak check of a child that was forked beside threads may wait for ever for a lock of the sanitizer's own. */
#ifndef __SANITIZE_ADDRESS__

/* Each thread writes records of its own while others fork. A record is in the file once, and whole, or the write failed. */
enum { THREADS = 8, RECORDS = 400, FORKS = 30, RECORD = 16, CHILDREN = THREADS };
static tempfile_file *shared;

static void write_record(int who, int number)
{
    char record[32];

    snprintf(record, sizeof record, "%03d %010d\n.", who, number);
    put(shared, record);
}

static void *write_records(void *who)
{
    for (int i = 0; i < RECORDS; i++)
        write_record((int)(intptr_t)who, i);
    return NULL;
}

static void every_record_once(void)
{
    static char content[(THREADS * RECORDS + FORKS) * RECORD + 1];
    static unsigned char seen[CHILDREN + 1][RECORDS];
    size_t size = read_file(held_path, content, sizeof content);

    memset(seen, 0, sizeof seen);
    CHECK(size == sizeof content - 1);
    for (size_t at = 0; at < size; at += RECORD) {
        int who, number;

        CHECK(sscanf(content + at, "%3d %10d", &who, &number) == 2 && content[at + RECORD - 1] == '.');
        CHECK(who >= 0 && who <= CHILDREN && number >= 0 && number < RECORDS && seen[who][number]++ == 0);
    }
}

static void beside_threads(uint32_t flags)
{
    pthread_t threads[THREADS];

    shared = held_file(NULL, 100, flags);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, write_records, (void *)(intptr_t)i) == 0);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();

        if (child == 0) {
            write_record(CHILDREN, i);
            exit(0);
        }
        ends_well(child);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    tempfile_file_free(shared);
    every_record_once();
    unlink(held_path);
}

#endif

int main(void)
{
    CHECK(pipe(turn) == 0);
    for (int i = 0; i < 8; i++)
        orders(i & 1 ? TEMPFILE_APPEND : 0, i & 2, i & 4);
    every_first_call(0);
    every_first_call(1);
    generations(0);
    generations(TEMPFILE_APPEND);
    adoption();
    spooled();
    text("utf-8", "\xe6\x97\xa5\n", 4);
    text("utf-8-sig", "\xef\xbb\xbf\xe6\x97\xa5\n", 7);
    text("iso2022_jp", "\x1b$BF|\x1b(B\n", 9);
    text("utf-16", "\xff\xfe\xe5\x65\n\0", 6);
#ifndef __SANITIZE_ADDRESS__
    beside_threads(0);
    beside_threads(TEMPFILE_APPEND);
#endif
    return passed();
}
