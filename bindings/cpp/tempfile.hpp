// SPDX-License-Identifier: MIT
#ifndef TEMPFILE_HPP
#define TEMPFILE_HPP

#if __cplusplus < 201703L
#error "tempfile.hpp needs C++17 (-std=c++17); tempfile.h is for C++11 and later"
#endif

/// tempfile.hpp is libtempfile for C++17 and later. It wraps the functions of tempfile.h: tempfile_mkstemp is
/// tempfile::mkstemp here. Objects free themselves, paths are std::filesystem::path, and errors are exceptions or
/// std::error_code. Everything is inline; link with -ltempfile.
///
///     tempfile::options options;
///     options.prefix = "report-";
///     tempfile::file file = tempfile::named_temporary_file(options);
///     file.write("hello\n");
///
/// The comments below describe the C++ side only. tempfile.h describes each function in full, with its errors, under its
/// name in C.
///
/// Ownership. An object can be moved, but not copied. The destructor frees the object: it deletes the file or directory
/// unless it is to be kept. A destructor cannot report errors, so call close() or cleanup() before if you want to see them.
/// An object that was moved from holds nothing, and every operation on it fails with EBADF.
///
/// Errors. Each function has two forms, as in std::filesystem. The form without a std::error_code throws tempfile::error.
/// The form with a std::error_code sets it on failure and clears it on success; do not use the returned value after a
/// failure. The codes belong to std::generic_category(), so compare them with std::errc. Both forms may throw
/// std::bad_alloc, unless they are noexcept.
///
/// Without exceptions (-fno-exceptions), use the forms with a std::error_code: they work as usual. If a form without one
/// fails, it writes the error message to stderr and calls std::abort. If a std::string or a path gets no memory, the C++
/// library ends the process, as it does for all code that is compiled without exceptions. For streams, see streambuf. The
/// header does not need RTTI.
///
/// For forks, threads and signals, see tempfile.h.

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

// A compiler that has exceptions defines one of these two macros. Without exceptions, all names are in an inline namespace
// of their own. A program may have translation units with exceptions and others without, and the inline functions differ
// between them; with the same names, the linker would keep only one of the two.
#if !defined(__cpp_exceptions) && !defined(__EXCEPTIONS)
#define TEMPFILE_NO_EXCEPTIONS
#endif

