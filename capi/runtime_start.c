/* Entering Go: the first call that needs it starts it, and in a forked child, where its threads are missing, starts it
 * anew. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Go's entry, as the linker's wrapper has set it aside: the loader would call it at load. */
typedef void entry(int, char **, char **);
extern entry *__start_go_init[] __attribute__((visibility("hidden")));
extern entry *__stop_go_init[] __attribute__((visibility("hidden")));

/* The process as Go reads it at its start. It is in memory that stays, because Go's first thread reads it later. */
static TEMPFILE__KEPT struct {
    void *vector[32];         /* arguments, environment, auxiliary vector, as the kernel lays them out */
    unsigned char random[16]; /* in place of the kernel's for this process, which Go would write over */
    bool begun;               /* in this process or one before it: the library's variables are not as they were loaded */
    struct rlimit files;
    bool is_second_copy; /* of the library in this process, where only one can be used */
} go;

/* Lays out the arguments, the environment and the auxiliary vector, as a program finds them. The environment is empty:
 * GODEBUG, GOGC and others of the host's are not meant for the library. Its own settings are in build.sh. */
static void lay_out(void)
{
    static const unsigned long keys[] = {AT_PAGESZ, AT_HWCAP, AT_HWCAP2, AT_SECURE, AT_SYSINFO_EHDR};
    void **at = go.vector;

    *at++ = "libtempfile";
    *at++ = NULL; /* of the arguments */
    *at++ = NULL; /* of the environment */
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        *at++ = (void *)keys[i];
        *at++ = (void *)getauxval(keys[i]);
    }
    if (syscall(SYS_getrandom, go.random, sizeof go.random, GRND_NONBLOCK) == sizeof go.random) {
        *at++ = (void *)AT_RANDOM;
        *at++ = go.random;
    }
    *at++ = NULL;
    *at = NULL;
}

void tempfile__look_for_second_copy(void)
{
    go.is_second_copy = tempfile__is_second_copy();
}

/* Tells whether the C library's paths lead where the system's do. Under fakechroot and its like they do not: a file of
 * ours would be outside the world that the caller sees, and stay there. */
static bool has_the_systems_paths(void)
{
    struct stat by_library, by_system;

    if (stat("/", &by_library) != 0 || syscall(SYS_newfstatat, AT_FDCWD, "/", &by_system, 0) != 0)
        return true; /* a filter, say */
    return by_library.st_dev == by_system.st_dev && by_library.st_ino == by_system.st_ino;
}

/* The obstacle to a start here; code 0: there is none. */
static struct tempfile__obstacle obstacle(const struct tempfile__wiped *wiped)
{
    struct tempfile__obstacle found;
    bool of_vfork = wiped->pid != getpid();

#ifdef TEMPFILE_HOOKS
    of_vfork = of_vfork && !tempfile__restart_off;
#endif
    if (of_vfork)
        return (struct tempfile__obstacle){-EAGAIN,
                                           "a child of vfork shares its parent's memory, and Go cannot start in it"};
    if (go.is_second_copy)
        return (struct tempfile__obstacle){-EBUSY,
                                           "another copy of libtempfile is loaded, and with musl only one can be used"};
    if (!has_the_systems_paths())
        return (struct tempfile__obstacle){-ENOTSUP,
                                           "the C library's functions translate paths (fakechroot?), and Go goes past them"};
    found = tempfile__missing_resource();
    if (found.code == 0 && !tempfile__stock_up())
        found = (struct tempfile__obstacle){-ENOMEM, "malloc has no memory for a start"};
    if (found.code == 0 && !tempfile__take_image())
        found = (struct tempfile__obstacle){-ENOMEM, "there is no memory for a copy of the library's variables"};
    if (found.code != 0 && wiped->epoch > 1)
        found.code = -EOWNERDEAD; /* what says so of a forked child */
    return found;
}

/* Calls Go's entry, which starts a thread and comes back; the first call into Go waits for that. In a forked child the
 * image of the library is put back before. */
