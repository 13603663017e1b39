/* Objects are created, used and removed under various umasks. Other users never get more rights than without one, and
 * everything is removed. The test runs as root, and as a user whom permissions restrict. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

static mode_t mode_of(const char *path)
{
    struct stat stat;

    CHECK(lstat(path, &stat) == 0);
    return stat.st_mode & 07777;
}

static void use(mode_t creating, mode_t cleaning)
{
    tempfile_file *named, *spooled;
    tempfile_directory *directory;
    char made[TEMPFILE_PATH_SIZE], file[TEMPFILE_PATH_SIZE], inner[TEMPFILE_PATH_SIZE + 8], text[8];
    int descriptor;

    umask(creating);
    CHECK(tempfile_named_temporary_file(NULL, &named) == 0);
    CHECK(tempfile_spooled_temporary_file(NULL, &spooled) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_mkdtemp(NULL, made, sizeof made) == 0);
    CHECK((descriptor = tempfile_mkstemp(NULL, file, sizeof file)) >= 0);
    CHECK(mode_of(tempfile_file_name(named)) == (0600 & ~creating) && mode_of(file) == (0600 & ~creating));
    CHECK(mode_of(tempfile_directory_name(directory)) == (0700 & ~creating) && mode_of(made) == (0700 & ~creating));
    CHECK(tempfile_file_write(spooled, "spooled", 7) == 7 && tempfile_file_rollover(spooled) == 0);
    for (int i = 0; i < 2; i++) {
        tempfile_file *one = i ? named : spooled;

        CHECK(tempfile_file_seek(one, 0, SEEK_SET) == 0 && tempfile_file_write(one, "SPOOLED", 7) == 7);
        CHECK(tempfile_file_seek(one, 0, SEEK_SET) == 0 && tempfile_file_read(one, text, sizeof text) == 7);
    }
    umask(cleaning);
    snprintf(inner, sizeof inner, "%s/inner", tempfile_directory_name(directory));
    CHECK(mkdir(inner, 0700) == 0 || errno == EACCES);
    CHECK(tempfile_directory_cleanup(directory) == 0);
    tempfile_directory_free(directory);
    CHECK(tempfile_rmtree(made, 0) == 0 && access(made, F_OK) != 0);
    tempfile_file_free(named);
    tempfile_file_free(spooled);
    CHECK(close(descriptor) == 0 && tempfile_unlink(file, getpid()) == 0);
}

static void use_all(void)
{
    static const mode_t masks[] = {0777, 0000, 0022, 0277};

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            use(masks[i], masks[k]);
}

int main(void)
{
    int status;
    pid_t pid;

    use_all();
    if (geteuid() != 0) {
        printf("the second user needs root; ");
        return passed();
    }
    umask(022);
    pid = fork();
    if (pid == 0) {
        /* only root may enter the directory above the test's TMPDIR */
        static char tempdir[] = "/tmp/libtempfile-umask.XXXXXX";

        alarm(60);
        CHECK(setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
        CHECK(mkdtemp(tempdir) != NULL && setenv("TMPDIR", tempdir, 1) == 0);
        use_all();
        CHECK(rmdir(tempdir) == 0); /* fails if an entry is left */
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    return passed();
}
