/* The image: a copy of the writable part of the library, taken before Go first runs in it. A forked child, in which Go's
 * threads are missing, copies it back, and Go's entry can be called again as in a process that has just loaded the
 * library.
 *
 * C's own variables are not part of it, see TEMPFILE__KEPT, so that no other thread and no signal handler ever finds one
 * missing. capi/link.sh fails if one is. */
#define _GNU_SOURCE
#include "runtime.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern char __start_tempfile_kept[] __attribute__((visibility("hidden")));
extern char __stop_tempfile_kept[] __attribute__((visibility("hidden")));

static TEMPFILE__KEPT struct {
    char *start;      /* of the writable part, behind what the loader made read-only */
    char *stored_end; /* of what comes from the file; zeros follow */
    char *end;
    char *copy; /* of start to stored_end; NULL: there is none yet */
} image;

static uintptr_t page_size(void)
{
    return getauxval(AT_PAGESZ);
}

/* The program headers of the library, and how many there are. */
static const ElfW(Phdr) *first_part(void)
{
    return (const void *)(__ehdr_start + ((const ElfW(Ehdr) *)__ehdr_start)->e_phoff);
}

static int parts_count(void)
{
    return ((const ElfW(Ehdr) *)__ehdr_start)->e_phnum;
}

/* Finds the bounds in the library's own headers. Nothing is asked of the loader, whose lists may be half done in a child
 * that was forked while another thread loaded a library. For a sanitizer the headers end with the first. */
__attribute__((no_sanitize("undefined"))) static void find(void)
{
    const ElfW(Phdr) *parts = first_part();
    char *base = (char *)__ehdr_start, *read_only_end = NULL; /* a library's addresses begin at 0 */

    for (int i = 0; i < parts_count(); i++) {
        char *start = base + parts[i].p_vaddr;

        if (parts[i].p_type == PT_GNU_RELRO)
            read_only_end = (char *)((uintptr_t)(start + parts[i].p_memsz) & ~(page_size() - 1)); /* as the loader rounds */
        if (parts[i].p_type != PT_LOAD || (parts[i].p_flags & PF_W) == 0)
            continue; /* capi/internal/elf has seen that there is one */
        image.start = start;
        image.stored_end = start + parts[i].p_filesz;
        image.end = start + parts[i].p_memsz;
    }
    if (read_only_end > image.start)
        image.start = read_only_end;
}

/* Word by word: memcpy would be the sanitizers', which know gaps between variables that may not be read. */
__attribute__((no_sanitize("address", "undefined"))) static void copy(char *to, const char *from, size_t size)
{
    size_t i = 0;

    for (; i + sizeof(uintptr_t) <= size; i += sizeof(uintptr_t))
        *(volatile uintptr_t *)(to + i) = *(const uintptr_t *)(from + i);
    for (; i < size; i++)
        ((volatile char *)to)[i] = from[i];
}

__attribute__((no_sanitize("address", "undefined"))) static bool same(const char *a, const char *b, size_t size)
{
    size_t i = 0;

    for (; i + sizeof(uintptr_t) <= size; i += sizeof(uintptr_t))
        if (*(const uintptr_t *)(a + i) != *(const uintptr_t *)(b + i))
            return false;
    for (; i < size; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Takes the image, before Go first runs; false: there is no memory for it. */
bool tempfile__take_image(void)
{
    char *memory;

    if (image.copy != NULL)
        return true;
    find();
    memory = __real_mmap(NULL, (size_t)(image.stored_end - image.start), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                         -1, 0);
    if (memory == MAP_FAILED)
        return false;
    copy(memory, image.start, (size_t)(image.stored_end - image.start));
    image.copy = memory;
    return true;
}

/* Puts back what lies between two addresses, but only where it differs: a page that is not written stays shared. */
static void put_back(char *from, char *to)
{
    size_t step;

    for (; from < to; from += step) {
        const char *before = image.copy + (from - image.start);

        step = page_size() - (uintptr_t)from % page_size();
        if (step > (size_t)(to - from))
            step = (size_t)(to - from);
        if (!same(from, before, step))
            copy(from, before, step);
    }
}

/* Fills with zeros, where it can by giving the pages back. */
__attribute__((no_sanitize("address", "undefined"))) static void clear(char *from, char *to)
{
    char *first = (char *)(((uintptr_t)from + page_size() - 1) & ~(page_size() - 1)),
         *last = (char *)((uintptr_t)to & ~(page_size() - 1));

    if (first >= last || madvise(first, (size_t)(last - first), MADV_DONTNEED) != 0)
        first = last = to;
    for (; from < first; from++)
        *(volatile char *)from = 0;
    for (from = last; from < to; from++)
        *(volatile char *)from = 0;
}

/* Tells whether an address is one of an instruction of the library, Go's or C's. For a signal handler. */
bool tempfile__is_instruction(uintptr_t address)
{
    const ElfW(Phdr) *parts = first_part();
    uintptr_t offset = address - (uintptr_t)__ehdr_start;

    for (int i = 0; i < parts_count(); i++)
        if (parts[i].p_type == PT_LOAD && (parts[i].p_flags & PF_X) != 0 && offset - parts[i].p_vaddr < parts[i].p_memsz)
            return true;
    return false;
}

/* Puts the image back: every variable but C's is as it was at load. */
void tempfile__put_image_back(void)
{
    put_back(image.start, __start_tempfile_kept);
    put_back(__stop_tempfile_kept, image.stored_end);
    clear(image.stored_end, image.end);
}