namespace tempfile {
#ifdef TEMPFILE_NO_EXCEPTIONS
inline namespace no_exceptions {
#endif

/// The exception of this header. what() returns one line with the function, the step, the path and the reason.
class error : public std::system_error {
public:
    /// Makes an error. code is a positive errno; message is the line that what() returns.
    error(int code, std::string operation, std::filesystem::path path, std::string message)
        : std::system_error(code, std::generic_category()),
          detail_(std::make_shared<const detail>(detail{std::move(operation), std::move(path), std::move(message)}))
    {
    }

    /// Returns the error message, one line of text for people.
    const char *what() const noexcept override { return detail_->message.c_str(); }

    /// Returns the step that failed, such as "open", "mkdir" or "write".
    const std::string &operation() const noexcept { return detail_->operation; }

    /// Returns the path on which the step failed. It is empty if the step has no path.
    const std::filesystem::path &path() const noexcept { return detail_->path; }

private:
    struct detail {
        std::string operation;
        std::filesystem::path path;
        std::string message;
    };
    // Shared between the copies of an exception, because copying an exception must not throw.
    std::shared_ptr<const detail> detail_;
};

/// Flags of options, rmtree and removal. Combine them with |. flag::text is TEMPFILE_TEXT of tempfile.h, and so on.
enum class flag : std::uint32_t {
    none = 0,
    no_delete = TEMPFILE_NO_DELETE,
    no_delete_on_close = TEMPFILE_NO_DELETE_ON_CLOSE,
    ignore_cleanup_errors = TEMPFILE_IGNORE_CLEANUP_ERRORS,
    text = TEMPFILE_TEXT,
    no_o_tmpfile = TEMPFILE_NO_O_TMPFILE,
    only_o_tmpfile = TEMPFILE_ONLY_O_TMPFILE,
    buffered_writes = TEMPFILE_BUFFERED_WRITES,
    append = TEMPFILE_APPEND,
    on_disk = TEMPFILE_ON_DISK,
    in_memory = TEMPFILE_IN_MEMORY,
    lock = TEMPFILE_LOCK,
    recoverable = TEMPFILE_RECOVERABLE,
};

/// Combines flags.
constexpr flag operator|(flag a, flag b) noexcept
{
    return static_cast<flag>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// Flags of the functions that publish: file::persist, file::publish, directory::persist and replace. Combine them with |.
enum class publish_flag : std::uint32_t {
    none = 0,
    no_replace = TEMPFILE_NO_REPLACE,
    sync = TEMPFILE_SYNC,
    across = TEMPFILE_ACROSS,
    like_target = TEMPFILE_LIKE_TARGET,
    follow = TEMPFILE_FOLLOW,
    backup = TEMPFILE_BACKUP,
    where_possible = TEMPFILE_WHERE_POSSIBLE,
    exchange = TEMPFILE_EXCHANGE,
};

/// Combines flags.
constexpr publish_flag operator|(publish_flag a, publish_flag b) noexcept
{
    return static_cast<publish_flag>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// The options of file::publish and publish_descriptor. The fields are those of tempfile_publish_options in tempfile.h. A
/// path that contains a NUL is EINVAL.
struct publish_options {
    publish_flag flags = publish_flag::none;
    std::uint32_t permissions = 0;
    std::optional<std::filesystem::path> within = {};
    std::optional<std::filesystem::path> backup = {};
};

/// The options of the functions that create something. The fields are those of tempfile_options in tempfile.h, and the
/// defaults are Python's. The strings are views: the characters must exist until the call returns. A string that contains
/// a NUL is EINVAL. In C++20 you can write named_temporary_file({.suffix = ".txt"}).
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
    std::optional<std::filesystem::path> beside = {};
    std::int64_t min_free = 0;
};

// The implementation. Programs must not use this namespace.
namespace detail {

// Ends a form without a std::error_code: it throws, or without exceptions it prints the message and aborts.
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

// Each function is written once, with a parameter `report`. This one throws the library's last error of this thread.
struct throwing {
    void refuse(const std::string &message) const { raise(error(EINVAL, "arguments", {}, message)); }
    void fail(std::int64_t) const { raise_last(); }
    void succeed() const noexcept {}
};

// This one stores the error in the caller's std::error_code.
struct coding {
    std::error_code &code;
    void refuse(const std::string &) const noexcept { code = as_code(-EINVAL); }
    void fail(std::int64_t result) const noexcept { code = as_code(static_cast<int>(result)); }
    void succeed() const noexcept { code.clear(); }
};

// Reports whether the library's last call in this thread succeeded. Returns the call's result, or 0 after a failure.
template <class To = int, class Report, class Result> To value(const Report &report, Result result)
{
    if (result < 0) {
        report.fail(result);
        return To();
    }
    report.succeed();
    return static_cast<To>(result);
}

// Refuses a string that contains a NUL: as a C string it would end there and name something else.
template <class Report> bool has_nul(const Report &report, const char *what, std::string_view text)
{
    if (text.find('\0') == text.npos)
        return false;
    report.refuse(std::string(what) + " contains a NUL byte");
    return true;
}

// The options as tempfile.h wants them. The strings are copied, because a view has no NUL at its end.
class given {
public:
    template <class Report>
    given(const Report &report, const options &from)
        : ok_(text(report, "suffix", from.suffix, c_.suffix) && text(report, "prefix", from.prefix, c_.prefix) &&
              text(report, "dir", native(from.dir), c_.dir) && text(report, "mode", from.mode, c_.mode) &&
              text(report, "encoding", from.encoding, c_.encoding) && text(report, "errors", from.errors, c_.errors) &&
              text(report, "newline", from.newline, c_.newline) && text(report, "name", from.name, c_.name) &&
              text(report, "beside", native(from.beside), c_.beside))
    {
        c_.struct_size = sizeof c_;
        c_.buffering = from.buffering;
        c_.max_size = from.max_size;
        c_.flags = static_cast<std::uint32_t>(from.flags);
        c_.permissions = from.permissions;
        c_.min_free = from.min_free;
    }
    given(const given &) = delete;
    given &operator=(const given &) = delete;

    explicit operator bool() const noexcept { return ok_; }
    const tempfile_options *get() const noexcept { return &c_; }

private:
    static std::optional<std::string_view> native(const std::optional<std::filesystem::path> &path)
    {
        if (path)
            return std::string_view(path->native());
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

    std::array<std::string, 9> copies_;
    std::size_t used_ = 0;
    tempfile_options c_{}; // not TEMPFILE_OPTIONS_INIT: it calls a static function, which an inline one may not (ODR)
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

// Creates an object with `create`, a function of tempfile.h that returns the handle in its last argument.
template <class Handle, class Report, class Create> Handle make(const Report &report, const options &from, Create create)
{
    typename Handle::pointer raw = nullptr;
    given c(report, from);
    if (c)
        value(report, create(c.get(), &raw));
    return Handle(raw);
}

// Calls a function of tempfile.h that writes a path into a buffer, and returns the path. Copying the path may throw when the
// file or directory exists already: then undo(result, path) removes it.
template <class Report, class Call, class Undo>
std::filesystem::path created_path(const Report &report, Call call, Undo undo)
{
    std::array<char, TEMPFILE_PATH_SIZE> buffer;
    buffer[0] = '\0'; // a failed call does not write to the buffer
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

// Calls a function of tempfile.h that takes a path.
template <class Report, class Call> int with_path(const Report &report, const std::filesystem::path &path, Call call)
{
    if (has_nul(report, "path", path.native()))
        return 0;
    return value(report, call(path.c_str()));
}

// The undo of a call that creates nothing.
// Calls a function that publishes with options: call(path, options).
template <class Report, class Call>
int with_publish_options(const Report &report, const std::filesystem::path &path, const publish_options &from, Call call)
{
    tempfile_publish_options c{};
    c.struct_size = sizeof c;
    c.flags = static_cast<std::uint32_t>(from.flags);
    c.permissions = from.permissions;
    if (from.within) {
        if (has_nul(report, "within", from.within->native()))
            return 0;
        c.within = from.within->c_str();
    }
    if (from.backup) {
        if (has_nul(report, "backup", from.backup->native()))
            return 0;
        c.backup = from.backup->c_str();
    }
    return with_path(report, path, [&](const char *name) { return call(name, &c); });
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

// The list may grow after the call that returns its size. Then the second call fails with ERANGE, and both are repeated.
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

/// A temporary file of any kind. named_temporary_file, temporary_file, spooled_temporary_file and register_file return one.
class file {
public:
    /// Makes an object without a file. Every operation fails with EBADF until a file is moved into it.
    file() noexcept = default;

    /// Takes ownership of a handle from tempfile.h.
    explicit file(tempfile_file *handle) noexcept : handle_(handle) {}

    /// Returns the handle, for functions of tempfile.h. The object still owns it.
    tempfile_file *get() const noexcept { return handle_.get(); }

    /// Returns the handle and gives up its ownership: the caller frees it with tempfile_file_free.
    tempfile_file *release() noexcept { return handle_.release(); }

    /// Reads up to size bytes. Returns the number of bytes read, which is less than size only at the end of the file.
    std::size_t read(void *buffer, std::size_t size) { return read(detail::throwing{}, buffer, size); }
    std::size_t read(void *buffer, std::size_t size, std::error_code &code) noexcept
    {
        return read(detail::coding{code}, buffer, size);
    }

    /// Reads the next line into line, with its '\n'. Returns false at the end of the file, and line is then empty.
    bool readline(std::string &line) { return readline(detail::throwing{}, line); }
    bool readline(std::string &line, std::error_code &code) { return readline(detail::coding{code}, line); }

    /// Writes all of the data. Returns its size in bytes.
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

    /// Reads up to size bytes from an offset on. The position stays.
    std::size_t pread(void *buffer, std::size_t size, std::int64_t offset)
    {
        return detail::value<std::size_t>(detail::throwing{}, tempfile_file_pread(get(), buffer, size, offset));
    }
    std::size_t pread(void *buffer, std::size_t size, std::int64_t offset, std::error_code &code) noexcept
    {
        return detail::value<std::size_t>(detail::coding{code}, tempfile_file_pread(get(), buffer, size, offset));
    }

    /// Writes all of the data at an offset. The position stays. Returns the data's size.
    std::size_t pwrite(std::string_view data, std::int64_t offset) { return pwrite(detail::throwing{}, data, offset); }
    std::size_t pwrite(std::string_view data, std::int64_t offset, std::error_code &code) noexcept
    {
        return pwrite(detail::coding{code}, data, offset);
    }

    /// Moves the file position by offset from whence: SEEK_SET, SEEK_CUR or SEEK_END. Returns the new position.
    std::int64_t seek(std::int64_t offset, int whence = SEEK_SET)
    {
        return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_seek(get(), offset, whence));
    }
    std::int64_t seek(std::int64_t offset, int whence, std::error_code &code) noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_seek(get(), offset, whence));
    }

    /// Returns the file position.
    std::int64_t tell() const { return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_tell(get())); }
    std::int64_t tell(std::error_code &code) const noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_tell(get()));
    }

    /// Makes the file size bytes long. A negative size means the file position. Returns the new size.
    std::int64_t truncate(std::int64_t size = -1)
    {
        return detail::value<std::int64_t>(detail::throwing{}, tempfile_file_truncate(get(), size));
    }
    std::int64_t truncate(std::int64_t size, std::error_code &code) noexcept
    {
        return detail::value<std::int64_t>(detail::coding{code}, tempfile_file_truncate(get(), size));
    }

    /// Writes out what flag::buffered_writes holds back, and moves the position of the descriptor to the file position.
    void flush() { detail::value(detail::throwing{}, tempfile_file_flush(get())); }
    void flush(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_flush(get())); }

    /// Passes on what is held back, and waits until the device has the file's contents.
    void sync() { detail::value(detail::throwing{}, tempfile_file_sync(get(), 0)); }
    void sync(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_sync(get(), 0)); }

