/* Another user owns the parent directory, and replaces each new directory as fast as possible by a vault, a directory with
 * the host's own files. The library must never remove a file from the vault, even if it takes the vault for the new
 * directory. The control identifies the directory by its name after mkdir, as the library would without its look at the
 * times; it must lose files. */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/inotify.h>
#include <sys/stat.h>

enum { TRIES = 10000 };

static char above[TEMPFILE_PATH_SIZE], vault[TEMPFILE_PATH_SIZE + 8], away[TEMPFILE_PATH_SIZE + 8];
static volatile int stop;
static int swapped;

/* Waits for each creation in the kernel's notifications, renames the new directory away, and renames the vault to its
 * name. */
static void *swap(void *unused)
{
    int descriptor = inotify_init1(IN_NONBLOCK);
    char buffer[4096] __attribute__((aligned(8))), taken[2 * TEMPFILE_PATH_SIZE];

    CHECK(descriptor >= 0 && inotify_add_watch(descriptor, above, IN_CREATE) >= 0);
    while (!stop) {
        ssize_t size = read(descriptor, buffer, sizeof buffer);

        for (char *at = buffer; size > 0 && at < buffer + size;
             at += sizeof(struct inotify_event) + ((struct inotify_event *)at)->len) {
            const struct inotify_event *event = (const void *)at;

            if (strncmp(event->name, "new-", 4) != 0)
                continue;
            snprintf(taken, sizeof taken, "%s/%s", above, event->name);
            if (rename(taken, away) == 0 && rename(vault, taken) == 0)
                __atomic_add_fetch(&swapped, 1, __ATOMIC_RELAXED);
        }
    }
    close(descriptor);
    return unused;
}

static int vault_directory = -1, precious = -1;

static void make_vault(void)
{
    close(vault_directory);
    close(precious);
    CHECK(mkdir(vault, 0755) == 0 || errno == EEXIST);
    vault_directory = open(vault, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    precious = openat(vault_directory, "precious", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    CHECK(vault_directory >= 0 && precious >= 0);
}

/* Returns true if the vault's file is lost. Otherwise puts the vault back to its place. */
static int is_lost(const char *path)
{
    char link[64], now[TEMPFILE_PATH_SIZE] = "";
    struct stat stat;

    CHECK(fstat(precious, &stat) == 0);
    if (stat.st_nlink == 0)
        return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", vault_directory);
    CHECK(readlink(link, now, sizeof now - 1) > 0);
    if (strcmp(now, vault) != 0)
        rename(now, vault);
    rmdir(away);
    rmdir(path);
    return 0;
}

/* Makes and ends one directory. Returns true if the vault's file was lost. */
static int with_library(int i)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    char prefix[32], path[TEMPFILE_PATH_SIZE] = "";
    tempfile_directory *directory;
    int result;

    /* by turns C makes it with a stored plan, and Go makes a new plan */
    snprintf(prefix, sizeof prefix, "new-%d-", i % 2 == 0 ? 0 : i);
    options.dir = above;
    options.prefix = prefix;
    result = tempfile_temporary_directory(&options, &directory);
    CHECK(result == 0 || result == -ESTALE || result == -ENOENT);
    if (result != 0) {
        strcpy(path, tempfile_last_error()->path);
    } else {
        strcpy(path, tempfile_directory_name(directory));
        tempfile_directory_free(directory);
    }
    return is_lost(path);
}

static int by_the_name(int i)
{
    char path[TEMPFILE_PATH_SIZE + 32];
    struct stat stat;

    snprintf(path, sizeof path, "%s/new-%d", above, i);
    CHECK(mkdir(path, 0700) == 0);
    if (lstat(path, &stat) == 0) {
        tempfile_removal *removal = NULL;

        usleep(20); /* gives the attacker time; here the swap falls before the look more often than in the library */
        if (lstat(path, &stat) == 0 && S_ISDIR(stat.st_mode) && tempfile_removal_start(path, 0, &removal) == 0) {
            tempfile_removal_step(removal, 100, NULL);
            tempfile_removal_free(removal);
        }
    }
    return is_lost(path);
}

int main(void)
{
    int lost = 0, control = 0, tries = 0;
    pthread_t thread;

    snprintf(above, sizeof above, "%s/above", getenv("TMPDIR"));
    snprintf(vault, sizeof vault, "%s/vault", above);
    snprintf(away, sizeof away, "%s/away", above);
    CHECK(mkdir(above, 0777) == 0);
    make_vault();
    CHECK(pthread_create(&thread, NULL, swap, NULL) == 0);
    for (int i = 0; i < TRIES; i++)
        lost += with_library(i);
    CHECK(lost == 0);
    CHECK(__atomic_load_n(&swapped, __ATOMIC_RELAXED) > 0);
    while (control == 0 && tries < 100 * TRIES) {
        make_vault();
        control += by_the_name(tries++);
    }
    CHECK(control > 0);
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(tempfile_rmtree(above, 0) == 0);
    printf("%d swaps in %d creations, nothing lost; control: lost in try %d; ", swapped, TRIES, tries);
    return passed();
}
