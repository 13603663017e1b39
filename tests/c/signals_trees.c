/* The removal of full directories at a signal, which uses system calls alone. It has the rules of every removal: it follows
 * no symbolic link, enters no mount, and leaves another directory that has the name. It leaves everything beyond its bounds,
 * too. */
#include "check.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { MANY = 3000, DEEP = 60, TOO_DEEP = 70 };

static char base[TEMPFILE_PATH_SIZE]; /* contains the directories, and files that must stay */

static char *in_base(const char *name)
{
    static char paths[8][TEMPFILE_PATH_SIZE + 64];
    static int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", base, name);
    return path;
}

static void write_file(const char *path)
{
    int descriptor = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);

    CHECK(descriptor >= 0 && write(descriptor, "x", 1) == 1 && close(descriptor) == 0);
}

static int there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

/* Makes a temporary directory, and makes it the current one. */
static const char *enter_new(void)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory;

    options.dir = base;
    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    CHECK(chdir(tempfile_directory_name(directory)) == 0);
    return tempfile_directory_name(directory);
}

static void die(void)
{
    CHECK(tempfile_cleanup_on_signals() == 0);
    raise(SIGTERM);
}

static void all_sorts(void)
{
    char name[256];

    enter_new();
    CHECK(mkdir("read-only", 0700) == 0 && mkdir("read-only/in", 0700) == 0 && mkfifo("fifo", 0600) == 0);
    write_file("read-only/in/file");
    CHECK(chmod("read-only/in", 0500) == 0 && chmod("read-only", 0500) == 0);
    CHECK(symlink(in_base("victim"), "link") == 0 && symlink("/nowhere", "broken") == 0 &&
          symlink(in_base("victim"), "read") == 0);
    memset(name, 'n', 255);
    name[255] = '\0';
    write_file(name);
    CHECK(mkdir("full", 0700) == 0 && mkdir("full/\xff\n", 0700) == 0);
    write_file("full/\xff\n/x");
    CHECK(link(in_base("victim/file"), "hard") == 0);
    die();
}

static void many(void)
{
    char name[64];

    enter_new();
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "some-name-that-is-not-short-%d", i);
        if (i % 10 == 0) {
            CHECK(mkdir(name, 0700) == 0);
            strcat(name, "/file");
        }
        write_file(name);
    }
    die();
}

static void make_deep(int levels)
{
    enter_new();
    for (int i = 0; i < levels; i++) {
        CHECK(mkdir("d", 0700) == 0 && chdir("d") == 0);
        write_file("file");
    }
}

static void deep(void)
{
    make_deep(DEEP);
    die();
}

static void too_deep(void)
{
    make_deep(TOO_DEEP);
    die();
}

/* The host has only a few free descriptors. */
static void few_descriptors(void)
{
    make_deep(4);
    CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){12, 12}) == 0);
    die();
}

static void other_root(void)
{
    const char *name = enter_new();

    write_file("file");
    CHECK(rename(name, in_base("moved")) == 0 && rename(in_base("victim"), name) == 0);
    die();
}

static void link_as_root(void)
{
    const char *name = enter_new();

    write_file("file");
    CHECK(rename(name, in_base("moved")) == 0 && symlink(in_base("victim"), name) == 0);
    die();
}

/* Drops all capabilities. Root may do everything, which would hide errors. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    CHECK(syscall(SYS_capset, &header, none) == 0);
}

static void may_mount(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        _exit(77);
}

/* A directory of the host is mounted in the tree. It is on the same device. */
static void mounted_below(void)
{
    may_mount();
    enter_new();
    CHECK(mkdir("a", 0700) == 0 && mkdir("a/mount", 0700) == 0);
    write_file("a/file");
    if (mount(in_base("victim"), "a/mount", NULL, MS_BIND, NULL) != 0)
        _exit(77);
    die();
}

/* The directory is a mount point: it is mounted on itself. */
static void mounted_root(void)
{
    const char *name;

    may_mount();
    name = enter_new();
    write_file("file");
    if (mount(name, name, NULL, MS_BIND, NULL) != 0)
        _exit(77);
    die();
}

/* Other processes go on writing into the tree. The signal must still end the process, after two seconds at most. */
static void refilled(void)
{
    enter_new();
    CHECK(mkdir("d", 0700) == 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char name[32];

            alarm(30);
            for (unsigned n = 0; !there(in_base("stop")); n++) {
                snprintf(name, sizeof name, "d/%d-%u", i, n % 100);
                close(open(name, O_CREAT | O_WRONLY, 0600));
            }
            _exit(0);
        }
    for (int i = 0; i < 2; i++)
        while (!there(i == 0 ? "d/0-50" : "d/1-50"))
            ;
    die();
}

static const struct test_case {
    const char *name;
    void (*run)(void);
    int stay; /* the number of entries left beside the victim; -1: any number */
    int as_root;
} test_cases[] = {
    {"all sorts", all_sorts, 0, 0},
    {"many", many, 0, 0},
    {"deep", deep, 0, 0},
    {"too deep", too_deep, 1, 0},
    {"few descriptors", few_descriptors, 0, 0},
    {"other root", other_root, -1, 0},
    {"link as root", link_as_root, -1, 0},
    {"mounted below", mounted_below, 1, 1},
    {"mounted root", mounted_root, 1, 1},
    {"refilled", refilled, -1, 0},
};

static int skipped;

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void expect(const struct test_case *test_case)
{
    double start = seconds();
    int status, found, victims;
    pid_t pid;

    CHECK(tempfile_mkdtemp(NULL, base, sizeof base) == 0);
    CHECK(mkdir(in_base("victim"), 0700) == 0);
    write_file(in_base("victim/file"));
    CHECK(chmod(base, 01777) == 0);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        if (!test_case->as_root)
            drop_capabilities();
        test_case->run();
        _exit(1);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (status == 77 << 8) {
        skipped++;
    } else {
        if (!WIFSIGNALED(status))
            fprintf(stderr, "%s: status %x\n", test_case->name, (unsigned)status);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        CHECK(seconds() - start < 20);
        found = entries_of(base) - 1;
        if (test_case->run == refilled)
            write_file(in_base("stop"));
        if (test_case->stay >= 0 && found != test_case->stay)
            fprintf(stderr, "%s: %d entries are left\n", test_case->name, found);
        CHECK(test_case->stay < 0 || found == test_case->stay);
        victims = there(in_base("victim/file"));
        if (test_case->run == other_root) { /* the victim now has the directory's name */
            CHECK(found == 1 && there(in_base("moved/file")) && !there(in_base("victim")));
            victims = 1;
        }
        CHECK(victims);
        if (test_case->run == link_as_root)
            CHECK(there(in_base("moved/file")));
    }
    while (tempfile_rmtree(base, 0) != 0) /* the writers of the last case are still ending */
        CHECK(test_case->run == refilled);
}

int main(void)
{
    tempfile_file *file;

    CHECK(tempfile_temporary_file(NULL, &file) == 0); /* starts Go before any child is made */
    tempfile_file_free(file);
    for (size_t i = 0; i < sizeof test_cases / sizeof *test_cases; i++)
        expect(&test_cases[i]);
    printf("%d cases, %d skipped without the right to mount; ", (int)(sizeof test_cases / sizeof *test_cases), skipped);
    return passed();
}
