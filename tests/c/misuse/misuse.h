/* The frame of these programs: all functions that take a handle, and counts of the process's resources. */
#ifndef MISUSE_H
#define MISUSE_H

#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>

/* Returns the number of descriptors of the process, without the two of Go's runtime for polling, which it opens when it
 * first needs them. The descriptor that counts is always included. */
static inline int open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    int count = 0;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        char target[64] = "";

        if (readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1) > 0)
            count += strncmp(target, "anon_inode:[event", 17) != 0;
    }
    closedir(directory);
    return count;
}

/* Returns the number of names in TMPDIR, which tests/c/run makes for each program. */
static inline int names_left(void)
{
    return entries_of(getenv("TMPDIR"));
}

enum { FILE_CALLS = 16, DIRECTORY_CALLS = 4, REMOVAL_CALLS = 1 };

/* Calls a function of a file by its number, with valid arguments. */
static inline int64_t file_call(int number, tempfile_file *file)
{
    char buffer[64];

    switch (number) {
    case 0: return tempfile_file_read(file, buffer, sizeof buffer);
    case 1: return tempfile_file_readline(file, buffer, sizeof buffer);
    case 2: return tempfile_file_write(file, "misuse", 6);
    case 3: return tempfile_file_seek(file, 3, SEEK_SET);
    case 4: return tempfile_file_tell(file);
    case 5: return tempfile_file_truncate(file, 100);
    case 6: return tempfile_file_flush(file);
    case 7: return tempfile_file_fileno(file);
    case 8: return tempfile_file_detach(file);
    case 9: return tempfile_file_name(file) == NULL ? tempfile_last_error()->code : 0;
    case 10: return tempfile_file_rollover(file);
    case 11: return tempfile_file_rolled(file);
    case 12: return tempfile_file_keep(file);
    case 13: return tempfile_file_reopen(file, "r");
    case 14: return tempfile_file_unkeep(file);
    default: return tempfile_file_close(file);
    }
}

static inline int64_t directory_call(int number, tempfile_directory *directory)
{
    switch (number) {
    case 0: return tempfile_directory_name(directory) == NULL ? tempfile_last_error()->code : 0;
    case 1: return tempfile_directory_keep(directory);
    case 2: return tempfile_directory_unkeep(directory);
    default: return tempfile_directory_cleanup(directory);
    }
}

/* Checks that every function returns -EBADF for an invalid handle, and that freeing it does nothing. */
static inline void check_no_handle(const void *value)
{
    uint64_t removed = 77;

    for (int i = 0; i < FILE_CALLS; i++) {
        CHECK(file_call(i, (tempfile_file *)value) == -EBADF);
        CHECK(tempfile_last_error()->code == -EBADF && *tempfile_last_error()->message != '\0');
    }
    for (int i = 0; i < DIRECTORY_CALLS; i++)
        CHECK(directory_call(i, (tempfile_directory *)value) == -EBADF);
    CHECK(tempfile_removal_step((tempfile_removal *)value, 1, &removed) == -EBADF && removed == 77);
    tempfile_file_free((tempfile_file *)value);
    tempfile_directory_free((tempfile_directory *)value);
    tempfile_removal_free((tempfile_removal *)value);
}

#endif
