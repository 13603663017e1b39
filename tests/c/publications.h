/* Runs publish.json, which tests/vectors/README.md describes, for C and C++. A language brings the function that
 * publishes. */
#ifndef PUBLICATIONS_H
#define PUBLICATIONS_H

#include "json.h"
#include "openat2.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <tempfile.h>
#include <unistd.h>

enum { MOST_ENTRIES = 32, LONGEST = 320 };

/* What one function of a case is to publish. NULL: not given. */
struct publication {
    const char *function, *source, *path, *within, *backup;
    uint32_t flags, permissions;
};

/* Makes the function's object, publishes and frees it; 0 or a negative errno. */
typedef int publish_function(const struct publication *publication);

/* What a directory has, in the words of the vectors. */
struct listing {
    int count;
    struct {
        char name[2 * LONGEST], text[LONGEST];
    } entries[MOST_ENTRIES];
};

static char publication_place[128]; /* which case it is */

static inline void publication_holds(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s: %s\n    last error: %s\n", publication_place, what, tempfile_last_error()->message);
    exit(1);
}

static inline void put_entry(struct listing *listing, const char *name, const char *text)
{
    int at = 0;

    while (at < listing->count && strcmp(listing->entries[at].name, name) != 0)
        at++;
    if (text == NULL) { /* gone */
        publication_holds(at < listing->count, "a name that never was is gone");
        listing->entries[at] = listing->entries[--listing->count];
        return;
    }
    publication_holds(at < MOST_ENTRIES, "there are more entries than a test has");
    snprintf(listing->entries[at].name, sizeof listing->entries[at].name, "%s", name);
    snprintf(listing->entries[at].text, LONGEST, "%s", text);
    if (at == listing->count)
        listing->count++;
}

static inline void describe_entry(int directory, const char *name, char text[LONGEST])
{
    struct stat status;
    char content[LONGEST / 2] = "";
    int file;

    publication_holds(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, name);
    if (S_ISLNK(status.st_mode)) {
        publication_holds(readlinkat(directory, name, content, sizeof content - 1) > 0, name);
        snprintf(text, LONGEST, "-> %s", content);
        return;
    }
    if (S_ISREG(status.st_mode)) {
        file = openat(directory, name, O_RDONLY);
        publication_holds(file >= 0 && read(file, content, sizeof content - 1) >= 0 && close(file) == 0, name);
    }
    snprintf(text, LONGEST, "%s %o", S_ISDIR(status.st_mode) ? "/" : content, (unsigned)status.st_mode & 0777);
}

/* Lists a directory with what is below it. */
static inline void list_below(struct listing *listing, int directory, const char *prefix)
{
    DIR *stream = fdopendir(directory);
    struct dirent *entry;

    publication_holds(stream != NULL, prefix);
    while ((entry = readdir(stream)) != NULL) {
        char name[2 * LONGEST], text[LONGEST];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
        describe_entry(directory, entry->d_name, text);
        put_entry(listing, name, text);
        if (*text == '/') {
            strcat(name, "/");
            list_below(listing, openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY), name);
        }
    }
    closedir(stream);
}

static inline struct listing list_of(const char *path)
{
    struct listing listing;

    listing.count = 0;
    list_below(&listing, open(path, O_RDONLY | O_DIRECTORY), "");
    return listing;
}

static inline void compare_listings(const struct listing *got, struct listing *want)
{
    for (int i = 0; i < got->count; i++) {
        int at = 0;

        while (at < want->count && strcmp(want->entries[at].name, got->entries[i].name) != 0)
            at++;
        publication_holds(at < want->count, got->entries[i].name);
        publication_holds(strcmp(want->entries[at].text, got->entries[i].text) == 0, got->entries[i].text);
    }
    publication_holds(got->count == want->count, "something is missing");
}

static inline void make_file(int directory, const char *name)
{
    int file = openat(directory, name, O_CREAT | O_EXCL | O_WRONLY, 0604);

    publication_holds(file >= 0 && write(file, "old", 3) == 3 && close(file) == 0, name);
}

