/* The slot: the word of each thread in which Go keeps its g, the goroutine that runs there.
 *
 * With glibc it is a thread-local variable of Go's in the loader's static reserve. musl has no such reserve for what is
 * loaded at run time, so Go is given a word that every thread of musl's has and nobody uses; capi/internal/elf puts its
 * place into the library after the link. RUNTIME.md says which word that is. */
#define _GNU_SOURCE
#include "runtime.h"
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#if defined __GLIBC__
#if defined __x86_64__
#define GO_SLOT "runtime.tlsg"
#elif defined __aarch64__
#define GO_SLOT "runtime.tls_g"
#else
#error "libtempfile knows Go's thread-local slot on x86-64 and arm64"
#endif
extern __thread uintptr_t go_slot __asm__(GO_SLOT) __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Empties the slot of a thread that comes for the first time, or after a fork, where it holds a g of the dead runtime. */
int tempfile__clear_slot(void)
{
    go_slot = 0;
    return 0;
}

void tempfile__note_slot(void)
{
}

bool tempfile__is_second_copy(void)
{
    return false;
}

#else

/* capi/internal/elf writes the same offsets into the library. */
static volatile uintptr_t *slot(void)
{
#if defined __x86_64__
    uintptr_t thread;

    __asm__("movq %%fs:0, %0" : "=r"(thread));
    return (volatile uintptr_t *)(thread + 0x20);
#elif defined __aarch64__
    return (volatile uintptr_t *)((uintptr_t)__builtin_thread_pointer() + 8);
#else
#error "libtempfile knows a word for Go in musl's thread block on x86-64 and arm64"
#endif
}

/* Every g that was seen in a slot. A new thread has its creator's word in its slot, so these are expected there. When the
 * table is full every value is taken for Go's. */
enum { SEEN = 4096 };
static TEMPFILE__KEPT uintptr_t seen[SEEN];

/* The place of a g in the table, its own or a free one; NULL: the table is full. */
static uintptr_t *place_of(uintptr_t g)
{
    for (unsigned i = 0; i < SEEN; i++) {
        uintptr_t *place = &seen[(g / 64 + i) % SEEN], now = __atomic_load_n(place, __ATOMIC_RELAXED);

        if (now == 0 || now == g)
            return place;
    }
    return NULL;
}

/* Empties the slot; -EBUSY: somebody else uses it. */
int tempfile__clear_slot(void)
{
    uintptr_t g = *slot();
    const uintptr_t *place;

    if (g != 0 && (place = place_of(g)) != NULL && *place != g)
        return -EBUSY;
    *slot() = 0;
    return 0;
}

/* Remembers the g that Go has put into the slot. */
void tempfile__note_slot(void)
{
    uintptr_t g = *slot(), *place, none = 0;

    while (g != 0 && (place = place_of(g)) != NULL && *place != g &&
           !__atomic_compare_exchange_n(place, &none, g, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        none = 0;
}

/* A note in the library's file, by which one copy knows another. */
static const struct {
    Elf64_Nhdr head;
    char owner[12];
} mark __attribute__((section(".note.libtempfile"), aligned(4), used)) = {{.n_namesz = sizeof "libtempfile", .n_type = 1},
                                                                          "libtempfile"};

/* Tells whether a loaded object has the note, and where. */
static const void *mark_of(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const char *at = (const char *)object->dlpi_addr + object->dlpi_phdr[i].p_vaddr,
                   *end = at + object->dlpi_phdr[i].p_memsz;

        if (object->dlpi_phdr[i].p_type != PT_NOTE)
            continue;
        while (at + sizeof mark <= end) {
            const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;

            if (memcmp(note, &mark, sizeof mark) == 0)
                return note;
            at += sizeof *note + ((note->n_namesz + 3u) & ~3u) + ((note->n_descsz + 3u) & ~3u);
        }
    }
    return NULL;
}

static int find_first(struct dl_phdr_info *object, size_t size, void *first)
{
    *(const void **)first = mark_of(object);
    return *(const void **)first != NULL;
}

/* Tells whether another copy of the library was loaded before this one. Both would have Go in the same word. */
bool tempfile__is_second_copy(void)
{
    const void *first = NULL;

    dl_iterate_phdr(find_first, &first);
    return first != &mark;
}
#endif
