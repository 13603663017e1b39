/* The check of UTF-8 that is written: eight bytes at a time where they are ASCII, as most of most texts is. */
#include "fast.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

static inline uint64_t load(const unsigned char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return word;
}

/* Skips ASCII. */
static const unsigned char *skip_ascii(const unsigned char *text, const unsigned char *end)
{
    while (end - text >= 32 && ((load(text) | load(text + 8) | load(text + 16) | load(text + 24)) & HIGH_BITS) == 0)
        text += 32;
    while (end - text >= 8 && (load(text) & HIGH_BITS) == 0)
        text += 8;
    while (text < end && *text < 0x80)
        text++;
    return text;
}

static inline bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The size of the character of more than one byte at the start of a text; 0: there is none. */
static inline size_t character(const unsigned char *text, const unsigned char *end)
{
    unsigned char first = text[0];

    if (end - text >= 2 && first >= 0xc2 && first <= 0xdf)
        return continues(text[1]) ? 2 : 0;
    if (end - text >= 3 && (first & 0xf0) == 0xe0) { /* shortest forms only, and no surrogates */
        bool second = first == 0xe0 ? text[1] >= 0xa0 : first == 0xed ? text[1] <= 0x9f : true;

        return second && continues(text[1]) && continues(text[2]) ? 3 : 0;
    }
    if (end - text >= 4 && first >= 0xf0 && first <= 0xf4) { /* to U+10FFFF */
        bool second = first == 0xf0 ? text[1] >= 0x90 : first == 0xf4 ? text[1] <= 0x8f : true;

        return second && continues(text[1]) && continues(text[2]) && continues(text[3]) ? 4 : 0;
    }
    return 0;
}

bool tempfile__is_utf8(const void *text, size_t size)
{
    const unsigned char *at = text, *end = at + size;

    while ((at = skip_ascii(at, end)) < end)
        do {
            size_t part = character(at, end);

            if (part == 0)
                return false;
            at += part;
        } while (at < end && *at >= 0x80);
    return true;
}
