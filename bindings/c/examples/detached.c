/* A detached descriptor: stdio works on the file, while the library still deletes its name. */
#include <tempfile.h>

#include <stdio.h>
#include <unistd.h>

static int failed(const char *what)
{
    fprintf(stderr, "detached: %s\n", what);
    return 1;
}

int main(void)
{
    char path[TEMPFILE_PATH_SIZE], word[16];
    tempfile_file *file;
    FILE *stream;
    int descriptor, number;

    if (tempfile_named_temporary_file(NULL, &file) < 0)
        return failed(tempfile_last_error()->message);
    snprintf(path, sizeof path, "%s", tempfile_file_name(file));

    /* fileno would lend the descriptor, and fclose would then close it behind the library's back. */
    descriptor = tempfile_file_detach(file);
    if (descriptor < 0)
        return failed(tempfile_last_error()->message);
    stream = fdopen(descriptor, "w+");
    if (stream == NULL) {
        close(descriptor);
        return failed("fdopen");
    }

    fprintf(stream, "%s %d\n", "answer", 42);
    rewind(stream);
    if (fscanf(stream, "%15s %d", word, &number) == 2)
        printf("stdio reads: %s = %d\n", word, number);
    if (fclose(stream) != 0)
        return failed(path);
    printf("after fclose the name %s\n", access(path, F_OK) == 0 ? "is still there" : "is gone");
    tempfile_file_free(file);
    printf("after tempfile_file_free the name %s\n", access(path, F_OK) == 0 ? "is still there" : "is gone");
    return 0;
}

/* Output:
stdio reads: answer = 42
after fclose the name is still there
after tempfile_file_free the name is gone
*/
