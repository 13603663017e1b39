/* Calls every function of the header. A table contains the address of each, so that the undefined symbols of this program
 * are the whole list of the header (make check-symbols compares them). The calls go through the table, as in a binding for
 * another language. */
#include "platform.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct {
    __typeof__(&tempfile_mkstemp) mkstemp;
    __typeof__(&tempfile_mkdtemp) mkdtemp;
    __typeof__(&tempfile_mktemp) mktemp;
    __typeof__(&tempfile_unnamed) unnamed;
    __typeof__(&tempfile_mkstemp_into) mkstemp_into;
    __typeof__(&tempfile_unnamed_into) unnamed_into;
    __typeof__(&tempfile_named_temporary_file) named_temporary_file;
    __typeof__(&tempfile_temporary_file) temporary_file;
    __typeof__(&tempfile_spooled_temporary_file) spooled_temporary_file;
    __typeof__(&tempfile_temporary_directory) temporary_directory;
    __typeof__(&tempfile_random_names) random_names;
    __typeof__(&tempfile_gettempdir) gettempdir;
    __typeof__(&tempfile_gettempdirb) gettempdirb;
    __typeof__(&tempfile_gettempprefix) gettempprefix;
    __typeof__(&tempfile_gettempprefixb) gettempprefixb;
    __typeof__(&tempfile_settempdir) settempdir;
    __typeof__(&tempfile_candidates) candidates;
    __typeof__(&tempfile_file_read) file_read;
    __typeof__(&tempfile_file_readline) file_readline;
    __typeof__(&tempfile_file_write) file_write;
    __typeof__(&tempfile_file_seek) file_seek;
    __typeof__(&tempfile_file_tell) file_tell;
    __typeof__(&tempfile_file_truncate) file_truncate;
    __typeof__(&tempfile_file_flush) file_flush;
    __typeof__(&tempfile_file_fileno) file_fileno;
    __typeof__(&tempfile_file_detach) file_detach;
    __typeof__(&tempfile_file_reopen) file_reopen;
    __typeof__(&tempfile_file_name) file_name;
    __typeof__(&tempfile_file_rollover) file_rollover;
    __typeof__(&tempfile_file_rolled) file_rolled;
    __typeof__(&tempfile_file_keep) file_keep;
    __typeof__(&tempfile_file_unkeep) file_unkeep;
    __typeof__(&tempfile_file_adopt) file_adopt;
    __typeof__(&tempfile_file_close) file_close;
    __typeof__(&tempfile_file_free) file_free;
    __typeof__(&tempfile_directory_name) directory_name;
    __typeof__(&tempfile_directory_keep) directory_keep;
    __typeof__(&tempfile_directory_unkeep) directory_unkeep;
    __typeof__(&tempfile_directory_adopt) directory_adopt;
    __typeof__(&tempfile_directory_cleanup) directory_cleanup;
    __typeof__(&tempfile_directory_free) directory_free;
    __typeof__(&tempfile_file_persist) file_persist;
    __typeof__(&tempfile_file_publish) file_publish;
    __typeof__(&tempfile_publish_descriptor) publish_descriptor;
    __typeof__(&tempfile_replace) replace;
    __typeof__(&tempfile_directory_persist) directory_persist;
    __typeof__(&tempfile_register_file) register_file;
    __typeof__(&tempfile_register_directory) register_directory;
    __typeof__(&tempfile_rmtree) rmtree;
    __typeof__(&tempfile_removal_start) removal_start;
    __typeof__(&tempfile_removal_resume) removal_resume;
    __typeof__(&tempfile_identify_directory) identify_directory;
    __typeof__(&tempfile_removal_step) removal_step;
    __typeof__(&tempfile_removal_free) removal_free;
    __typeof__(&tempfile_unlink) unlink;
    __typeof__(&tempfile_recovery_enable) recovery_enable;
    __typeof__(&tempfile_recovery_announce) recovery_announce;
    __typeof__(&tempfile_recovery_withdraw) recovery_withdraw;
    __typeof__(&tempfile_recovery_start) recovery_start;
    __typeof__(&tempfile_recovery_step) recovery_step;
    __typeof__(&tempfile_recovery_free) recovery_free;
    __typeof__(&tempfile_cleanup) cleanup;
    __typeof__(&tempfile_keep_all) keep_all;
    __typeof__(&tempfile_cleanup_on_signals) cleanup_on_signals;
    __typeof__(&tempfile_cleanup_on_signal) cleanup_on_signal;
    __typeof__(&tempfile_cleanup_at_signal) cleanup_at_signal;
    __typeof__(&tempfile_file_pread) file_pread;
    __typeof__(&tempfile_file_pwrite) file_pwrite;
    __typeof__(&tempfile_file_sync) file_sync;
    __typeof__(&tempfile_version) version;
    __typeof__(&tempfile_strerror) strerror;
    __typeof__(&tempfile_last_error) last_error;
} all = {
    tempfile_mkstemp,
    tempfile_mkdtemp,
    tempfile_mktemp,
    tempfile_unnamed,
    tempfile_mkstemp_into,
    tempfile_unnamed_into,
    tempfile_named_temporary_file,
    tempfile_temporary_file,
    tempfile_spooled_temporary_file,
    tempfile_temporary_directory,
    tempfile_random_names,
    tempfile_gettempdir,
    tempfile_gettempdirb,
    tempfile_gettempprefix,
    tempfile_gettempprefixb,
    tempfile_settempdir,
    tempfile_candidates,
    tempfile_file_read,
    tempfile_file_readline,
    tempfile_file_write,
    tempfile_file_seek,
    tempfile_file_tell,
    tempfile_file_truncate,
    tempfile_file_flush,
    tempfile_file_fileno,
    tempfile_file_detach,
    tempfile_file_reopen,
    tempfile_file_name,
    tempfile_file_rollover,
    tempfile_file_rolled,
    tempfile_file_keep,
    tempfile_file_unkeep,
    tempfile_file_adopt,
    tempfile_file_close,
    tempfile_file_free,
    tempfile_directory_name,
    tempfile_directory_keep,
    tempfile_directory_unkeep,
    tempfile_directory_adopt,
    tempfile_directory_cleanup,
    tempfile_directory_free,
    tempfile_file_persist,
    tempfile_file_publish,
    tempfile_publish_descriptor,
    tempfile_replace,
    tempfile_directory_persist,
    tempfile_register_file,
    tempfile_register_directory,
    tempfile_rmtree,
    tempfile_removal_start,
    tempfile_removal_resume,
    tempfile_identify_directory,
    tempfile_removal_step,
    tempfile_removal_free,
    tempfile_unlink,
    tempfile_recovery_enable,
    tempfile_recovery_announce,
    tempfile_recovery_withdraw,
    tempfile_recovery_start,
    tempfile_recovery_step,
    tempfile_recovery_free,
    tempfile_cleanup,
    tempfile_keep_all,
    tempfile_cleanup_on_signals,
    tempfile_cleanup_on_signal,
    tempfile_cleanup_at_signal,
    tempfile_file_pread,
    tempfile_file_pwrite,
    tempfile_file_sync,
    tempfile_version,
    tempfile_strerror,
    tempfile_last_error,
};

