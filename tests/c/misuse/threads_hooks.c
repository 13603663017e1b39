/* Many threads use one object, and one thread ends it while the others go on. Then many objects at once. */
#include "misuse.h"
#include "hooks.h"
#include <pthread.h>

enum { THREADS = 200, ROUNDS = 60 };

static tempfile_file *file;
static tempfile_directory *directory;
static tempfile_removal *removal;
static pthread_barrier_t start;
static int refused; /* the number of calls that found the object freed */

/* Tells whether a call may have this result while other threads move the position, close the file and free it. */
static void check_result(int64_t result)
{
    if (result == -EBADF)
        __atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED);
    CHECK(result >= 0 || result == -EBADF);
}

/* Each byte of the file is the mark of its writer, or zero in a gap after a truncation. Any other byte would come from
 * another object. */
static void use_file(unsigned number)
{
    char buffer[100];
    int64_t result = 0;

    switch (number % 9) {
    case 0:
    case 1:
    case 2:
        memset(buffer, 'm', sizeof buffer);
        result = tempfile_file_write(file, buffer, 1 + number % sizeof buffer);
        break;
    case 3:
    case 4:
        result = tempfile_file_read(file, buffer, sizeof buffer);
        for (int64_t i = 0; i < result; i++)
            CHECK(buffer[i] == 'm' || buffer[i] == '\0');
        break;
    case 5: result = tempfile_file_seek(file, number % 1000, SEEK_SET); break;
    case 6: result = tempfile_file_tell(file); break;
    case 7: result = tempfile_file_truncate(file, number % 2000); break;
    default: result = tempfile_file_rolled(file); break;
    }
    check_result(result);
}

static void *file_thread(void *number)
{
    unsigned mine = (unsigned)(uintptr_t)number;

    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < ROUNDS; i++)
        use_file(mine + i * 7);
    if (mine % 50 == 3)
        check_result(tempfile_file_close(file));
    if (mine % 50 == 7) /* four of the threads free it, and go on */
        tempfile_file_free(file);
    for (unsigned i = 0; i < ROUNDS; i++)
        use_file(mine + i * 5);
    return NULL;
}

static void *directory_thread(void *number)
{
    unsigned mine = (unsigned)(uintptr_t)number;

    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i == ROUNDS / 2 && mine % 50 == 3)
            check_result(tempfile_directory_cleanup(directory));
        if (i == ROUNDS / 2 && mine % 50 == 7)
            tempfile_directory_free(directory);
        if (tempfile_directory_name(directory) == NULL)
            check_result(tempfile_last_error()->code);
        if (i % 16 == 0)
            check_result(directory_call((int)(mine % DIRECTORY_CALLS), directory));
    }
    return NULL;
}

static void *removal_thread(void *number)
{
    unsigned mine = (unsigned)(uintptr_t)number;
    uint64_t removed = 0;

    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i == 5 && mine % 50 == 7)
            tempfile_removal_free(removal);
        check_result(tempfile_removal_step(removal, 1, &removed));
        CHECK(removed <= 501);
    }
    return NULL;
}

static void run(void *(*body)(void *))
{
    static pthread_t threads[THREADS];

    pthread_barrier_init(&start, NULL, THREADS);
    refused = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    pthread_barrier_destroy(&start);
    CHECK(refused > 0);
}

static void one_file(int kind)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;

    options.max_size = kind == 2 ? 700 : 0;
    CHECK((kind == 0   ? tempfile_named_temporary_file(&options, &file)
           : kind == 1 ? tempfile_temporary_file(&options, &file)
                       : tempfile_spooled_temporary_file(&options, &file)) == 0);
    run(file_thread);
    CHECK(tempfile_test_live() == 0);
}

