#include "tree.h"
#include "checksum.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tree {
    FTS *walk;
    size_t root_length;
    const char *without;
};

static int by_name(const FTSENT **one, const FTSENT **other)
{
    return strcmp((*one)->fts_name, (*other)->fts_name);
}

struct tree *tree_open(const char *root, const char *without)
{
    struct tree *tree = malloc(sizeof *tree);
    char *roots[] = {(char *)root, NULL}; /* fts_open copies it, and takes char * for old times' sake */

    if (tree == NULL || (tree->walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name)) == NULL)
        die("cannot walk %s: %s", root, strerror(errno));
    tree->root_length = strlen(root);
    tree->without = without;
    return tree;
}

int tree_next(struct tree *tree, struct tree_entry *out_entry)
{
    FTSENT *found;

    while ((found = fts_read(tree->walk)) != NULL) {
        out_entry->path = found->fts_path + tree->root_length + 1;
        switch (found->fts_info) {
        case FTS_F:
        case FTS_SL:
        case FTS_SLNONE: tree_file(found->fts_path, &out_entry->size, &out_entry->checksum); return 1;
        case FTS_D:
            if (found->fts_level == 1 && tree->without != NULL && strcmp(found->fts_name, tree->without) == 0)
                fts_set(tree->walk, found, FTS_SKIP);
            break;
        case FTS_DP: break;
        default: die("cannot walk %s: %s", found->fts_path, strerror(found->fts_errno));
        }
    }
    return 0;
}

void tree_close(struct tree *tree)
{
    fts_close(tree->walk);
    free(tree);
}

void tree_file(const char *path, uint64_t *out_size, uint64_t *out_checksum)
{
    static unsigned char buffer[1 << 16];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = -1;

    *out_size = 0;
    *out_checksum = CHECKSUM_START;
    if (descriptor < 0 && errno == ELOOP) {
        n = readlink(path, (char *)buffer, sizeof buffer);
        *out_size = n > 0 ? (uint64_t)n : 0;
        *out_checksum = checksum(CHECKSUM_START, buffer, *out_size);
    }
    while (descriptor >= 0 && (n = read(descriptor, buffer, sizeof buffer)) > 0) {
        *out_size += (uint64_t)n;
        *out_checksum = checksum(*out_checksum, buffer, (size_t)n);
    }
    if (n < 0)
        die("cannot read %s: %s", path, strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
}