    /// Returns the descriptor, which the file still owns. A spooled file rolls over to disk first.
    tempfile_fd fileno() { return detail::value(detail::throwing{}, tempfile_file_fileno(get())); }
    tempfile_fd fileno(std::error_code &code) noexcept
    {
        return detail::value(detail::coding{code}, tempfile_file_fileno(get()));
    }

    /// Returns the descriptor and gives up its ownership: the caller closes it. The file still deletes its name.
    [[nodiscard]] tempfile_fd detach() { return detail::value(detail::throwing{}, tempfile_file_detach(get())); }
    [[nodiscard]] tempfile_fd detach(std::error_code &code) noexcept
    {
        return detail::value(detail::coding{code}, tempfile_file_detach(get()));
    }

    /// Opens the file a second time. Returns the descriptor, which is the caller's to close. mode is one of r, w and a, with
    /// '+'. A NUL in it is EINVAL.
    [[nodiscard]] tempfile_fd reopen(std::string_view mode = "r+") { return reopen(detail::throwing{}, mode); }
    [[nodiscard]] tempfile_fd reopen(std::string_view mode, std::error_code &code)
    {
        return reopen(detail::coding{code}, mode);
    }

    /// Returns the absolute path, or an empty path if the file has no name.
    std::filesystem::path name() const
    {
        const char *name = tempfile_file_name(get());
        return name == nullptr ? std::filesystem::path() : std::filesystem::path(name);
    }

