// CHECK ends the test, and prints the place, the condition and the library's error message.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdio>
#include <tempfile.hpp>
#include <unistd.h>

inline int checks = 0;

#define CHECK(condition)                                                                            \
    do {                                                                                            \
        checks++;                                                                                   \
        if (!(condition)) {                                                                         \
            std::fprintf(stderr, "%s:%d: %s\n    last error: %s\n", __FILE__, __LINE__, #condition, \
                         tempfile_last_error()->message);                                           \
            _exit(1);                                                                               \
        }                                                                                           \
    } while (0)

#ifdef __cpp_exceptions
// Checks that the call throws a tempfile::error with this errno, and returns the error.
template <class Call> tempfile::error thrown(int code, Call call)
{
    try {
        call();
    } catch (const tempfile::error &caught) {
        if (caught.code() != std::error_code(code, std::generic_category()))
            std::fprintf(stderr, "errno %d was thrown in place of %d: %s\n", caught.code().value(), code, caught.what());
        CHECK(caught.code().value() == code);
        return caught;
    }
    std::fprintf(stderr, "errno %d was not thrown\n", code);
    _exit(1);
}
#endif

// The tests, each in a translation unit of its own.
void test_files();
void test_streams();
void test_directories();
void test_publications();

// Returns the address of an inline function, taken in another translation unit than main.cpp.
using version_function = std::string_view (*)() noexcept;
version_function version_elsewhere();

#endif
