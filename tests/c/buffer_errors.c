/* Writes that are held back and cannot be passed on. The call that flushes reports it, nothing is dropped, and the position
 * is told; what closing, freeing and the end of the process do then; many threads on one object; misuse. */
#include "buffer.h"
#include <pthread.h>
#include <sys/mman.h>

enum { BUFFER = 16, LIMIT = 10 };

/* The largest size of a file: a write beyond it takes what fits, and the next one fails with EFBIG. */
static void limit_files(rlim_t size)
{
    CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, RLIM_INFINITY}) == 0);
}

static void no_limit(void)
{
    limit_files(RLIM_INFINITY);
}

/* A device that is full in place of the file, until the file comes back. */
static int put_aside(tempfile_file *file)
{
    int descriptor = tempfile_file_fileno(file), aside = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    int full = open("/dev/full", O_RDWR | O_CLOEXEC);

    CHECK(descriptor >= 0 && aside >= 0 && full >= 0 && dup3(full, descriptor, O_CLOEXEC) == descriptor);
    close(full);
    return aside;
}

static void bring_back(tempfile_file *file, int descriptor, int aside)
{
    (void)file;
    CHECK(dup3(aside, descriptor, O_CLOEXEC) == descriptor && close(aside) == 0);
}

/* Each call that flushes fails while there is no room, again and again, and succeeds when there is. */
static void every_call(const char *mode, int known)
{
    for (int i = 0; i < PASSING; i++) {
        tempfile_file *file = held_file(mode, BUFFER, 0);

        if (strchr(mode, 'b') == NULL && is_positional(passing[i].call)) {
            tempfile_file_free(file);
            unlink(held_path);
            continue;
        }
        if (known)
            make_known_to_go(file);
        put(file, "0123456789abc");
        limit_files(LIMIT);
        CHECK(passing[i].call(file) == -EFBIG);
        CHECK(tempfile_last_error()->code == -EFBIG && file_is("0123456789") && tempfile_file_tell(file) == 13);
        if (passing[i].call != tempfile_file_close) {
            CHECK(passing[i].call(file) == -EFBIG && file_is("0123456789") && tempfile_file_tell(file) == 13);
            CHECK(tempfile_file_write(file, "0123456789abcdef", 16) == -EFBIG && tempfile_file_tell(file) == 13);
        }
        put(file, "def"); /* there is room in the buffer */
        no_limit();
        CHECK(passing[i].call(file) >= 0 && file_is("0123456789abcdef"));
        tempfile_file_free(file);
        CHECK(file_is("0123456789abcdef") && unlink(held_path) == 0);
    }
}

/* A write that does not fit takes nothing when the flush before it fails, and the next one finds all in order. */
static void a_write(uint32_t flags)
{
    tempfile_file *file = held_file(NULL, BUFFER, flags);

    put(file, "0123456789abcdef" + 1);
    limit_files(LIMIT);
    CHECK(tempfile_file_write(file, "0123456789ab", 12) == -EFBIG && file_is("123456789a"));
    CHECK(tempfile_file_write(file, "xyz", 3) == 3); /* ten bytes are gone from the buffer */
    if (flags == 0)
        CHECK(tempfile_file_tell(file) == 18);
    else
        CHECK(tempfile_file_tell(file) == -EFBIG); /* where the next byte goes is known when those before it are written */
    CHECK(tempfile_file_write(file, "0123456789abcdef", 16) == -EFBIG);
    no_limit();
    CHECK(tempfile_file_write(file, "!", 1) == 1 && tempfile_file_tell(file) == 19);
    CHECK(tempfile_file_close(file) == 0 && file_is("123456789abcdefxyz!"));
    tempfile_file_free(file);
    unlink(held_path);
}

static const char *message(void)
{
    return tempfile_last_error()->message;
}

