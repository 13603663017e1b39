/* The system's tar, as a child process. */
#ifndef TAR_H
#define TAR_H

#include <sys/types.h>

/**
 * Starts tar -cf - of one entry of a folder, without the path below the folder that is named; NULL: none. out_pipe
 * receives the end to read from, which the caller closes.
 */
pid_t tar_create(const char *folder, const char *entry, const char *without, int *out_pipe);

/** Unpacks an archive into a folder. Dies if tar fails. */
void tar_extract(const char *archive, const char *folder);

/** Waits for a child process. Dies unless it exited with 0. */
void wait_for(pid_t child, const char *name);

#endif
