/* The functions that the build with hooks adds, for tests only. */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdint.h>

int tempfile_test_panic(void);           /* panics inside Go */
int tempfile_test_fault(void);           /* reads an invalid address inside Go */
int64_t tempfile_test_collect(void);     /* collects garbage; returns the number of collections */
int64_t tempfile_test_allocations(void); /* returns the number of objects that Go has allocated */
int tempfile_test_work(int rounds);      /* uses stack and heap, without a system call */
/* gives each removal `most` helpers from its start, or for < 0 a number that it chooses; returns how many the last had */
int tempfile_test_helpers(int most);
/* nonzero: a forked child calls the dead runtime, and a child of vfork may start Go */
void tempfile_test_restart_off(int off);
int64_t tempfile_test_live(void);  /* returns the number of objects that are not freed */
int64_t tempfile_test_epoch(void); /* returns the epoch of this process */
void tempfile_test_age(void);      /* leaves each record one more generation, and makes live handles stale */

#endif
