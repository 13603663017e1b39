/* The fast group: C carries out in place of Go what takes longer to hand over than to do. The creations act on plans that
 * Go has made. The other functions do a subset of the core's rules: one that answers false has changed nothing, and Go
 * does it all. */
#ifndef TEMPFILE_FAST_H
#define TEMPFILE_FAST_H

#include "object.h"

/* --- what the reads, writes and seeks have in common */

/* Nothing is mapped below this address; memoryOf in Go makes an error of it. */
#define TEMPFILE__FIRST_PAGE 4096

/* Tells whether a file is open: for reading or for writing, with the flag. */
static inline bool tempfile__open_for(const tempfile__state *state, uint32_t flag)
{
    return (state->flags & (flag | TEMPFILE__CLOSED | TEMPFILE__DETACHED)) == flag;
}

/* Tells whether a spooled file is in memory. */
static inline bool tempfile__in_memory(const tempfile__state *state)
{
    return state->kind == TEMPFILE__SPOOLED && state->descriptor < 0;
}

/* Tells whether a file is on disk, and its descriptor known to be this process's. */
static inline bool tempfile__on_disk(const tempfile__record *record)
{
    return record->state.descriptor >= 0 && tempfile__descriptor_is_ours(record);
}

/* --- fast_read.c */

bool tempfile__read(tempfile__record *record, void *buffer, size_t size, int64_t *result);
bool tempfile__read_line(tempfile__record *record, char *buffer, size_t size, int64_t *result);

/* --- fast_write.c */

bool tempfile__write(tempfile__record *record, const void *data, size_t size, int64_t *result);

/* --- fast_seek.c */

bool tempfile__seek(tempfile__record *record, int64_t offset, int whence, int64_t *result);
bool tempfile__tell(tempfile__record *record, int64_t *result);

/* --- fast_utf8.c */

bool tempfile__is_utf8(const void *text, size_t size);

/* --- fast_descriptor.c */

bool tempfile__show_descriptor(tempfile__record *record, tempfile_fd *result);
bool tempfile__detach_descriptor(tempfile__record *record, tempfile_fd *result);

/* --- fast_identity.c */

bool tempfile__identify_new(const char *path, uint64_t *out_device, uint64_t *out_inode, struct tempfile__birth *out_birth);
bool tempfile__identify_directory(const char *path, uint32_t permissions, uint64_t *out_device, uint64_t *out_inode,
                                  int *result);

/* --- fast_names.c */

#define TEMPFILE__ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789_" /* record.go checks that it is core's */
enum { TEMPFILE__NAME_LENGTH = 8, TEMPFILE__NAMES = 32 };
struct tempfile__names {
    unsigned left;
    uint64_t numbers[TEMPFILE__NAMES]; /* each makes a name */
};
bool tempfile__draw_name(struct tempfile__names *names, char name[TEMPFILE__NAME_LENGTH]);

/* --- fast_plan.c */

/* The functions that create; core's engine.Creation counts them in the same order. */
enum tempfile__creation {
    TEMPFILE__MKSTEMP = 1,
    TEMPFILE__MKDTEMP,
    TEMPFILE__MKTEMP,
    TEMPFILE__UNNAMED,
    TEMPFILE__NAMED_FILE,
    TEMPFILE__UNNAMED_FILE,
    TEMPFILE__SPOOLED_FILE,
    TEMPFILE__TEMPORARY_DIRECTORY
};
enum { TEMPFILE__ERRNOS = 5 };

/* How something is created, as Go has decided: core's engine.Outline. */
struct tempfile__plan {
    enum tempfile__creation creation;       /* 0: the plan is good for one creation only, or there is none */
    struct tempfile__flat_options *options; /* that it was made for */
    bool lasting;                           /* the same options lead to the same plan again */
    bool by_environment;                    /* the directory was chosen by the environment with the number */
    uint64_t environment;
    char *path;                     /* the directory, the prefix, a place for the name, the suffix */
    size_t size;                    /* of the path, NUL included */
    size_t prefix, name, name_size; /* where in the path, and how long */
    char *directory;
    size_t directory_size;
    struct tempfile__names *names;
    bool random;  /* the name is drawn; otherwise it is the caller's */
    int attempts; /* how many names are tried */
    uint32_t permissions;
    int flags;                        /* of open(2), for a file with a name */
    int unnamed_flags;                /* of open(2), for a file without one; 0: O_TMPFILE is not tried */
    int no_unnamed[TEMPFILE__ERRNOS]; /* after these errors of O_TMPFILE a file with a name must do; 0: none */
    tempfile__state state;            /* of the object, but for its descriptor and identity */
};
int tempfile__plan(enum tempfile__creation creation, const tempfile_options *options, const char *function,
                   struct tempfile__plan **out_plan);
int tempfile__keep_path(struct tempfile__plan *plan, const char *path, size_t size, size_t directory_size);
void tempfile__free_plans(struct tempfile__plans *plans);

/* --- Go's functions for this group. cgo's own prototypes are compiled against these. */

extern int tfgo_plan(char *function, size_t function_size, int creation, struct tempfile__flat_options *options,
                     struct tempfile__plan *plan);
extern int tfgo_identify_new(char *path, size_t size, uint32_t permissions, uint64_t *out_device, uint64_t *out_inode);

#endif
