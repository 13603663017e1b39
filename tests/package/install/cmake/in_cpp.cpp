#include <tempfile.hpp>

int main()
{
    auto file = tempfile::named_temporary_file();
    tempfile::stream stream(file);
    return stream << "hello\n" ? 0 : 1;
}