/* Threads use and free old handles. Objects of others in the same slots must not change. */
static void *others_thread(void *number)
{
    char mark = (char)('a' + (uintptr_t)number % 26), text[16];

    pthread_barrier_wait(&start);
    for (int i = 0; i < ROUNDS; i++) {
        tempfile_file *mine;

        if ((uintptr_t)number % 2 == 0) {
            use_file((unsigned)i);
            tempfile_file_free(file);
            continue;
        }
        CHECK(tempfile_spooled_temporary_file(NULL, &mine) == 0);
        memset(text, mark, sizeof text);
        CHECK(tempfile_file_write(mine, text, sizeof text) == sizeof text);
        CHECK(tempfile_file_tell(mine) == sizeof text && tempfile_file_seek(mine, 0, SEEK_SET) == 0);
        CHECK(tempfile_file_read(mine, text, sizeof text) == sizeof text);
        for (size_t k = 0; k < sizeof text; k++)
            CHECK(text[k] == mark);
        tempfile_file_free(mine);
    }
    return NULL;
}

static void one_tree(void)
{
    char path[TEMPFILE_PATH_SIZE], below[TEMPFILE_PATH_SIZE + 16];

    CHECK(tempfile_mkdtemp(NULL, path, sizeof path) == 0);
    for (int i = 0; i < 500; i++) {
        snprintf(below, sizeof below, "%s/%d", path, i);
        CHECK(fclose(fopen(below, "w")) == 0);
    }
    CHECK(tempfile_removal_start(path, 0, &removal) == 0);
    run(removal_thread);
    CHECK(tempfile_test_live() == 0 && tempfile_rmtree(path, 0) == 0);
}

static void a_thousand(void)
{
    enum { OBJECTS = 1000 };
    static tempfile_file *files[OBJECTS];
    static tempfile_directory *directories[OBJECTS];
    int64_t live = tempfile_test_live();

    for (int i = 0; i < OBJECTS; i++) {
        CHECK((i % 2 == 0    ? tempfile_spooled_temporary_file(NULL, &files[i])
               : i % 64 == 1 ? tempfile_temporary_file(NULL, &files[i])
                             : tempfile_named_temporary_file(NULL, &files[i])) == 0);
        CHECK(tempfile_file_write(files[i], &i, sizeof i) == sizeof i);
        if (i % 2 == 1 && i % 64 != 1) /* that many descriptors are more than some hosts allow */
            CHECK(tempfile_file_close(files[i]) == 0);
        CHECK(tempfile_temporary_directory(NULL, &directories[i]) == 0);
        for (int k = 0; k < i; k += 97)
            CHECK(files[k] != files[i] && directories[k] != directories[i]);
    }
    CHECK(tempfile_test_live() == live + 2 * OBJECTS && names_left() == OBJECTS);
    for (int i = 0; i < OBJECTS; i += 2) {
        int stored = -1;

        CHECK(tempfile_file_seek(files[i], 0, SEEK_SET) == 0);
        CHECK(tempfile_file_read(files[i], &stored, sizeof stored) == sizeof stored && stored == i);
    }
    for (int i = 0; i < OBJECTS; i++) {
        tempfile_file_free(files[i * 7 % OBJECTS]);
        tempfile_directory_free(directories[i * 13 % OBJECTS]);
    }
    CHECK(tempfile_test_live() == live && names_left() == 0);
}

int main(void)
{
    char path[TEMPFILE_PATH_SIZE];
    int before;

    CHECK(tempfile_gettempdir(path, sizeof path) == 0);
    before = open_descriptors();
    for (int kind = 0; kind < 3; kind++)
        one_file(kind);
    run(others_thread); /* the file is freed */
    CHECK(tempfile_temporary_directory(NULL, &directory) == 0);
    snprintf(path, sizeof path, "%s", tempfile_directory_name(directory));
    run(directory_thread);
    CHECK(tempfile_rmtree(path, 0) == 0); /* the directory exists if one thread kept it and the next one freed it */
    one_tree();
    a_thousand();
    CHECK(tempfile_test_live() == 0 && names_left() == 0 && open_descriptors() == before);
    return passed();
}
