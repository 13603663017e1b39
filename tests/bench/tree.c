/* Makes a tree to remove, and contains the shortest program that removes it. */
#include "worker.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORIES = 40, FILES = 500 };

void raw_rmtree(void);

const char *tree_path(void)
{
    static char path[PATH_ROOM];

    if (path[0] == '\0')
        join(path, "tree");
    return path;
}

void plant_tree(void)
{
    char path[PATH_ROOM], name[64];

    MUST(mkdir(tree_path(), 0700) == 0);
    for (int i = 0; i < DIRECTORIES; i++) {
        snprintf(name, sizeof name, "tree/directory%02d", i);
        join(path, name);
        MUST(mkdir(path, 0700) == 0);
        for (int j = 0; j < FILES; j++) {
            int descriptor;

            snprintf(name, sizeof name, "tree/directory%02d/file%03d", i, j);
            join(path, name);
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            MUST(descriptor >= 0 && close(descriptor) == 0);
        }
    }
}

/* Removes the entries of a directory, and closes it. */
static void empty(int descriptor)
{
    DIR *entries = fdopendir(descriptor);
    struct dirent *entry;

    MUST(entries != NULL);
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (entry->d_type == DT_DIR) {
            int below = openat(descriptor, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

            MUST(below >= 0);
            empty(below);
        }
        MUST(unlinkat(descriptor, entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0) == 0);
    }
    MUST(closedir(entries) == 0);
}

void raw_rmtree(void)
{
    int descriptor = open(tree_path(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    MUST(descriptor >= 0);
    empty(descriptor);
    MUST(rmdir(tree_path()) == 0);
}
