// Files and directories that get a lasting name.
#include "check.hpp"

#include <fcntl.h>
#include <fstream>

namespace fs = std::filesystem;
using tempfile::flag;

static fs::path base() { return fs::path(getenv("TMPDIR")); }

static std::string content_of(const fs::path &path)
{
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

static void files_persist()
{
    const fs::path path = base() / "lasting";
    for (auto *create : {+[] { return tempfile::named_temporary_file(); }, +[] { return tempfile::temporary_file(); },
                         +[] { return tempfile::spooled_temporary_file(); }}) {
        {
            auto file = create();
            file.write("one");
            file.persist(path, flag::sync | flag::like_target);
            CHECK(file.name() == path && file.tell() == 3);
            std::error_code code;
            file.persist(path, flag::exchange, code);
            CHECK(code == std::errc::invalid_argument);
        }
        CHECK(content_of(path) == "one");
        auto other = create();
        const auto taken = thrown(EEXIST, [&] { other.persist(path, flag::no_replace); });
        CHECK(taken.path() == path);
    }
    fs::remove(path);
}

static void options_are_passed_on()
{
    tempfile::publish_options options;
    options.flags = flag::backup;
    options.permissions = 0640;
    options.within = base();
    options.backup = std::string_view("previous, cut").substr(0, 8);
    tempfile::replace(base() / "file", "old");
    auto file = tempfile::temporary_file();
    file.write("new");
    file.publish("file", options);
    CHECK(content_of(base() / "file") == "new" && content_of(base() / "previous") == "old");
    CHECK(fs::status(base() / "file").permissions() == fs::perms(0640));

    std::error_code code;
    file.publish("../out", options, code);
    CHECK(code == std::errc::operation_not_permitted);
    options.backup = std::string_view("a\0b", 3);
    file.publish("file", options, code);
    CHECK(code == std::errc::invalid_argument);
    thrown(EINVAL, [&] { file.publish("file", options); });
    fs::remove(base() / "file");
    fs::remove(base() / "previous");
}

static void data_replaces()
{
    const fs::path path = base() / "file";
    std::error_code code = std::make_error_code(std::errc::io_error);
    tempfile::replace(path, "one");
    tempfile::replace(path, {}, flag::like_target, code);
    CHECK(!code && fs::file_size(path) == 0);
    tempfile::replace(base() / "none" / "file", "x", flag::none, code);
    CHECK(code == std::errc::no_such_file_or_directory);
    thrown(EEXIST, [&] { tempfile::replace(path, "x", flag::no_replace); });
    fs::remove(path);
}

static void descriptors_persist()
{
    const fs::path path = base() / "file";
    const auto made = tempfile::mkstemp();
    CHECK(write(made.descriptor, "one", 3) == 3);
    tempfile::publish_descriptor(made.descriptor, made.path, path);
    CHECK(content_of(path) == "one" && !fs::exists(made.path));
    std::error_code code;
    tempfile::publish_descriptor(-1, {}, path, {}, code);
    CHECK(code == std::errc::bad_file_descriptor && close(made.descriptor) == 0);
    fs::remove(path);
}

static void directories_persist()
{
    const fs::path path = base() / "lasting";
    {
        auto directory = tempfile::temporary_directory();
        directory.persist(path, flag::sync);
        CHECK(directory.name() == path);
    }
    CHECK(fs::is_directory(path));
    {
        auto directory = tempfile::temporary_directory();
        std::error_code code;
        directory.persist(path, flag::none, code);
        CHECK(code == std::errc::file_exists);
        tempfile::replace(directory.name() / "new", "new");
        directory.persist(path, flag::exchange);
        CHECK(fs::exists(directory.name()) && !fs::exists(directory.name() / "new"));
    }
    CHECK(content_of(path / "new") == "new");
    fs::remove_all(path);
    CHECK(fs::is_empty(base()));
}

void test_publish()
{
    files_persist();
    options_are_passed_on();
    data_replaces();
    descriptors_persist();
    directories_persist();
}
