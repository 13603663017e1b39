// SPDX-License-Identifier: MIT
#ifndef TEMPFILE_HPP
#define TEMPFILE_HPP

#if __cplusplus < 201703L
#error "tempfile.hpp needs C++17 (-std=c++17); tempfile.h is for C++11 and later"
#endif

/// tempfile.hpp is libtempfile for C++17 and later: the functions of tempfile.h with :: in place of the first '_', objects
/// that free themselves, std::filesystem::path for paths, and exceptions or std::error_code for errors. All of it is
/// inline; link with -ltempfile.
///
///     tempfile::options options;
///     options.prefix = "report-";
///     tempfile::file file = tempfile::named_temporary_file(options);
///     file.write("hello\n");
///
/// What a function does, and its errors, is said in tempfile.h, under the name there; here is what C++ adds.
///
/// Ownership. Objects can be moved, not copied. Destruction frees: it deletes what is to be deleted and is silent about
/// errors, so call close() or cleanup() first to learn of them. An object that was moved from answers EBADF.
///
/// Errors. Each function comes in two forms, as in std::filesystem. Without a std::error_code it throws tempfile::error,
/// with one it sets that (and clears it on success) and gives a value that means nothing after a failure. Codes are of
/// std::generic_category(): compare with std::errc. Either form may throw std::bad_alloc, unless it is noexcept.
///
/// Without exceptions (-fno-exceptions) use the forms with a std::error_code: those report failures as ever. A form without
/// one that fails writes the library's one line to stderr and calls std::abort. Where memory runs out in a std::string or a
/// path, the C++ library ends the process, as it does in all code that is compiled so. Streams: see streambuf. RTTI is not
/// needed.
///
/// Forks, threads and signals: as tempfile.h says.

#include <tempfile.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

// Compilers say in one macro or the other that they have exceptions. Without them all names are in a namespace of their
// own: a program may have translation units of both kinds, and the linker must not take one kind's function for the other's.
#if !defined(__cpp_exceptions) && !defined(__EXCEPTIONS)
#define TEMPFILE_NO_EXCEPTIONS
#endif

