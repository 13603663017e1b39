// The C++ binding without exceptions and RTTI. Failures come as std::error_code. A form without one ends the process as
// documented. Streams set badbit.
#include "../check.hpp"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this test is about a program that is compiled with -fno-exceptions -fno-rtti"
#endif

static void failures_are_codes()
{
    std::error_code code;
    tempfile::options options;
    options.prefix = "bare-";
    auto file = tempfile::named_temporary_file(options, code);
    CHECK(!code && file.name().filename().string().rfind("bare-", 0) == 0);
    CHECK(file.write("hello\n", code) == 6 && !code);
    CHECK(file.seek(0, SEEK_SET, code) == 0 && !code);
    std::string line;
    CHECK(file.readline(line, code) && line == "hello\n" && !code);
    file.close(code);
    CHECK(!code);
    file.write("x", code);
    CHECK(code == std::errc::bad_file_descriptor);

    options.prefix = "a/b";
    file = tempfile::named_temporary_file(options, code);
    CHECK(code == std::errc::invalid_argument && file.get() == nullptr);
    options.prefix = std::string_view("a\0b", 3);
    CHECK(tempfile::mkdtemp(options, code).empty() && code == std::errc::invalid_argument);
    tempfile::rmtree("/nowhere/at/all", tempfile::flag::none, code);
    tempfile::removal removal(std::string("a\0b", 3), tempfile::flag::none, code);
    CHECK(code == std::errc::invalid_argument);

    auto directory = tempfile::temporary_directory({}, code);
    CHECK(!code && std::filesystem::is_directory(directory.name(), code));
    auto made = tempfile::mkstemp({}, code);
    CHECK(!code && made.descriptor >= 0 && ::close(made.descriptor) == 0 && ::unlink(made.path.c_str()) == 0);
    CHECK(!tempfile::candidates(code).empty() && !tempfile::gettempdir(code).empty() && !code);
}

// The forms without a code exist, and work as long as nothing fails.
static void success_needs_no_code()
{
    auto file = tempfile::spooled_temporary_file();
    file.write("abc");
    CHECK(file.tell() == 3 && !file.rolled());
}

static void a_failure_without_a_code_aborts()
{
    int output[2];
    CHECK(pipe(output) == 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(output[1], 2);
        tempfile::file().write("x");
        _exit(0); // it did not abort
    }
    ::close(output[1]);
    char said[512] = "";
    std::size_t size = 0;
    for (ssize_t n; size < sizeof said - 1 && (n = ::read(output[0], said + size, sizeof said - 1 - size)) > 0;)
        size += static_cast<std::size_t>(n);
    ::close(output[0]);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(std::strstr(said, "tempfile_file_write: handle: ") == said && said[size - 1] == '\n');
}

static void streams_go_bad()
{
    std::error_code code;
    auto file = tempfile::temporary_file({}, code);
    tempfile::stream stream(file);
    stream << "answer " << 42 << '\n';
    stream.seekg(0);
    std::string word;
    int number = 0;
    CHECK(stream >> word >> number && word == "answer" && number == 42 && !stream.failure());

    stream.seekg(0);
    const tempfile_fd descriptor = file.fileno(code);
    const int full = ::open("/dev/full", O_RDWR | O_CLOEXEC);
    CHECK(full >= 0 && dup3(full, descriptor, O_CLOEXEC) == descriptor && ::close(full) == 0);
    stream << "no room";
    CHECK(stream.bad() && stream.failure() == std::errc::no_space_on_device);

    // A failed read is not the end of the file.
    stream.clear();
    const int folder = ::open("/", O_RDONLY | O_CLOEXEC);
    CHECK(folder >= 0 && dup3(folder, descriptor, O_CLOEXEC) == descriptor && ::close(folder) == 0);
    CHECK(stream.get() == EOF && stream.bad() && stream.failure() == std::errc::is_a_directory);
}

int main()
{
    failures_are_codes();
    success_needs_no_code();
    a_failure_without_a_code_aborts();
    streams_go_bad();
    std::printf("%d checks, C++ %ld, %s", checks, __cplusplus / 100, COMPILER);
    return 0;
}
