/* The mappings of Go. A forked child unmaps them before it starts Go again. Otherwise the heap of the dead runtime and
 * the addresses that it reserved, more than 1 GB, would add up from one generation of forks to the next. */
#include "runtime.h"
#include <sys/mman.h>

/* Some 30 are in use. A mapping that finds no place here stays mapped in a child, no more. */
enum { MAPPINGS = 512 };

/* Each is valid at every instruction, as another thread may fork at any: the end is written last, and cleared first. */
static TEMPFILE__KEPT struct mapping {
    char *start, *end; /* end NULL: not in use */
} mappings[MAPPINGS];

static void add(char *start, char *end)
{
    struct mapping *unused = NULL;

    for (int i = 0; i < MAPPINGS; i++) {
        struct mapping *old = &mappings[i];

        if (old->end == NULL) {
            if (unused == NULL)
                unused = old;
        } else if (old->start <= start && end <= old->end) {
            return; /* a part of a reservation, put to use */
        }
    }
    if (unused != NULL) {
        unused->start = start;
        __atomic_store_n(&unused->end, end, __ATOMIC_RELEASE);
    }
}

/* Notes a new mapping of Go's. */
void tempfile__mapped(void *address, size_t size)
{
    pthread_mutex_lock(&tempfile__shared.wiped->mappings);
    add(address, (char *)address + size);
    pthread_mutex_unlock(&tempfile__shared.wiped->mappings);
}

/* Notes that Go is about to unmap addresses. Another thread may map them as soon as Go has unmapped them. */
void tempfile__unmapped(void *address, size_t size)
{
    char *start = address, *end = start + size;

    pthread_mutex_lock(&tempfile__shared.wiped->mappings);
    for (int i = 0; i < MAPPINGS; i++) {
        struct mapping old = mappings[i];

        if (old.end == NULL || old.end <= start || end <= old.start)
            continue;
        __atomic_store_n(&mappings[i].end, NULL, __ATOMIC_RELEASE);
        if (old.start < start)
            add(old.start, start);
        if (end < old.end)
            add(end, old.end);
    }
    pthread_mutex_unlock(&tempfile__shared.wiped->mappings);
}

static bool holds(const struct mapping *mapping, const void *address)
{
    return (const char *)address >= mapping->start && (const char *)address < mapping->end;
}

/* Unmaps the mappings of the dead runtime, but for those that hold a stack in use: this thread's, its alternate one, or
 * the one that it forked on. That one is Go's if a signal handler forked which had interrupted Go. Where it is not known,
 * nothing is unmapped. */
void tempfile__unmap_dead(const void *forked_on)
{
    stack_t alternate = {.ss_flags = SS_DISABLE};
    char here, *end;

    sigaltstack(NULL, &alternate);
    for (int i = 0; i < MAPPINGS; i++) {
        struct mapping *mapping = &mappings[i];
        bool in_use = forked_on == NULL || holds(mapping, forked_on) || holds(mapping, &here) ||
                      ((alternate.ss_flags & SS_DISABLE) == 0 && holds(mapping, alternate.ss_sp));

        if (mapping->end == NULL || in_use)
            continue;
        end = mapping->end;
        __atomic_store_n(
            &mapping->end, NULL,
            __ATOMIC_RELEASE); /* first: a child forked by another thread would unmap whatever is there by then */
        __real_munmap(mapping->start, (size_t)(end - mapping->start));
    }
}