static void start(struct tempfile__wiped *wiped)
{
    sigset_t mask;

    tempfile__block_signals(&mask);
    if (go.begun) {
        tempfile__forget_go_key_value();
        tempfile__unmap_dead(wiped->forked_on);
        tempfile__put_image_back();
    }
    go.begun = true;
    getrlimit(RLIMIT_NOFILE, &go.files);
    lay_out();
    (*__start_go_init[0])(1, (char **)go.vector, NULL);
    __atomic_store_n(&wiped->go_runs, true, __ATOMIC_RELEASE);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* Go calls this when its packages are initialized. The syscall package has raised the soft limit on descriptors by then,
 * which would break hosts that use select(), and their children; the limit goes back unless somebody else set it. */
void tempfile__go_started(void)
{
    struct rlimit now;

    if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max == go.files.rlim_max && now.rlim_cur > go.files.rlim_cur)
        setrlimit(RLIMIT_NOFILE, &go.files);
}

#ifdef TEMPFILE_EAGER
/* For a test build only, which a control must fail with: Go starts at load, with the host's arguments and environment and
 * without a look at the limits, as any library written in Go does. */
void tempfile__start_at_load(int count, char **arguments, char **environment)
{
    getrlimit(RLIMIT_NOFILE, &go.files);
    go.begun = tempfile__take_image();
    (*__start_go_init[0])(count, arguments, environment);
    tempfile__shared.wiped->go_runs = true;
}
#endif

/* Makes sure that Go runs in this process. */
static int run_go(const char *function)
{
    struct tempfile__wiped *wiped = tempfile__shared.wiped;
    struct tempfile__obstacle found = {0, NULL};

    if (__atomic_load_n(&wiped->go_runs, __ATOMIC_ACQUIRE))
        return 0;
    pthread_mutex_lock(&wiped->start);
    if (!wiped->go_runs) {
        tempfile__watch_exit();
        found = obstacle(wiped);
        if (found.code == 0)
            start(wiped);
    }
    pthread_mutex_unlock(&wiped->start);
    return found.code != 0
               ? tempfile__fail(found.code, function, found.code == -EOWNERDEAD ? "fork" : "start", "", found.reason, 0)
               : 0;
}

/* Makes the first call of a thread into Go, which does nothing, for two reasons. Go puts an alternate signal stack of 32
 * KB on the thread if that has none, for good. A host's handler with SA_ONSTACK that needs more would die there, so the
 * thread gets its own back, or none. Go's stack is kept for a fault of Go's while the thread has no other. A thread that
 * has one must seem to have none here, because it may take its own off later.
 *
 * And the call runs on a stack of 4 KB until it reserves more. A handler without SA_ONSTACK would write over the heap
 * then, so signals wait until it is over. */
static int first_call_of_thread(struct tempfile__thread *thread, const char *function)
{
    const stack_t none = {.ss_flags = SS_DISABLE};
    sigset_t mask;
    stack_t own;
    int result;

    if (!tempfile__may_set_signal_stack(&own))
        return tempfile__fail(-EAGAIN, function, "sigaltstack", "",
                              "Go needs an alternate signal stack, and a filter (seccomp) refuses it", 0);
    tempfile__block_signals(&mask);
    result = tempfile__clear_slot();
    if (result == 0) {
        thread->stack_size = 0; /* a fork may have made it another */
        if ((own.ss_flags & (SS_DISABLE | SS_ONSTACK)) == 0)
            sigaltstack(&none, NULL);
        tfgo_noop();
        tempfile__note_slot();
        thread->go_stack = none;
        if ((own.ss_flags & SS_ONSTACK) == 0) {
            sigaltstack(NULL, &thread->go_stack);
            sigaltstack(&own, NULL);
        }
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    if (result != 0)
        return tempfile__fail(result, function, "start", "",
                              "another library uses the word of musl's thread block that Go needs", 0);
    thread->lent = false;
    thread->epoch = tempfile__epoch();
    return 0;
}

/* Enters Go on a thread that has not been in it yet. Cancellation waits meanwhile: a thread that was cancelled on the way
 * would keep a lock of ours, or the lock under which the first call into Go waits until Go has started. */
int tempfile__enter_first(struct tempfile__thread **out_thread, const char *function)
{
    struct tempfile__thread *thread = tempfile__new_thread();
    int cancellation, result;

    if (thread == NULL)
        return tempfile__fail(-ENOMEM, function, "malloc", "", "there is no memory for what is kept of a thread", 0);
    tempfile__go_in(thread); /* now: a handler that calls exit during the start must not start Go, too */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
    result = run_go(function);
    if (result == 0)
        result = first_call_of_thread(thread, function);
    pthread_setcancelstate(cancellation, NULL);
    if (result != 0) {
        tempfile__go_out(thread);
        return result;
    }
    *out_thread = thread;
    return 0;
}