namespace tempfile {
#ifdef TEMPFILE_NO_EXCEPTIONS
inline namespace no_exceptions {
#endif

/// What is thrown. what() is the library's one line: the function, the step, the path and the reason.
class error : public std::system_error {
public:
    /// Describes a failure. code is a positive errno.
    error(int code, std::string operation, std::filesystem::path path, std::string message)
        : std::system_error(code, std::generic_category()),
          detail_(std::make_shared<const detail>(detail{std::move(operation), std::move(path), std::move(message)}))
    {
    }

    /// One line for people.
    const char *what() const noexcept override { return detail_->message.c_str(); }

    /// The step that failed: "open", "mkdir", "write".
    const std::string &operation() const noexcept { return detail_->operation; }

    /// What it failed on; empty where there is no path.
    const std::filesystem::path &path() const noexcept { return detail_->path; }

private:
    struct detail {
        std::string operation;
        std::filesystem::path path;
        std::string message;
    };
    // Shared, because copying an exception must not throw.
    std::shared_ptr<const detail> detail_;
};

/// Flags, to be joined by |. Each is the macro of tempfile.h of that name.
enum class flag : std::uint32_t {
    none = 0,
    no_delete = TEMPFILE_NO_DELETE,
    no_delete_on_close = TEMPFILE_NO_DELETE_ON_CLOSE,
    ignore_cleanup_errors = TEMPFILE_IGNORE_CLEANUP_ERRORS,
    text = TEMPFILE_TEXT,
    no_o_tmpfile = TEMPFILE_NO_O_TMPFILE,
    only_o_tmpfile = TEMPFILE_ONLY_O_TMPFILE,
};

/// Joins flags.
constexpr flag operator|(flag a, flag b) noexcept
{
    return static_cast<flag>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// What Python's functions take by keyword; all defaults are Python's. The fields are those of tempfile_options. What the
/// views point at must live until the call that takes the options returns. A NUL in one is EINVAL. In C++20:
/// named_temporary_file({.suffix = ".txt"}).
struct options {
    std::optional<std::string_view> suffix = {};
    std::optional<std::string_view> prefix = {};
    std::optional<std::filesystem::path> dir = {};
    std::optional<std::string_view> mode = {};
    std::optional<std::string_view> encoding = {};
    std::optional<std::string_view> errors = {};
    std::optional<std::string_view> newline = {};
    std::optional<std::string_view> name = {};
    std::int64_t buffering = 0;
    std::int64_t max_size = 0;
    tempfile::flag flags = tempfile::flag::none;
    std::uint32_t permissions = 0;
};

/// What is behind the functions; not for programs.
namespace detail {

// What the forms without a std::error_code do.
#ifndef TEMPFILE_NO_EXCEPTIONS
inline constexpr bool exceptions = true;
[[noreturn]] inline void raise(const error &what) { throw what; }
#else
inline constexpr bool exceptions = false;
[[noreturn]] inline void raise(const error &what)
{
    std::fprintf(stderr, "%s\n", what.what());
    std::abort();
}
#endif

[[noreturn]] inline void raise_last()
{
    const tempfile_error *last = tempfile_last_error();
    raise(error(-last->code, last->operation, last->path, last->message));
}

inline std::error_code as_code(int result) noexcept { return std::error_code(-result, std::generic_category()); }

// How a function reports: by throwing what the library says of the thread's last call, or into a std::error_code.
struct throwing {
    void refuse(const std::string &message) const { raise(error(EINVAL, "arguments", {}, message)); }
    void fail(std::int64_t) const { raise_last(); }
    void succeed() const noexcept {}
};

struct coding {
    std::error_code &code;
    void refuse(const std::string &) const noexcept { code = as_code(-EINVAL); }
    void fail(std::int64_t result) const noexcept { code = as_code(static_cast<int>(result)); }
    void succeed() const noexcept { code.clear(); }
};

// Reports the result of the library's latest call in this thread, and gives it, or 0 after a failure.
template <class To = int, class Report, class Result> To value(const Report &report, Result result)
{
    if (result < 0) {
        report.fail(result);
        return To();
    }
    report.succeed();
    return static_cast<To>(result);
}

// A C string would end at a NUL, and name something else.
template <class Report> bool has_nul(const Report &report, const char *what, std::string_view text)
{
    if (text.find('\0') == text.npos)
        return false;
    report.refuse(std::string(what) + " contains a NUL byte");
    return true;
}

// The options as C takes them, with copies of the strings: a view has no NUL at its end.
class given {
public:
    template <class Report>
    given(const Report &report, const options &from)
        : ok_(text(report, "suffix", from.suffix, c_.suffix) && text(report, "prefix", from.prefix, c_.prefix) &&
              text(report, "dir", directory(from), c_.dir) && text(report, "mode", from.mode, c_.mode) &&
              text(report, "encoding", from.encoding, c_.encoding) && text(report, "errors", from.errors, c_.errors) &&
              text(report, "newline", from.newline, c_.newline) && text(report, "name", from.name, c_.name))
    {
        c_.struct_size = sizeof c_;
        c_.buffering = from.buffering;
        c_.max_size = from.max_size;
        c_.flags = static_cast<std::uint32_t>(from.flags);
        c_.permissions = from.permissions;
    }
    given(const given &) = delete;
    given &operator=(const given &) = delete;

    explicit operator bool() const noexcept { return ok_; }
    const tempfile_options *get() const noexcept { return &c_; }

private:
    static std::optional<std::string_view> directory(const options &from)
    {
        if (from.dir)
            return std::string_view(from.dir->native());
        return std::nullopt;
    }

    template <class Report>
    bool text(const Report &report, const char *what, const std::optional<std::string_view> &from, const char *&to)
    {
        if (!from)
            return true;
        if (has_nul(report, what, *from))
            return false;
        to = copies_[used_++].assign(*from).c_str();
        return true;
    }

    std::array<std::string, 8> copies_;
    std::size_t used_ = 0;
    tempfile_options c_{}; // not by TEMPFILE_OPTIONS_INIT, which is another static function in each translation unit
    bool ok_;
};

struct free_file {
    void operator()(tempfile_file *file) const noexcept { tempfile_file_free(file); }
};
struct free_directory {
    void operator()(tempfile_directory *directory) const noexcept { tempfile_directory_free(directory); }
};
struct free_removal {
    void operator()(tempfile_removal *removal) const noexcept { tempfile_removal_free(removal); }
};
using file_handle = std::unique_ptr<tempfile_file, free_file>;
using directory_handle = std::unique_ptr<tempfile_directory, free_directory>;
using removal_handle = std::unique_ptr<tempfile_removal, free_removal>;

struct free_recovery {
    void operator()(tempfile_recovery *recovery) const noexcept { tempfile_recovery_free(recovery); }
};

using recovery_handle = std::unique_ptr<tempfile_recovery, free_recovery>;

// Makes an object by one of the functions whose last argument is the handle.
template <class Handle, class Report, class Create> Handle make(const Report &report, const options &from, Create create)
{
    typename Handle::pointer raw = nullptr;
    given c(report, from);
    if (c)
        value(report, create(c.get(), &raw));
    return Handle(raw);
}

// Calls one of the functions that write a path into a buffer, and gives the path. An exception after something was created
// must not leave it behind: undo(result, path) removes it.
template <class Report, class Call, class Undo>
std::filesystem::path created_path(const Report &report, Call call, Undo undo)
{
    std::array<char, TEMPFILE_PATH_SIZE> buffer;
    buffer[0] = '\0'; // a failure leaves it alone
    const int result = value(report, call(buffer.data(), buffer.size()));
    if (buffer[0] == '\0')
        return {};
    struct guard {
        Undo &undo;
        int result;
        const char *path;
        bool armed;
        ~guard()
        {
            if (armed)
                undo(result, path);
        }
    } guard{undo, result, buffer.data(), true};
    std::filesystem::path path(buffer.data());
    guard.armed = false;
    return path;
}

// Calls a function that takes a path.
template <class Report, class Call> int with_path(const Report &report, const std::filesystem::path &path, Call call)
{
    if (has_nul(report, "path", path.native()))
        return 0;
    return value(report, call(path.c_str()));
}

inline void nothing(int, const char *) noexcept {}

template <class Report> std::filesystem::path mkdtemp(const Report &report, const options &from)
{
    const given c(report, from);
    if (!c)
        return {};
    return created_path(
        report, [&](char *out, std::size_t size) { return tempfile_mkdtemp(c.get(), out, size); },
        [](int, const char *path) { ::rmdir(path); });
}

template <class Report> std::filesystem::path gettempdir(const Report &report)
{
    return created_path(report, tempfile_gettempdir, nothing);
}

template <class Report> void settempdir(const Report &report, const std::optional<std::filesystem::path> &dir)
{
    if (dir)
        with_path(report, *dir, tempfile_settempdir);
    else
        value(report, tempfile_settempdir(nullptr));
}

// The list may grow between asking for its size and asking for it: then it is asked for again.
template <class Report> std::vector<std::filesystem::path> candidates(const Report &report)
{
    std::string list;
    std::int64_t size;
    while ((size = tempfile_candidates(nullptr, 0)) >= 0) {
        list.resize(static_cast<std::size_t>(size));
        size = tempfile_candidates(list.data(), list.size());
        if (size != -ERANGE)
            break;
    }
    std::vector<std::filesystem::path> all;
    const std::size_t end = value<std::size_t>(report, size);
    for (std::size_t at = 0; at < end; at = list.find('\0', at) + 1)
        all.emplace_back(list.c_str() + at);
    return all;
}

} // namespace detail

/// A NamedTemporaryFile, TemporaryFile or SpooledTemporaryFile. The functions of that name make one.
class file {
public:
    /// No file: every operation is EBADF until one is moved into it.
    file() noexcept = default;

    /// Takes over a handle of tempfile.h.
    explicit file(tempfile_file *handle) noexcept : handle_(handle) {}

    /// The handle, which stays the object's.
    tempfile_file *get() const noexcept { return handle_.get(); }

    /// Gives the handle up: the caller frees it with tempfile_file_free.
    tempfile_file *release() noexcept { return handle_.release(); }

    /// Reads up to size bytes. Returns how many there were; less than size only at the end of the file.
    std::size_t read(void *buffer, std::size_t size) { return read(detail::throwing{}, buffer, size); }
    std::size_t read(void *buffer, std::size_t size, std::error_code &code) noexcept
    {
        return read(detail::coding{code}, buffer, size);
    }

    /// Replaces line with the next line, '\n' included. Returns false, and an empty line, at the end of the file.
    bool readline(std::string &line) { return readline(detail::throwing{}, line); }
    bool readline(std::string &line, std::error_code &code) { return readline(detail::coding{code}, line); }

    /// Writes all of the data. Returns its size.
    std::size_t write(std::string_view data) { return write(detail::throwing{}, data.data(), data.size()); }
    std::size_t write(std::string_view data, std::error_code &code) noexcept
    {
        return write(detail::coding{code}, data.data(), data.size());
    }
    std::size_t write(const void *data, std::size_t size) { return write(detail::throwing{}, data, size); }
    std::size_t write(const void *data, std::size_t size, std::error_code &code) noexcept
    {
        return write(detail::coding{code}, data, size);
    }

    /// Moves the position. whence is SEEK_SET, SEEK_CUR or SEEK_END. Returns the new position.
    std::int64_t seek(std::int64_t offset, int whence = SEEK_SET)
    {
        return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_seek(get(), offset, whence));
    }
    std::int64_t seek(std::int64_t offset, int whence, std::error_code &code) noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_seek(get(), offset, whence));
    }