/* The first close that fails leaves the file open, the second one gives up. A success in between counts anew. */
static void closing(int known)
{
    tempfile_file *file = held_file(NULL, BUFFER, 0);

    if (known)
        make_known_to_go(file);
    put(file, "0123456789abc");
    limit_files(LIMIT);
    CHECK(tempfile_file_close(file) == -EFBIG && strcmp(tempfile_last_error()->operation, "write") == 0);
    CHECK(strstr(message(), "lost") == NULL && tempfile_file_tell(file) == 13);
    no_limit();
    CHECK(tempfile_file_flush(file) == 0 && file_is("0123456789abc"));
    limit_files(LIMIT);
    put(file, "defg");
    CHECK(tempfile_file_close(file) == -EFBIG && tempfile_file_tell(file) == 17);
    put(file, "h");
    CHECK(tempfile_file_close(file) == -EFBIG && strstr(message(), "5 bytes") != NULL && strstr(message(), "lost") != NULL);
    CHECK(tempfile_file_close(file) == 0 && tempfile_file_tell(file) == -EBADF && tempfile_file_flush(file) == -EBADF);
    no_limit();
    tempfile_file_free(file);
    CHECK(file_is("0123456789abc") && unlink(held_path) == 0);
}

/* A close that fails once and then has room ends well. */
static void closing_again(int known)
{
    tempfile_file *file = held_file(NULL, BUFFER, 0);
    int descriptors;

    if (known)
        make_known_to_go(file);
    put(file, "0123456789abc");
    limit_files(LIMIT);
    CHECK(tempfile_file_close(file) == -EFBIG);
    no_limit();
    descriptors = descriptors_now();
    CHECK(tempfile_file_close(file) == 0 && file_is("0123456789abc") && descriptors_now() == descriptors - 1);
    tempfile_file_free(file);
    unlink(held_path);
}

/* Freeing drops it, and leaves errno and the descriptors alone. A name that is to go goes. */
static void freeing(int known, int fails_first, uint32_t flags)
{
    int descriptors = descriptors_now();
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.buffering = BUFFER;
    options.flags = TEMPFILE_BUFFERED_WRITES | flags;
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    strcpy(held_path, tempfile_file_name(file));
    if (known)
        make_known_to_go(file);
    put(file, "0123456789abc");
    limit_files(LIMIT);
    if (fails_first)
        CHECK(tempfile_file_close(file) == -EFBIG);
    errno = ERANGE;
    tempfile_file_free(file);
    CHECK(errno == ERANGE && descriptors_now() == descriptors && tempfile_file_close(file) == -EBADF);
    no_limit();
    if (flags & TEMPFILE_NO_DELETE)
        CHECK(file_is("0123456789") && unlink(held_path) == 0);
    else
        CHECK(access(held_path, F_OK) != 0);
}

/* A full device: nothing is taken. The file's own descriptor comes back later. */
static void full_device(uint32_t flags)
{
    tempfile_file *file = held_file(NULL, BUFFER, flags);
    int descriptor, aside;

    put(file, "begun ");
    aside = put_aside(file);
    descriptor = tempfile_file_fileno(file);
    put(file, "held back");
    CHECK(tempfile_file_sync(file, 0) == -ENOSPC && tempfile_file_flush(file) == -ENOSPC);
    CHECK(tempfile_file_write(file, "0123456789", 10) == -ENOSPC && tempfile_file_close(file) == -ENOSPC);
    bring_back(file, descriptor, aside);
    CHECK(tempfile_file_close(file) == 0 && file_is("begun held back"));
    tempfile_file_free(file);
    unlink(held_path);
}

/* tempfile_cleanup leaves a file as closing it does: open after the first failure, if its name stays. */
static void cleaning_up(void)
{
    tempfile_file *file = held_file(NULL, BUFFER, 0);

    put(file, "0123456789abc");
    limit_files(LIMIT);
    CHECK(tempfile_cleanup() == -EFBIG && strcmp(tempfile_last_error()->path, held_path) == 0);
    CHECK(tempfile_file_tell(file) == 13);
    no_limit();
    CHECK(tempfile_cleanup() == 0 && file_is("0123456789abc") && tempfile_file_tell(file) == -EBADF);
    tempfile_file_free(file);
    unlink(held_path);

    file = held_file(NULL, BUFFER, 0);
    put(file, "0123456789abc");
    limit_files(LIMIT);
    CHECK(tempfile_cleanup() == -EFBIG && tempfile_cleanup() == -EFBIG && tempfile_cleanup() == 0);
    CHECK(tempfile_file_tell(file) == -EBADF);
    no_limit();
    tempfile_file_free(file);
    CHECK(file_is("0123456789") && unlink(held_path) == 0);
}

