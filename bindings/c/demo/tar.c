#include "tar.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts tar, with the descriptor as its stdout unless it is -1. */
static pid_t start(char *arguments[], int to)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int failed;

    posix_spawn_file_actions_init(&actions);
    if (to >= 0)
        posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    failed = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        die("cannot start %s: %s", arguments[0], strerror(failed));
    return child;
}

pid_t tar_create(const char *folder, const char *entry, const char *without, int *out_pipe)
{
    char exclude[PATH_MAX + 16];
    char *all[] = {"tar", "-C", (char *)folder, "-cf", "-", (char *)entry, NULL};
    char *some[] = {"tar", "-C", (char *)folder, exclude, "-cf", "-", (char *)entry, NULL};
    int ends[2];
    pid_t child;

    snprintf(exclude, sizeof exclude, "--exclude=%s", without != NULL ? without : "");
    if (pipe2(ends, O_CLOEXEC) < 0)
        die("cannot make a pipe: %s", strerror(errno));
    child = start(without != NULL ? some : all, ends[1]);
    close(ends[1]);
    *out_pipe = ends[0];
    return child;
}

void tar_extract(const char *archive, const char *folder)
{
    /* -o: the files are ours, also for root, who may not be allowed to give them away. */
    char *arguments[] = {"tar", "-C", (char *)folder, "-xof", (char *)archive, NULL};

    wait_for(start(arguments, -1), "tar -xf");
}

void wait_for(pid_t child, const char *name)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            die("cannot wait for %s: %s", name, strerror(errno));
    }
    if (WIFSIGNALED(status))
        die("%s was ended by signal %d", name, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        die("%s exited with %d", name, WEXITSTATUS(status));
}