    /// Returns the position.
    std::int64_t tell() const { return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_tell(get())); }
    std::int64_t tell(std::error_code &code) const noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_tell(get()));
    }

    /// Makes the file so many bytes long; a negative size stands for the position. Returns the new size.
    std::int64_t truncate(std::int64_t size = -1)
    {
        return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_truncate(get(), size));
    }
    std::int64_t truncate(std::int64_t size, std::error_code &code) noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_truncate(get(), size));
    }

    /// Makes the descriptor's position the file's own. Nothing that was written is ever held back.
    void flush() { detail::value(detail::throwing{}, tempfile_file_flush(get())); }
    void flush(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_flush(get())); }

    /// Returns the descriptor, which stays the file's. A spooled file rolls over.
    tempfile_fd fileno() { return detail::value(detail::throwing{}, tempfile_file_fileno(get())); }
    tempfile_fd fileno(std::error_code &code) noexcept
    {
        return detail::value(detail::coding{code}, tempfile_file_fileno(get()));
    }

    /// Returns the descriptor, which is the caller's to close from then on. The name stays the file's.
    [[nodiscard]] tempfile_fd detach() { return detail::value(detail::throwing{}, tempfile_file_detach(get())); }
    [[nodiscard]] tempfile_fd detach(std::error_code &code) noexcept
    {
        return detail::value(detail::coding{code}, tempfile_file_detach(get()));
    }

    /// Returns the absolute path; empty for a file without a name.
    std::filesystem::path name() const
    {
        const char *name = tempfile_file_name(get());
        return name == nullptr ? std::filesystem::path() : std::filesystem::path(name);
    }

    /// Moves a spooled file from memory to disk.
    void rollover() { detail::value(detail::throwing{}, tempfile_file_rollover(get())); }
    void rollover(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_rollover(get())); }

    /// Returns whether the file is on disk.
    bool rolled() const { return detail::value<bool>(detail::throwing{}, tempfile_file_rolled(get())); }
    bool rolled(std::error_code &code) const noexcept
    {
        return detail::value<bool>(detail::coding{code}, tempfile_file_rolled(get()));
    }

    /// Makes the name stay for good.
    void keep() { detail::value(detail::throwing{}, tempfile_file_keep(get())); }
    void keep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_keep(get())); }

    /// Makes this process the owner of a file that it inherited by fork.
    void adopt() { detail::value(detail::throwing{}, tempfile_file_adopt(get())); }
    void adopt(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_adopt(get())); }

    /// Closes the file, deletes its name unless that is to stay, and reports errors, which the destructor cannot.
    void close() { detail::value(detail::throwing{}, tempfile_file_close(get())); }
    void close(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_close(get())); }

