#include "aiex/actors/cluster/tls/pem_file.hpp"

#include "aiex/actors/cluster/tls/certificate.hpp"
#include "aiex/persistence/base/file_descriptor.hpp"
#include "aiex/persistence/base/file_write.hpp"
#include "aiex/persistence/store/durable_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace aiex {

namespace {

constexpr mode_t open_mode = 0644;
constexpr mode_t secret_mode = 0600;

} // namespace

result<std::string> read_pem_file(const std::filesystem::path& file) {
  return read_small_file(file, pem_bytes_max);
}

result<std::string> read_key_file(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0)
    return fail(errc::denied, file.string() +
                                " can be read by everybody, and is a private key; chmod 600 it, "
                                "or make another if somebody may have it");
  return read_pem_file(file);
}

result<void> write_pem_file(
  const std::filesystem::path& file, std::string_view pem, pem_secrecy secrecy, bool replaces) {
  const std::filesystem::path beside = file.string() + ".new";
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) // of a writer that was killed
    return file_refused("cannot remove", beside);
  const mode_t mode = secrecy == pem_secrecy::secret ? secret_mode : open_mode;
  {
    const file_descriptor open{
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
    if (!open.is_open() || !write_all(open.number(), pem) || ::fsync(open.number()) != 0)
      return file_refused("cannot write", beside);
  }
  const unsigned flags = replaces ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, file.c_str(), flags) != 0) {
    auto refused = file_refused("cannot write", file);
    ::unlink(beside.c_str());
    return refused;
  }
  return sync_folder(file.has_parent_path() ? file.parent_path() : ".");
}

} // namespace aiex
