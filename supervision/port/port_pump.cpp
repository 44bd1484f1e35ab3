// Tested by tests/supervision/port/port_test.cpp.
#include "aiex/supervision/port/port_pump.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <utility>

namespace aiex {

namespace {

constexpr std::size_t read_bytes = 65'536;
constexpr std::size_t last_reads_max = 1024 * 1024 / read_bytes; // the most that a pipe holds

enum watched : std::size_t { bell, ended, output, input };

} // namespace

port_pump::port_pump(port_limits limits, port_listener listener)
    : limits_(limits), listener_(std::move(listener)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), outbox_(limits), inbox_(limits) {}

tl::expected<std::unique_ptr<port_pump>, std::string> port_pump::start(
  const std::vector<std::string>& command, const port_rlimits& rlimits, port_limits limits,
  port_listener listener) {
  std::unique_ptr<port_pump> made{new port_pump{limits, std::move(listener)}};
  if (!made->bell_.is_open())
    return tl::unexpected(std::string{"a port has no way to wake its thread: too many open files"});
  // The program dies with the thread that has started it, so that is the one that stays with it.
  std::promise<tl::expected<pid_t, std::string>> begun;
  auto outcome = begun.get_future();
  made->thread_ = std::thread{[pump = made.get(), &begun, &command, &rlimits] {
    sigset_t all;
    ::sigfillset(&all); // of a program that has closed its input we hear from `write`
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    auto process = port_process::start(command, rlimits);
    if (!process)
      return begun.set_value(tl::unexpected(std::move(process.error())));
    begun.set_value(process->id());
    pump->run(std::move(*process));
  }};
  auto id = outcome.get();
  if (!id)
    return tl::unexpected(std::move(id.error()));
  made->id_ = *id;
  return made;
}

port_pump::~port_pump() {
  {
    const std::lock_guard guard{lock_};
    is_over_ = true;
  }
  wake();
  if (thread_.joinable())
    thread_.join();
}

port_outcome port_pump::send(std::string_view bytes) {
  const auto outcome = [&] {
    const std::lock_guard guard{lock_};
    return outbox_.add(bytes);
  }();
  wake();
  return outcome;
}

void port_pump::close_input() {
  {
    const std::lock_guard guard{lock_};
    outbox_.close();
  }
  wake();
}

void port_pump::heard(std::size_t frames) {
  {
    const std::lock_guard guard{lock_};
    unheard_ -= frames;
  }
  wake();
}

void port_pump::kill() {
  {
    const std::lock_guard guard{lock_};
    is_to_kill_ = true;
  }
  wake();
}

void port_pump::wake() const noexcept {
  const std::uint64_t one = 1;
  (void)!::write(bell_.number(), &one, sizeof one); // full: it rings already
}

void port_pump::run(port_process process) {
  while (turn(process))
    ;
  finish(process);
}

/// Waits for something and does it. False when that was the last.
bool port_pump::turn(port_process& process) {
  if (!tell(false))
    return false;
  std::array<pollfd, 4> files{pollfd{bell_.number(), POLLIN, 0},
    pollfd{process.ended().number(), POLLIN, 0}, pollfd{-1, POLLIN, 0}, pollfd{-1, POLLOUT, 0}};
  {
    const std::lock_guard guard{lock_};
    if (is_over_)
      return false;
    if (std::exchange(is_to_kill_, false))
      process.kill();
    if (outbox_.is_done())
      process.input().close();
    if (!outbox_.is_empty())
      files[input].fd = process.input().number();
    if (!is_output_closed_ && unheard_ < limits_.unheard_frames_max)
      files[output].fd = process.output().number();
  }
  if (::poll(files.data(), files.size(), -1) < 0)
    return true; // interrupted
  std::uint64_t rung = 0;
  if (files[bell].revents != 0)
    (void)!::read(bell_.number(), &rung, sizeof rung);
  if (files[input].revents != 0)
    write_some(process);
  if (files[output].revents != 0)
    (void)read_some(process);
  return files[ended].revents == 0;
}

void port_pump::write_some(port_process& process) {
  const std::lock_guard guard{lock_};
  while (!outbox_.is_empty()) {
    const std::string_view next = outbox_.next();
    const ssize_t count = ::write(process.input().number(), next.data(), next.size());
    if (count >= 0) {
      outbox_.written(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EAGAIN || errno == EINTR)
      return;
    outbox_ = port_outbox{limits_}; // it reads no more
    outbox_.close();
  }
}

/// False if there is nothing to be read now.
bool port_pump::read_some(port_process& process) {
  std::array<char, read_bytes> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(process.output().number(), bytes.data(), bytes.size());
  if (count > 0)
    inbox_.add({bytes.data(), static_cast<std::size_t>(count)});
  else if (count == 0 || (errno != EAGAIN && errno != EINTR))
    is_output_closed_ = true;
  return count > 0;
}

/// Hands out frames, as many as the owner may have. False if one cannot be understood.
bool port_pump::tell(bool whatever_is_unheard) {
  for (;;) {
    {
      const std::lock_guard guard{lock_};
      if (!whatever_is_unheard && unheard_ >= limits_.unheard_frames_max)
        return true;
    }
    auto frame = inbox_.next();
    if (!frame) {
      failure_ = std::move(frame.error());
      return false;
    }
    if (!*frame)
      return true;
    {
      const std::lock_guard guard{lock_};
      ++unheard_;
    }
    listener_.on_frame(std::move(**frame));
  }
}

void port_pump::finish(port_process& process) {
  process.kill(); // what it has started may write, too, and has to end with it
  const bool is_wanted = [&] {
    const std::lock_guard guard{lock_};
    return !is_over_;
  }();
  // What it said before it ended: as much as a pipe holds, for others may go on writing into it.
  if (is_wanted && failure_.empty()) {
    for (std::size_t left = last_reads_max; left > 0 && !is_output_closed_; --left)
      if (!read_some(process))
        break;
    (void)tell(true);
  }
  const int status = process.end();
  {
    const std::lock_guard guard{lock_};
    outbox_ = port_outbox{limits_};
    outbox_.close();
  }
  if (is_wanted)
    listener_.on_end({status, failure_});
}

} // namespace aiex
