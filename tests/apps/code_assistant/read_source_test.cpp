#include "code_assistant/read_source.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace aiex::code_assistant {
namespace {

namespace fs = std::filesystem;

TEST_CASE("read_source: every byte, up to the limit") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "a.c";
  for (const std::size_t size : {0, 1, 65'535, 65'536, 65'537, 300'000}) {
    CAPTURE(size);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
      bytes[i] = static_cast<char>(i * 7);
    std::ofstream{file, std::ios::binary} << bytes;
    const auto read = read_source(file, size);
    REQUIRE(read);
    CHECK((*read == bytes));
    if (size > 0)
      CHECK(read_source(file, size - 1).error().code == errc::data_too_large);
  }
}

TEST_CASE("read_source: what is no regular file") {
  const test::temporary_folder folder;
  std::ofstream{folder.path() / "a.c"} << "a";
  fs::create_symlink(folder.path() / "a.c", folder.path() / "link.c");
  REQUIRE(::mkfifo((folder.path() / "pipe.c").c_str(), 0600) == 0);
  for (const auto* name : {"absent.c", "a.c/b.c", "link.c", "pipe.c", "."}) {
    CAPTURE(name);
    CHECK(read_source(folder.path() / name, 10).error().code == errc::not_found);
  }
}

TEST_CASE("read_source: what may not be read") {
  if (::geteuid() == 0)
    return; // root may read everything
  const test::temporary_folder folder;
  std::ofstream{folder.path() / "a.c"} << "a";
  fs::permissions(folder.path() / "a.c", fs::perms::none);
  CHECK(read_source(folder.path() / "a.c", 10).error().code == errc::denied);
}

} // namespace
} // namespace aiex::code_assistant
