/* Cleaning up when a signal ends the process, for hosts that ask for it. Everything here is async-signal-safe. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <signal.h>
#include <string.h>

/* The signals that end a process and are no fault of its own: what a fault raises is Go's to look at first. */
static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
enum { USUAL = 4, NUMBERS = sizeof numbers / sizeof *numbers };

/* What the host had for each. */
static TEMPFILE__KEPT struct sigaction before[NUMBERS];

static struct sigaction *before_us(int number)
{
    for (int i = 0; i < NUMBERS; i++)
        if (numbers[i] == number)
            return &before[i];
    return NULL;
}

static void clean_up(int number, siginfo_t *information, void *context)
{
    const struct sigaction *host = before_us(number);
    int saved = errno;

    tempfile__remove_names();
    if ((host->sa_flags & SA_RESETHAND) != 0) /* the host's handler is for one signal only */
        __real_sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    errno = saved;
    if ((host->sa_flags & SA_SIGINFO) != 0) {
        host->sa_sigaction(number, information, context);
    } else if (host->sa_handler == SIG_DFL) {
        /* blocked until this returns, and then taken, so that whoever waits for the process sees the signal */
        __real_sigaction(number, host, NULL);
        raise(number);
    } else {
        host->sa_handler(number);
    }
}

static int install(int number, const char *function)
{
    struct sigaction *host = before_us(number), now, ours;
    int result = tempfile__begin(function);

    if (result != 0)
        return result;
    if (host == NULL)
        return tempfile__fail(-EINVAL, function, "arguments", "", "this signal is none that ends a process in good order", 0);
    if (__real_sigaction(number, NULL, &now) != 0)
        return tempfile__fail(-errno, function, "sigaction", "", tempfile_strerror(errno), 0);
    if ((now.sa_flags & SA_SIGINFO) != 0 ? now.sa_sigaction == clean_up : now.sa_handler == SIG_IGN)
        return 0;
    *host = now; /* before the handler that looks at it */
    ours = now;
    ours.sa_sigaction = clean_up;
    /* the host's choice of a stack stays, for its handler runs there too */
    ours.sa_flags = (now.sa_flags & ~SA_RESETHAND) | SA_SIGINFO;
    if (__real_sigaction(number, &ours, NULL) != 0)
        return tempfile__fail(-errno, function, "sigaction", "", tempfile_strerror(errno), 0);
    return 0;
}

int tempfile_cleanup_on_signal(int number)
{
    return install(number, "tempfile_cleanup_on_signal");
}

int tempfile_cleanup_on_signals(void)
{
    int result = 0;

    for (int i = 0; i < USUAL && result == 0; i++)
        result = install(numbers[i], "tempfile_cleanup_on_signals");
    return result;
}
