/* Recipes: what Go has just created, C can create again without it, for a call into Go takes longer than some calls of the
 * system. A recipe is what package core said of a creation that succeeded (core.Recipe), the options it was for and, where
 * they leave the directory open, the environment. C follows it to the letter, a call or two of the system; whenever the
 * options are others, or the system says anything but success, Go does it all as if there had been no recipe.
 *
 * Each thread has its own, so that threads never wait for each other, and its own stock of random names. A forked child
 * begins without either: the parent's names in its hands would be drawn twice. */
#define _GNU_SOURCE
#include "fast.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As many recipes as a thread that takes turns between a few directories or prefixes has a use for. */
enum { RECIPES = 8 };

struct recipe {
    enum tempfile__creation creation;
    char *path;               /* of what was made, for another name; NULL: there is no recipe */
    size_t size;              /* of the path, NUL included */
    char *name;               /* where in it; NULL: the file has none */
    size_t name_length;
    int flags;                /* of open(2) */
    uint32_t permissions;
    tempfile_options options; /* the strings are our own */
    uint64_t environment;     /* the number of the one it is for */
    tempfile__state state;    /* of the object that was made; all but the descriptor or identity is so again */
};

struct tempfile__recipes {
    uint64_t epoch; /* of the process that they are for: a child must not draw its parent's names */
    struct recipe list[RECIPES];
    unsigned next;                                 /* the place for another one */
    struct tempfile__environment_copy environment; /* as it was last looked at */
    uint64_t environment_before;                   /* its number before Go was called */
    struct tempfile__names names;
};

static const size_t texts[] = {
    offsetof(tempfile_options, suffix), offsetof(tempfile_options, prefix), offsetof(tempfile_options, dir),
    offsetof(tempfile_options, mode), offsetof(tempfile_options, encoding), offsetof(tempfile_options, errors),
    offsetof(tempfile_options, newline)};
enum { TEXTS = sizeof texts / sizeof *texts };

static const char **text_of(const tempfile_options *options, int i)
{
    return (const char **)((char *)options + texts[i]);
}

/* Tells whether options ask for what a recipe's did, but for a name of the caller's. */
static bool same_options(const tempfile_options *a, const tempfile_options *b)
{
    for (int i = 0; i < TEXTS; i++)
        if (!tempfile__same(*text_of(a, i), *text_of(b, i)))
            return false;
    return (a->name == NULL) == (b->name == NULL) && a->buffering == b->buffering && a->max_size == b->max_size && a->flags == b->flags &&
           a->permissions == b->permissions;
}

static void forget(struct recipe *recipe)
{
    for (int i = 0; i < TEXTS; i++)
        free((char *)*text_of(&recipe->options, i));
    free(recipe->path);
    memset(recipe, 0, sizeof *recipe);
}

void tempfile__free_recipes(struct tempfile__recipes *recipes)
{
    if (recipes == NULL)
        return;
    for (int i = 0; i < RECIPES; i++)
        forget(&recipes->list[i]);
    tempfile__free_environment(&recipes->environment);
    free(recipes);
}

/* Tells whether a recipe's directory is still the one to choose. */
static bool same_directory(const struct tempfile__recipes *recipes, const struct recipe *recipe)
{
    return recipe->options.dir != NULL ||
           (recipe->environment == recipes->environment.number && tempfile__environment_is(&recipes->environment));
}

/* Puts another name into a recipe's path, the caller's if there is one. */
static bool renew_name(struct tempfile__recipes *recipes, struct recipe *recipe, const char *given)
{
    if (recipe->name == NULL)
        return true;
    if (given != NULL) {
        if (strlen(given) != recipe->name_length || strchr(given, '/') != NULL)
            return false;
        memcpy(recipe->name, given, recipe->name_length);
        return true;
    }
    /* what is drawn has one length, and any other would have it written over the end of the path */
    return recipe->name_length == TEMPFILE__NAME_LENGTH && tempfile__draw_name(&recipes->names, recipe->name);
}

/* The recipe for a creation, with a new name; NULL: there is none that is good for these options now. */
static struct recipe *find(enum tempfile__creation creation, const tempfile_options *options)
{
    struct tempfile__thread *thread = tempfile__this_thread();
    struct tempfile__recipes *recipes;

#ifdef TEMPFILE_HOOKS
    if (tempfile__restart_off)
        return NULL;
#endif
    if (thread == NULL || thread->epoch != tempfile__epoch())
        return NULL; /* the parent's: it draws the same names */
    if (thread->recipes != NULL && thread->recipes->epoch != thread->epoch) {
        tempfile__free_recipes(thread->recipes);
        thread->recipes = NULL;
    }
    if (thread->recipes == NULL && (thread->recipes = calloc(1, sizeof *thread->recipes)) == NULL)
        return NULL;
    recipes = thread->recipes;
    recipes->epoch = thread->epoch;
    for (int i = 0; i < RECIPES; i++) {
        struct recipe *recipe = &recipes->list[i];

        if (recipe->path == NULL || recipe->creation != creation || !same_options(&recipe->options, options))
            continue;
        if (!same_directory(recipes, recipe))
            forget(recipe);
        else if (renew_name(recipes, recipe, options->name))
            return recipe;
    }
    recipes->environment_before = tempfile__environment_number();
    return NULL;
}

