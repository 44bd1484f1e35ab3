#include "aiex/actors/cluster/tls/certificate.hpp"
#include "aiex/actors/cluster/tls/pem_file.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace aiex {
namespace {

unsigned mode_of(const std::filesystem::path& file) {
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

TEST_CASE("pem_file: a secret is for its owner only") {
  const test::temporary_folder folder;
  const auto key = folder.path() / "a.key";
  const auto open = folder.path() / "a.crt";
  REQUIRE(write_pem_file(key, "secret", pem_secrecy::secret, false));
  REQUIRE(write_pem_file(open, "open", pem_secrecy::open, false));
  CHECK(mode_of(key) == 0600);
  CHECK((mode_of(open) & 0444U) != 0);
  CHECK(*read_key_file(key) == "secret");
  std::filesystem::permissions(key, std::filesystem::perms{0644});
  CHECK(read_key_file(key).error().code == errc::denied);
  CHECK(*read_pem_file(key) == "secret");
  REQUIRE(write_pem_file(key, "other", pem_secrecy::secret, true));
  CHECK(mode_of(key) == 0600);
}

TEST_CASE("pem_file: nothing is replaced unasked, and no remains are in the way") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "a.key";
  REQUIRE(write_pem_file(file.string() + ".new", "left by a crash", pem_secrecy::open, false));
  REQUIRE(write_pem_file(file, "first", pem_secrecy::secret, false));
  CHECK(mode_of(file) == 0600);
  CHECK(write_pem_file(file, "second", pem_secrecy::secret, false).error().code ==
        errc::already_exists);
  CHECK(*read_pem_file(file) == "first");
  CHECK_FALSE(std::filesystem::exists(file.string() + ".new"));
  REQUIRE(write_pem_file(file, "third", pem_secrecy::secret, true));
  CHECK(*read_pem_file(file) == "third");
  CHECK_FALSE(write_pem_file(folder.path() / "no" / "x", "", pem_secrecy::open, false));
}

TEST_CASE("pem_file: what is too large is not read") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "large";
  REQUIRE(write_pem_file(file, std::string(pem_bytes_max, 'x'), pem_secrecy::open, false));
  CHECK(read_pem_file(file));
  REQUIRE(write_pem_file(file, std::string(pem_bytes_max + 1, 'x'), pem_secrecy::open, true));
  CHECK(read_pem_file(file).error().code == errc::data_too_large);
  CHECK(read_pem_file(folder.path() / "none").error().code == errc::not_found);
}

} // namespace
} // namespace aiex