    /// Moves a spooled file from memory to disk.
    void rollover() { detail::value(detail::throwing{}, tempfile_file_rollover(get())); }
    void rollover(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_rollover(get())); }

    /// Returns true if the file is on disk, false if it is in memory.
    bool rolled() const { return detail::value<bool>(detail::throwing{}, tempfile_file_rolled(get())); }
    bool rolled(std::error_code &code) const noexcept
    {
        return detail::value<bool>(detail::coding{code}, tempfile_file_rolled(get()));
    }

    /// Keeps the name: neither close() nor the destructor nor the end of the process deletes it.
    void keep() { detail::value(detail::throwing{}, tempfile_file_keep(get())); }
    void keep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_keep(get())); }

    /// Undoes keep.
    void unkeep() { detail::value(detail::throwing{}, tempfile_file_unkeep(get())); }
    void unkeep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_unkeep(get())); }

    /// Gives the file a lasting name, atomically. It stays open, and nothing deletes it any more.
    void persist(const std::filesystem::path &path, publish_flag flags = publish_flag::none)
    {
        persist(detail::throwing{}, path, flags);
    }
    void persist(const std::filesystem::path &path, publish_flag flags, std::error_code &code)
    {
        persist(detail::coding{code}, path, flags);
    }

    /// Gives the file a lasting name with more options.
    void publish(const std::filesystem::path &path, const publish_options &options)
    {
        publish(detail::throwing{}, path, options);
    }
    void publish(const std::filesystem::path &path, const publish_options &options, std::error_code &code)
    {
        publish(detail::coding{code}, path, options);
    }

    /// Makes this process the owner of a file that it inherited by fork. Only the owner deletes the name.
    void adopt() { detail::value(detail::throwing{}, tempfile_file_adopt(get())); }
    void adopt(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_adopt(get())); }

    /// Closes the file, and deletes its name unless the name is to be kept. Unlike the destructor, it reports errors.
    void close() { detail::value(detail::throwing{}, tempfile_file_close(get())); }
    void close(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_file_close(get())); }

