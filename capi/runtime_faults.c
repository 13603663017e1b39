/* The three signals that Go must see: a fault in its own code becomes an error of the call there. The handlers are C's.
 * They call Go's handler only for a thread that is inside Go, in a process where Go runs, and for an instruction of the
 * library. For any other fault they call the host's handler, or take its action. So a forked child's fault never enters
 * the dead runtime, and a host's fault never enters Go. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <ucontext.h>

typedef void handler(int, siginfo_t *, void *);

enum { FIRST_PAGE = 4096 };

static TEMPFILE__KEPT struct fault {
    int number;
    bool taken;            /* the handler is installed: once, and for all forked children too */
    struct sigaction host; /* what was there before */
    handler *go;
} faults[] = {{.number = SIGSEGV}, {.number = SIGBUS}, {.number = SIGFPE}};

static struct fault *fault_of(int number)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (faults[i].number == number)
            return &faults[i];
    return NULL;
}

bool tempfile__is_fault(int number)
{
    return fault_of(number) != NULL;
}

/* Blocks the signals that the system would block for the host's handler, and no more. The handler may meet other faults,
 * and the system ends a process whose blocked signal is a fault. Here all are blocked, as Go wants it. */
static void use_mask_of(const struct sigaction *host, int number, const ucontext_t *context)
{
    sigset_t mask;

    sigorset(&mask, &context->uc_sigmask, &host->sa_mask);
    if ((host->sa_flags & SA_NODEFER) == 0)
        sigaddset(&mask, number);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* Does what would have happened without the library. */
static void pass_on(struct fault *fault, siginfo_t *information, void *context)
{
    struct sigaction host = fault->host;

    if ((host.sa_flags & SA_RESETHAND) != 0)
        fault->host = (struct sigaction){.sa_handler = SIG_DFL};
    if (host.sa_handler != SIG_DFL && host.sa_handler != SIG_IGN)
        use_mask_of(&host, fault->number, context);
    if (host.sa_handler != SIG_DFL && host.sa_handler != SIG_IGN && (host.sa_flags & SA_SIGINFO) != 0) {
        host.sa_sigaction(fault->number, information, context);
    } else if (host.sa_handler == SIG_IGN && information->si_code <= 0) {
        /* sent by a process, and ignored */
    } else if (host.sa_handler == SIG_DFL || host.sa_handler == SIG_IGN) {
        /* the process ends by the instruction, which faults again, or by the signal, sent again and blocked until here
         * ends */
        __real_sigaction(fault->number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        if (information->si_code <= 0)
            raise(fault->number);
    } else {
        host.sa_handler(fault->number);
    }
}

/* Has the instruction fault again, on the signal stack that Go made for this thread. Go's handler needs an alternate
 * stack, and Go's own was taken off the thread because hosts' handlers may need a larger one. */
static bool lend_stack(struct tempfile__thread *thread, ucontext_t *context)
{
    if (thread->lent || (context->uc_stack.ss_flags & SS_DISABLE) == 0 || (thread->go_stack.ss_flags & SS_DISABLE) != 0)
        return false;
    context->uc_stack = thread->go_stack;
    thread->lent = true;
    return true;
}

/* Tells whether the fault is one of Go's code. A call of a function that is nil ends on the first page. */
static bool is_in_go(const struct tempfile__thread *thread, const siginfo_t *information, const ucontext_t *context)
{
#if defined __x86_64__
    uintptr_t instruction = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined __aarch64__
    uintptr_t instruction = context->uc_mcontext.pc;
#endif

    if (information->si_code <= 0 || thread == NULL || thread->inside == 0 || thread->epoch != tempfile__shared.wiped->epoch)
        return false;
    return instruction < FIRST_PAGE || tempfile__is_instruction(instruction);
}

static void on_fault(int number, siginfo_t *information, void *context)
{
    struct fault *fault = fault_of(number);
    struct tempfile__thread *thread = tempfile__this_thread();
    int saved = errno;

    if (!is_in_go(thread, information, context))
        pass_on(fault, information, context);
    else if (!lend_stack(thread, context))
        fault->go(number, information, context);
    errno = saved;
}

/* sigaction(2) as Go calls it for one of the three. It gives the host's action, and never the handler here: Go would take
 * that for the host's, and pass on to it every fault that it got from it. */
int tempfile__set_fault_action(int number, const struct sigaction *action, struct sigaction *old)
{
    struct fault *fault = fault_of(number);
    struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};

    if (old != NULL) {
        if (fault->taken)
            *old = fault->host;
        else if (__real_sigaction(number, NULL, old) != 0)
            return -1;
    }
    if (action == NULL)
        return 0;
    if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN) /* Go is about to end the process */
        return __real_sigaction(number, action, NULL);
    fault->go = action->sa_sigaction;
    if (fault->taken)
        return 0;
    if (__real_sigaction(number, NULL, &fault->host) != 0)
        return -1;
    sigfillset(&ours.sa_mask);
    fault->taken = true; /* before the handler, which looks at it */
    if (__real_sigaction(number, &ours, NULL) == 0)
        return 0;
    fault->taken = false;
    return -1;
}

/* Takes the lent stack back. */
void tempfile__end_loan(struct tempfile__thread *thread)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    thread->lent = false;
    sigaltstack(&none, NULL);
}
