#include "say.h"
#include "tempfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void say_step(const char *name, const char *what)
{
    printf("\n%-22s %s\n", name, what);
    fflush(stdout); /* a line is seen when it is true, and a fork finds nothing that it would print again */
}

void say(const char *label, const char *format, ...)
{
    va_list values;

    printf("  %-9s ", label);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
    fflush(stdout);
}

void die(const char *format, ...)
{
    va_list values;

    fflush(stdout);
    fputs("\ndemo: FAILED: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(1);
}

int64_t need(int64_t result)
{
    if (result < 0)
        die("%s", tempfile_last_error()->message);
    return result;
}

const char *grouped(uint64_t count)
{
    static char buffers[8][32];
    static unsigned turn;
    char *end = buffers[turn++ % 8] + sizeof buffers[0] - 1;
    int digits = 0;

    *end = '\0';
    do {
        if (digits > 0 && digits % 3 == 0)
            *--end = ',';
        *--end = (char)('0' + count % 10);
        digits++;
    } while ((count /= 10) > 0);
    return end;
}
