/* Cleaning up when a signal ends the process, for hosts that ask for it. Everything here is async-signal-safe. */
#define _GNU_SOURCE
#include "object.h"
#include <errno.h>
#include <unistd.h>

/* The signals that end a process from outside. The signals of a fault are not among them, because Go's handler comes
 * first there. */
static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
enum { USUAL = 4, NUMBERS = sizeof numbers / sizeof *numbers };

/* What the host had for each signal when the library's handler was installed. The first one stays. A host may put a
 * handler over the library's that calls it; a second saved action would be that handler, and each would call the other. */
static TEMPFILE__KEPT struct {
    bool installed;
    struct sigaction host;
} saved[NUMBERS];

static int index_of(int number)
{
    for (int i = 0; i < NUMBERS; i++)
        if (numbers[i] == number)
            return i;
    return -1;
}

/* Takes the default action, so that the parent process sees the signal. The system ignores the signal in the first
 * process of a PID namespace. That process must not go on without its files, so it ends with the exit status by which a
 * shell reports the signal. */
static void end_by(int number)
{
    sigset_t only;

    __real_sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(number);
    sigemptyset(&only);
    sigaddset(&only, number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    _exit(128 + number);
}

static void clean_up(int number, siginfo_t *information, void *context)
{
    const struct sigaction *host = &saved[index_of(number)].host;
    bool ends = host->sa_handler == SIG_DFL; /* whatever the flags: the kernel looks at the handler first, too */
    int before = errno;

    tempfile__clean_up_at_signal(ends);
    if (ends)
        end_by(number);
    if ((host->sa_flags & SA_RESETHAND) != 0) /* the host's handler is for one signal only */
        __real_sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    errno = before;
    if ((host->sa_flags & SA_SIGINFO) != 0)
        host->sa_sigaction(number, information, context);
    else
        host->sa_handler(number);
}

static bool is_ours(const struct sigaction *action)
{
    return (action->sa_flags & SA_SIGINFO) != 0 && action->sa_sigaction == clean_up;
}

static int install(int number, uint32_t flags, const char *function)
{
    int result = tempfile__begin(function), index = index_of(number);
    struct sigaction now, ours;

    if (result != 0)
        return result;
    if (index < 0)
        return tempfile__fail(-EINVAL, function, "arguments", "", "a cleanup cannot be installed for this signal", 0);
    if ((flags & ~TEMPFILE_SIGNAL_ALWAYS) != 0)
        return tempfile__fail(-EINVAL, function, "arguments", "", "a flag is set that is not known", 0);
    if (__real_sigaction(number, NULL, &now) != 0)
        return tempfile__fail(-errno, function, "sigaction", "", tempfile_strerror(errno), 0);
    if (now.sa_handler == SIG_IGN || is_ours(&now))
        return 0;
    if (now.sa_handler != SIG_DFL && (flags & TEMPFILE_SIGNAL_ALWAYS) == 0)
        return 0;
    if (now.sa_handler != SIG_DFL && saved[index].installed)
        return tempfile__fail(-EBUSY, function, "sigaction", "", "a handler that may call the library's has taken its place",
                              0);
    saved[index].host = now; /* before the handler that looks at it */
    saved[index].installed = true;
    ours = now;
    ours.sa_sigaction = clean_up;
    /* the host's choice of a stack stays, for its handler runs there too */
    ours.sa_flags = (now.sa_flags & ~SA_RESETHAND) | SA_SIGINFO;
    if (__real_sigaction(number, &ours, NULL) != 0)
        return tempfile__fail(-errno, function, "sigaction", "", tempfile_strerror(errno), 0);
    return 0;
}

int tempfile_cleanup_at_signal(int number, uint32_t flags)
{
    return install(number, flags, "tempfile_cleanup_at_signal");
}

int tempfile_cleanup_on_signal(int number)
{
    return install(number, 0, "tempfile_cleanup_on_signal");
}

int tempfile_cleanup_on_signals(void)
{
    int result = 0;

    for (int i = 0; i < USUAL && result == 0; i++)
        result = install(numbers[i], 0, "tempfile_cleanup_on_signals");
    return result;
}