static mode_t mode_of(const char *path)
{
    struct stat stat;

    return lstat(path, &stat) == 0 ? stat.st_mode : 0;
}

static void unnamed(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    struct stat status;
    char byte;

    for (int i = 0; i < 2; i++) {
        int descriptor = all.unnamed(&options);

        CHECK(descriptor >= 0 && (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(fstat(descriptor, &status) == 0 && status.st_mode == (S_IFREG | 0600) && status.st_nlink == 0);
        CHECK(write(descriptor, "x", 1) == 1 && pread(descriptor, &byte, 1, 0) == 1 && byte == 'x' &&
              close(descriptor) == 0);
        options.flags = TEMPFILE_NO_O_TMPFILE; /* the same file with a name for a moment */
    }
    options.prefix = "a/b";
    CHECK(all.unnamed(&options) == -EINVAL && all.last_error()->code == -EINVAL);
    options.prefix = NULL;
    options.dir = "/nonexistent";
    CHECK(all.unnamed(&options) == -ENOENT && strcmp(all.last_error()->path, "/nonexistent") != 0);
    options.flags = TEMPFILE_ONLY_O_TMPFILE;
    CHECK(all.unnamed(&options) == -ENOENT && strcmp(all.last_error()->path, "/nonexistent") == 0);
}

static void into(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char path[TEMPFILE_PATH_SIZE];
    struct stat status;

    for (int i = 0; i < 3; i++) { /* with a plan from Go, and again with the stored plan */
        tempfile_fd descriptor = -1;

        CHECK(all.mkstemp_into(&options, path, sizeof path, &descriptor) == descriptor && fstat(descriptor, &status) == 0 &&
              status.st_nlink == 1);
        CHECK(close(descriptor) == 0 && unlink(path) == 0);
        descriptor = -1;
        CHECK(all.unnamed_into(&options, &descriptor) == descriptor && fstat(descriptor, &status) == 0 &&
              status.st_nlink == 0);
        CHECK(close(descriptor) == 0);
        descriptor = -1;
        CHECK(all.mkstemp_into(&options, path, 3, &descriptor) == -ERANGE && descriptor == -1);
        CHECK(all.mkstemp_into(&options, path, sizeof path, NULL) == -EINVAL && all.unnamed_into(&options, NULL) == -EINVAL);
    }
    options.dir = "/nonexistent";
    {
        tempfile_fd descriptor = -1;

        CHECK(all.mkstemp_into(&options, path, sizeof path, &descriptor) == -ENOENT &&
              all.unnamed_into(&options, &descriptor) == -ENOENT);
        CHECK(descriptor == -1 && all.last_error()->code == -ENOENT);
    }
}

static void paths(void)
{
    char path[TEMPFILE_PATH_SIZE], same[TEMPFILE_PATH_SIZE], names[3][9], *list;
    int64_t size;
    int descriptor;

    CHECK(all.gettempdir(path, sizeof path) == 0 && strcmp(path, getenv("TMPDIR")) == 0);
    CHECK(all.gettempdirb(same, sizeof same) == 0 && strcmp(path, same) == 0);
    CHECK(strcmp(all.gettempprefix(), "tmp") == 0 && strcmp(all.gettempprefixb(), "tmp") == 0);
    size = all.candidates(NULL, 0);
    CHECK(size > 0 && (list = malloc((size_t)size)) != NULL);
    CHECK(all.candidates(list, (size_t)size) == size && strcmp(list, path) == 0);
    free(list);
    CHECK(all.random_names(names[0], 3) == 0 && strlen(names[2]) == 8 && strcmp(names[0], names[1]) != 0);

    CHECK((descriptor = all.mkstemp(NULL, path, sizeof path)) >= 0 && mode_of(path) == (S_IFREG | 0600));
    CHECK((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0 && close(descriptor) == 0);
    CHECK(all.unlink(path, getpid() + 1) == 0 && mode_of(path) != 0);
    CHECK(all.unlink(path, getpid()) == 0 && mode_of(path) == 0);
    CHECK(all.mktemp(NULL, path, sizeof path) == 0 && mode_of(path) == 0);
    unnamed();
    into();

    CHECK(all.mkdtemp(NULL, path, sizeof path) == 0 && mode_of(path) == (S_IFDIR | 0700));
    CHECK(all.settempdir(path) == 0 && all.mkdtemp(NULL, same, sizeof same) == 0);
    CHECK(strncmp(same, path, strlen(path)) == 0 && same[strlen(path)] == '/');
    CHECK(all.settempdir(NULL) == 0);
    CHECK(all.rmtree(path, 0) == 0 && mode_of(path) == 0 && mode_of(same) == 0);
}

static void files(void)
{
    tempfile_file *file;
    char path[TEMPFILE_PATH_SIZE], line[16];
    int descriptor;

    CHECK(all.named_temporary_file(NULL, &file) == 0);
    strcpy(path, all.file_name(file));
    CHECK(all.file_write(file, "one\ntwo", 7) == 7 && all.file_tell(file) == 7);
    CHECK(all.file_seek(file, 0, SEEK_SET) == 0 && all.file_readline(file, line, sizeof line) == 4 &&
          strcmp(line, "one\n") == 0);
    CHECK(all.file_read(file, line, sizeof line) == 3 && memcmp(line, "two", 3) == 0);
    CHECK(all.file_pwrite(file, "ONE", 3, 0) == 3 && all.file_pread(file, line, sizeof line, 2) == 5 &&
          memcmp(line, "E\ntwo", 5) == 0 && all.file_sync(file, 0) == 0 && all.file_sync(file, TEMPFILE_DATA_ONLY) == 0);
    CHECK(all.file_truncate(file, 2) == 2 && all.file_flush(file) == 0);
    CHECK(lseek(all.file_fileno(file), 0, SEEK_END) == 2);
    CHECK((descriptor = all.file_reopen(file, "r")) >= 0 && read(descriptor, line, sizeof line) == 2 &&
          close(descriptor) == 0);
    CHECK(all.file_keep(file) == 0 && all.file_unkeep(file) == 0);
    CHECK(all.file_keep(file) == 0 && all.file_close(file) == 0 && mode_of(path) != 0);
    all.file_free(file);
    CHECK(unlink(path) == 0);

    CHECK(all.temporary_file(NULL, &file) == 0 && all.file_name(file) == NULL);
    CHECK((descriptor = all.file_detach(file)) >= 0);
    all.file_free(file);
    CHECK(write(descriptor, "mine", 4) == 4 && close(descriptor) == 0);

    CHECK(all.spooled_temporary_file(NULL, &file) == 0 && all.file_rolled(file) == 0);
    CHECK(all.file_rollover(file) == 0 && all.file_rolled(file) == 1);
    all.file_free(file);
}

static void directories(void)
{
    tempfile_directory *directory;
    tempfile_removal *removal;
    char path[TEMPFILE_PATH_SIZE];
    struct stat stat_;
    uint64_t removed, device, inode;

    CHECK(all.temporary_directory(NULL, &directory) == 0);
    strcpy(path, all.directory_name(directory));
    CHECK(mode_of(path) == (S_IFDIR | 0700));
    CHECK(all.directory_cleanup(directory) == 0 && mode_of(path) == 0);
    all.directory_free(directory);

    CHECK(all.temporary_directory(NULL, &directory) == 0);
    strcpy(path, all.directory_name(directory));
    CHECK(all.directory_keep(directory) == 0 && all.directory_unkeep(directory) == 0 && all.directory_keep(directory) == 0);
    all.directory_free(directory);
    CHECK(mode_of(path) == (S_IFDIR | 0700));
    CHECK(lstat(path, &stat_) == 0);
    CHECK(all.identify_directory(path, 0, &device, &inode) == 0 && device == stat_.st_dev && inode == stat_.st_ino);
    CHECK(all.identify_directory("/proc", 0, &device, &inode) == -ESTALE);
    CHECK(all.removal_resume(path, 0, stat_.st_dev, stat_.st_ino + 1, &removal) == -ESTALE);
    CHECK(all.removal_resume(path, 0, stat_.st_dev, stat_.st_ino, &removal) == 0);
    all.removal_free(removal);
    CHECK(all.removal_start(path, 0, &removal) == 0);
    CHECK(all.removal_step(removal, 1, &removed) == 0 && removed == 1 && mode_of(path) == 0);
    all.removal_free(removal);
}

/* Files and directories of mkstemp and mkdtemp are registered, and are deleted with their handles. */
static void registrations(void)
{
    tempfile_directory *directory;
    tempfile_file *file;
    char path[TEMPFILE_PATH_SIZE];

    CHECK(close(all.mkstemp(NULL, path, sizeof path)) == 0 && all.register_file(path, &file) == 0);
    all.file_free(file);
    CHECK(mode_of(path) == 0 && all.mkdtemp(NULL, path, sizeof path) == 0);
    CHECK(all.register_directory(path, &directory) == 0);
    all.directory_free(directory);
    CHECK(mode_of(path) == 0);
}

/* What becomes lasting is there when its handle is gone. */
static void publications(void)
{
    tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT;
    tempfile_directory *directory;
    tempfile_file *file;
    char path[TEMPFILE_PATH_SIZE], other[TEMPFILE_PATH_SIZE];
    int descriptor;

    CHECK(all.mktemp(NULL, path, sizeof path) == 0 && all.mktemp(NULL, other, sizeof other) == 0);
    CHECK(all.replace(path, "lasting", 7, TEMPFILE_NO_REPLACE) == 0 && mode_of(path) != 0);
    CHECK(all.named_temporary_file(NULL, &file) == 0 && all.file_persist(file, path, TEMPFILE_LIKE_TARGET) == 0);
    options.permissions = 0640;
    CHECK(strcmp(all.file_name(file), path) == 0 && all.file_publish(file, other, &options) == 0);
    all.file_free(file);
    CHECK(mode_of(path) == 0 && mode_of(other) == (S_IFREG | 0640));
    descriptor = all.unnamed(NULL);
    CHECK(all.publish_descriptor(descriptor, NULL, other, NULL) == 0 && close(descriptor) == 0 && unlink(other) == 0);
    CHECK(all.temporary_directory(NULL, &directory) == 0 && all.directory_persist(directory, path, 0) == 0);
    all.directory_free(directory);
    CHECK(mode_of(path) == (S_IFDIR | 0700) && all.rmtree(path, 0) == 0);
}

/* What a killed child has left, and announced. */
static void recoveries(void)
{
    tempfile_recovered item = {.struct_size = sizeof item};
    tempfile_directory *journals;
    tempfile_recovery *recovery;
    char announced[TEMPFILE_PATH_SIZE];
    const char *where;
    int status, items = 0;
    pid_t pid;

    if (!opens_the_root()) {
        puts("recovery is left out: it begins at the root, and the emulator has another one");
        return;
    }
    CHECK(all.temporary_directory(NULL, &journals) == 0);
    where = all.directory_name(journals);
    CHECK(all.mktemp(NULL, announced, sizeof announced) == 0 && all.recovery_announce(announced, 1) == 0);
    pid = fork();
    if (pid == 0) {
        tempfile_file *file;

        CHECK(all.recovery_enable(where) == 0 && all.named_temporary_file(NULL, &file) == 0);
        CHECK(all.recovery_announce(announced, TEMPFILE_RECOVERED_DIRECTORY) == 0 && mkdir(announced, 0700) == 0);
        CHECK(all.recovery_withdraw("/nonexistent") == 0);
        kill(getpid(), SIGKILL);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    CHECK(all.recovery_start(where, 0, &recovery) == 0);
    while (all.recovery_step(recovery, 100, &item) == 1) {
        CHECK(item.code == 0 && item.action == TEMPFILE_RECOVERED && mode_of(item.path) == 0 && item.reason[0] == '\0');
        items++;
    }
    all.recovery_free(recovery);
    CHECK(items == 2 && mode_of(announced) == 0 && entries_of(where) == 0);
    all.directory_free(journals);
}

/* A child adopts its parent's objects, and removes them at its end. */
static void in_child(void)
{
    tempfile_directory *directory;
    tempfile_file *file;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        CHECK(all.keep_all() == 0);
        exit(0); /* it has made nothing, and prints nothing */
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(all.named_temporary_file(NULL, &file) == 0 && all.temporary_directory(NULL, &directory) == 0);
    pid = fork();
    if (pid == 0) {
        CHECK(all.file_adopt(file) == 0 && all.directory_adopt(directory) == 0);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(mode_of(all.file_name(file)) == 0 && mode_of(all.directory_name(directory)) == 0);
    all.file_free(file);
    all.directory_free(directory);
}

int main(void)
{
    CHECK(strcmp(all.version(), TEMPFILE_VERSION) == 0);
    CHECK(strcmp(all.strerror(-ENOENT), "No such file or directory") == 0);
    CHECK(all.cleanup_on_signals() == 0 && all.cleanup_on_signal(SIGALRM) == 0 && all.cleanup_on_signal(SIGKILL) == -EINVAL);
    CHECK(all.cleanup() == 0 && all.cleanup_at_signal(SIGUSR1, TEMPFILE_SIGNAL_ALWAYS) == 0);
    paths();
    files();
    directories();
    registrations();
    publications();
    recoveries();
    in_child();
    CHECK(all.file_tell(NULL) == -EBADF && all.last_error()->code == -EBADF);
    return passed();
}
