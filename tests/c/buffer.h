/* What the tests of writes that are held back share. */
#ifndef BUFFER_H
#define BUFFER_H

#include "process.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* The path of the file that held_file made last. */
static char held_path[TEMPFILE_PATH_SIZE];

/* Makes a file that stays, with a buffer of so many bytes. */
static inline tempfile_file *held_file(const char *mode, int64_t buffering, uint32_t flags)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.mode = mode;
    options.buffering = buffering;
    options.flags = TEMPFILE_BUFFERED_WRITES | TEMPFILE_NO_DELETE | flags;
    CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    strcpy(held_path, tempfile_file_name(file));
    return file;
}

static inline void put(tempfile_file *file, const char *text)
{
    CHECK(tempfile_file_write(file, text, strlen(text)) == (int64_t)strlen(text));
}

/* Go makes its object for the record, and ends it later. A file that only C knows is ended by C. */
static inline void make_known_to_go(tempfile_file *file)
{
    CHECK(tempfile_file_flush(file) == 0);
}

/* Reads the whole file into `content`, and returns its size. */
static inline size_t read_file(const char *path, char *content, size_t room)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    CHECK(descriptor >= 0 && (size = pread(descriptor, content, room, 0)) >= 0 && size < (ssize_t)room);
    close(descriptor);
    content[size] = '\0';
    return (size_t)size;
}

/* Compares what other processes see of the file that held_file made last. */
static inline int file_is(const char *expected)
{
    char content[1 << 12];
    size_t size = read_file(held_path, content, sizeof content);
    int same = size == strlen(expected) && memcmp(content, expected, size) == 0;

    if (!same)
        fprintf(stderr, "the file is \"%s\", not \"%s\"\n", content, expected);
    return same;
}

/* Forks, and runs `act` in the child, which ends with _exit(0) if `act` returns. */
static inline pid_t in_child(void (*act)(tempfile_file *file), tempfile_file *file)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        act(file);
        _exit(0);
    }
    return pid;
}

/* The calls that pass on what is held back, or let go of it. */
static inline int by_read(tempfile_file *file)
{
    char byte;

    return (int)tempfile_file_read(file, &byte, 1);
}

static inline int by_readline(tempfile_file *file)
{
    char line[8];

    return (int)tempfile_file_readline(file, line, sizeof line);
}

static inline int by_pread(tempfile_file *file)
{
    char byte;
    int64_t result = tempfile_file_pread(file, &byte, 1, 1 << 20);

    return (int)result;
}

static inline int by_pwrite(tempfile_file *file)
{
    int64_t result = tempfile_file_pwrite(file, "", 0, 0);

    return (int)result;
}

static inline int by_seek(tempfile_file *file)
{
    int64_t result = tempfile_file_seek(file, 0, SEEK_CUR);

    return result < 0 ? (int)result : 0;
}

static inline int by_truncate(tempfile_file *file)
{
    int64_t result = tempfile_file_truncate(file, -1);

    return result < 0 ? (int)result : 0;
}

static inline int by_sync(tempfile_file *file)
{
    return tempfile_file_sync(file, TEMPFILE_DATA_ONLY);
}

static inline int by_fileno(tempfile_file *file)
{
    int result = tempfile_file_fileno(file);

    return result < 0 ? result : 0;
}

static inline int by_detach(tempfile_file *file)
{
    int result = tempfile_file_detach(file);

    return result < 0 ? result : close(result);
}

/* Text has no bytes at an offset. */
static inline int is_positional(int (*call)(tempfile_file *file))
{
    return call == by_pread || call == by_pwrite;
}

enum { LASTING = 9, PASSING = 11 };
static const struct passing {
    const char *name;
    int (*call)(tempfile_file *file);
} passing[PASSING] = {
    /* after these the file is open still */
    {"read", by_read},
    {"readline", by_readline},
    {"pread", by_pread},
    {"pwrite", by_pwrite},
    {"seek", by_seek},
    {"truncate", by_truncate},
    {"sync", by_sync},
    {"flush", tempfile_file_flush},
    {"fileno", by_fileno},
    /* and after these not */
    {"detach", by_detach},
    {"close", tempfile_file_close},
};

#endif
