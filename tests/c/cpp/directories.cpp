// Directories, removals and the default directory.
#include "check.hpp"

#include <csignal>
#include <fstream>
#include <sys/wait.h>

namespace fs = std::filesystem;

static void fill(const fs::path &directory, int count)
{
    for (int i = 0; i < count; i++)
        std::ofstream(directory / std::to_string(i)) << i;
}

static void directories_go_with_all_they_hold()
{
    fs::path path;
    {
        const auto directory = tempfile::temporary_directory();
        path = directory.name();
        CHECK(path.is_absolute() && fs::is_directory(path));
        fs::create_directories(path / "a" / "b");
        fill(path / "a", 3);
    }
    CHECK(!fs::exists(path));

    std::error_code code;
    auto kept = tempfile::temporary_directory({}, code);
    path = kept.name();
    kept.keep();
    kept.unkeep();
    kept.keep();
    kept.keep(code);
    CHECK(!code);
    tempfile_directory *const handle = kept.release();
    CHECK(handle != nullptr && kept.get() == nullptr);
    kept = tempfile::directory(handle);
    kept = {};
    CHECK(fs::is_directory(path) && fs::remove(path));
}

static void cleaning_up_tells()
{
    auto directory = tempfile::temporary_directory();
    const fs::path path = directory.name();
    CHECK(fs::remove(path));
    std::ofstream(path.c_str()) << "a file in its place";
    CHECK(thrown(ENOTDIR, [&] { directory.cleanup(); }).path() == path);
    std::error_code code;
    directory.cleanup(code);
    CHECK(code == std::errc::not_a_directory && fs::remove(path));
    directory.cleanup();
    thrown(EBADF, [] { tempfile::directory().cleanup(); });
    CHECK(tempfile::directory().name().empty());
}