private:
    template <class Report> std::size_t read(const Report &report, void *buffer, std::size_t size)
    {
        return detail::value<std::size_t>(report, tempfile_file_read(get(), buffer, size));
    }

    template <class Report> std::size_t write(const Report &report, const void *data, std::size_t size)
    {
        // An empty view may point nowhere, which is no mistake of the caller's.
        data = data == nullptr && size == 0 ? "" : data;
        return detail::value<std::size_t>(report, tempfile_file_write(get(), data, size));
    }

    template <class Report> bool readline(const Report &report, std::string &line)
    {
        std::array<char, 512> piece;
        line.clear();
        for (;;) {
            const auto n = detail::value<std::size_t>(report, tempfile_file_readline(get(), piece.data(), piece.size()));
            line.append(piece.data(), n);
            if (n == 0 || line.back() == '\n')
                return !line.empty();
        }
    }

    detail::file_handle handle_;
};

/// Creates a file with a name, which is deleted when the file is closed.
[[nodiscard]] inline file named_temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_named_temporary_file).release());
}
[[nodiscard]] inline file named_temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_named_temporary_file).release());
}

/// Creates a file without a name: nobody else can open it, and it is gone when it is closed, however the process ends.
[[nodiscard]] inline file temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_temporary_file).release());
}
[[nodiscard]] inline file temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_temporary_file).release());
}

/// Makes a file that lives in memory until it goes past max_size, or its descriptor is asked for.
[[nodiscard]] inline file spooled_temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_spooled_temporary_file).release());
}
[[nodiscard]] inline file spooled_temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_spooled_temporary_file).release());
}

/// A TemporaryDirectory. The function temporary_directory makes one.
class directory {
public:
    /// No directory: every operation is EBADF until one is moved into it.
    directory() noexcept = default;

    /// Takes over a handle of tempfile.h.
    explicit directory(tempfile_directory *handle) noexcept : handle_(handle) {}

    /// The handle, which stays the object's.
    tempfile_directory *get() const noexcept { return handle_.get(); }

