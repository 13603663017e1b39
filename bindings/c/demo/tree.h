/* Walks a directory tree in an order that depends on names alone, with the size and checksum of every file. */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>

struct tree; /* a walk under way */

struct tree_entry {
    const char *path; /* below the root; valid until the next tree_next */
    uint64_t size;    /* in bytes */
    uint64_t checksum;
};

/**
 * Starts a walk, which the caller ends with tree_close. without is an entry of the root that is left out; NULL: none.
 * Dies if the root cannot be walked.
 */
struct tree *tree_open(const char *root, const char *without);

/** Gives the next file or link. 0: there are no more. Dies at one it cannot read. */
int tree_next(struct tree *tree, struct tree_entry *out_entry);

void tree_close(struct tree *tree);

/** Size and checksum of one file's content; a link's is where it leads. Dies if it cannot be read. */
void tree_file(const char *path, uint64_t *out_size, uint64_t *out_checksum);

#endif