/* Makes what a recipe says, and gives the descriptor or 0; -1 if Go must see to it. A recipe that failed is no good any
 * more. The system is called as Go calls it: by none of the C library's functions that another library may have replaced,
 * or that are cancellation points. */
static int follow(struct recipe *recipe, bool directory)
{
    long made = directory ? syscall(SYS_mkdirat, AT_FDCWD, recipe->path, recipe->permissions)
                          : syscall(SYS_openat, AT_FDCWD, recipe->path, recipe->flags, recipe->permissions);

    if (made < 0)
        forget(recipe);
    return (int)made;
}

static bool make_path(enum tempfile__creation creation, const tempfile_options *options, char *out_path, size_t path_size, int *result)
{
    struct recipe *recipe = find(creation, options);
    int made;

    if (recipe == NULL || out_path == NULL || path_size < recipe->size || (made = follow(recipe, creation == TEMPFILE__MKDTEMP)) < 0)
        return false;
    memcpy(out_path, recipe->path, recipe->size);
    *result = made;
    return true;
}

bool tempfile__repeat_mkstemp(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *result)
{
    return make_path(TEMPFILE__MKSTEMP, options, out_path, path_size, result);
}

bool tempfile__repeat_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size, int *result)
{
    return make_path(TEMPFILE__MKDTEMP, options, out_path, path_size, result);
}

bool tempfile__repeat_unnamed_descriptor(const tempfile_options *options, tempfile_fd *result)
{
    struct recipe *recipe = find(TEMPFILE__UNNAMED, options);

    return recipe != NULL && (*result = follow(recipe, false)) >= 0;
}

/* Makes what is behind a new record. The record gets the path first, so that nothing is made that there is no memory for. */
static const struct recipe *make_object(enum tempfile__creation creation, const tempfile_options *options, tempfile__record *record, int *made)
{
    struct recipe *recipe = find(creation, options);

    if (recipe == NULL || (recipe->name != NULL && tempfile__set_field(record, TEMPFILE__PATH, recipe->path, recipe->size - 1) != 0) ||
        (*made = follow(recipe, creation == TEMPFILE__TEMPORARY_DIRECTORY)) < 0)
        return NULL;
    return recipe;
}

static bool make_file(enum tempfile__creation creation, const tempfile_options *options, tempfile__record *record, int *result)
{
    const struct recipe *recipe;
    int descriptor;

    if ((recipe = make_object(creation, options, record, &descriptor)) == NULL)
        return false;
    record->state = recipe->state;
    record->state.descriptor = descriptor;
    *result = 0;
    return true;
}

bool tempfile__repeat_named(const tempfile_options *options, tempfile__record *record, int *result)
{
    return make_file(TEMPFILE__NAMED_FILE, options, record, result);
}

bool tempfile__repeat_unnamed(const tempfile_options *options, tempfile__record *record, int *result)
{
    return make_file(TEMPFILE__UNNAMED_FILE, options, record, result);
}

bool tempfile__repeat_directory(const tempfile_options *options, tempfile__record *record, int *result)
{
    const struct recipe *recipe;
    uint64_t device, inode;
    int made;

    if ((recipe = make_object(TEMPFILE__TEMPORARY_DIRECTORY, options, record, &made)) == NULL)
        return false;
    if (!tempfile__identify_new(recipe->path, &device, &inode)) { /* Go makes another one, and looks closer */
        syscall(SYS_unlinkat, AT_FDCWD, recipe->path, AT_REMOVEDIR);
        return false;
    }
    record->state = recipe->state;
    record->state.device = device;
    record->state.inode = inode;
    *result = 0;
    return true;
}

static bool copy_options(const tempfile_options *from, tempfile_options *to)
{
    bool copied = true;

    *to = *from;
    if (from->name != NULL)
        to->name = ""; /* there was one, no more is asked of it */
    for (int i = 0; i < TEXTS; i++) {
        const char *text = *text_of(from, i);

        *text_of(to, i) = text != NULL ? strdup(text) : NULL;
        copied = copied && (text == NULL || *text_of(to, i) != NULL);
    }
    return copied;
}

/* Keeps how something was made; name is where in the path, -1: nowhere. Unless the environment was the same before, it is
 * not known which of the two Go has seen. */
void tempfile__remember(enum tempfile__creation creation, const tempfile_options *options, const tempfile__record *record,
                        const char *path, size_t length, int64_t name, size_t name_length, int flags, uint32_t permissions)
{
    struct tempfile__thread *thread = tempfile__this_thread();
    struct tempfile__recipes *recipes = thread != NULL ? thread->recipes : NULL;
    struct recipe *recipe;

    if (recipes == NULL || recipes->epoch != tempfile__epoch() || !tempfile__copy_environment(&recipes->environment) || recipes->environment.number != recipes->environment_before)
        return;
    recipe = &recipes->list[recipes->next++ % RECIPES];
    forget(recipe);
    if (!copy_options(options, &recipe->options) || (recipe->path = strndup(path, length)) == NULL) {
        forget(recipe);
        return;
    }
    recipe->creation = creation;
    recipe->size = length + 1;
    recipe->name = name >= 0 ? recipe->path + name : NULL;
    recipe->name_length = name_length;
    recipe->flags = flags;
    recipe->permissions = permissions;
    recipe->environment = recipes->environment.number;
    if (record != NULL)
        recipe->state = record->state;
}
