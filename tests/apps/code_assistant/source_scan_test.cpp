#include "code_assistant/source_scan.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace aiex::code_assistant {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& bytes = "int a;\n") {
  fs::create_directories(file.parent_path());
  std::ofstream{file} << bytes;
}

std::vector<std::string> paths_of(const result<source_scan>& scan) {
  REQUIRE(scan);
  std::vector<std::string> paths;
  for (const auto& file : scan->files)
    paths.push_back(file.path);
  return paths;
}

using paths = std::vector<std::string>;

TEST_CASE("source_scan: names of sources") {
  for (const auto* name : {"a.c", "a.h", "a.cc", "a.cpp", "a.cxx", "a.hpp", "a.hh", "a.hxx",
         "a.ipp", "a.inl", "a.b.c", ".c.c"})
    CHECK(is_source(name));
  for (const auto* name :
    {"", "c", ".c", ".cpp", "a.C", "a.py", "a.cs", "a.c~", "a.cpp.orig", "cpp"})
    CHECK_FALSE(is_source(name));
}

TEST_CASE("source_scan: finds what is a source, sorted by path") {
  const test::temporary_folder folder;
  for (const auto* name : {"b.cpp", "a/z.h", "a/b/c.hpp", "a.c", "a/read.me", "Makefile"})
    write(folder.path() / name);
  fs::create_directories(folder.path() / "folder.cpp"); // a folder is none
  const auto scan = scan_sources(folder.path());
  CHECK(paths_of(scan) == paths{"a.c", "a/b/c.hpp", "a/z.h", "b.cpp"});
  CHECK(scan->files[0].bytes == 7);
  CHECK(scan->skipped.empty());
  CHECK(scan->unreadable == 0);
}

TEST_CASE("source_scan: passes over what is hidden and what builds fill") {
  const test::temporary_folder folder;
  for (const auto* name : {".git/a.c", "build/b.c", ".cache/c.c", "node_modules/d.c", ".hidden/e.c",
         "src/build/f.c", "cmake-build-debug/g.c", ".#h.c", "builder/i.c", "build.c"})
    write(folder.path() / name);
  CHECK(paths_of(scan_sources(folder.path())) == paths{"build.c", "builder/i.c"});
}

TEST_CASE("source_scan: links are not followed, but the folder may be one") {
  const test::temporary_folder folder;
  write(folder.path() / "tree/a.c");
  fs::create_directory_symlink(folder.path() / "tree", folder.path() / "tree/loop");
  fs::create_symlink(folder.path() / "tree/a.c", folder.path() / "tree/b.c");
  fs::create_symlink("nowhere", folder.path() / "tree/c.c");
  fs::create_directory_symlink(folder.path() / "tree", folder.path() / "link");
  CHECK(paths_of(scan_sources(folder.path() / "link")) == paths{"a.c"});
}

TEST_CASE("source_scan: no file but a regular one") {
  const test::temporary_folder folder;
  REQUIRE(::mkfifo((folder.path() / "pipe.c").c_str(), 0600) == 0);
  CHECK(paths_of(scan_sources(folder.path())).empty());
}

TEST_CASE("source_scan: what is too large or has no text for a name is listed with the reason") {
  const test::temporary_folder folder;
  write(folder.path() / "fits.c", "12345");
  write(folder.path() / "large.c", "123456");
  write(folder.path() / "n\xff.c");
  scan_limits limits;
  limits.file_bytes_max = 5;
  const auto scan = scan_sources(folder.path(), limits);
  CHECK(paths_of(scan) == paths{"fits.c"});
  CHECK(scan->skipped == std::vector<skipped_source>{{"large.c", "6 bytes; at most 5 are read"},
                           {"n?.c", "its name is not UTF-8"}});
  CHECK(scan->unreadable == 0);
}

TEST_CASE("source_scan: a folder that may not be read is counted") {
  if (::geteuid() == 0)
    return; // root may read everything
  const test::temporary_folder folder;
  write(folder.path() / "a.c");
  write(folder.path() / "closed/b.c");
  fs::permissions(folder.path() / "closed", fs::perms::none);
  const auto scan = scan_sources(folder.path());
  fs::permissions(folder.path() / "closed", fs::perms::owner_all);
  CHECK(paths_of(scan) == paths{"a.c"});
  CHECK(scan->unreadable == 1);
  CHECK(scan->skipped == std::vector<skipped_source>{{"closed", "it cannot be read"}});
}

TEST_CASE("source_scan: refuses more than its limits instead of showing a part") {
  const test::temporary_folder folder;
  for (const auto* name : {"a.c", "b/c.c", "d.c", "e.txt"})
    write(folder.path() / name);
  scan_limits limits;
  limits.files_max = 3;
  limits.entries_max = 5;
  CHECK(paths_of(scan_sources(folder.path(), limits)).size() == 3);
  limits.files_max = 2;
  CHECK(scan_sources(folder.path(), limits).error().code == errc::batch_too_large);
  limits.files_max = 3;
  limits.entries_max = 4;
  CHECK(scan_sources(folder.path(), limits).error().code == errc::batch_too_large);
}

TEST_CASE("source_scan: what is no folder") {
  const test::temporary_folder folder;
  write(folder.path() / "a.c");
  for (const auto* name : {"absent", "a.c"}) {
    const auto scan = scan_sources(folder.path() / name);
    REQUIRE_FALSE(scan);
    CHECK(scan.error().code == errc::not_found);
  }
}

} // namespace
} // namespace aiex::code_assistant
