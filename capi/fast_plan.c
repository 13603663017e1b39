/* Plans. Go decides how something is created, and the thread keeps the decision: a call into Go takes longer than some calls of the
 * system. A plan is good for the same options and, if they leave the directory open, the same environment.
 *
 * Each thread has its own plans, so that threads never wait for each other, and its own stock of random names. A forked child begins
 * without either, as it must not draw its parent's names. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <stdlib.h>

/* As many as a thread needs that takes turns between a few directories or prefixes. */
enum { PLANS = 8 };

struct tempfile__plans {
    uint64_t epoch; /* of the process that they are for */
    struct tempfile__plan list[PLANS];
    unsigned next; /* the place for the next plan */
    struct tempfile__options_room room;
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
    free(plans->room.flat);
    free(plans);
}

/* This thread's plans in this process; NULL: no memory. */
static struct tempfile__plans *own_plans(void)
{
    struct tempfile__thread *thread = tempfile__new_thread();

    if (thread == NULL)
        return NULL;
    if (thread->plans != NULL && __builtin_expect(thread->plans->epoch != tempfile__epoch(), 0)) {
        tempfile__free_plans(thread->plans);
        thread->plans = NULL;
    }
    if (thread->plans == NULL && (thread->plans = calloc(1, sizeof *thread->plans)) != NULL)
        thread->plans->epoch = tempfile__epoch();
    return thread->plans;
}

/* Puts a name of the caller's into a plan's path; false: Go must look at it. */
static bool put_given_name(struct tempfile__plan *plan, const struct tempfile__flat_options *options)
{
    const char *name = options->bytes + options->name;
    size_t size = options->sizes[TEMPFILE__STRING_name];

    if (size == 0)
        return true;
    if (size - 1 != plan->name_size || memchr(name, '/', size) != NULL || memchr(name, '\0', size - 1) != NULL)
        return false;
    memcpy(plan->path + plan->name, name, plan->name_size);
    return true;
}

/* Tells whether a plan is good for a creation with options, by now. */
static bool is_good(struct tempfile__plan *plan, enum tempfile__creation creation, const struct tempfile__flat_options *options)
{
#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off)
        return false;
#endif
    return plan->creation == creation && plan->options != NULL && tempfile__same_options(plan->options, options) &&
           (!plan->by_environment || tempfile__environment_is(plan->environment)) && put_given_name(plan, options);
}

/* Has Go make a plan, in the place of an older one. */
static int ask_go(struct tempfile__plans *plans, enum tempfile__creation creation, const char *function, struct tempfile__plan **out_plan)
{
    struct tempfile__plan *plan = &plans->list[plans->next % PLANS];
    struct tempfile__thread *thread;
    int result = tempfile__enter_go(&thread, function);

    if (result != 0)
        return result;
    forget(plan);
    plan->creation = creation;
    plan->names = &plans->names;
    result = tfgo_plan((char *)function, strlen(function), plans->room.flat, plan);
    tempfile__leave_go(thread);
    if (result != 0) {
        forget(plan);
        return result;
    }
    plan->environment = thread->environment.number;
    if (plan->lasting && (plan->options = tempfile__copy_flat_options(plans->room.flat)) != NULL)
        plans->next++;
    *out_plan = plan;
    return 0;
}

/* Gives the plan for a creation, which is good until this thread's next call. 0, or the error that the call returns. */
int tempfile__plan(enum tempfile__creation creation, const tempfile_options *options, const char *function, struct tempfile__plan **out_plan)
{
    struct tempfile__plans *plans = own_plans();
    int result;

    if (plans == NULL)
        return tempfile__fail(-ENOMEM, function, "malloc", "", "there is no memory for what is kept of a thread", 0);
    result = tempfile__flatten_options(options, &plans->room, function);
    if (result != 0)
        return result;
    for (int i = 0; i < PLANS; i++)
        if (is_good(&plans->list[i], creation, plans->room.flat)) {
            *out_plan = &plans->list[i];
            return 0;
        }
    return ask_go(plans, creation, function, out_plan);
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
