// Standard streams over files.
#include "check.hpp"

#include <iterator>
#include <string>

static void formats_and_reads_back()
{
    auto file = tempfile::temporary_file();
    tempfile::stream stream(file);
    for (int i = 0; i < 2000; i++)
        stream << "line " << i << '\n';
    CHECK(stream.good() && file.tell() == stream.tellp()); // writes are not buffered
    stream.seekg(0);
    std::string word;
    int number, wanted = 0;
    while (stream >> word >> number)
        CHECK(word == "line" && number == wanted++);
    CHECK(wanted == 2000 && stream.eof() && !stream.bad());

    stream.clear();
    stream.seekg(-5, std::ios::end);
    std::string line;
    CHECK(std::getline(stream, line) && line == "1999" && stream.sync() == 0);
}

// Reading ahead must not move the position of a write, or of a direct use of the file.
static void positions_agree()
{
    auto file = tempfile::temporary_file();
    file.write("0123456789");
    file.seek(0);
    tempfile::stream stream(file);
    char c;
    CHECK(stream.get(c) && c == '0' && stream.tellg() == 1);
    stream << 'a';
    CHECK(stream.tellp() == 2 && stream.get(c) && c == '2');
    CHECK(stream.sync() == 0 && file.tell() == 3);
    file.write("b");
    CHECK(stream.get(c) && c == '4');
    stream << std::flush;
    CHECK(file.tell() == 5);
    stream.seekp(0);
    CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == "0a2b456789");

    stream.clear();
    stream.seekg(2, std::ios::beg);
    stream.seekg(3, std::ios::cur);
    CHECK(stream.peek() == '5' && stream.tellg() == 5);
    stream.seekg(-1);
    CHECK(stream.fail() && !stream.bad());
    stream.clear();
    CHECK(stream.tellg() == 5);
}

static void characters_are_put_back()
{
    auto file = tempfile::temporary_file();
    file.write(std::string(4096, 'x') + "yz");
    file.seek(0);
    tempfile::stream stream(file);
    stream.ignore(4096);
    CHECK(stream.get() == 'y' && stream.unget() && stream.unget()); // goes back beyond the start of the read buffer
    CHECK(stream.get() == 'x' && stream.get() == 'y' && stream.get() == 'z');
    CHECK(stream.putback('z') && stream.get() == 'z');
    CHECK(!stream.putback('q'));
    stream.clear();
    stream.seekg(0);
    CHECK(!stream.unget()); // the start of the file
}

static void large_blocks()
{
    std::string block(300000, '\0');
    for (std::size_t i = 0; i < block.size(); i++)
        block[i] = static_cast<char>(i * 7 % 251);
    tempfile::options options;
    options.max_size = 100000;
    auto file = tempfile::spooled_temporary_file(options);
    tempfile::stream stream(file);
    stream.write(block.data(), static_cast<std::streamsize>(block.size()));
    CHECK(stream && file.rolled());
    std::string back(block.size(), '\0');
    stream.seekg(0);
    CHECK(stream.read(back.data(), static_cast<std::streamsize>(back.size())) && back == block);
    CHECK(stream.peek() == tempfile::stream::traits_type::eof() && stream.eof());
}

static void failures_are_badbit_or_thrown()
{
    auto file = tempfile::named_temporary_file();
    tempfile::stream stream(file);
    file.close();
    stream << "late";
    CHECK(stream.bad());
    stream.clear();
    CHECK(stream.get() == tempfile::stream::traits_type::eof() && stream.bad());

    tempfile::stream loud(file);
    loud.exceptions(std::ios::badbit);
    thrown(EBADF, [&] { loud << "late"; });
    loud.clear();
    thrown(EBADF, [&] { loud.get(); });
}

// The file has another encoding than the stream, so positions do not count characters.
static void text_files()
{
    tempfile::options options;
    options.mode = "w+";
    options.encoding = "utf-16-le";
    auto file = tempfile::temporary_file(options);
    tempfile::stream stream(file);
    for (int i = 0; i < 1000; i++)
        stream << "Zeile \u00e4\u20ac " << i << '\n';
    stream.seekg(0);
    std::string line;
    CHECK(std::getline(stream, line) && line == "Zeile \u00e4\u20ac 0");
    const auto second = stream.tellg();
    CHECK(std::getline(stream, line) && std::getline(stream, line) && line == "Zeile \u00e4\u20ac 2");
    stream.seekg(second);
    CHECK(std::getline(stream, line) && line == "Zeile \u00e4\u20ac 1");
    int lines = 2;
    while (std::getline(stream, line))
        CHECK(line == "Zeile \u00e4\u20ac " + std::to_string(lines++));
    CHECK(lines == 1000);

    // Half of a character cannot be written.
    stream.clear();
    stream.seekg(0);
    stream.ignore(7);
    CHECK(stream.tellg() == tempfile::stream::pos_type(-1) && stream.bad());
    stream.clear();
    stream.exceptions(std::ios::badbit);
    thrown(EILSEQ, [&] { stream << '\xc3'; });
}

void test_streams()
{
    text_files();
    formats_and_reads_back();
    positions_agree();
    characters_are_put_back();
    large_blocks();
    failures_are_badbit_or_thrown();
}
