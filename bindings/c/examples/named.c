/* NamedTemporaryFile: a file with a path that another program can open, deleted when it is closed. */
#include <tempfile.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int failed(void)
{
    fprintf(stderr, "named: %s\n", tempfile_last_error()->message);
    return 1;
}

int main(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    static const char text[] = "one\ntwo\nthree\n";
    char line[32], path[TEMPFILE_PATH_SIZE];
    tempfile_file *file;
    int64_t n;

    options.prefix = "report-";
    options.suffix = ".txt";
    if (tempfile_named_temporary_file(&options, &file) < 0)
        return failed();
    snprintf(path, sizeof path, "%s", tempfile_file_name(file)); /* the name itself goes with the handle */
    printf("made %s\n", path);

    if (tempfile_file_write(file, text, strlen(text)) < 0 || tempfile_file_seek(file, 0, SEEK_SET) < 0)
        return failed(); /* the file is deleted at exit */
    while ((n = tempfile_file_readline(file, line, sizeof line)) > 0)
        printf("%2d bytes: %s", (int)n, line);
    if (n < 0)
        return failed();

    if (tempfile_file_close(file) < 0) /* reports what tempfile_file_free would have to keep quiet about */
        return failed();
    tempfile_file_free(file);
    printf("after closing it %s\n", access(path, F_OK) == 0 ? "exists" : "is gone");
    return 0;
}

/* Output:
made /tmp/report-????????.txt
 4 bytes: one
 4 bytes: two
 6 bytes: three
after closing it is gone
*/
