/* The functions of the C library that Go gets in place of the real ones, by the linker's --wrap. By the real ones it
 * would change the host; by others C learns about Go's memory, threads and key. Go calls them through runtime/cgo. */
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

/* Go sets SA_ONSTACK on every handler that a host has, takes SIGPIPE and SIGURG, and more. The answer here is that it has
 * succeeded. Putting the host's actions back afterwards would not do: another thread may install a handler meanwhile. */
int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (tempfile__is_fault(number))
        return tempfile__set_fault_action(number, action, old);
    return old != NULL ? __real_sigaction(number, NULL, old) : 0;
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset)
{
    void *result = __real_mmap(address, size, protection, flags, descriptor, offset);

    if (result != MAP_FAILED)
        tempfile__mapped(result, size);
    return result;
}

/* Spare blocks for when there is no memory. Go ends the process if it gets no memory for a token or for the start of a
 * thread, a few bytes each; so it is given one of these then. A thread of the host's that is new to the library may need
 * one to free an object. */
enum { SPARE_BLOCKS = 8, SPARE_SIZE = 512 };
_Static_assert(sizeof(struct tempfile__thread) <= SPARE_SIZE, "SPARE_SIZE is too small");
static TEMPFILE__KEPT void *spare_blocks[SPARE_BLOCKS];

void *__wrap_malloc(size_t size)
{
    void *block = __real_malloc(size);

    if (__builtin_expect(block != NULL || size > SPARE_SIZE, 1))
        return block;
    for (int i = 0; i < SPARE_BLOCKS && block == NULL; i++)
        block = __atomic_exchange_n(&spare_blocks[i], NULL, __ATOMIC_ACQ_REL);
    return block;
}

/* Replaces the spare blocks that were used; false: there is no memory for that. Code that needs a token calls this
 * before. */
bool tempfile__stock_up(void)
{
    for (int i = 0; i < SPARE_BLOCKS; i++) {
        void *none = NULL, *block;

        if (__atomic_load_n(&spare_blocks[i], __ATOMIC_RELAXED) != NULL)
            continue;
        block = __real_malloc(SPARE_SIZE);
        if (block == NULL)
            return false;
        if (!__atomic_compare_exchange_n(&spare_blocks[i], &none, block, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            free(block); /* another thread was faster */
    }
    return true;
}

int __wrap_munmap(void *address, size_t size)
{
    tempfile__unmapped(address, size);
    return __real_munmap(address, size);
}

/* Go ends the process if it cannot have a thread, which it may ask for at any time. A limit that others have reached may
 * have room again soon; runtime/cgo tries 20 times, so this comes to ten seconds. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    enum { TRIES = 50 };
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    int result = EAGAIN;

    for (int i = 0; i < TRIES && result == EAGAIN; i++) {
        if (i > 0)
            nanosleep(&pause, NULL);
        result = __real_pthread_create(thread, attributes, run, argument);
    }
    return result;
}

/* The key by which Go learns that a thread of the host ends. */
static TEMPFILE__KEPT struct {
    bool made;
    pthread_key_t key;
    void (*destructor)(void *);
} go_key;

/* Tells Go of the end of a thread, but not the dead runtime in a forked child, which would wait for ever. Go takes the
 * thread's signal stack off as if it were its own. It is put back, because the host's destructors may come later. */
static void thread_ends(void *value)
{
    stack_t own = {.ss_flags = SS_DISABLE};

    if (!__atomic_load_n(&tempfile__shared.wiped->go_runs, __ATOMIC_ACQUIRE))
        return;
    sigaltstack(NULL, &own);
    go_key.destructor(value);
    sigaltstack(&own, NULL);
}

/* The one key of all Gos of this process and its children is made at load, as tempfile__make_thread_key says. */
void tempfile__make_go_key(void)
{
    go_key.made = __real_pthread_key_create(&go_key.key, thread_ends) == 0;
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    if (!go_key.made)
        return EAGAIN;
    *key = go_key.key;
    go_key.destructor = destructor;
    return 0;
}

/* This thread's value is of the dead runtime. */
void tempfile__forget_go_key_value(void)
{
    if (go_key.made)
        pthread_setspecific(go_key.key, NULL);
}

/* Go asks for the bounds of the stack whenever it is called on one that it does not know, as on a coroutine's. glibc
 * reads /proc/self/maps each time for the main thread, and asks for the processors for others. So the answer is kept. */
int __wrap_pthread_getattr_np(pthread_t id, pthread_attr_t *attributes)
{
    struct tempfile__thread *thread = tempfile__this_thread();
    int result;

    if (thread == NULL || !pthread_equal(id, pthread_self()))
        return __real_pthread_getattr_np(id, attributes);
    if (thread->stack_size == 0) {
        result = __real_pthread_getattr_np(id, attributes);
        if (result == 0)
            pthread_attr_getstack(attributes, &thread->stack, &thread->stack_size);
        return result;
    }
    result = pthread_attr_init(attributes);
    return result != 0 ? result : pthread_attr_setstack(attributes, thread->stack, thread->stack_size);
}