static void a_child_adopts()
{
    auto directory = tempfile::temporary_directory();
    const fs::path path = directory.name();
    const pid_t child = fork();
    if (child == 0) {
        std::error_code code;
        directory.adopt();
        directory.adopt(code);
        {
            const auto gone = std::move(directory);
        }
        _exit(!code && !fs::exists(path) ? 0 : 1);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

// Nothing was left behind here: what recovery does is tested in tests/host/recovery.
static void recoveries_go_in_steps()
{
    tempfile::directory folder;
    std::error_code code;
    tempfile::recovery recovery(folder.name(), true);

    CHECK(!recovery.step() && !recovery.at_item());
    CHECK(!recovery.step(1, code) && !code);
    thrown(EINVAL, [&] { recovery.step(0); });
    thrown(ENOTDIR, [&] { tempfile::enable_recovery("/proc/self/exe"); });
    tempfile::recovery of_nothing(folder.name() / "missing", false, code);
    CHECK(!code && !of_nothing.step());
}

static void removals_show_progress()
{
    const fs::path path = tempfile::mkdtemp();
    const std::uint64_t entries = 1 + 5 + 5 * 400;
    for (int i = 0; i < 5; i++) {
        fs::create_directory(path / std::to_string(i));
        fill(path / std::to_string(i), 400);
    }
    std::uint64_t last = 0;
    int calls = 0;
    CHECK(!tempfile::rmtree(path, [&](std::uint64_t removed) {
        CHECK(removed > last);
        last = removed;
        return ++calls < 2; // stops after the second call
    }));
    CHECK(calls == 2 && last >= 512 && last < entries && fs::is_directory(path));
    const std::uint64_t before = last;
    CHECK(tempfile::rmtree(path, [&](std::uint64_t removed) {
        last = removed;
        return true;
    }));
    CHECK(before + last == entries && !fs::exists(path));

    // An exception of the callback reaches the caller, and the other entries stay.
    std::error_code code;
    const fs::path other = tempfile::mkdtemp({}, code);
    fill(other, 300);
    bool caught = false;
    try {
        tempfile::rmtree(other, [](std::uint64_t) -> bool { throw 42; });
    } catch (int number) {
        caught = number == 42;
    }
    CHECK(!code && caught && fs::is_directory(other));

    tempfile::removal removal(other, tempfile::flag::none, code);
    CHECK(!code && removal.removed() == 0);
    while (removal.step(100, code)) {
    }
    CHECK(!code && !removal.step(1) && removal.removed() >= 1 && !fs::exists(other));
    thrown(EINVAL, [&] { removal.step(0); });

    thrown(EINVAL, [] { tempfile::rmtree("/"); });
    tempfile::rmtree(other);
    tempfile::rmtree(other, tempfile::flag::ignore_cleanup_errors, code);
    CHECK(!code);
    thrown(EINVAL, [&] { tempfile::rmtree(other, static_cast<tempfile::flag>(1u << 31)); });
}

static void the_default_directory()
{
    const fs::path given = getenv("TMPDIR");
    std::error_code code;
    CHECK(tempfile::gettempdir() == given && tempfile::gettempdir(code) == given && !code);
    CHECK(tempfile::gettempprefix() == "tmp");
    const auto candidates = tempfile::candidates();
    CHECK(candidates.size() >= 5 && candidates[0] == given && candidates == tempfile::candidates(code) && !code);

    const auto directory = tempfile::temporary_directory();
    tempfile::settempdir(directory.name());
    CHECK(tempfile::named_temporary_file().name().parent_path() == directory.name());
    tempfile::settempdir(fs::path("/nowhere/at/all"), code);
    CHECK(!code && thrown(ENOENT, [] { (void)tempfile::mkdtemp(); }).path().parent_path() == "/nowhere/at/all");
    tempfile::settempdir(std::nullopt);
    CHECK(tempfile::gettempdir() == given);
    tempfile::cleanup_on_signals();
    tempfile::cleanup_on_signals(code);
    CHECK(!code);
    tempfile::cleanup_on_signal(SIGALRM);
    tempfile::cleanup_on_signal(SIGKILL, code);
    CHECK(code == std::errc::invalid_argument);
    thrown(EINVAL, [] { tempfile::cleanup_on_signal(SIGSEGV); });
    tempfile::cleanup_at_signal(SIGUSR1, tempfile::signal_flag::always);
    tempfile::cleanup_at_signal(SIGKILL, tempfile::signal_flag::none, code);
    CHECK(code == std::errc::invalid_argument);
    thrown(EINVAL, [] { tempfile::cleanup_at_signal(SIGSEGV, tempfile::signal_flag::always); });

    auto file = tempfile::named_temporary_file();
    const auto full = tempfile::temporary_directory();
    CHECK(fs::create_directory(full.name() / "inner"));
    tempfile::cleanup();
    CHECK(!fs::exists(file.name()) && !fs::exists(full.name()) && !fs::exists(directory.name()));
    file.write("x", code);
    CHECK(code == std::errc::bad_file_descriptor);
    tempfile::cleanup(code);
    CHECK(!code);
}

static void what_is_there_is_taken_over()
{
    const fs::path path = tempfile::mkdtemp();
    std::ofstream(path / "file") << "x";
    std::error_code code;
    {
        auto file = tempfile::register_file(path / "file");
        CHECK(file.name() == path / "file");
        thrown(EBADF, [&] { file.tell(); });
        CHECK(!tempfile::register_file(path, code).get() && code == std::errc::is_a_directory);
        CHECK(!tempfile::register_directory(path / "file", code).get() && code == std::errc::not_a_directory);
    }
    CHECK(!fs::exists(path / "file"));
    CHECK(thrown(ENOENT, [&] { (void)tempfile::register_file(path / "file"); }).path() == path / "file");
    thrown(EINVAL, [] { (void)tempfile::register_file(std::string("a\0b", 3)); });
    fill(path, 3);
    CHECK(tempfile::register_directory(path).name() == path);
    CHECK(!fs::exists(path));
    (void)tempfile::register_directory(path, code);
    CHECK(code == std::errc::no_such_file_or_directory);
}

void test_directories()
{
    directories_go_with_all_they_hold();
    cleaning_up_tells();
    a_child_adopts();
    removals_show_progress();
    recoveries_go_in_steps();
    the_default_directory();
    what_is_there_is_taken_over();
}
