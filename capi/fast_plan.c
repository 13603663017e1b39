/* Plans. Go decides how something is created, and the thread keeps the decision: a call into Go takes longer than some
 * calls of the system. A plan is good for the same options and, if they leave the directory open, the same environment.
 *
 * Each thread has its own plans, so that threads never wait for each other, and its own stock of random names. A forked
 * child begins without either, as it must not draw its parent's names. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <stdlib.h>

/* As many as a thread needs that takes turns between a few directories or prefixes. */
enum { PLANS = 8 };

struct tempfile__plans {
    uint64_t epoch; /* of the process that they are for */
    struct tempfile__plan list[PLANS];
    unsigned next;                                   /* the place for the next plan */
    const struct tempfile__environment *environment; /* the thread's */
    struct tempfile__names names;
};

static void forget(struct tempfile__plan *plan)
{
    free(plan->options);
    free(plan->path);
    memset(plan, 0, sizeof *plan);
}

void tempfile__free_plans(struct tempfile__plans *plans)
{
    if (plans == NULL)
        return;
    for (int i = 0; i < PLANS; i++)
        forget(&plans->list[i]);
    free(plans);
}

/* This thread's plans in this process; NULL: no memory. */
static struct tempfile__plans *new_plans(void)
{
    struct tempfile__thread *thread = tempfile__new_thread();

    if (thread == NULL)
        return NULL;
    tempfile__free_plans(thread->plans);
    thread->plans = calloc(1, sizeof *thread->plans);
    if (thread->plans == NULL)
        return NULL;
    thread->plans->epoch = tempfile__epoch();
    thread->plans->environment = &thread->environment;
    return thread->plans;
}

/* Puts a name of the caller's into a plan's path; false: Go must look at it. */
static bool put_given_name(struct tempfile__plan *plan, const char *name)
{
    if (name == NULL)
        return true;
    if (strnlen(name, plan->name_size + 1) != plan->name_size)
        return false;
    memcpy(plan->path + plan->name, name, plan->name_size);
    return memchr(plan->path + plan->name, '/', plan->name_size) == NULL &&
           memchr(plan->path + plan->name, '\0', plan->name_size) == NULL;
}

/* Tells whether a plan is good for a creation now. */
static bool is_good(struct tempfile__plan *plan, const struct tempfile__environment *environment,
                    const tempfile_options *options)
{
#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off)
        return false;
#endif
    return tempfile__same_options(plan->options, options) &&
           (!plan->by_environment || (plan->environment == environment->number && tempfile__environment_is(environment))) &&
           put_given_name(plan, options->name);
}

/* Has Go make a plan, in the place of the oldest one. */
static int ask_go(struct tempfile__plans *plans, enum tempfile__creation creation, const tempfile_options *options,
                  const char *function)
{
    struct tempfile__plan *plan = &plans->list[plans->next % PLANS];
    struct tempfile__thread *thread;
    int result;

    forget(plan);
    plan->options = tempfile__flatten_options(options, function, &result);
    if (plan->options == NULL)
        return result;
    plan->names = &plans->names;
    result = tempfile__enter_go(&thread, function);
    if (result == 0) {
        result = tfgo_plan((char *)function, strlen(function), (int)creation, plan->options, plan);
        tempfile__leave_go(thread);
    }
    if (result != 0) {
        forget(plan);
        return result;
    }
    plan->environment = plans->environment->number;
    if (plan->lasting) {
        plan->creation = creation; /* from now on it is found */
        plans->next++;
    }
    return 0;
}

/* Gives the plan for a creation, which is good until this thread's next call. 0, or the error that the call returns. */
int tempfile__plan(enum tempfile__creation creation, const tempfile_options *options, const char *function,
                   struct tempfile__plan **out_plan)
{
    struct tempfile__thread *thread = tempfile__this_thread();
    struct tempfile__plans *plans = thread != NULL ? thread->plans : NULL;
    tempfile_options given;
    int result = tempfile__read_options(options, &given, function);

    if (result != 0)
        return result;
    if (__builtin_expect(plans == NULL || plans->epoch != tempfile__epoch(), 0) && (plans = new_plans()) == NULL)
        return tempfile__fail(-ENOMEM, function, "malloc", "", "there is no memory for what is kept of a thread", 0);
    for (int i = 0; i < PLANS; i++)
        if (plans->list[i].creation == creation && is_good(&plans->list[i], plans->environment, &given)) {
            *out_plan = &plans->list[i];
            return 0;
        }
    *out_plan = &plans->list[plans->next % PLANS];
    return ask_go(plans, creation, &given, function);
}

/* Keeps the path of a plan that Go is making, and its directory; -ENOMEM: there is no memory. */
int tempfile__keep_path(struct tempfile__plan *plan, const char *path, size_t size, size_t directory_size)
{
    plan->path = malloc(size + 1 + directory_size + 1);
    if (plan->path == NULL)
        return -ENOMEM;
    memcpy(plan->path, path, size);
    plan->path[size] = '\0';
    plan->size = size + 1;
    plan->directory = plan->path + plan->size;
    plan->directory_size = directory_size;
    memcpy(plan->directory, path, directory_size);
    plan->directory[directory_size] = '\0';
    return 0;
}