private:
    template <class Report> void persist(const Report &report, const std::filesystem::path &path, publish_flag flags)
    {
        detail::with_path(report, path, [&](const char *name) {
            return tempfile_file_persist(get(), name, static_cast<std::uint32_t>(flags));
        });
    }

    template <class Report>
    void publish(const Report &report, const std::filesystem::path &path, const publish_options &options)
    {
        detail::with_publish_options(report, path, options, [&](const char *name, const tempfile_publish_options *c) {
            return tempfile_file_publish(get(), name, c);
        });
    }

    template <class Report> tempfile_fd reopen(const Report &report, std::string_view mode)
    {
        if (detail::has_nul(report, "mode", mode))
            return -1;
        const tempfile_fd descriptor = tempfile_file_reopen(get(), std::string(mode).c_str());
        detail::value(report, descriptor);
        return descriptor;
    }

    template <class Report> std::size_t read(const Report &report, void *buffer, std::size_t size)
    {
        return detail::value<std::size_t>(report, tempfile_file_read(get(), buffer, size));
    }

    template <class Report> std::size_t write(const Report &report, const void *data, std::size_t size)
    {
        // An empty view may have a null pointer. tempfile.h would refuse it.
        data = data == nullptr && size == 0 ? "" : data;
        return detail::value<std::size_t>(report, tempfile_file_write(get(), data, size));
    }

    template <class Report> std::size_t pwrite(const Report &report, std::string_view data, std::int64_t offset)
    {
        const void *bytes = data.empty() ? "" : data.data();
        return detail::value<std::size_t>(report, tempfile_file_pwrite(get(), bytes, data.size(), offset));
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

/// Creates a file with a name. The name is deleted when the file is closed.
[[nodiscard]] inline file named_temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_named_temporary_file).release());
}
[[nodiscard]] inline file named_temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_named_temporary_file).release());
}

/// Creates a file without a name. Others cannot open it by a path, and it disappears with its last descriptor, even if the
/// process is killed.
[[nodiscard]] inline file temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_temporary_file).release());
}
[[nodiscard]] inline file temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_temporary_file).release());
}

/// Makes a file in memory. It rolls over to disk when it grows beyond options::max_size, or when fileno(), detach() or
/// rollover() is called.
[[nodiscard]] inline file spooled_temporary_file(const options &given = {})
{
    return file(detail::make<detail::file_handle>(detail::throwing{}, given, tempfile_spooled_temporary_file).release());
}
[[nodiscard]] inline file spooled_temporary_file(const options &given, std::error_code &code)
{
    return file(detail::make<detail::file_handle>(detail::coding{code}, given, tempfile_spooled_temporary_file).release());
}

/// A temporary directory. temporary_directory and register_directory return one.
class directory {
public:
    /// Makes an object without a directory. Every operation fails with EBADF until a directory is moved into it.
    directory() noexcept = default;

    /// Takes ownership of a handle from tempfile.h.
    explicit directory(tempfile_directory *handle) noexcept : handle_(handle) {}

    /// Returns the handle, for functions of tempfile.h. The object still owns it.
    tempfile_directory *get() const noexcept { return handle_.get(); }

    /// Returns the handle and gives up its ownership: the caller frees it with tempfile_directory_free.
    tempfile_directory *release() noexcept { return handle_.release(); }

    /// Returns the absolute path, or an empty path if there is no directory.
    std::filesystem::path name() const
    {
        const char *name = tempfile_directory_name(get());
        return name == nullptr ? std::filesystem::path() : std::filesystem::path(name);
    }

