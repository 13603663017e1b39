/* The layout of a journal, which lists the objects that recovery may remove after the death of their process. The meaning of
 * each field is in core/recovery/format.go. capi/journal.go does not compile unless the layouts agree. */
#ifndef TEMPFILE_OBJECT_JOURNAL_H
#define TEMPFILE_OBJECT_JOURNAL_H

#include <stdint.h>

#define TEMPFILE__JOURNAL_MAGIC "TMPFJNL1"
#define TEMPFILE__JOURNAL_SUFFIX ".journal"

enum {
    TEMPFILE__SLOT = 256,      /* bytes of a slot; the first one of the file holds the header */
    TEMPFILE__LONG_SLOTS = 17, /* slots of a record with a long path */
    TEMPFILE__FIRST_SLOTS = 64 /* of the first part of the file; each further part has twice as many as the one before */
};

enum tempfile__entry_kind { TEMPFILE__ENTRY_FILE = 1, TEMPFILE__ENTRY_DIRECTORY };
enum { TEMPFILE__ENTRY_RANDOM = 1 }; /* a flag: the name was drawn */

typedef struct tempfile__journal_header {
    char magic[8];
    uint64_t check; /* of all that follows */
    uint64_t salt;  /* begins each record's check; without it an attacker could choose a path that passes for a record */
    uint64_t user, process, start_time, pid_namespace;
    char boot[48], machine[48];
} tempfile__journal_header;

typedef struct tempfile__journal_entry {
    uint64_t check; /* of size, kind, flags and the path; 0: the slot is free */
    uint32_t size;  /* of the path, without a NUL */
    uint16_t kind, flags;
    /* the identity, not known before the object is made */
    uint64_t identity_check; /* begins with check, so that a former record's identity does not pass for this one's */
    uint64_t device, inode;
    int64_t birth_seconds;
    uint64_t birth_nanoseconds; /* UINT64_MAX: the file system has no times of birth */
    char path[TEMPFILE__SLOT - 56];
} tempfile__journal_entry;

#endif