    /// Gives the handle up: the caller frees it with tempfile_directory_free.
    tempfile_directory *release() noexcept { return handle_.release(); }

    /// Returns the absolute path; empty for no directory.
    std::filesystem::path name() const
    {
        const char *name = tempfile_directory_name(get());
        return name == nullptr ? std::filesystem::path() : std::filesystem::path(name);
    }

    /// Makes destruction and the end of the process leave the directory alone.
    void keep() { detail::value(detail::throwing{}, tempfile_directory_keep(get())); }
    void keep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_keep(get())); }

    /// Makes this process the owner of a directory that it inherited by fork.
    void adopt() { detail::value(detail::throwing{}, tempfile_directory_adopt(get())); }
    void adopt(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_adopt(get())); }

    /// Removes the directory with all it holds, in any process, and reports errors, which the destructor cannot.
    void cleanup() { detail::value(detail::throwing{}, tempfile_directory_cleanup(get())); }
    void cleanup(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_cleanup(get())); }

private:
    detail::directory_handle handle_;
};

/// Creates a directory that is removed with all it holds when the object is destroyed.
[[nodiscard]] inline directory temporary_directory(const options &given = {})
{
    using handle = detail::directory_handle;
    return directory(detail::make<handle>(detail::throwing{}, given, tempfile_temporary_directory).release());
}
[[nodiscard]] inline directory temporary_directory(const options &given, std::error_code &code)
{
    using handle = detail::directory_handle;
    return directory(detail::make<handle>(detail::coding{code}, given, tempfile_temporary_directory).release());
}

namespace detail {

// Makes an object of what has a path already.
template <class Handle, class Report, class Register>
Handle registered(const Report &report, const std::filesystem::path &path, Register call)
{
    typename Handle::pointer raw = nullptr;
    with_path(report, path, [&](const char *name) { return call(name, &raw); });
    return Handle(raw);
}

} // namespace detail

/// Takes over a file that is there already: it is deleted when the object is closed or destroyed.
[[nodiscard]] inline file register_file(const std::filesystem::path &path)
{
    return file(detail::registered<detail::file_handle>(detail::throwing{}, path, tempfile_register_file).release());
}
[[nodiscard]] inline file register_file(const std::filesystem::path &path, std::error_code &code)
{
    return file(detail::registered<detail::file_handle>(detail::coding{code}, path, tempfile_register_file).release());
}

/// Takes over a directory that is there already: it is removed with all it holds when the object is destroyed.
[[nodiscard]] inline directory register_directory(const std::filesystem::path &path)
{
    using handle = detail::directory_handle;
    return directory(detail::registered<handle>(detail::throwing{}, path, tempfile_register_directory).release());
}
[[nodiscard]] inline directory register_directory(const std::filesystem::path &path, std::error_code &code)
{
    using handle = detail::directory_handle;
    return directory(detail::registered<handle>(detail::coding{code}, path, tempfile_register_directory).release());
}

/// What mkstemp gives; both are the caller's to close and to remove.
struct descriptor_and_path {
    tempfile_fd descriptor = -1;
    std::filesystem::path path;
};

namespace detail {

template <class Report> descriptor_and_path mkstemp(const Report &report, const options &from)
{
    descriptor_and_path made;
    const given c(report, from);
    if (!c)
        return made;
    made.path = created_path(
        report, [&](char *out, std::size_t size) { return made.descriptor = tempfile_mkstemp(c.get(), out, size); },
        [](int descriptor, const char *path) {
            ::close(descriptor);
            ::unlink(path);
        });
    if (made.descriptor < 0)
        made.descriptor = -1;
    return made;
}

} // namespace detail

/// Creates a file that nothing closes or removes but the caller.
[[nodiscard]] inline descriptor_and_path mkstemp(const options &given = {})
{
    return detail::mkstemp(detail::throwing{}, given);
}
[[nodiscard]] inline descriptor_and_path mkstemp(const options &given, std::error_code &code)
{
    return detail::mkstemp(detail::coding{code}, given);
}

/// Creates a directory that nothing removes but the caller, with rmtree for instance. Returns its path.
[[nodiscard]] inline std::filesystem::path mkdtemp(const options &given = {})
{
    return detail::mkdtemp(detail::throwing{}, given);
}
[[nodiscard]] inline std::filesystem::path mkdtemp(const options &given, std::error_code &code)
{
    return detail::mkdtemp(detail::coding{code}, given);
}

/// Returns the directory in which things are created that ask for no other.
inline std::filesystem::path gettempdir() { return detail::gettempdir(detail::throwing{}); }
inline std::filesystem::path gettempdir(std::error_code &code) { return detail::gettempdir(detail::coding{code}); }

