/* The fast group: what C does itself in place of a call into Go. It does a subset of the core's rules, and hands over anything
 * else: a function here that answers false has changed nothing, and Go does it all. */
#ifndef TEMPFILE_FAST_H
#define TEMPFILE_FAST_H

#include "object.h"

/* --- fast_io.c */

bool tempfile__read_memory(tempfile__record *record, void *buffer, size_t size, int64_t *result);
bool tempfile__write_memory(tempfile__record *record, const void *data, size_t size, int64_t *result);

/* --- fast_descriptor.c */

bool tempfile__show_descriptor(tempfile__record *record, tempfile_fd *result);
bool tempfile__detach_descriptor(tempfile__record *record, tempfile_fd *result);

/* --- fast_identity.c */

bool tempfile__identify_new(const char *path, uint64_t *out_device, uint64_t *out_inode);
bool tempfile__identify_directory(const char *path, uint32_t permissions, uint64_t *out_device, uint64_t *out_inode, int *result);

/* --- fast_recipes.c */

enum tempfile__creation {
    TEMPFILE__MKSTEMP, TEMPFILE__MKDTEMP, TEMPFILE__UNNAMED, TEMPFILE__NAMED_FILE, TEMPFILE__UNNAMED_FILE, TEMPFILE__TEMPORARY_DIRECTORY,
    TEMPFILE__SPOOLED_FILE
};
bool tempfile__repeat_mkstemp(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *result);
bool tempfile__repeat_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size, int *result);
bool tempfile__repeat_unnamed_descriptor(const tempfile_options *options, tempfile_fd *result);
bool tempfile__repeat_named(const tempfile_options *options, tempfile__record *record, int *result);
bool tempfile__repeat_unnamed(const tempfile_options *options, tempfile__record *record, int *result);
bool tempfile__repeat_directory(const tempfile_options *options, tempfile__record *record, int *result);
void tempfile__remember(enum tempfile__creation creation, const tempfile_options *options, const tempfile__record *record,
                        const char *path, size_t length, int64_t name, size_t name_length, int flags, uint32_t permissions);
void tempfile__free_recipes(struct tempfile__recipes *recipes);

/* --- fast_names.c */

#define TEMPFILE__ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789_" /* record.go checks that it is core's */
enum { TEMPFILE__NAME_LENGTH = 8, TEMPFILE__NAMES = 32 };
struct tempfile__names {
    unsigned left;
    uint64_t numbers[TEMPFILE__NAMES]; /* each makes a name */
};
bool tempfile__draw_name(struct tempfile__names *names, char name[TEMPFILE__NAME_LENGTH]);

#endif
