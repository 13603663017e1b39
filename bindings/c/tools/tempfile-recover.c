/* tempfile-recover: removes what killed processes left behind, from the command line or by a timer. */
#include "tempfile.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES 4096

static const char usage[] = "usage: tempfile-recover [-n] [-q] [DIRECTORY]\n"
                            "\n"
                            "Removes the temporary files and directories of killed processes. It reads the journals in\n"
                            "DIRECTORY that no living process holds. Without DIRECTORY it reads them where programs with\n"
                            "TEMPFILE_RECOVERY=1 write them: in libtempfile in $XDG_RUNTIME_DIR if that is the user's, or\n"
                            "else in libtempfile-UID in the default directory.\n"
                            "\n"
                            "  -n, --dry-run   remove nothing, print what would be removed\n"
                            "  -q, --quiet     print only what could not be removed\n"
                            "  -h, --help      print this\n"
                            "      --version   print the version of the library\n"
                            "\n"
                            "The exit status is 0, 1 if something was left, and 2 if the journals could not be read.\n";

struct wishes {
    int dry_run, quiet;
    const char *directory;
};

static int complain(const char *argument)
{
    fprintf(stderr, "tempfile-recover: %s is not known; try --help\n", argument);
    return 2;
}

/* Reads the arguments. -1: go on; else the exit status. */
static int read_arguments(int count, char **arguments, struct wishes *wishes)
{
    int words = 0;

    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];

        if (words || argument[0] != '-' || argument[1] == '\0') {
            if (wishes->directory != NULL)
                return complain(argument);
            wishes->directory = argument;
        } else if (strcmp(argument, "--") == 0) {
            words = 1;
        } else if (strcmp(argument, "-n") == 0 || strcmp(argument, "--dry-run") == 0) {
            wishes->dry_run = 1;
        } else if (strcmp(argument, "-q") == 0 || strcmp(argument, "--quiet") == 0) {
            wishes->quiet = 1;
        } else if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else if (strcmp(argument, "--version") == 0) {
            puts(tempfile_version());
            return 0;
        } else {
            return complain(argument);
        }
    }
    return -1;
}

/* The size of the control character that a text begins with, in bytes; 0: it begins with none. Those of U+0080 to U+009F
 * are two bytes in UTF-8. */
static int control_size(const unsigned char *text)
{
    if (text[0] < ' ' || text[0] == 0x7f)
        return 1;
    return text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f ? 2 : 0;
}

/* A path may hold anything, and the terminal must not obey it. */
static void print_safely(const char *text, FILE *to)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        int size = *at == '\\' ? 1 : control_size(at);

        if (size == 0)
            putc(*at++, to);
        while (size-- > 0)
            fprintf(to, "\\x%02x", *at++);
    }
}

static void print_age(int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    int i = 0;

    while (i < 3 && seconds < units[i].seconds)
        i++;
    printf("%6" PRId64 " %-4s", seconds / units[i].seconds, units[i].unit);
}

static void print_item(const tempfile_recovered *item)
{
    static const char *const actions[] = {"", "removed", "would remove", "left"};
    static const char *const kinds[] = {"", "file", "directory", "journal"};

    printf("%-12s  %-9s  ", actions[item->action], kinds[item->kind]);
    print_age(item->age);
    if (item->kind == TEMPFILE_RECOVERED_FILE)
        printf(" %12" PRId64, item->size);
    else
        printf(" %12s", "");
    printf("  ");
    print_safely(item->path, stdout);
    if (item->reason[0] != '\0') {
        printf(": ");
        print_safely(item->reason, stdout);
    }
    putchar('\n');
}

/* Shows once a second that a large directory is being removed. */
static void show_progress(const tempfile_recovered *item)
{
    static time_t last;
    time_t now = time(NULL);

    if (now == last || !isatty(STDERR_FILENO))
        return;
    last = now;
    fputs("removing ", stderr);
    print_safely(strrchr(item->path, '/') + 1, stderr);
    fputs(" ...\r", stderr);
}

int main(int count, char **arguments)
{
    tempfile_recovered item = {.struct_size = sizeof item};
    struct wishes wishes = {0, 0, NULL};
    tempfile_recovery *recovery;
    int progress = read_arguments(count, arguments, &wishes), left = 0, printed = 0;

    if (progress >= 0)
        return progress;
    if (tempfile_recovery_start(wishes.directory, wishes.dry_run ? TEMPFILE_DRY_RUN : 0, &recovery) != 0) {
        fprintf(stderr, "tempfile-recover: %s\n", tempfile_last_error()->message);
        return 2;
    }
    while ((progress = tempfile_recovery_step(recovery, ENTRIES, &item)) > 0) {
        if (progress == 2) {
            show_progress(&item);
            continue;
        }
        left |= item.action == TEMPFILE_NOT_RECOVERED;
        if (wishes.quiet && item.action != TEMPFILE_NOT_RECOVERED)
            continue;
        if (printed++ == 0)
            printf("%-12s  %-9s  %11s %12s  path\n", "action", "kind", "age   ", "bytes");
        print_item(&item);
    }
    if (progress < 0)
        fprintf(stderr, "tempfile-recover: %s\n", tempfile_last_error()->message);
    tempfile_recovery_free(recovery);
    if (fflush(stdout) != 0 || progress < 0)
        return 2;
    return left;
}
