/* Invalid handles, while Go's stacks grow and its collector runs. If Go took such a value for a pointer, the collector would
 * end the process. */
#include "misuse.h"
#include "hooks.h"
#include <pthread.h>
#include <sys/mman.h>

static int stop;

/* The first call of a thread begins on a small goroutine stack, so the test starts new threads all the time. */
static void *work_once(void *unused)
{
    tempfile_test_work(200);
    return unused;
}

static void *work(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        pthread_t thread;

        CHECK(pthread_create(&thread, NULL, work_once, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        tempfile_test_collect();
    }
    return unused;
}

static void small_integers(void)
{
    for (uintptr_t value = 0; value <= 4096; value++)
        check_no_handle((void *)value);
    for (uintptr_t value = 1; value <= 64; value++)
        check_no_handle((void *)-value);
}

static void foreign_pointers(void)
{
    char on_stack[64] = "";
    void *on_heap = malloc(64), *unreadable = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check_no_handle(on_stack);
    check_no_handle(on_heap);
    check_no_handle(unreadable);
    check_no_handle((void *)(uintptr_t)&small_integers);
    check_no_handle((void *)(uintptr_t)&tempfile_file_read);
    check_no_handle("a string");
    check_no_handle(tempfile_version());
    check_no_handle(tempfile_last_error());
    check_no_handle(stdout);
    munmap(unreadable, 4096);
    free(on_heap);
}

/* A value that differs from a live handle in one bit is no handle. Some values differ in two bits. */
static void neighbours(void)
{
    tempfile_file *file;

    CHECK(tempfile_spooled_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_file_write(file, "mine", 4) == 4);
    for (int bit = 0; bit < 64; bit++) {
        check_no_handle((void *)((uintptr_t)file ^ (uintptr_t)1 << bit));
        for (int other = 0; other < bit; other += 5)
            check_no_handle((void *)((uintptr_t)file ^ (uintptr_t)1 << bit ^ (uintptr_t)1 << other));
    }
    CHECK(tempfile_file_tell(file) == 4 && tempfile_file_rolled(file) == 0);
    tempfile_file_free(file);
}

static void stale_and_twice(void)
{
    tempfile_file *file, *next;
    tempfile_directory *directory, *next_directory;
    char path[TEMPFILE_PATH_SIZE];

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    tempfile_file_free(file);
    check_no_handle(file);
    CHECK(tempfile_named_temporary_file(NULL, &next) == 0 && next != file);
    CHECK(tempfile_file_write(next, "next", 4) == 4);
    tempfile_file_free(file);
    check_no_handle(file);
    CHECK(tempfile_file_tell(next) == 4 && access(tempfile_file_name(next), F_OK) == 0);
    tempfile_file_free(next);

    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    strcpy(path, tempfile_directory_name(directory));
    tempfile_directory_free(directory);
    CHECK(access(path, F_OK) != 0);
    check_no_handle(directory);
    CHECK(tempfile_temporary_directory(NULL, &next_directory) == 0 && next_directory != directory);
    check_no_handle(directory);
    CHECK(access(tempfile_directory_name(next_directory), F_OK) == 0);
    tempfile_directory_free(next_directory);
}

/* A handle of the wrong type is -EBADF, and its object does not change. */
static void wrong_kinds(void)
{
    tempfile_file *file;
    tempfile_directory *directory;
    tempfile_removal *removal;
    char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 8];
    uint64_t removed = 77;

    CHECK(tempfile_named_temporary_file(NULL, &file) == 0);
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    snprintf(below, sizeof below, "%s/below", path);
    CHECK(fclose(fopen(below, "w")) == 0);
    CHECK(tempfile_removal_start(path, 0, &removal) == 0);
    for (int i = 0; i < DIRECTORY_CALLS; i++) {
        CHECK(directory_call(i, (tempfile_directory *)file) == -EBADF);
        CHECK(directory_call(i, (tempfile_directory *)removal) == -EBADF);
    }
    for (int i = 0; i < FILE_CALLS; i++) {
        CHECK(file_call(i, (tempfile_file *)directory) == -EBADF);
        CHECK(file_call(i, (tempfile_file *)removal) == -EBADF);
    }
    CHECK(tempfile_removal_step((tempfile_removal *)file, 1, &removed) == -EBADF);
    CHECK(tempfile_removal_step((tempfile_removal *)directory, 1, &removed) == -EBADF && removed == 77);
    tempfile_file_free((tempfile_file *)directory);
    tempfile_file_free((tempfile_file *)removal);
    tempfile_directory_free((tempfile_directory *)file);
    tempfile_directory_free((tempfile_directory *)removal);
    tempfile_removal_free((tempfile_removal *)file);
    tempfile_removal_free((tempfile_removal *)directory);
    CHECK(tempfile_test_live() == 3);
    CHECK(access(tempfile_file_name(file), F_OK) == 0 && access(tempfile_directory_name(directory), F_OK) == 0);
    CHECK(access(below, F_OK) == 0);
    CHECK(tempfile_removal_step(removal, 10, &removed) == 0 && removed == 2);
    tempfile_removal_free(removal);
    tempfile_directory_free(directory);
    tempfile_file_free(file);
}

/* A slot is used again at once, and its old handle stays invalid. */
static void a_million_reuses(void)
{
    tempfile_file *old, *file;

    CHECK(tempfile_spooled_temporary_file(NULL, &old) == 0);
    tempfile_file_free(old);
    for (int i = 0; i < 1000000; i++) {
        if (tempfile_spooled_temporary_file(NULL, &file) != 0 || file == old)
            CHECK(!"a new object");
        if (i < 999999)
            tempfile_file_free(file);
    }
    CHECK(((uintptr_t)file & 0xffffff) == ((uintptr_t)old & 0xffffff)); /* the same slot */
    check_no_handle(old);
    CHECK(tempfile_file_write(file, "x", 1) == 1);
    tempfile_file_free(file);
}

int main(void)
{
    int before;
    pthread_t worker;

    tempfile_test_collect();
    before = open_descriptors();
    CHECK(pthread_create(&worker, NULL, work, NULL) == 0);
    small_integers();
    foreign_pointers();
    neighbours();
    stale_and_twice();
    wrong_kinds();
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    CHECK(pthread_join(worker, NULL) == 0);
    a_million_reuses();
    CHECK(tempfile_test_live() == 0);
    CHECK(names_left() == 0);
    CHECK(open_descriptors() == before);
    return passed();
}