/* Makes what every publication begins with, and gives the directory's descriptor. */
static inline void furnish_publication(const char *path)
{
    int directory;

    publication_holds(mkdir(path, 0755) == 0, path);
    directory = open(path, O_RDONLY | O_DIRECTORY);
    publication_holds(directory >= 0 && mkdirat(directory, "folder", 0755) == 0, path);
    make_file(directory, "taken");
    make_file(directory, "folder/inner");
    publication_holds(symlinkat("../taken", directory, "folder/up") == 0 && symlinkat("taken", directory, "link") == 0 &&
                          symlinkat("link", directory, "chain") == 0 && symlinkat("nowhere", directory, "dangling") == 0 &&
                          symlinkat("loop", directory, "loop") == 0 && close(directory) == 0,
                      path);
}

static inline int publish_errno(const char *name)
{
    static const struct {
        const char *name;
        int value;
    } known[] = {{"EEXIST", EEXIST}, {"EINVAL", EINVAL},   {"ENAMETOOLONG", ENAMETOOLONG},
                 {"ENOENT", ENOENT}, {"ENOTDIR", ENOTDIR}, {"EISDIR", EISDIR},
                 {"ELOOP", ELOOP},   {"EPERM", EPERM}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].value;
    json_wrong("an unknown errno", name);
    return 0;
}

/* Runs one function of a case in a directory of its own. */
static inline void run_publication(const struct json *test, const char *function, publish_function *publish)
{
    const struct json *options = json_get(test, "options"), *changes = json_get(test, "changes");
    const char *path = json_text(test, "path"), *within = json_text(options, "within"),
               *errno_name = json_text(test, "errno");
    char base[TEMPFILE_PATH_SIZE], folder[TEMPFILE_PATH_SIZE + 16], source[TEMPFILE_PATH_SIZE + 16];
    char whole[2 * TEMPFILE_PATH_SIZE], limit[2 * TEMPFILE_PATH_SIZE];
    struct publication publication = {function, source, whole, NULL, json_text(options, "backup"), 0, 0};
    struct listing want, got;
    int result;

    if (within != NULL && !has_openat2())
        return;
    publication_holds(tempfile_mkdtemp(NULL, base, sizeof base) == 0, "mkdtemp");
    snprintf(folder, sizeof folder, "%s/folder", base);
    snprintf(source, sizeof source, "%s/source", base);
    furnish_publication(folder);
    publication_holds(mkdir(source, 0700) == 0, source);
    want = list_of(folder);
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    if (within != NULL || *path == '\0')
        snprintf(whole, sizeof whole, "%s", path);
    if (within != NULL) {
        snprintf(limit, sizeof limit, "%s/%s", folder, within);
        publication.within = limit;
    }
    publication.flags = (uint32_t)json_number(options, "flags", 0);
    publication.permissions = (uint32_t)json_number(options, "permissions", 0);
    result = publish(&publication);
    publication_holds(result == (errno_name != NULL ? -publish_errno(errno_name) : 0), function);
    if (changes != NULL)
        for (const struct json *change = changes->first; change != NULL; change = change->next)
            put_entry(&want, change->key, change->text);
    got = list_of(folder);
    compare_listings(&got, &want);
    got = list_of(source);
    publication_holds(got.count == 0, "the temporary name is left");
    publication_holds(tempfile_rmtree(base, 0) == 0, base);
}

static inline bool is_excepted(const struct json *test, const char *language)
{
    const struct json *except = json_get(test, "except");

    if (except != NULL)
        for (const struct json *one = except->first; one != NULL; one = one->next)
            if (strcmp(one->text, language) == 0)
                return true;
    return false;
}

/* Runs all cases, and gives how many there were. */
static inline int run_publications(const char *language, publish_function *publish)
{
    struct json *file = json_read(VECTORS "/publish.json");
    mode_t before = umask(022);
    int64_t seen = 0;
    int ran = 0;

    for (const struct json *test = json_get(file, "cases")->first; test != NULL; test = test->next, seen++) {
        if (is_excepted(test, language))
            continue;
        snprintf(publication_place, sizeof publication_place, "publish.json, case %d", (int)json_number(test, "id", -1));
        for (const struct json *one = json_get(test, "functions")->first; one != NULL; one = one->next)
            run_publication(test, one->text, publish);
        ran++;
    }
    publication_holds(seen == json_number(file, "count", -1) && ran > seen / 2, "not all cases were run");
    umask(before);
    json_free(file);
    return ran;
}

#endif