/// Sets that directory for the whole process; std::nullopt: choose again.
inline void settempdir(const std::optional<std::filesystem::path> &dir) { detail::settempdir(detail::throwing{}, dir); }
inline void settempdir(const std::optional<std::filesystem::path> &dir, std::error_code &code)
{
    detail::settempdir(detail::coding{code}, dir);
}

/// Returns the directories that gettempdir tries, in order.
inline std::vector<std::filesystem::path> candidates() { return detail::candidates(detail::throwing{}); }
inline std::vector<std::filesystem::path> candidates(std::error_code &code)
{
    return detail::candidates(detail::coding{code});
}

/// Returns what names begin with where no prefix is given.
inline std::string_view gettempprefix() noexcept { return tempfile_gettempprefix(); }

/// Returns the version of the library that was loaded; TEMPFILE_VERSION is that of the header.
inline std::string_view version() noexcept { return tempfile_version(); }

/// Removes now what a normal exit would remove. Objects stay, closed or cleaned up.
inline void cleanup() { detail::value(detail::throwing{}, tempfile_cleanup()); }
inline void cleanup(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_cleanup()); }

/// Makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove what this process made.
inline void cleanup_on_signals() { detail::value(detail::throwing{}, tempfile_cleanup_on_signals()); }
inline void cleanup_on_signals(std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_on_signals());
}

/// Makes one signal do so: one of those, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU or SIGXFSZ.
inline void cleanup_on_signal(int number) { detail::value(detail::throwing{}, tempfile_cleanup_on_signal(number)); }
inline void cleanup_on_signal(int number, std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_on_signal(number));
}

/// Flags of cleanup_at_signal. Each is the macro of tempfile.h of that name.
enum class signal_flag : std::uint32_t { none = 0, always = TEMPFILE_SIGNAL_ALWAYS };

/// Makes one signal do so; with signal_flag::always also where the program has a handler, which is called afterwards.
inline void cleanup_at_signal(int number, signal_flag flags)
{
    detail::value(detail::throwing{}, tempfile_cleanup_at_signal(number, static_cast<std::uint32_t>(flags)));
}
inline void cleanup_at_signal(int number, signal_flag flags, std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_at_signal(number, static_cast<std::uint32_t>(flags)));
}

/// A removal that goes in steps, so that the caller can show progress or stop in between. rmtree with a progress does both.
class removal {
public:
    /// Begins to remove a directory; nothing is removed yet. flags: flag::none or flag::ignore_cleanup_errors.
    explicit removal(const std::filesystem::path &path, flag flags = flag::none) { start(detail::throwing{}, path, flags); }
    removal(const std::filesystem::path &path, flag flags, std::error_code &code)
    {
        start(detail::coding{code}, path, flags);
    }

    /// Removes so many more entries, at least 1, and perhaps some more, or all. Returns whether there is more to do.
    bool step(std::uint32_t entries)
    {
        return detail::value<bool>(detail::throwing{}, tempfile_removal_step(handle_.get(), entries, &removed_));
    }
    bool step(std::uint32_t entries, std::error_code &code) noexcept
    {
        return detail::value<bool>(detail::coding{code}, tempfile_removal_step(handle_.get(), entries, &removed_));
    }

    /// Returns how many entries have been removed in all, the directory itself included.
    std::uint64_t removed() const noexcept { return removed_; }

private:
    template <class Report> void start(const Report &report, const std::filesystem::path &path, flag flags)
    {
        detail::with_path(report, path, [&](const char *name) {
            tempfile_removal *raw = nullptr;
            const int result = tempfile_removal_start(name, static_cast<std::uint32_t>(flags), &raw);
            handle_.reset(raw);
            return result;
        });
    }

    detail::removal_handle handle_;
    std::uint64_t removed_ = 0;
};

/// Makes this process write a journal of what it is to remove, so that a later one can remove it if this one is killed. It
/// also removes what dead processes have left, for 0.2 seconds at most. directory: where the journals of the user are; empty:
/// libtempfile in $XDG_RUNTIME_DIR, or libtempfile-UID in the default directory.
inline void enable_recovery(const std::filesystem::path &directory = {})
{
    detail::with_path(detail::throwing{}, directory,
                      [&](const char *name) { return tempfile_recovery_enable(directory.empty() ? nullptr : name); });
}
inline void enable_recovery(const std::filesystem::path &directory, std::error_code &code)
{
    detail::with_path(detail::coding{code}, directory,
                      [&](const char *name) { return tempfile_recovery_enable(directory.empty() ? nullptr : name); });
}