    /// Keeps the directory: neither the destructor nor the end of the process removes it.
    void keep() { detail::value(detail::throwing{}, tempfile_directory_keep(get())); }
    void keep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_keep(get())); }

    /// Undoes keep.
    void unkeep() { detail::value(detail::throwing{}, tempfile_directory_unkeep(get())); }
    void unkeep(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_unkeep(get())); }

    /// Gives the directory a lasting name, which must be free unless flags is publish_flag::exchange.
    void persist(const std::filesystem::path &path, publish_flag flags = publish_flag::none)
    {
        persist(detail::throwing{}, path, flags);
    }
    void persist(const std::filesystem::path &path, publish_flag flags, std::error_code &code)
    {
        persist(detail::coding{code}, path, flags);
    }

    /// Makes this process the owner of a directory that it inherited by fork. The owner's destructor or exit removes it.
    void adopt() { detail::value(detail::throwing{}, tempfile_directory_adopt(get())); }
    void adopt(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_adopt(get())); }

    /// Removes the directory with its contents, in any process. Unlike the destructor, it reports errors.
    void cleanup() { detail::value(detail::throwing{}, tempfile_directory_cleanup(get())); }
    void cleanup(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_directory_cleanup(get())); }

private:
    template <class Report> void persist(const Report &report, const std::filesystem::path &path, publish_flag flags)
    {
        detail::with_path(report, path, [&](const char *name) {
            return tempfile_directory_persist(get(), name, static_cast<std::uint32_t>(flags));
        });
    }

    detail::directory_handle handle_;
};

/// Creates a directory. The destructor of the object removes it with its contents.
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

// Makes an object for a file or directory that exists already.
template <class Handle, class Report, class Register>
Handle registered(const Report &report, const std::filesystem::path &path, Register call)
{
    typename Handle::pointer raw = nullptr;
    with_path(report, path, [&](const char *name) { return call(name, &raw); });
    return Handle(raw);
}

} // namespace detail

/// Makes an object for a file that exists already. Closing or destroying the object deletes the file.
[[nodiscard]] inline file register_file(const std::filesystem::path &path)
{
    return file(detail::registered<detail::file_handle>(detail::throwing{}, path, tempfile_register_file).release());
}
[[nodiscard]] inline file register_file(const std::filesystem::path &path, std::error_code &code)
{
    return file(detail::registered<detail::file_handle>(detail::coding{code}, path, tempfile_register_file).release());
}

/// Makes an object for a directory that exists already. Destroying the object removes the directory with its contents.
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

/// The result of mkstemp. The caller closes the descriptor and deletes the file.
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

/// Creates a file that no object owns: the caller closes the descriptor and deletes the file.
[[nodiscard]] inline descriptor_and_path mkstemp(const options &given = {})
{
    return detail::mkstemp(detail::throwing{}, given);
}
[[nodiscard]] inline descriptor_and_path mkstemp(const options &given, std::error_code &code)
{
    return detail::mkstemp(detail::coding{code}, given);
}

/// Creates a directory that no object owns: the caller removes it, with rmtree for instance. Returns its path.
[[nodiscard]] inline std::filesystem::path mkdtemp(const options &given = {})
{
    return detail::mkdtemp(detail::throwing{}, given);
}
[[nodiscard]] inline std::filesystem::path mkdtemp(const options &given, std::error_code &code)
{
    return detail::mkdtemp(detail::coding{code}, given);
}

/// Returns the default directory. Files and directories are created there if options::dir is not set.
inline std::filesystem::path gettempdir() { return detail::gettempdir(detail::throwing{}); }
inline std::filesystem::path gettempdir(std::error_code &code) { return detail::gettempdir(detail::coding{code}); }

/// Sets the default directory of this process. With std::nullopt, the next call that needs it chooses it again.
inline void settempdir(const std::optional<std::filesystem::path> &dir) { detail::settempdir(detail::throwing{}, dir); }
inline void settempdir(const std::optional<std::filesystem::path> &dir, std::error_code &code)
{
    detail::settempdir(detail::coding{code}, dir);
}

/// Returns the candidates for the default directory, in the order in which gettempdir tries them.
inline std::vector<std::filesystem::path> candidates() { return detail::candidates(detail::throwing{}); }
inline std::vector<std::filesystem::path> candidates(std::error_code &code)
{
    return detail::candidates(detail::coding{code});
}

/// Returns the prefix of names if options::prefix is not set.
inline std::string_view gettempprefix() noexcept { return tempfile_gettempprefix(); }

/// Returns the version of the library that was loaded. TEMPFILE_VERSION is the version of the header.
inline std::string_view version() noexcept { return tempfile_version(); }

