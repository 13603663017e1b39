// Several translation units include the C++ binding: a function that is not inline would not link.
#include "check.hpp"

int main()
{
    CHECK(version_elsewhere() == &tempfile::version);
    CHECK(tempfile::version() == TEMPFILE_VERSION);
    test_files();
    test_streams();
    test_directories();
    test_publications();
    std::printf("%d checks, C++ %ld", checks, __cplusplus / 100);
    return 0;
}
