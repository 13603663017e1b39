/* What the build with hooks adds, for tests only. */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdint.h>

int tempfile_test_panic(void);           /* panics inside Go */
int tempfile_test_fault(void);           /* reads where there is nothing, inside Go */
int64_t tempfile_test_collect(void);     /* collects garbage; how often that was done */
int64_t tempfile_test_allocations(void); /* what Go has allocated, in objects */
int tempfile_test_work(int rounds);      /* uses stack and heap, without a call of the system */
int tempfile_test_helpers(int most);     /* a removal has so many from its start, < 0: as many as pay; how many there were */
void tempfile_test_restart_off(int off); /* a forked child calls the dead runtime, one of vfork may start Go */
int64_t tempfile_test_live(void);        /* objects that were not freed */
int64_t tempfile_test_epoch(void);       /* the generation of this process */
void tempfile_test_age(void);            /* a record is good for one more object; handles that live are no good any more */

#endif