/// Removes what killed processes have left behind, one object a step. See tempfile_recovery_start.
class recovery {
public:
    /// Reads the journals; nothing is removed yet. directory: as for enable_recovery. dry_run: nothing will be removed.
    explicit recovery(const std::filesystem::path &directory = {}, bool dry_run = false)
    {
        start(detail::throwing{}, directory, dry_run);
    }
    recovery(const std::filesystem::path &directory, bool dry_run, std::error_code &code)
    {
        start(detail::coding{code}, directory, dry_run);
    }

    /// Deals with one object, or removes so many more entries of a directory. Returns false when all is done; else item()
    /// has the object, and at_item() tells whether the next step goes on with it.
    bool step(std::uint32_t entries = 4096)
    {
        progress_ = detail::value<int>(detail::throwing{}, tempfile_recovery_step(handle_.get(), entries, &item_));
        return progress_ > 0;
    }
    bool step(std::uint32_t entries, std::error_code &code) noexcept
    {
        progress_ = detail::value<int>(detail::coding{code}, tempfile_recovery_step(handle_.get(), entries, &item_));
        return progress_ > 0;
    }

    /// Returns what the last step did. The strings are valid until the next one.
    const tempfile_recovered &item() const noexcept { return item_; }

    /// Tells whether the last step has not come to the end of its object.
    bool at_item() const noexcept { return progress_ == 2; }

private:
    template <class Report> void start(const Report &report, const std::filesystem::path &directory, bool dry_run)
    {
        item_.struct_size = sizeof item_;
        detail::with_path(report, directory, [&](const char *name) {
            tempfile_recovery *raw = nullptr;
            const int result =
                tempfile_recovery_start(directory.empty() ? nullptr : name, dry_run ? TEMPFILE_DRY_RUN : 0, &raw);
            handle_.reset(raw);
            return result;
        });
    }

    detail::recovery_handle handle_;
    tempfile_recovered item_{};
    int progress_ = 0;
};

/// Removes a directory with all it holds, for what mkdtemp made. flags: flag::none or flag::ignore_cleanup_errors.
inline void rmtree(const std::filesystem::path &path, flag flags = flag::none)
{
    detail::with_path(detail::throwing{}, path,
                      [&](const char *name) { return tempfile_rmtree(name, static_cast<std::uint32_t>(flags)); });
}
inline void rmtree(const std::filesystem::path &path, flag flags, std::error_code &code)
{
    detail::with_path(detail::coding{code}, path,
                      [&](const char *name) { return tempfile_rmtree(name, static_cast<std::uint32_t>(flags)); });
}

/// Removes a directory and calls progress(removed) after each 256 entries or some more, and at the end; if that answers
/// false the removal stops there. Returns whether all is removed.
template <class Progress, std::enable_if_t<std::is_invocable_r_v<bool, Progress &, std::uint64_t>, int> = 0>
bool rmtree(const std::filesystem::path &path, Progress &&progress, flag flags = flag::none)
{
    removal all(path, flags);
    bool more;
    do {
        more = all.step(256);
        if (!progress(all.removed()))
            return !more;
    } while (more);
    return true;
}

/// A std::streambuf over a file, for standard streams. The file must outlive it.
///
/// What is written has reached the file when the call returns: nothing is held back that a fork could write twice. Reads
/// go ahead; flush() of an output stream and sync() of an input stream bring the file to the stream's position, for
/// somebody who goes on with the file. In a text file, what is written at once must be whole characters.
///
/// A read or write that fails throws tempfile::error, which a stream turns into badbit, or passes on to those who called
/// exceptions(std::ios::badbit). A position that cannot be is failbit.
///
/// Without exceptions a tempfile::stream gets its badbit all the same. In another stream a read that fails looks like the
/// end of the file: there, and anywhere else, failure() tells the two apart.
class streambuf : public std::streambuf {
public:
    /// Makes one over a file.
    explicit streambuf(file &under) noexcept : file_(&under) {}

    streambuf(const streambuf &) = delete;
    streambuf &operator=(const streambuf &) = delete;

    /// Returns why a read or write failed, the latest if several did. There was none if it converts to false.
    std::error_code failure() const noexcept { return failure_; }

protected:
    int_type underflow() override
    {
        if (gptr() == egptr()) {
            setg(nullptr, nullptr, nullptr);
            std::error_code code;
            start_ = file_->tell(code);
            const std::size_t n = code ? 0 : file_->read(ahead_.data(), ahead_.size(), code);
            if (code)
                return fail(code), traits_type::eof();
            setg(ahead_.data(), ahead_.data(), ahead_.data() + n);
        }
        return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
    }

