// Publications: the vectors that all languages share, and errors in both forms.
#include "check.hpp"

#include "../publications.h"

#include <fstream>

namespace fs = std::filesystem;

static tempfile::file make(const publication &p)
{
    const std::string function = p.function;
    tempfile::options options;
    options.dir = p.source;
    auto file = function == "named_temporary_file" ? tempfile::named_temporary_file(options)
                : function == "temporary_file"     ? tempfile::temporary_file(options)
                                                   : tempfile::spooled_temporary_file(options);
    CHECK(file.write("new") == 3);
    return file;
}

// By the form with a code.
static std::error_code publish_with_code(const publication &p)
{
    const auto flags = static_cast<tempfile::publish_flag>(p.flags);
    std::error_code code;
    if (p.function == std::string("temporary_directory")) {
        tempfile::options options;
        options.dir = p.source;
        tempfile::temporary_directory(options).persist(p.path, flags, code);
    } else if (p.function == std::string("replace")) {
        tempfile::replace(p.path, "new", flags, code);
    } else if (p.permissions == 0 && p.within == nullptr && p.backup == nullptr) {
        make(p).persist(p.path, flags, code);
    } else {
        tempfile::publish_options options;
        options.flags = flags;
        options.permissions = p.permissions;
        if (p.within != nullptr)
            options.within = p.within;
        if (p.backup != nullptr)
            options.backup = p.backup;
        make(p).publish(p.path, options, code);
    }
    return code;
}

static int publish(const publication *p)
{
    const std::error_code code = publish_with_code(*p);
    CHECK(!code || code.category() == std::generic_category());
    return -code.value();
}

static std::string content(const fs::path &path)
{
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void test_publications()
{
    CHECK(run_publications("cpp", publish) > 100);

    const auto directory = tempfile::temporary_directory();
    const fs::path target = directory.name() / "target", nul(std::string("a\0b", 3));
    using tempfile::publish_flag;

    tempfile::replace(target, "one");
    thrown(EEXIST, [&] { tempfile::replace(target, "two", publish_flag::no_replace | publish_flag::sync); });
    CHECK(content(target) == "one");
    auto file = tempfile::spooled_temporary_file();
    file.write("two");
    thrown(EINVAL, [&] { file.persist(nul); });
    thrown(EINVAL, [&] { tempfile::replace(nul, ""); });
    tempfile::publish_options options;
    options.backup = nul;
    thrown(EINVAL, [&] { file.publish(target, options); });
    options.backup = {};
    options.within = nul;
    thrown(EINVAL, [&] { file.publish(target, options); });
    CHECK(thrown(EINVAL, [&] { file.persist(target / ".."); }).path() == target / "..");
    file.persist(target, publish_flag::backup);
    CHECK(content(target) == "two" && content(fs::path(target) += "~") == "one" && file.name() == target);
    file.write("!");
    file.close();
    CHECK(content(target) == "two!");

    const auto made = tempfile::mkstemp();
    CHECK(::write(made.descriptor, "three", 5) == 5);
    options = {};
    options.flags = publish_flag::across;
    tempfile::publish_descriptor(made.descriptor, made.path, target, options);
    CHECK(content(target) == "three" && !fs::exists(made.path) && ::close(made.descriptor) == 0);
    std::error_code code;
    tempfile::publish_descriptor(-1, {}, target, {}, code);
    CHECK(code == std::errc::bad_file_descriptor);

    auto tree = tempfile::temporary_directory();
    tree.persist(directory.name() / "tree");
    CHECK(fs::is_directory(directory.name() / "tree"));
    thrown(EBADF, [&] { tree.persist(directory.name() / "again"); });
}
