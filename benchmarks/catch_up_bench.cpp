// How long a projection takes from the first event to the head of the log, saved as it goes: its
// events read, checked, decoded, handed to its functions. Beside it LMDB that only copies the same
// entries out of the log.
//   catch_up/events:N             a state that counts
//   catch_up_with_rows/events:N   also a row for each of 10,000 streams, changed by each event
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/actors/typed/projection_type.hpp"

#include "support/contest.hpp"
#include "support/flow_node.hpp"
#include "support/raw_lmdb_log.hpp"
#include "support/scratch.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace aiex {
namespace {

using namespace bench;

/// What `event_source` makes, by the number of its type.
template <std::size_t Type>
struct work {
  std::string user{};
  std::string file{};

  static constexpr auto fields =
    aiex::fields(event_source::types[Type], &work::user, "user", &work::file, "file");
};
using all_work = list<work<0>, work<1>, work<2>, work<3>>;

struct counting {
  static constexpr std::string_view name = "counting", from = "session";
  using events = all_work;

  struct state {
    std::uint64_t events = 0;

    static constexpr auto fields = aiex::fields("counting", &state::events, "events");
  };

  template <class Event>
  static void on(state& now, const Event&) {
    ++now.events;
  }
};

struct row_of_stream {
  std::uint64_t events = 0;
  std::string last_file{};

  static constexpr auto fields = aiex::fields(
    "row_of_stream", &row_of_stream::events, "events", &row_of_stream::last_file, "last_file");
};

struct counting_streams {
  static constexpr std::string_view name = "counting_streams", from = "session";
  using events = all_work;
  using state = counting::state;

  template <class Event>
  static void on(state& now, row_table& rows, const Event& event, const recorded_event& recorded) {
    ++now.events;
    row_of_stream row = rows.get_as<row_of_stream>(recorded.stream).value_or(row_of_stream{});
    ++row.events;
    row.last_file = event.file;
    rows.put(recorded.stream, row);
  }
};

/// A store of so many events, and LMDB with the same entries.
struct history {
  explicit history(std::size_t events) {
    event_source source;
    fill(*store.events(), source, events);
    std::vector<std::string> entries;
    const auto read =
      store.events()->media().log.read(1, direction::ascending, [&](const log_record& record) {
        entries.emplace_back(record.bytes);
        return true;
      });
    invariant(read.has_value(), "the log cannot be read");
    raw.append_all(entries);
    node.emplace(store); // its bus hears only of what its writer appends
  }

  scratch_folder folder;
  local_store store = open_store(folder.path() / "aiex");
  raw_lmdb_log raw{folder.path() / "lmdb"};
  std::optional<flow_node> node;
};

/// One after another: each has a name of its own, so that it begins with the first event.
class fresh_projections {
public:
  fresh_projections(flow_node& node, projection_type type) : node_(node), type_(std::move(type)) {}
  ~fresh_projections() { drop(); }

  void drop() {
    if (name_.empty())
      return;
    node_.drop(name_);
    invariant(node_.ask<saved>("models", forget_projection_call{name_}).outcome.has_value(),
      "a projection cannot be forgotten");
    name_.clear();
  }

  void catch_up(position head) {
    name_ = std::string{type_.name} + std::to_string(++started_);
    projection_type next = type_;
    next.name = name_;
    node_.start(projection(next));
    for (;;) {
      const auto answer =
        node_.ask<projection_wait_answer>("projection/" + name_, projection_wait_call{head});
      if (answer.outcome)
        return;
      invariant(
        answer.outcome.error().code == errc::time_out, "the projection cannot be waited for");
      const auto now = node_.ask<projection_info>("projection/" + name_, projection_info_call{});
      if (now.status != projection_status::running)
        throw std::runtime_error{"the projection has stopped: " + now.last_error};
    }
  }

private:
  flow_node& node_;
  projection_type type_;
  std::string name_; // of the one that runs; its type refers to it
  int started_ = 0;
};

void measure(benchmark::State& state, const projection_type& type) {
  const auto events = static_cast<std::size_t>(state.range(0));
  history past{events};
  const position head = past.store.events()->head()->position;
  fresh_projections all{*past.node, type};
  contest measured{{{"aiex", [&] { all.drop(); }, [&] { all.catch_up(head); }},
                     {"lmdb", {}, [&] { benchmark::DoNotOptimize(past.raw.read_all()); }}},
    1};
  measure(state, std::move(measured), static_cast<double>(events), "events");
}

void catch_up(benchmark::State& state) {
  measure(state, projection_type_of<counting>());
}
void catch_up_with_rows(benchmark::State& state) {
  measure(state, projection_type_of<counting_streams>());
}

void sizes(benchmark::internal::Benchmark* asked) {
  asked->ArgName("events")->Arg(10'048)->Arg(100'032)->Arg(1'000'000); // whole groups of 64
  asked->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);
}
BENCHMARK(catch_up)->Apply(sizes);
BENCHMARK(catch_up_with_rows)->Apply(sizes);

} // namespace
} // namespace aiex
