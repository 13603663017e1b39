/* Text: the program has UTF-8, the file has Latin-1 and the line ends of Windows. */
#include <tempfile.h>

#include <stdio.h>
#include <string.h>

static int failed(void)
{
    fprintf(stderr, "text_latin1: %s\n", tempfile_last_error()->message);
    return 1;
}

/* What another program sees. */
static void print_bytes(const char *path)
{
    FILE *stream = fopen(path, "rb");
    int byte;

    if (stream == NULL)
        return;
    while ((byte = getc(stream)) != EOF)
        printf(byte >= ' ' && byte <= '~' ? "%c" : "<%02x>", byte);
    printf("\n");
    fclose(stream);
}

int main(void)
{
    static const char text[] = "caf\xc3\xa9\nna\xc3\xafve\n", euro[] = "5 \xe2\x82\xac\n";
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;
    char line[100];
    int64_t n;

    options.mode = "w+"; /* no 'b': text */
    options.encoding = "latin-1";
    options.newline = "\r\n";
    if (tempfile_named_temporary_file(&options, &file) < 0)
        return failed();
    if (tempfile_file_write(file, text, strlen(text)) < 0)
        return failed();
    print_bytes(tempfile_file_name(file));

    /* What Latin-1 does not have is an error that says where, and nothing of it is written. */
    if (tempfile_file_write(file, euro, strlen(euro)) < 0)
        printf("%s\n", strstr(tempfile_last_error()->message, "U+20AC"));

    if (tempfile_file_seek(file, 0, SEEK_SET) < 0)
        return failed();
    while ((n = tempfile_file_readline(file, line, sizeof line)) > 0)
        printf("%d bytes of UTF-8: %.*s\n", (int)n, (int)strcspn(line, "\r\n"), line);
    tempfile_file_free(file);
    return n < 0 ? failed() : 0;
}

/* Output:
caf<e9><0d><0a>na<ef>ve<0d><0a>
U+20AC is not in latin_1 at offset 2
7 bytes of UTF-8: café
8 bytes of UTF-8: naïve
*/
