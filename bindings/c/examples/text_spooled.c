/* Text in a SpooledTemporaryFile: Latin-1 with the line ends of Windows rolls over in the middle of being read. */
#include <tempfile.h>

#include <stdio.h>
#include <string.h>

static int failed(void)
{
    fprintf(stderr, "text_spooled: %s\n", tempfile_last_error()->message);
    return 1;
}

/* Reads a line, whatever ends it in the file: newline is NULL, so that it ends with '\n' here. */
static int print_line(tempfile_file *file)
{
    char line[100];
    int64_t n = tempfile_file_readline(file, line, sizeof line);

    if (n > 0)
        printf("%s: %s", tempfile_file_rolled(file) == 1 ? "on disk" : "in memory", line);
    return n > 0;
}

int main(void)
{
    static const char text[] = "\xc3\xa9t\xc3\xa9\r\nfa\xc3\xa7"
                               "ade\r\n",
                      more[] = "100 \xe2\x82\xac\r\n";
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;
    int64_t here;

    options.mode = "w+";
    options.encoding = "latin-1";
    options.errors = "xmlcharrefreplace"; /* what Latin-1 does not have is written as &#8364; */
    options.max_size = 20;                /* bytes of the file, not of UTF-8 */
    if (tempfile_spooled_temporary_file(&options, &file) < 0)
        return failed();
    if (tempfile_file_write(file, text, strlen(text)) < 0 || tempfile_file_seek(file, 0, SEEK_SET) < 0)
        return failed();
    if (!print_line(file) || (here = tempfile_file_tell(file)) < 0)
        return failed();

    /* A write at the end goes past max_size; the position of the text is as good as before. */
    if (tempfile_file_seek(file, 0, SEEK_END) < 0 || tempfile_file_write(file, more, strlen(more)) < 0)
        return failed();
    if (tempfile_file_seek(file, here, SEEK_SET) < 0)
        return failed();
    while (print_line(file))
        ;
    tempfile_file_free(file);
    return tempfile_last_error()->code < 0 ? failed() : 0;
}

/* Output:
in memory: été
on disk: façade
on disk: 100 &#8364;
*/