static void exits(tempfile_file *file)
{
    put_aside(file);
    put(file, "0123456789abc");
    exit(0);
}

/* A normal exit that cannot write ends as it should. */
static void at_exit(void)
{
    tempfile_file *file = held_file(NULL, BUFFER, 0);

    ends_well(in_child(exits, file));
    CHECK(file_is(""));
    tempfile_file_free(file);
    CHECK(file_is("") && unlink(held_path) == 0);
}

/* 200 threads on one object, while the room for files comes and goes. A record whose write returned its size is in the file
 * once and whole; one whose write failed is not in it. */
enum { THREADS = 200, RECORDS = 50, RECORD = 12 };
static tempfile_file *one;
static unsigned char written[THREADS][RECORDS];
static int running;

static void *write_records(void *argument)
{
    int who = (int)(intptr_t)argument;
    char record[32];

    for (int i = 0; i < RECORDS; i++) {
        int64_t result;

        snprintf(record, sizeof record, "%04d %05d\n.", who, i);
        result = tempfile_file_write(one, record, RECORD);
        CHECK(result == RECORD || result == -EFBIG);
        written[who][i] = result == RECORD;
        if (i % 10 == who % 10) {
            result = who % 3 == 0 ? tempfile_file_flush(one) : tempfile_file_tell(one);
            CHECK(result >= 0 || result == -EFBIG);
        }
    }
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void each_once(void)
{
    static char content[THREADS * RECORDS * RECORD + 1];
    size_t size = read_file(held_path, content, sizeof content);
    long whole = 0;

    CHECK(size % RECORD == 0);
    for (size_t at = 0; at < size; at += RECORD) {
        int who, number;

        CHECK(sscanf(content + at, "%4d %5d", &who, &number) == 2 && content[at + RECORD - 1] == '.');
        CHECK(who >= 0 && who < THREADS && number >= 0 && number < RECORDS && written[who][number] == 1);
        written[who][number] = 2;
        whole++;
    }
    for (int i = 0; i < THREADS * RECORDS; i++)
        CHECK(((unsigned char *)written)[i] != 1);
    CHECK(whole > RECORDS);
}

static void many_threads(uint32_t flags)
{
    pthread_attr_t small;
    pthread_t threads[THREADS];

    one = held_file(NULL, 100, flags);
    running = THREADS;
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 1 << 18) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], &small, write_records, (void *)(intptr_t)i) == 0);
    for (rlim_t room = 777; __atomic_load_n(&running, __ATOMIC_SEQ_CST) > 0; room += 777) {
        limit_files(room);
        usleep(100);
        no_limit();
        usleep(100);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    pthread_attr_destroy(&small);
    CHECK(tempfile_file_close(one) == 0);
    each_once();
    tempfile_file_free(one);
    unlink(held_path);
}

static int made_with(const char *mode, int64_t buffering, uint32_t flags, tempfile_file **file)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    options.mode = mode;
    options.buffering = buffering;
    options.flags = flags;
    return tempfile_named_temporary_file(&options, file);
}

static void misuse_of_options(void)
{
    const uint32_t held = TEMPFILE_BUFFERED_WRITES;
    tempfile_file *file = NULL;

    CHECK(made_with(NULL, TEMPFILE_UNBUFFERED, held, &file) == -EINVAL && file == NULL);
    CHECK(made_with(NULL, -3, held, &file) == -EINVAL && made_with(NULL, INT64_MIN, held, &file) == -EINVAL);
    CHECK(made_with("w+", TEMPFILE_UNBUFFERED, held, &file) == -EINVAL && file == NULL);
    /* A buffer that there is no memory for is an error of the write that wants it, and the file is usable. */
    for (int64_t buffering = INT64_MAX; buffering > INT64_C(1) << 60; buffering /= 2) {
        char byte;

        if (made_with(NULL, buffering, held, &file) != 0)
            continue;
        CHECK(tempfile_file_write(file, "x", 1) == -ENOMEM && tempfile_file_tell(file) == 0);
        CHECK(tempfile_file_flush(file) == 0 && tempfile_file_read(file, &byte, 1) <= 0);
        CHECK(tempfile_file_close(file) == 0);
        tempfile_file_free(file);
    }
    CHECK(made_with("r", 0, held, &file) == 0 && tempfile_file_write(file, "x", 1) == -EBADF);
    tempfile_file_free(file);
}