/// Removes now all that a normal exit would remove. The objects are still valid: files are closed, directories cleaned up.
inline void cleanup() { detail::value(detail::throwing{}, tempfile_cleanup()); }
inline void cleanup(std::error_code &code) noexcept { detail::value(detail::coding{code}, tempfile_cleanup()); }

/// Makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove the files and directories of this process before they end it.
inline void cleanup_on_signals() { detail::value(detail::throwing{}, tempfile_cleanup_on_signals()); }
inline void cleanup_on_signals(std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_on_signals());
}

/// The same for one signal: one of those four, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU or SIGXFSZ.
inline void cleanup_on_signal(int number) { detail::value(detail::throwing{}, tempfile_cleanup_on_signal(number)); }
inline void cleanup_on_signal(int number, std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_on_signal(number));
}

/// Flags of cleanup_at_signal. always is TEMPFILE_SIGNAL_ALWAYS of tempfile.h.
enum class signal_flag : std::uint32_t { none = 0, always = TEMPFILE_SIGNAL_ALWAYS };

/// The same for one signal, with flags. signal_flag::always cleans up even if the program has a handler for the signal, and
/// calls that handler afterwards.
inline void cleanup_at_signal(int number, signal_flag flags)
{
    detail::value(detail::throwing{}, tempfile_cleanup_at_signal(number, static_cast<std::uint32_t>(flags)));
}
inline void cleanup_at_signal(int number, signal_flag flags, std::error_code &code) noexcept
{
    detail::value(detail::coding{code}, tempfile_cleanup_at_signal(number, static_cast<std::uint32_t>(flags)));
}

/// A removal in steps. The caller can show progress between the steps, or stop. rmtree with a progress function does the
/// same in one call.
class removal {
public:
    /// Prepares to remove a directory, and removes nothing yet. flags is flag::none or flag::ignore_cleanup_errors.
    explicit removal(const std::filesystem::path &path, flag flags = flag::none) { start(detail::throwing{}, path, flags); }
    removal(const std::filesystem::path &path, flag flags, std::error_code &code)
    {
        start(detail::coding{code}, path, flags);
    }

    /// Removes at least this many more entries, if there are as many. entries must be 1 or more. Returns true while there is
    /// more to remove.
    bool step(std::uint32_t entries)
    {
        return detail::value<bool>(detail::throwing{}, tempfile_removal_step(handle_.get(), entries, &removed_));
    }
    bool step(std::uint32_t entries, std::error_code &code) noexcept
    {
        return detail::value<bool>(detail::coding{code}, tempfile_removal_step(handle_.get(), entries, &removed_));
    }

    /// Returns the number of entries removed so far. The directory itself counts as one.
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

/// Makes this process write a journal of its temporary files and directories, so that a later process can remove them if
/// this one is killed. It also removes the objects of dead processes, for 0.2 seconds at most. directory holds the user's
/// journals; empty: libtempfile in $XDG_RUNTIME_DIR if that is the user's, or else libtempfile-UID in the default directory.
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

/// Keeps all that this process has made or makes, and prints each path at its end, for debugging.
inline void keep_all() { detail::value(detail::throwing{}, tempfile_keep_all()); }

/// Removes the objects of killed processes, one a step. See tempfile_recovery_start.
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
            const int result = tempfile_recovery_start(directory.empty() ? nullptr : name, dry_run ? TEMPFILE_DRY_RUN : 0,
                                                       &raw);
            handle_.reset(raw);
            return result;
        });
    }

    detail::recovery_handle handle_;
    tempfile_recovered item_{};
    int progress_ = 0;
};

/// Writes a file in one call: a reader of the path sees the old content or all of the data.
inline void replace(const std::filesystem::path &path, std::string_view data, publish_flag flags = publish_flag::none)
{
    detail::with_path(detail::throwing{}, path, [&](const char *name) {
        return tempfile_replace(name, data.data(), data.size(), static_cast<std::uint32_t>(flags));
    });
}
inline void replace(const std::filesystem::path &path, std::string_view data, publish_flag flags, std::error_code &code)
{
    detail::with_path(detail::coding{code}, path, [&](const char *name) {
        return tempfile_replace(name, data.data(), data.size(), static_cast<std::uint32_t>(flags));
    });
}

