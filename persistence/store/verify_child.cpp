#include "aiex/persistence/store/verify_child.hpp"

#include "aiex/persistence/base/file_write.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>

namespace aiex {

namespace {

constexpr std::size_t text_bytes_max = 1'000;

enum class kind : std::uint8_t { progress = 1, report = 2, failure = 3 };

void write_report(bytes_writer& write, const verify_report& report) {
  write.u8(static_cast<std::uint8_t>(kind::report));
  write.u64(report.entries);
  write.u64(report.events);
  write.u64(report.streams);
  write.u64(report.head.value);
  write.u8(report.state_head ? 1 : 0);
  write.u64(report.state_head ? report.state_head->value : 0);
  for (const std::uint64_t each : report.totals)
    write.u64(each);
  write.u32(static_cast<std::uint32_t>(report.findings.size()));
  for (const finding& each : report.findings) {
    write.u8(static_cast<std::uint8_t>(each.part));
    write.u64(each.where.value);
    write.u64(each.index);
    write.text(std::string_view{each.what}.substr(0, text_bytes_max));
  }
}

verify_report read_report(bytes_reader& read) {
  verify_report report;
  report.entries = read.u64();
  report.events = read.u64();
  report.streams = read.u64();
  report.head.value = read.u64();
  const bool has_state = read.u8() != 0;
  const position state_head{read.u64()};
  if (has_state)
    report.state_head = state_head;
  for (std::uint64_t& each : report.totals)
    each = read.u64();
  const std::uint32_t count = read.u32();
  for (std::uint32_t i = 0; i < count && read.ok(); ++i) {
    finding each;
    each.part = static_cast<finding_part>(read.u8());
    each.where.value = read.u64();
    each.index = read.u64();
    each.what = read.text();
    report.findings.push_back(std::move(each));
  }
  return report;
}

error read_failure(bytes_reader& read) {
  error made;
  made.code = static_cast<errc>(read.u8());
  made.actual = read.u64();
  made.message = read.text();
  return made;
}

std::optional<verify_message> read_message(std::string_view bytes) {
  bytes_reader read{bytes};
  std::optional<verify_message> made;
  switch (static_cast<kind>(read.u8())) {
  case kind::progress: made = verify_progress{read.u64()}; break;
  case kind::report: made = read_report(read); break;
  case kind::failure: made = read_failure(read); break;
  }
  return read.ok() && read.remaining() == 0 ? made : std::nullopt;
}

bool send(int output, const verify_message& message) {
  return write_all(output, to_bytes(message));
}

constexpr std::array scopes{
  verify_scope::log_and_state, verify_scope::log, verify_scope::models, verify_scope::readers};

std::optional<verify_scope> scope_named(std::string_view word) {
  for (const verify_scope each : scopes)
    if (name(each) == word)
      return each;
  return std::nullopt;
}

} // namespace

std::string_view name(verify_scope scope) noexcept {
  switch (scope) {
  case verify_scope::log_and_state: return "log-and-state";
  case verify_scope::log: return "log";
  case verify_scope::models: return "models";
  case verify_scope::readers: return "readers";
  }
  return "unknown";
}

std::string to_bytes(const verify_message& message) {
  std::string body;
  bytes_writer write{body};
  if (const auto* progress = std::get_if<verify_progress>(&message)) {
    write.u8(static_cast<std::uint8_t>(kind::progress));
    write.u64(progress->events);
  } else if (const auto* report = std::get_if<verify_report>(&message)) {
    write_report(write, *report);
  } else if (const auto* failure = std::get_if<error>(&message)) {
    write.u8(static_cast<std::uint8_t>(kind::failure));
    write.u8(static_cast<std::uint8_t>(failure->code));
    write.u64(failure->actual);
    write.text(std::string_view{failure->message}.substr(0, text_bytes_max));
  }
  std::string framed;
  bytes_writer{framed}.u32(static_cast<std::uint32_t>(body.size()));
  return framed.append(body);
}

result<std::optional<verify_message>> verify_messages::next() {
  bytes_reader read{bytes_};
  const std::uint32_t length = read.u32();
  if (read.ok() && length > message_bytes_max)
    return fail(errc::corrupt, "the checker said something that cannot be");
  const std::string_view body = read.raw(length);
  if (!read.ok())
    return std::nullopt;
  auto made = read_message(body);
  if (!made)
    return fail(errc::corrupt, "the checker said something that cannot be read");
  bytes_.erase(0, sizeof length + length);
  return made;
}

int verify_main(const std::filesystem::path& folder, verify_scope scope, int output) {
  bool is_heard = true;
  auto report = verify_folder(folder, scope,
    [&](std::uint64_t events) { is_heard = is_heard && send(output, verify_progress{events}); });
  is_heard = is_heard && (report ? send(output, std::move(*report)) : send(output, report.error()));
  return is_heard ? 0 : 1;
}

std::optional<int> run_as_verify_child(int argument_count, const char* const* arguments) {
  if (argument_count != 4 || arguments[1] != verify_child_argument)
    return std::nullopt;
  const rlimit no_core{0, 0}; // its death is expected, and not to be kept
  ::setrlimit(RLIMIT_CORE, &no_core);
  const auto scope = scope_named(arguments[3]);
  return scope ? verify_main(arguments[2], *scope, verify_child_output) : 1;
}

} // namespace aiex
