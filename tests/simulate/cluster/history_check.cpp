#include "simulate/cluster/history_check.hpp"

#include "simulate/cluster/history_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace aiex::test {

namespace {

/// A moment of the log that somebody knows of, and who.
struct known_moment {
  std::uint64_t moment = 0;
  std::optional<op_number> who{};

  void raise(std::uint64_t to, op_number by) {
    if (!who || to > moment)
      *this = {to, by};
  }
};

class history_sweep {
public:
  history_sweep(const history& of, const history_tries& tries, const history_log& log,
    const history_writers& writers, history_findings& found)
      : of_(of), tries_(tries), log_(log), writers_(writers), answers_(of, tries, log, found),
        found_(found) {
    floors_.resize(of.operations.size());
  }

  void run() {
    for (const moment& each : of_.moments) {
      found_.step();
      each.is_answer ? answered(each.operation) : called(each.operation);
    }
  }

private:
  void called(op_number number) {
    floors_[number] = known_;
    const auto batch = writers_.written_by(number);
    if (!batch)
      return;
    if (acknowledged_.moment >= batch->first)
      found_.add(history_rule::reordered, {*acknowledged_.who, number},
        fmt::format("the second stands at {}, before the first, which was answered before the "
                    "second was called",
          batch->first));
    else if (known_.moment >= batch->first)
      found_.add(history_rule::premature, {*known_.who, number},
        fmt::format("the first knows the log up to {}, and was answered before the second was "
                    "called, which stands at {}",
          known_.moment, batch->first));
  }

  void answered(op_number number) {
    const operation& done = of_.operations[number];
    if (seen(done) != nullptr)
      return settle(number, answers_.of_read(number));
    if (const append_result* answer = appended(done))
      return accepted(number, *answer);
    if (std::holds_alternative<append_request>(done.asked) &&
        outcome_of(done) == client_outcome::refused)
      settle(number, answers_.of_refusal(number));
  }

  void accepted(op_number number, const append_result& answer) {
    const auto& request = std::get<append_request>(of_.operations[number].asked);
    const bool by_command =
      answer.repeated && request.command && log_.place_of(*request.command) != 0;
    if (by_command)
      return settle(number, answers_.of_repeat(number));
    if (tries_.events_of(number).empty())
      return settle(number, answers_.of_nothing(number));
    if (!is_where_told(number, request, answer))
      return;
    if (answer.repeated)
      return settle(number, answers_.of_repeat(number));
    wrote(number, request, answer);
  }

  /// An append that says that it wrote, rightly as to what and where.
  void wrote(op_number number, const append_request& request, const append_result& answer) {
    const auto batch = writers_.written_by(number);
    if (!batch)
      return found_.add(history_rule::doubled, {number},
        "another try says, too, that it wrote this, or it stands there in pieces");
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
      found_.step();
      if (request.parts[i].events.empty() &&
          !log_.when(request.parts[i].stream, answer.parts[i].version).holds(batch->first - 1))
        return found_.add(history_rule::forked, {number},
          fmt::format("{} was not at {} when this was written at {}", request.parts[i].stream,
            answer.parts[i].version, batch->first));
    }
    know(number, batch->last);
    acknowledged_.raise(batch->last, number);
  }

  static bool has_places_for(const appended_part& told, std::size_t events) {
    if (events == 0)
      return told.first_version == 0 && told.first_position.value == 0 &&
             told.last_position.value == 0;
    return told.version == told.first_version + events - 1 &&
           told.last_position.value == told.first_position.value + events - 1;
  }

