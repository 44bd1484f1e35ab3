// What damage does, one flipped bit at a time. LMDB may kill who reads a damaged file, so the
// reading is done in children; one goes on until it dies.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <random>
#include <vector>

namespace aiex::test {

enum class flip_end : char { unnoticed = 'u', found = 'f', wrong = 'w', threw = 't' };

struct flip {
  off_t at = 0;
  char mask = 0;
};

struct flip_counts {
  std::uint64_t unnoticed = 0, found = 0, wrong = 0, threw = 0, died = 0;
  std::vector<flip> bad; ///< Wrong, or threw.
};

inline std::vector<flip> random_flips(std::size_t count, std::uintmax_t bytes, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<flip> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({static_cast<off_t>(random() % bytes), static_cast<char>(1 << (random() % 8))});
  return all;
}

/// A file of which one byte at a time is another.
class flipping_file {
public:
  explicit flipping_file(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    REQUIRE(descriptor_ >= 0);
  }
  ~flipping_file() { ::close(descriptor_); }
  flipping_file(const flipping_file&) = delete;
  flipping_file& operator=(const flipping_file&) = delete;

  /// Once more turns it back.
  void turn(const flip& each) const {
    char byte = 0;
    REQUIRE(::pread(descriptor_, &byte, 1, each.at) == 1);
    byte = static_cast<char>(byte ^ each.mask);
    REQUIRE(::pwrite(descriptor_, &byte, 1, each.at) == 1);
  }

private:
  int descriptor_;
};

/// Tells through `output` how each flip from `first` on ended, until all are done or it dies.
[[noreturn]] inline void flip_on(const flipping_file& file, const std::vector<flip>& flips,
  std::size_t first, int output, const std::function<flip_end()>& look) {
  for (const int each : {SIGSEGV, SIGABRT, SIGFPE, SIGILL}) // doctest's handlers talk
    ::signal(each, SIG_DFL);
  const int silence = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(silence, 2);                  // LMDB says why it aborts
  constexpr unsigned seconds_max = 10; // damage may make a circle of what is a tree
  for (std::size_t i = first; i < flips.size(); ++i) {
    ::alarm(seconds_max);
    file.turn(flips[i]);
    flip_end end{};
    try {
      end = look();
    } catch (const std::exception&) { // nothing may pass into the test's own process
      end = flip_end::threw;
    }
    file.turn(flips[i]);
    if (::write(output, &end, 1) != 1)
      ::_exit(1);
  }
  ::_exit(0);
}

/// `look` reads the file as it is then; it runs in children.
inline flip_counts run_flips(const std::filesystem::path& path, const std::vector<flip>& flips,
  const std::function<flip_end()>& look) {
  const flipping_file file{path};
  flip_counts counts;
  for (std::size_t next = 0; next < flips.size();) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
      flip_on(file, flips, next, ends[1], look);
    ::close(ends[1]);
    flip_end end{};
    while (::read(ends[0], &end, 1) == 1) {
      counts.unnoticed += end == flip_end::unnoticed ? 1U : 0U;
      counts.found += end == flip_end::found ? 1U : 0U;
      counts.wrong += end == flip_end::wrong ? 1U : 0U;
      counts.threw += end == flip_end::threw ? 1U : 0U;
      if (end == flip_end::wrong || end == flip_end::threw)
        counts.bad.push_back(flips[next]);
      ++next;
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (next < flips.size()) { // it died of this one, and left it turned
      ++counts.died;
      file.turn(flips[next]);
      ++next;
    }
  }
  return counts;
}

} // namespace aiex::test
