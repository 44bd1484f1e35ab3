// What cores say and do, in words for people. `4@2` is the entry of index 4 and term 2.
#pragma once

#include "aiex/persistence/consensus/outputs.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace aiex::test {

/// What the teller calls a member.
using member_names = std::function<std::string(consensus::member_id)>;

class consensus_words {
public:
  explicit consensus_words(member_names names) : names_(std::move(names)) {}

  /// "vote request in term 3: last 4@2".
  std::string of(const consensus::message& what) const {
    const std::string more =
      std::visit([this](const auto& each) { return details(each); }, what.what);
    return fmt::format(
      "{} in term {}{}{}", kind_of(what.what), what.term, more.empty() ? "" : ": ", more);
  }

  static const char* kind_of(const consensus::payload& what) {
    constexpr std::array<const char*, std::variant_size_v<consensus::payload>> kinds{
      "pre-vote request", "pre-vote answer", "vote request", "vote answer", "replicate request",
      "replicate answer", "heartbeat", "heartbeat answer", "timeout now", "read request",
      "read answer", "fetch request", "fetch answer"};
    return kinds.at(what.index());
  }

  /// "term 3, vote n1, then cut from 4, then 4@3 5@3": parts in their order.
  std::string of(const consensus::write_job& job) const {
    std::string told;
    const auto part = [&](const std::string& what) {
      told += (told.empty() ? "" : ", then ") + what;
    };
    if (job.term)
      part(fmt::format("term {}, vote {}", job.term->term, name(job.term->vote)));
    if (job.cut_from)
      part(fmt::format("cut from {}", *job.cut_from));
    if (!job.entries.empty())
      part(of(job.entries));
    return told;
  }

  std::string of(const consensus::role_change& what) const {
    using consensus::role;
    const char* candidate = what.now == role::pre_candidate ? "is pre-candidate" : "is candidate";
    return what.now == role::leader ? fmt::format("leads term {}", what.term)
           : what.now == role::follower
             ? fmt::format("follows {} in term {}", name(what.leader), what.term)
             : fmt::format("{} in term {}", candidate, what.term);
  }

  /// "n1 n2, learner n3".
  std::string of(const consensus::configuration& members) const {
    std::string voters;
    std::string learners;
    for (const consensus::member& each : members.members)
      if (each.role == consensus::member_role::voter)
        voters += (voters.empty() ? "" : " ") + names_(each.id);
      else
        learners += ", learner " + names_(each.id);
    return voters + learners;
  }

  static std::string of(consensus::log_place place) {
    return fmt::format("{}@{}", place.index, place.term);
  }

  /// What came of a step besides role, write and messages, a fact at a time: "commits 4".
  template <class Line>
  void tell(const consensus::outputs& out, const Line& line) const {
    for (const consensus::refusal& each : out.refused)
      line(fmt::format("refuses a proposal of {}", each.index));
    if (out.committed)
      line(fmt::format("commits {}", *out.committed));
    for (const consensus::read_state& each : out.reads_done)
      line(each.index ? fmt::format("answers read {} as of {}", each.ticket, *each.index)
                      : fmt::format("refuses read {}", each.ticket));
    for (const consensus::change_outcome& each : out.changes_done)
      line(each.index ? fmt::format("has changed the members with {}", *each.index)
                      : fmt::format("has not changed the members: {}", each.index.error().message));
    for (const consensus::repair_job& each : out.repairs)
      line("repairs " + of(each.what.place));
    if (out.failure)
      line("fails: " + out.failure->message);
  }

private:
  std::string name(consensus::member_id id) const { return id.is_nil() ? "nobody" : names_(id); }

  std::string of(const consensus::entry& what) const {
    const std::string members = what.members ? " (" + of(*what.members) + ")" : "";
    return of(what.place) + (what.kind == entry_kind::no_op ? " (no-op)" : members);
  }
  std::string of(const std::vector<consensus::entry>& entries) const {
    if (entries.size() > 4)
      return of(entries.front()) + " to " + of(entries.back());
    std::string told;
    for (const consensus::entry& each : entries)
      told += (told.empty() ? "" : " ") + of(each);
    return told.empty() ? "nothing" : told;
  }

  static std::string details(const consensus::pre_vote_request& what) {
    return fmt::format("for term {}, last {}", what.for_term, of(what.last));
  }
  static std::string details(const consensus::pre_vote_answer& what) {
    return fmt::format("{} for term {}", what.granted ? "granted" : "refused", what.for_term);
  }
  static std::string details(const consensus::vote_request& what) {
    return fmt::format("last {}{}", of(what.last), what.is_transfer ? ", handed over" : "");
  }
  static std::string details(const consensus::vote_answer& what) {
    return what.granted ? "granted" : "refused";
  }
  std::string details(const consensus::replicate_request& what) const {
    return fmt::format(
      "{} behind {}, committed {}", of(what.entries), of(what.previous), what.committed);
  }
  static std::string details(const consensus::replicate_answer& what) {
    return what.matches ? fmt::format("matches up to {}", what.matched)
                        : fmt::format("no match at {}, hint {}", what.asked, of(what.hint));
  }
  static std::string details(const consensus::heartbeat& what) {
    return fmt::format("committed {}{}", what.committed,
      what.read_round == 0 ? "" : fmt::format(", round {}", what.read_round));
  }
  static std::string details(const consensus::heartbeat_answer& what) {
    return what.read_round == 0 ? "" : fmt::format("round {}", what.read_round);
  }
  static std::string details(const consensus::timeout_now&) { return {}; }
  static std::string details(const consensus::read_request& what) {
    return fmt::format("read {}", what.ticket);
  }
  static std::string details(const consensus::read_answer& what) {
    return what.index ? fmt::format("read {} as of {}", what.ticket, *what.index)
                      : fmt::format("read {} refused", what.ticket);
  }
  static std::string details(const consensus::fetch_request& what) {
    return what.from == what.to ? fmt::format("{}", what.from)
                                : fmt::format("{} to {}", what.from, what.to);
  }
  std::string details(const consensus::fetch_answer& what) const { return of(what.entries); }

  member_names names_;
};

} // namespace aiex::test