    int_type overflow(int_type c) override
    {
        if (traits_type::eq_int_type(c, traits_type::eof()))
            return traits_type::not_eof(c);
        const char one = traits_type::to_char_type(c);
        return xsputn(&one, 1) == 1 ? c : traits_type::eof();
    }

    std::streamsize xsputn(const char *data, std::streamsize size) override
    {
        if (!settle())
            return 0;
        std::error_code code;
        const std::size_t n = file_->write(data, static_cast<std::size_t>(size), code);
        if (code)
            return fail(code), 0;
        return static_cast<std::streamsize>(n);
    }

    int sync() override
    {
        if (!settle())
            return -1;
        std::error_code code;
        file_->flush(code);
        if (code)
            return fail(code), -1;
        return 0;
    }

    pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override
    {
        const int whence = from == std::ios_base::beg ? SEEK_SET : from == std::ios_base::cur ? SEEK_CUR : SEEK_END;
        if (!settle())
            return pos_type(off_type(-1));
        std::error_code code;
        const std::int64_t position = file_->seek(offset, whence, code);
        return code ? pos_type(off_type(-1)) : pos_type(position);
    }

    pos_type seekpos(pos_type position, std::ios_base::openmode which) override
    {
        return seekoff(off_type(position), std::ios_base::beg, which);
    }

    // One that was read may be put back; what stands in the file is not changed by another.
    int_type pbackfail(int_type c) override
    {
        if (gptr() == eback()) {
            if (!settle())
                return traits_type::eof();
            std::error_code code;
            const std::int64_t position = file_->tell(code);
            if (!code && position == 0)
                return traits_type::eof();
            if (!code)
                file_->seek(position - 1, SEEK_SET, code);
            if (code)
                return fail(code), traits_type::eof();
            if (traits_type::eq_int_type(underflow(), traits_type::eof()))
                return traits_type::eof();
        } else {
            gbump(-1);
        }
        const bool any = traits_type::eq_int_type(c, traits_type::eof());
        if (any || traits_type::eq_int_type(c, traits_type::to_int_type(*gptr())))
            return traits_type::not_eof(c);
        gbump(1);
        return traits_type::eof();
    }

private:
    friend class stream;

    // Reports the failure of the library's latest call in this thread.
    void fail(std::error_code code)
    {
        failure_ = code;
        if (detail::exceptions)
            detail::raise_last();
        if (stream_ != nullptr)
            stream_->setstate(std::ios_base::badbit);
    }

    // Forgets what was read ahead, and brings the file to the stream's position: by reading again from where the area
    // began, because positions in a text file cannot be reckoned with. Returns whether that was done.
    bool settle()
    {
        const std::size_t behind = static_cast<std::size_t>(gptr() - eback());
        const bool unread = gptr() != egptr();
        setg(nullptr, nullptr, nullptr);
        if (!unread)
            return true;
        std::error_code code;
        file_->seek(start_, SEEK_SET, code);
        const std::size_t n = code ? 0 : file_->read(ahead_.data(), behind, code);
        if (code)
            return fail(code), false;
        if (n == behind)
            return true;
        failure_ = std::error_code(EILSEQ, std::generic_category());
        if (detail::exceptions)
            detail::raise(
                error(EILSEQ, "seek", file_->name(), "the stream stands within a character, or past the end of the file"));
        if (stream_ != nullptr)
            stream_->setstate(std::ios_base::badbit);
        return false;
    }

    file *file_;
    std::int64_t start_ = 0; // where the area that was read ahead begins in the file
    std::array<char, 4096> ahead_{};
    std::error_code failure_;
    std::ios *stream_ = nullptr; // the stream that owns this
};

namespace detail {

// A base class of the stream, so that it is there before std::iostream is made over it. A std::streambuf as the base itself
// would make sync() and getloc() of the stream ambiguous.
struct has_streambuf {
    explicit has_streambuf(file &under) noexcept : buffer(under) {}
    streambuf buffer;
};

} // namespace detail

/// A std::iostream over a file, which must outlive it. See streambuf.
///
///     tempfile::file file = tempfile::temporary_file();
///     tempfile::stream stream(file);
///     stream << "answer " << 42 << '\n';
class stream : private detail::has_streambuf, public std::iostream {
public:
    /// Makes one over a file, at the file's position.
    explicit stream(file &under) : detail::has_streambuf(under), std::iostream(&buffer) { buffer.stream_ = this; }

    /// Returns why the latest read or write failed that did, as streambuf does.
    std::error_code failure() const noexcept { return buffer.failure(); }
};

#ifdef TEMPFILE_NO_EXCEPTIONS
} // namespace no_exceptions
#undef TEMPFILE_NO_EXCEPTIONS
#endif
} // namespace tempfile

#endif
