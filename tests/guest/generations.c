/* A chain of 200 generations, each of which uses the library and what the first one made; the next is refused and told
 * why, and all before it go on. */
#include "check.h"
#include <errno.h>
#include <sys/wait.h>

enum { LAST = 200 };

static tempfile_file *spooled;
static tempfile_directory *directory;

static void wait_for(pid_t pid)
{
    int status;

    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void generation(int number)
{
    char text[8], path[TEMPFILE_PATH_SIZE];
    pid_t pid;

    if (number > LAST) {
        CHECK(tempfile_file_tell(spooled) == -EOWNERDEAD);
        CHECK(strstr(tempfile_last_error()->message, "more than 200 deep") != NULL);
        tempfile_directory_free(directory);
        return;
    }
    CHECK(tempfile_file_seek(spooled, 0, SEEK_SET) == 0);
    CHECK(tempfile_file_read(spooled, text, sizeof text) == 7 && memcmp(text, "spooled", 7) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(600);
        generation(number + 1);
        exit(0);
    }
    wait_for(pid);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0 && tempfile_rmtree(path, 0) == 0);
}

int main(void)
{
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    generation(1);
    CHECK(access(tempfile_directory_name(directory), F_OK) == 0);
    printf("%d generations, the next refused; ", LAST);
    return passed();
}