  /// Whether every event stands where the answer says; if not, it is reported.
  bool is_where_told(op_number number, const append_request& request, const append_result& answer) {
    if (answer.parts.size() != request.parts.size()) {
      found_.add(history_rule::forked, {number}, "the answer has other parts than the request");
      return false;
    }
    const auto events = tries_.events_of(number);
    std::size_t next = 0;
    std::uint64_t last = 0;
    bool is_right = true;
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
      const std::size_t count = request.parts[i].events.size();
      const appended_part& told = answer.parts[i];
      if (!has_places_for(told, count)) {
        found_.add(history_rule::forked, {number}, "its places are not as many as its events");
        return false;
      }
      for (std::size_t k = 0; k < count; ++k, ++next) {
        found_.step();
        last = told.first_position.value + k;
        if (!is_right)
          continue; // one report is enough
        const std::uint64_t version = told.first_version + k;
        is_right = is_only_winner(number, events[next], version, last);
        is_right = is_where_told(number, events[next], version, last) && is_right;
      }
    }
    if (is_right && log_.at(last).recorded_at != answer.recorded_at) {
      found_.add(history_rule::forked, {number}, "the log has another time of its recording");
      return false;
    }
    return is_right;
  }

  bool is_where_told(
    op_number number, const asked_event& event, std::uint64_t version, std::uint64_t position) {
    const std::uint64_t place = log_.place_of(event.id);
    if (place == 0) {
      found_.add(history_rule::lost, {number},
        fmt::format("event {} is not in the log", to_string(event.id)));
      return false;
    }
    const logged_event& there = log_.at(place);
    if (there.stream != *event.stream || there.content != event.content) {
      found_.add(history_rule::changed, {number},
        fmt::format("event {} stands at {} with other content", to_string(event.id), place));
      return false;
    }
    if (place == position && there.version == version)
      return true;
    found_.add(history_rule::forked, {number},
      fmt::format("event {} is version {} at {} in the log, and was told to be version {} at {}",
        to_string(event.id), there.version, place, version, position));
    return false;
  }

  /// Whether nobody else was told this place for another event; independent of the log.
  bool is_only_winner(
    op_number number, const asked_event& event, std::uint64_t version, std::uint64_t position) {
    const auto& at_position = positions_.emplace(position, winner{event.id, number}).first->second;
    const auto& at_version =
      versions_[*event.stream].emplace(version, winner{event.id, number}).first->second;
    for (const winner& other : {at_version, at_position})
      if (other.id != event.id) {
        found_.add(history_rule::two_winners, {other.number, number},
          fmt::format("both were told version {} of {} at {}, for different events", version,
            *event.stream, position));
        return false;
      }
    return true;
  }

  /// Gives the operation its moment, the earliest of those that are right and not before its floor.
  void settle(op_number number, const right_moments& right) {
    const known_moment& floor = floors_[number];
    std::optional<std::uint64_t> earliest;
    bool was_ever = false;
    bool was_between = false;
    for (const log_moments& range : right.ranges) {
      found_.step();
      if (range.empty())
        continue;
      was_ever = true;
      was_between = was_between || writers_.between_appends(range.first) <= range.last;
      const std::uint64_t fits = writers_.between_appends(std::max(range.first, floor.moment));
      if (fits > range.last)
        continue;
      earliest = earliest ? std::min(*earliest, fits) : fits;
    }
    if (earliest)
      return knows(number, *earliest);
    if (was_between)
      return found_.add(history_rule::stale,
        floor.who ? std::vector{number, *floor.who} : std::vector{number},
        fmt::format("the first does not know what the second, answered before, does: the log up "
                    "to {}",
          floor.moment));
    found_.add(was_ever ? history_rule::torn : right.otherwise, {number},
      was_ever ? "it was so only in the midst of an append" : right.why);
  }

  void knows(op_number number, std::uint64_t moment) {
    know(number, moment);
    const append_result* answer = appended(of_.operations[number]);
    if (answer == nullptr || !answer->repeated)
      return;
    for (const appended_part& part : answer->parts)
      acknowledged_.raise(part.last_position.value, number);
  }
  void know(op_number number, std::uint64_t moment) { known_.raise(moment, number); }

  struct winner {
    uuid id{};
    op_number number = 0;
  };

  const history& of_;
  const history_tries& tries_;
  const history_log& log_;
  const history_writers& writers_;
  history_answers answers_;
  history_findings& found_;
  known_moment known_;               // of all that is answered
  known_moment acknowledged_;        // of appends alone
  std::vector<known_moment> floors_; // `known_` at each call
  std::unordered_map<std::uint64_t, winner> positions_;
  std::unordered_map<std::string, std::unordered_map<std::uint64_t, winner>> versions_;
};

} // namespace

history_report check(const history& of, const final_log& log) {
  history_findings found{of};
  const history_tries tries{of, found};
  const history_log places{log, tries, found};
  const history_writers writers{of, tries, places, found};
  history_sweep{of, tries, places, writers, found}.run();
  return found.take();
}

} // namespace aiex::test
