/* A removal in steps: the program stays in charge in between, to show progress or to stop. */
#include <tempfile.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int failed(void)
{
    fprintf(stderr, "removal: %s\n", tempfile_last_error()->message);
    return 1;
}

int main(void)
{
    char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 16];
    tempfile_removal *removal;
    uint64_t removed;
    int more, steps = 0;

    if (tempfile_mkdtemp(NULL, path, sizeof path) < 0)
        return failed();
    for (int i = 0; i < 2500; i++) {
        snprintf(below, sizeof below, "%s/%d", path, i);
        close(open(below, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    }

    if (tempfile_removal_start(path, 0, &removal) < 0)
        return failed();
    do {
        more = tempfile_removal_step(removal, 1000, &removed);
        if (more >= 0)
            fprintf(stderr, "%d entries removed\r", (int)removed); /* a step may finish what it has begun to read */
        steps++;
    } while (more > 0);
    if (more < 0)
        failed(); /* says which entry was the first that could not be removed; the others are gone */
    else
        printf("%d entries removed, the directory among them, in %s\n", (int)removed, steps > 1 ? "steps" : "one go");
    tempfile_removal_free(removal); /* any time: what is not removed by then stays */
    return more < 0;
}

/* Output:
2501 entries removed, the directory among them, in steps
*/