/// Gives a lasting name to an open file that no object stands for, such as one of mkstemp. name is the name that the file
/// has, or an empty path. The descriptor stays the caller's.
inline void publish_descriptor(tempfile_fd descriptor, const std::filesystem::path &name, const std::filesystem::path &path,
                               const publish_options &options = {})
{
    if (detail::has_nul(detail::throwing{}, "name", name.native()))
        return;
    detail::with_publish_options(
        detail::throwing{}, path, options, [&](const char *target, const tempfile_publish_options *c) {
            return tempfile_publish_descriptor(descriptor, name.empty() ? nullptr : name.c_str(), target, c);
        });
}
inline void publish_descriptor(tempfile_fd descriptor, const std::filesystem::path &name, const std::filesystem::path &path,
                               const publish_options &options, std::error_code &code)
{
    if (detail::has_nul(detail::coding{code}, "name", name.native()))
        return;
    detail::with_publish_options(
        detail::coding{code}, path, options, [&](const char *target, const tempfile_publish_options *c) {
            return tempfile_publish_descriptor(descriptor, name.empty() ? nullptr : name.c_str(), target, c);
        });
}

/// Removes a directory with its contents, such as one that mkdtemp created. flags is flag::none or
/// flag::ignore_cleanup_errors.
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

/// Removes a directory with its contents, and shows the progress. It calls progress(removed) after every 256 entries or a
/// few more, and once at the end; removed is the number of entries removed so far. If progress returns false, the removal
/// stops. Returns true if everything was removed.
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

/// A std::streambuf that reads and writes a tempfile::file. The file must exist as long as the streambuf.
///
/// The streambuf itself buffers no writes: when a write returns, the file has the data, and a fork cannot write it twice.
/// With flag::buffered_writes the file may hold it back, and flush() of the stream writes it out. Reads are buffered, so
/// the file position may be ahead of the stream position. flush() of an output stream and sync() of an input stream move
/// the file position back to the stream position; call one of them before you use the file directly. In a text file each
/// write must consist of whole characters.
///
/// A failed read or write throws tempfile::error. The standard stream catches it and sets badbit, or passes it on if you
/// called exceptions(std::ios::badbit). An impossible position sets failbit.
///
/// Without exceptions, tempfile::stream sets badbit as well. Other streams cannot: in them a failed read looks like the end
/// of the file. failure() distinguishes the two in every stream.
class streambuf : public std::streambuf {
public:
    /// Makes a streambuf for a file.
    explicit streambuf(file &under) noexcept : file_(&under) {}

    streambuf(const streambuf &) = delete;
    streambuf &operator=(const streambuf &) = delete;

    /// Returns the error of the last read or write that failed. It converts to false if all succeeded.
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

    // Puts back the character that was read last. Another character is refused, because it would have to be written.
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

    // Reports that the library's last call in this thread failed.
    void fail(std::error_code code)
    {
        failure_ = code;
        if (detail::exceptions)
            detail::raise_last();
        if (stream_ != nullptr)
            stream_->setstate(std::ios_base::badbit);
    }

    // Empties the read buffer, and moves the file position back to the stream position. For this it reads again from the
    // start of the buffer, because a text file allows no arithmetic on positions. Returns false after a failure.
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
    std::int64_t start_ = 0; // the file position at which the read buffer begins
    std::array<char, 4096> ahead_{};
    std::error_code failure_;
    std::ios *stream_ = nullptr; // the tempfile::stream that owns this, or null
};

namespace detail {

// The first base class of stream, so that the streambuf is constructed before std::iostream uses it. streambuf itself cannot
// be the base class: sync() and getloc() of the stream would be ambiguous.
struct has_streambuf {
    explicit has_streambuf(file &under) noexcept : buffer(under) {}
    streambuf buffer;
};

} // namespace detail

/// A std::iostream that reads and writes a tempfile::file. The file must exist as long as the stream. See streambuf.
///
///     tempfile::file file = tempfile::temporary_file();
///     tempfile::stream stream(file);
///     stream << "answer " << 42 << '\n';
class stream : private detail::has_streambuf, public std::iostream {
public:
    /// Makes a stream for a file. It begins at the file position.
    explicit stream(file &under) : detail::has_streambuf(under), std::iostream(&buffer) { buffer.stream_ = this; }

    /// Returns the error of the last read or write that failed. It converts to false if all succeeded.
    std::error_code failure() const noexcept { return buffer.failure(); }
};

#ifdef TEMPFILE_NO_EXCEPTIONS
} // namespace no_exceptions
#undef TEMPFILE_NO_EXCEPTIONS
#endif
} // namespace tempfile

#endif