static void misuse(void)
{
    tempfile_file *file = held_file(NULL, BUFFER, 0), *text = NULL, *appended = NULL;
    char byte = 0;

    put(file, "held");
    CHECK(tempfile_file_write(file, NULL, 1) == -EINVAL && tempfile_file_write(file, NULL, 0) >= -EINVAL);
    CHECK(tempfile_file_write(file, "", 0) == 0);
    CHECK(tempfile_file_write(file, &byte, SIZE_MAX) < 0 && tempfile_file_write(file, &byte, SIZE_MAX / 2) < 0);
    CHECK(tempfile_file_pwrite(file, "x", 1, -1) == -EINVAL && tempfile_file_pwrite(file, "x", 1, INT64_MIN) == -EINVAL);
    CHECK(tempfile_file_pwrite(file, "xy", 2, INT64_MAX) < 0 && tempfile_file_pwrite(file, NULL, 1, 0) == -EINVAL);
    CHECK(tempfile_file_pread(file, &byte, 1, -1) == -EINVAL && tempfile_file_pread(file, NULL, 1, 0) == -EINVAL);
    CHECK(tempfile_file_pread(file, &byte, 1, INT64_MAX) <= 0);
    CHECK(tempfile_file_sync(file, 2) == -EINVAL && tempfile_file_sync(file, TEMPFILE_BUFFERED_WRITES) == -EINVAL);
    CHECK(tempfile_file_tell(file) == 4);
    CHECK(tempfile_file_close(file) == 0 && file_is("held"));
    CHECK(tempfile_file_pread(file, &byte, 1, 0) == -EBADF && tempfile_file_pwrite(file, &byte, 1, 0) == -EBADF);
    CHECK(tempfile_file_sync(file, 0) == -EBADF && tempfile_file_write(file, "x", 1) == -EBADF);
    tempfile_file_free(file);
    CHECK(tempfile_file_sync(file, 0) == -EBADF && tempfile_file_pread(NULL, &byte, 1, 0) == -EBADF);
    CHECK(tempfile_file_pwrite((tempfile_file *)(intptr_t)7, &byte, 1, 0) == -EBADF);
    unlink(held_path);
    CHECK(made_with("w+", 0, TEMPFILE_BUFFERED_WRITES, &text) == 0);
    put(text, "held");
    CHECK(tempfile_file_pread(text, &byte, 1, 0) == -EINVAL && tempfile_file_pwrite(text, "x", 1, 0) == -EINVAL);
    CHECK(tempfile_file_write(text, "\xff", 1) == -EILSEQ && tempfile_file_tell(text) == 4);
    tempfile_file_free(text);
    CHECK(made_with(NULL, 0, TEMPFILE_BUFFERED_WRITES | TEMPFILE_APPEND, &appended) == 0);
    put(appended, "held");
    CHECK(tempfile_file_pwrite(appended, "x", 1, 0) == -EINVAL && tempfile_file_tell(appended) == 4);
    tempfile_file_free(appended);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    for (int known = 0; known < 2; known++) {
        every_call("w+b", known);
        every_call("w+", known);
        closing(known);
        closing_again(known);
        for (int i = 0; i < 4; i++)
            freeing(known, i & 1, i & 2 ? TEMPFILE_NO_DELETE : 0);
    }
    a_write(0);
    a_write(TEMPFILE_APPEND);
    full_device(0);
    full_device(TEMPFILE_APPEND);
    cleaning_up();
    at_exit();
    many_threads(0);
    many_threads(TEMPFILE_APPEND);
    misuse_of_options();
    misuse();
    return passed();
}
