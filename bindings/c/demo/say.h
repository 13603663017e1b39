/* What the demo says: aligned lines on stdout, and one loud line on stderr when something does not hold. */
#ifndef SAY_H
#define SAY_H

#include <stdint.h>

/** Starts a step: its name, and what it does. */
void say_step(const char *name, const char *what);

/** One line of a step: a label of at most 9 characters, and a text as printf makes it. */
void say(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Ends the process with 1 after one line on stderr. What is still open is cleaned up by the library at exit. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Passes a result of the library on; for a negative one it dies with the library's own message. */
int64_t need(int64_t result);

/** A count with a comma at every third digit, in one of eight buffers that are used in turn. */
const char *grouped(uint64_t count);

#endif
