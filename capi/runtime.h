/* How Go lives in the library: its start, its restart in a forked child, and the library functions that it gets in place of
 * the system's. RUNTIME.md lists what is known of Go's inside here. */
#ifndef TEMPFILE_RUNTIME_H
#define TEMPFILE_RUNTIME_H

#include "internal.h"
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/* What the linker gives C's own code; Go's gets the __wrap_ functions of runtime_wraps.c. */
int __real_sigaction(int number, const struct sigaction *action, struct sigaction *old);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __real_pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
void *__real_mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset);
int __real_munmap(void *address, size_t size);
void *__real_malloc(size_t size);

/* runtime_image.c */
bool tempfile__take_image(void);
void tempfile__put_image_back(void);
bool tempfile__is_instruction(uintptr_t address);

/* runtime_mappings.c */
void tempfile__mapped(void *address, size_t size);
void tempfile__unmapped(void *address, size_t size);
void tempfile__unmap_dead(const void *keep);

/* runtime_wraps.c */
void tempfile__make_key(void);
void tempfile__forget_value(void);

/* runtime_faults.c */
int tempfile__set_fault_action(int number, const struct sigaction *action, struct sigaction *old);
bool tempfile__is_fault(int number);

/* runtime_limits.c */
struct tempfile__obstacle {
    int code; /* a negative errno; 0: there is none */
    const char *reason;
};
struct tempfile__obstacle tempfile__look_for_room(void);
bool tempfile__may_set_signal_stack(stack_t *own);

/* runtime_slot.c */
int tempfile__clear_slot(void);
void tempfile__note_slot(void);
bool tempfile__is_second_copy(void);

#endif
