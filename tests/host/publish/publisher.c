/* One publication, for the harness to interrupt: its system calls stand between two markers in strace's log, and a line says
 * what came of it.
 *
 * usage: publisher CLASS FLAGS SOURCE TARGET
 *
 * CLASS is named, unnamed, spooled or replace, FLAGS a number, SOURCE the directory of the temporary file. The line has,
 * after a tab each: the result, the operation, what became of the file, and the message. The file is "published", or
 * "temporary": it has the content, the position and the name that it had. Anything else is "damaged". */
#include "tempfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 20000, POSITION = 7 };

static char content[SIZE], back[SIZE + 1], name_before[TEMPFILE_PATH_SIZE];

static void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "publisher: %s: %s\n", what, tempfile_last_error()->message);
        exit(2);
    }
}

static tempfile_file *make(const char *kind, const char *source)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file = NULL;

    options.dir = source;
    if (strcmp(kind, "named") == 0)
        need(tempfile_named_temporary_file(&options, &file) == 0, kind);
    else if (strcmp(kind, "unnamed") == 0)
        need(tempfile_temporary_file(&options, &file) == 0, kind);
    else
        need(tempfile_spooled_temporary_file(&options, &file) == 0, kind);
    need(tempfile_file_write(file, content, SIZE) == SIZE, "write");
    need(tempfile_file_seek(file, POSITION, SEEK_SET) == POSITION, "seek");
    if (tempfile_file_name(file) != NULL)
        strcpy(name_before, tempfile_file_name(file));
    return file;
}

/* Tells whether the file is as whole as before, whatever its name. */
static int is_whole(tempfile_file *file)
{
    return tempfile_file_tell(file) == POSITION && tempfile_file_seek(file, 0, SEEK_SET) == 0 &&
           tempfile_file_read(file, back, sizeof back) == SIZE && memcmp(back, content, SIZE) == 0;
}

static const char *what_became(tempfile_file *file, const char *target)
{
    const char *name = tempfile_file_name(file);
    struct stat stat;

    if (!is_whole(file))
        return "damaged";
    if (name != NULL && strcmp(name, target) == 0)
        return "published";
    if (*name_before != '\0')
        return name != NULL && strcmp(name, name_before) == 0 && lstat(name, &stat) == 0 ? "temporary" : "damaged";
    return name == NULL ? "temporary" : "damaged";
}

int main(int count, char **arguments)
{
    const char *kind = arguments[1], *target = count == 5 ? arguments[4] : "", *became = "-";
    uint32_t flags = (uint32_t)strtoul(count == 5 ? arguments[2] : "0", NULL, 0);
    char operation[64], message[TEMPFILE_PATH_SIZE];
    tempfile_file *file = NULL;
    int result;

    if (count != 5)
        return 2;
    memset(content, 'n', SIZE);
    if (strcmp(kind, "replace") != 0)
        file = make(kind, arguments[3]);
    need(tempfile_gettempdir(message, sizeof message) == 0, "the start of the library");
    access("/libtempfile/begin", F_OK);
    result = file != NULL ? tempfile_file_persist(file, target, flags) : tempfile_replace(target, content, SIZE, flags);
    access("/libtempfile/end", F_OK);
    snprintf(operation, sizeof operation, "%s", tempfile_last_error()->operation);
    snprintf(message, sizeof message, "%s", tempfile_last_error()->message);
    if (file != NULL) {
        became = what_became(file, target);
        tempfile_file_free(file);
        if (*name_before != '\0' && access(name_before, F_OK) == 0 && strcmp(name_before, target) != 0)
            became = strcmp(operation, "unlink") == 0 ? became : "damaged";
    }
    printf("%d\t%s\t%s\t%s\n", result, operation, became, message);
    return 0;
}
