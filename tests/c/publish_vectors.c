/* The vectors of publications, by way of the C ABI. */
#include "check.h"
#include "publications.h"

static int publish_directory(const struct publication *p)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_directory *directory;
    int result;

    options.dir = p->source;
    CHECK(tempfile_temporary_directory(&options, &directory) == 0);
    result = tempfile_directory_persist(directory, p->path, p->flags);
    tempfile_directory_free(directory);
    return result;
}

static tempfile_file *make(const struct publication *p)
{
    tempfile_options options = TEMPFILE_OPTIONS_INIT;
    tempfile_file *file;

    options.dir = p->source;
    if (strcmp(p->function, "named_temporary_file") == 0)
        CHECK(tempfile_named_temporary_file(&options, &file) == 0);
    else if (strcmp(p->function, "temporary_file") == 0)
        CHECK(tempfile_temporary_file(&options, &file) == 0);
    else {
        CHECK(strcmp(p->function, "spooled_temporary_file") == 0);
        CHECK(tempfile_spooled_temporary_file(&options, &file) == 0);
    }
    CHECK(tempfile_file_write(file, "new", 3) == 3);
    return file;
}

static int publish(const struct publication *p)
{
    tempfile_publish_options options = TEMPFILE_PUBLISH_OPTIONS_INIT;
    tempfile_file *file;
    int result;

    if (strcmp(p->function, "temporary_directory") == 0)
        return publish_directory(p);
    if (strcmp(p->function, "replace") == 0)
        return tempfile_replace(p->path, "new", 3, p->flags);
    file = make(p);
    if (p->permissions == 0 && p->within == NULL && p->backup == NULL) {
        result = tempfile_file_persist(file, p->path, p->flags);
    } else {
        options.flags = p->flags;
        options.permissions = p->permissions;
        options.within = p->within;
        options.backup = p->backup;
        result = tempfile_file_publish(file, p->path, &options);
    }
    tempfile_file_free(file);
    return result;
}

int main(void)
{
    printf("%d cases, ", run_publications("c", publish));
    return passed();
}
