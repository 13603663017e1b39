// Files: options, errors in both forms, ownership, forks.
#include "check.hpp"

#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>

namespace fs = std::filesystem;

static_assert(!std::is_copy_constructible_v<tempfile::file> && !std::is_copy_assignable_v<tempfile::file>);
static_assert(std::is_nothrow_move_constructible_v<tempfile::file> && std::is_nothrow_move_assignable_v<tempfile::file>);
static_assert(!std::is_copy_constructible_v<tempfile::directory>);
static_assert(std::is_nothrow_move_constructible_v<tempfile::directory>);
static_assert(!std::is_copy_constructible_v<tempfile::removal> && !std::is_move_constructible_v<tempfile::stream>);
static_assert(std::is_nothrow_copy_constructible_v<tempfile::error>); // copying an exception must not throw

version_function version_elsewhere() { return &tempfile::version; }

static bool open_descriptor(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

static void options_reach_the_library()
{
    const std::string text = "name-and-more";
    tempfile::options options;
    options.prefix = "pre-";
    options.suffix = std::string_view("-post.txt").substr(0, 5); // a view need not end with a NUL
    options.name = std::string_view(text).substr(0, 4);
    options.dir = fs::path(getenv("TMPDIR"));
    options.permissions = 0640;
    const auto file = tempfile::named_temporary_file(options);
    CHECK(file.name() == fs::path(getenv("TMPDIR")) / "pre-name-post");
    CHECK((fs::status(file.name()).permissions() & fs::perms::others_all) == fs::perms::none);

    const tempfile::error taken = thrown(EEXIST, [&] { (void)tempfile::named_temporary_file(options); });
    CHECK(taken.path() == file.name() && !taken.operation().empty());
    CHECK(std::string_view(taken.what()).find("pre-name-post") != std::string_view::npos);
    CHECK(taken.code() == std::errc::file_exists);
#if __cplusplus >= 202002L
    CHECK(tempfile::named_temporary_file({.suffix = ".txt"}).name().extension() == ".txt");
#endif
}

static void errors_come_in_two_forms()
{
    std::error_code code = std::make_error_code(std::errc::io_error);
    tempfile::options options;
    auto good = tempfile::temporary_file(options, code);
    CHECK(!code && good.get() != nullptr);

    options.prefix = "a/b";
    const auto bad = tempfile::named_temporary_file(options, code);
    CHECK(code == std::errc::invalid_argument && bad.get() == nullptr && bad.name().empty());

    // The exception keeps its text when the library's text changes.
    const tempfile::error first = thrown(EINVAL, [&] { (void)tempfile::mkstemp(options); });
    const std::string said = first.what();
    CHECK(said == tempfile_last_error()->message);
    tempfile::error copy = first;
    good.write("x");
    CHECK(copy.what() == said);

    // In C, a string with a NUL would name another file.
    const std::string_view nul("a\0b", 3);
    for (auto field :
         {&tempfile::options::prefix, &tempfile::options::suffix, &tempfile::options::name, &tempfile::options::mode,
          &tempfile::options::encoding, &tempfile::options::errors, &tempfile::options::newline}) {
        tempfile::options with;
        with.*field = nul;
        thrown(EINVAL, [&] { (void)tempfile::temporary_file(with); });
        (void)tempfile::mkdtemp(with, code);
        CHECK(code == std::errc::invalid_argument);
        CHECK(tempfile::mkstemp(with, code).descriptor == -1 && code == std::errc::invalid_argument);
    }
    tempfile::options where;
    where.dir = fs::path(nul);
    thrown(EINVAL, [&] { (void)tempfile::spooled_temporary_file(where); });
    thrown(EINVAL, [&] { tempfile::rmtree(fs::path(nul)); });
    thrown(EINVAL, [&] { tempfile::removal(fs::path(nul)); });
    thrown(EINVAL, [&] { tempfile::settempdir(fs::path(nul)); });

    where.dir.reset();
    where.beside = fs::path(nul);
    thrown(EINVAL, [&] { (void)tempfile::temporary_directory(where); });
    where.beside = fs::path(getenv("TMPDIR")) / "target";
    CHECK(fs::path(tempfile::named_temporary_file(where).name()).parent_path() == where.beside->parent_path());
    where.min_free = 1;
    thrown(EINVAL, [&] { (void)tempfile::mkstemp(where); });
    where = {};
    where.min_free = INT64_MAX;
    CHECK(thrown(ENOENT, [&] { (void)tempfile::mkstemp(where); }).what() != nullptr);
    where.min_free = 0;

    where.dir = fs::path(getenv("TMPDIR")) / "missing";
    CHECK(thrown(ENOENT, [&] { (void)tempfile::named_temporary_file(where); }).path().parent_path() == where.dir);
}

static void reads_and_writes()
{
    auto file = tempfile::temporary_file();
    CHECK(file.name().empty());
    CHECK(file.write("one\n") == 4 && file.write("") == 0 && file.write(std::string_view()) == 0);
    const std::string longer = std::string(1500, 'x') + std::string("\0y\n", 3);
    CHECK(file.write(longer) == longer.size());
    CHECK(file.write("end", 3) == 3 && file.tell() == 1510);

    std::error_code code;
    std::string line = "before";
    CHECK(file.seek(0) == 0);
    CHECK(file.readline(line) && line == "one\n");
    CHECK(file.readline(line) && line == longer);
    CHECK(file.readline(line, code) && line == "end" && !code);
    CHECK(!file.readline(line, code) && line.empty() && !code);

    char buffer[8];
    CHECK(file.seek(-3, SEEK_END) == 1507 && file.read(buffer, sizeof buffer) == 3);
    CHECK(file.read(buffer, sizeof buffer, code) == 0 && !code);
    CHECK(file.truncate(3, code) == 3 && file.seek(1, SEEK_SET, code) == 1 && file.truncate() == 1 && file.tell(code) == 1);
    file.seek(-1, SEEK_SET, code);
    CHECK(code == std::errc::invalid_argument);
    thrown(EINVAL, [&] { file.seek(-1); });
    thrown(EINVAL, [&] { file.read(nullptr, 1); });
    const tempfile_fd again = file.reopen("r");
    CHECK(again >= 0 && ::close(again) == 0);
    thrown(EINVAL, [&] { (void)file.reopen("x"); });
    CHECK(file.reopen(std::string_view("r\0", 2), code) < 0 && code == std::errc::invalid_argument);
    file.flush();
    file.flush(code);
    CHECK(!code && open_descriptor(file.fileno()) && file.fileno(code) == file.fileno());
}

static void spooled_files_roll_over()
{
    tempfile::options options;
    options.max_size = 4;
    auto file = tempfile::spooled_temporary_file(options);
    std::error_code code;
    file.write("1234");
    CHECK(!file.rolled() && !file.rolled(code) && !code);
    file.write("5", code);
    CHECK(file.rolled() && !code);
    auto other = tempfile::spooled_temporary_file();
    other.rollover();
    other.rollover(code);
    CHECK(other.rolled(code) && !code);
}

static void names_go_when_they_should()
{
    std::error_code code;
    fs::path path;
    {
        const auto file = tempfile::named_temporary_file();
        path = file.name();
        CHECK(fs::exists(path));
    }
    CHECK(!fs::exists(path));

    auto closed = tempfile::named_temporary_file();
    path = closed.name();
    closed.close();
    closed.close(code);
    CHECK(!code && !fs::exists(path));
    thrown(EBADF, [&] { closed.write("late"); });

    // A move transfers the ownership. The target is freed first, and the source then returns EBADF.
    auto from = tempfile::named_temporary_file();
    auto into = tempfile::named_temporary_file();
    const fs::path kept = from.name(), replaced = into.name();
    into = std::move(from);
    CHECK(into.name() == kept && fs::exists(kept) && !fs::exists(replaced));
    CHECK(from.name().empty() && from.tell(code) == 0 && code == std::errc::bad_file_descriptor); // NOLINT: on purpose
    thrown(EBADF, [&] { from.write("nobody"); });

    tempfile::options options;
    options.flags = tempfile::flag::no_delete_on_close | tempfile::flag::ignore_cleanup_errors;
    auto later = tempfile::named_temporary_file(options);
    path = later.name();
    later.close();
    CHECK(fs::exists(path));
    tempfile_file *const handle = later.release();
    CHECK(later.get() == nullptr && fs::exists(path));
    later = tempfile::file(handle);
    CHECK(later.get() == handle && later.name() == path);
    later = tempfile::file();
    CHECK(!fs::exists(path));

    auto stays = tempfile::named_temporary_file();
    path = stays.name();
    stays.keep();
    stays.unkeep();
    stays.keep();
    stays.keep(code);
    stays = {};
    CHECK(!code && fs::remove(path));
    thrown(EINVAL, [&] { tempfile::temporary_file().keep(); });
}

static void descriptors_are_handed_over()
{
    auto file = tempfile::named_temporary_file();
    file.write("data");
    const int descriptor = file.detach();
    std::error_code code;
    CHECK(file.tell(code) == 0 && code == std::errc::bad_file_descriptor && fs::exists(file.name()));
    file.close();
    CHECK(open_descriptor(descriptor) && ::close(descriptor) == 0);
    auto other = tempfile::temporary_file();
    CHECK(::close(other.detach(code)) == 0 && !code);

    const auto [made, path] = tempfile::mkstemp();
    CHECK(open_descriptor(made) && ::close(made) == 0 && fs::remove(path));
    const auto again = tempfile::mkstemp({}, code);
    CHECK(!code && ::close(again.descriptor) == 0 && fs::remove(again.path));
}

static void a_child_deletes_nothing_until_it_adopts()
{
    auto file = tempfile::named_temporary_file();
    const fs::path path = file.name();
    file.write("of the parent");
    const pid_t child = fork();
    if (child == 0) {
        {
            const auto gone = std::move(file);
        }
        _exit(fs::exists(path) ? 0 : 1);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0 && fs::exists(path));

    const pid_t heir = fork();
    if (heir == 0) {
        std::error_code code;
        file.adopt();
        file.adopt(code);
        {
            const auto gone = std::move(file);
        }
        _exit(!code && !fs::exists(path) ? 0 : 1);
    }
    CHECK(heir > 0 && waitpid(heir, &status, 0) == heir && status == 0 && !fs::exists(path));
}

void test_files()
{
    options_reach_the_library();
    errors_come_in_two_forms();
    reads_and_writes();
    spooled_files_roll_over();
    names_go_when_they_should();
    descriptors_are_handed_over();
    a_child_deletes_nothing_until_it_adopts();
}
