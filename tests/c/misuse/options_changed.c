/* Another thread changes the options during the call, and a struct has an odd address. The resulting name is always whole:
 * it is the caller's name or a random one, whichever the call has read. */
#include "misuse.h"
#include <pthread.h>

enum { ROUNDS = 20000, DRAWN = 8 };

static tempfile_options changing = TEMPFILE_OPTIONS_INIT;
static volatile int stop;

static void *change(void *unused)
{
    const char *volatile *name = (const char *volatile *)&changing.name;

    (void)unused;
    while (!stop) {
        *name = NULL;
        *name = "ab";
    }
    return NULL;
}

/* Makes and removes a directory. Returns the length of its name without the prefix. */
static size_t made(const tempfile_options *options, const char *prefix)
{
    char path[TEMPFILE_PATH_SIZE];
    const char *name;

    CHECK(tempfile_mkdtemp(options, path, sizeof path) == 0 && rmdir(path) == 0);
    name = strrchr(path, '/') + 1;
    CHECK(strncmp(name, prefix, strlen(prefix)) == 0);
    return strlen(name) - strlen(prefix);
}

int main(void)
{
    tempfile_options named = TEMPFILE_OPTIONS_INIT;
    char packed[sizeof named + 1];
    pthread_t thread;

    named.prefix = changing.prefix = "qqqqq";
    named.name = "ab";
    memcpy(packed + 1, &named, sizeof named);
    CHECK(made((const tempfile_options *)(packed + 1), "qqqqq") == 2);
    CHECK(pthread_create(&thread, NULL, change, NULL) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        size_t length = made(&changing, "qqqqq");

        CHECK(length == 2 || length == DRAWN);
        CHECK(made(&named, "qqqqq") == 2);
    }
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    return passed();
}
