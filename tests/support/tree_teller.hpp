// Makes up trees and what happens to them.
#pragma once

#include "support/tree_story.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <random>

namespace aiex::test {

class story_teller {
public:
  explicit story_teller(std::uint64_t seed) : seed_(seed), random_(seed) {}

  tree_story tell() {
    tree_story story{.top = node("c", 0, tree_node::kind::supervisor, closing::never)};
    story.seed = seed_;
    if (below(10) == 0)
      story.fails_first.insert(any(ids_));
    if (below(3) != 0 && !above_.empty())
      loop(story.steps); // while the whole tree lives
    for (unsigned left = 5 + below(60); left > 0; --left) {
      if (below(5) == 0 && !above_.empty()) {
        switch (below(3)) {
        case 0: hang(story.steps); break;
        case 1: crowd(any(supervisors_), story.steps); break;
        default: loop(story.steps);
        }
      }
      story.steps.push_back(step());
      if (story.steps.back().what == tree_step::kind::change && below(2) == 0)
        try_one_of(tree_step{story.steps.back()}, story.steps);
      if (below(2) != 0)
        story.steps.push_back({.what = tree_step::kind::settle});
      else if (below(2) == 0)
        story.steps.push_back({.what = tree_step::kind::rush, .amount = 1 + below(4)});
    }
    return story;
  }

private:
  using kind = tree_node::kind;

  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  bool rarely() { return below(8) == 0; }
  template <class Value>
  const Value& any(const std::vector<Value>& of) {
    return of[below(static_cast<unsigned>(of.size()))];
  }

  /// What a child is told by its supervisor's spec, and how it takes that.
  void set_manners(tree_node& made, closing above) {
    made.how = static_cast<lasting>(below(3));
    const bool may_be = above != closing::never && made.how != lasting::permanent;
    made.significant = (may_be && below(4) != 0) || below(60) == 0;
    static constexpr std::int64_t times[] = {kill_at_once, 0, 20, 300, 5'000, 5'000};
    made.shutdown_ms = times[below(std::size(times))];
    if (made.supervises()) {
      if (!rarely())
        made.shutdown_ms = wait_for_ever;
      return;
    }
    if (below(2) == 0)
      made.manner = static_cast<manner>(below(5));
    if (!made.id.empty()) // it may run when its spec is changed
      made.manner = manners_.try_emplace(made.id, made.manner).first->second;
    made.slow_ms = 1 + below(2'000);
    if (rarely() && made.manner != manner::stubborn)
      made.shutdown_ms = wait_for_ever;
  }
  void set_flags(tree_node& made) {
    made.strategy = static_cast<style>(below(3));
    made.ends = static_cast<closing>(below(3));
    made.intensity =
      below(2) == 0 ? below(4) : 3 + below(30); // a long loop leaves room for requests
    made.period_s = 1 + below(6);
  }

  tree_node node(const std::string& prefix, unsigned depth, kind what, closing above) {
    tree_node made{.what = what, .id = prefix + std::to_string(ids_.size())};
    ids_.push_back(made.id);
    set_manners(made, above);
    if (!made.supervises())
      return made;
    set_flags(made);
    supervisors_.push_back(made.id);
    if (what == kind::crowd) {
      made.ends = closing::never;
      made.children.emplace_back();
      set_manners(made.children.front(), closing::never);
      made.children.front().significant = false;
    } else {
      for (unsigned left = below(5); left > 0; --left) {
        const bool deeper = depth < 3 && below(3) == 0;
        const kind which = below(5) == 0 ? kind::crowd : deeper ? kind::supervisor : kind::worker;
        made.children.push_back(node(prefix, depth + 1, which, made.ends));
        above_[made.children.back().id] = made.id;
        if (made.children.back().significant)
          significant_.push_back(made.children.back().id);
      }
    }
    known_[made.id] = made;
    return made;
  }

  tree_node new_child(const std::string& supervisor) {
    const tree_node& its = known_.at(supervisor);
    tree_node made{.id = "n" + std::to_string(below(4)) + supervisor}; // an id is one child's only
    if (std::find(ids_.begin(), ids_.end(), made.id) == ids_.end())
      ids_.push_back(made.id);
    above_[made.id] = supervisor;
    set_manners(made, its.ends);
    return made;
  }

  /// Other flags; children that are left out, moved, added, made otherwise.
  tree_node changed(const std::string& supervisor) {
    tree_node made = known_.at(supervisor);
    if (made.what == kind::crowd) {
      made.intensity = below(6);
      made.period_s = 1 + below(6);
      return made;
    }
    if (below(3) == 0)
      set_flags(made);
    std::erase_if(made.children, [&](const tree_node&) { return below(4) == 0; });
    if (below(2) == 0)
      std::shuffle(made.children.begin(), made.children.end(), random_);
    for (tree_node& each : made.children)
      if (below(2) == 0)
        set_manners(each, made.ends);
      else if (made.ends == closing::never)
        each.significant = false;
    if (below(2) == 0)
      made.children.push_back(new_child(supervisor));
    if (below(2) == 0)
      known_[supervisor] = made; // the next change is one of this
    return made;
  }

  /// One that cannot be started again and ends; what happens to it and beside it in its loop.
  void loop(std::vector<tree_step>& steps) {
    using what = tree_step::kind;
    static constexpr what those[] = {what::leave, what::leave, what::leave, what::terminate,
      what::terminate, what::restart, what::erase};
    const auto one = any_child();
    const std::vector<std::string> siblings = children_of(one->second);
    steps.push_back({.what = what::fail, .id = one->first});
    steps.push_back({.what = what::leave, .id = one->first, .reason = leaving::crash});
    if (below(3) == 0)
      for (const std::string& each : siblings)
        if (each != one->first)
          steps.push_back({.what = what::leave, .id = each, .reason = leaving::normal});
    for (unsigned left = 1 + below(4); left > 0; --left)
      steps.push_back({.what = those[below(std::size(those))],
        .id = below(2) == 0 ? one->first : any(siblings),
        .supervisor = one->second,
        .client = below(3),
        .reason = below(2) == 0 ? leaving::normal : static_cast<leaving>(below(5))});
    if (below(2) == 0 && known_.at(one->second).what != kind::crowd) {
      const tree_node again = child_of(one->second, one->first);
      steps.push_back({.what = what::start_child,
        .id = again.id,
        .supervisor = one->second,
        .client = 3,
        .node = again});
    }
    steps.push_back({.what = what::settle});
    steps.push_back({.what = what::mend});
  }

  /// Some are started by a dynamic supervisor; one of them cannot be started again.
  void crowd(const std::string& supervisor, std::vector<tree_step>& steps) {
    using what = tree_step::kind;
    if (known_.at(supervisor).what != kind::crowd)
      return loop(steps);
    const std::string ids[] = {supervisor + ".0", supervisor + ".1", supervisor + ".2"};
    for (const std::string& id : ids) {
      above_[id] = supervisor;
      steps.push_back({.what = what::start_child,
        .id = id,
        .supervisor = supervisor,
        .node = known_.at(supervisor).children.front()});
      steps.back().node.id = id;
    }
    steps.push_back({.what = what::settle});
    steps.push_back({.what = what::fail, .id = ids[0]});
    steps.push_back({.what = what::leave, .id = ids[0], .reason = leaving::crash});
    steps.push_back({.what = what::leave, .id = ids[1], .reason = leaving::crash});
    steps.push_back({.what = what::terminate, .id = ids[0], .supervisor = supervisor});
    steps.push_back({.what = what::settle});
    steps.push_back({.what = what::mend});
  }

  /// After a change: one that may not run yet is to, and may not be able or wish to.
  void try_one_of(const tree_step& change, std::vector<tree_step>& steps) {
    using what = tree_step::kind;
    if (change.node.what == kind::crowd || change.node.children.empty())
      return;
    const std::string id = any(change.node.children).id;
    steps.push_back({.what = what::settle});
    if (below(3) != 0)
      steps.push_back({.what = below(2) == 0 ? what::ignore : what::fail, .id = id});
    steps.push_back({.what = what::restart, .id = id, .supervisor = change.supervisor});
    steps.push_back({.what = what::settle});
    steps.push_back({.what = what::mend});
  }

  /// One is to end, which may take its time; what its siblings do meanwhile.
  void hang(std::vector<tree_step>& steps) {
    using what = tree_step::kind;
    const auto one = any_child();
    const std::vector<std::string> siblings = children_of(one->second);
    steps.push_back({.what = what::terminate, .id = one->first, .supervisor = one->second});
    for (unsigned left = 2 + below(4); left > 0; --left) {
      steps.push_back({.what = what::leave, .id = any(siblings), .reason = leaving::crash});
      steps.push_back({.what = what::wait, .amount = 500 * (1 + below(5))});
    }
  }

  std::map<std::string, std::string>::const_iterator any_child() {
    if (!significant_.empty() && below(3) == 0)
      return above_.find(any(significant_));
    return std::next(above_.cbegin(), below(static_cast<unsigned>(above_.size())));
  }
  std::vector<std::string> children_of(const std::string& supervisor) const {
    std::vector<std::string> all;
    for (const auto& [id, above] : above_)
      if (above == supervisor)
        all.push_back(id);
    return all;
  }

  tree_step step() {
    using what = tree_step::kind;
    static constexpr what often[] = {what::leave, what::leave, what::leave, what::leave,
      what::leave, what::leave, what::fail, what::fail, what::ignore, what::mend, what::mend,
      what::wait, what::wait, what::wait, what::start_child, what::start_child, what::terminate,
      what::terminate, what::restart, what::restart, what::erase, what::change, what::which,
      what::count, what::spec};
    tree_step made{.what = often[below(std::size(often))], .id = any(ids_)};
    if (below(2) == 0 && !last_.empty())
      made.id = last_; // much happens to the same one
    last_ = made.id;
    made.client = below(3);
    made.reason = static_cast<leaving>(below(5) < 3 ? 3 : below(5));
    static constexpr std::int64_t times[] = {30, 400, 1'000, 1'000, 2'000, 3'000, 5'000};
    made.amount = times[below(std::size(times))];
    made.supervisor = any(supervisors_);
    if (const auto its = above_.find(made.id); its != above_.end() && !rarely())
      made.supervisor = its->second;
    const bool is_crowd = known_.at(made.supervisor).what == kind::crowd;
    if (is_crowd && below(2) == 0)
      made.what = what::start_child;
    if (made.what == what::start_child) {
      made.node = is_crowd ? known_.at(made.supervisor).children.front() : tree_node{};
      made.node.id = made.supervisor + "." + std::to_string(below(5));
      if (!is_crowd && above_.contains(made.id) && below(2) == 0)
        made.node = child_of(made.supervisor, made.id);
      else if (!is_crowd)
        made.node = new_child(made.supervisor);
      made.id = made.node.id;
      if (is_crowd) {
        ids_.push_back(made.id);
        above_[made.id] = made.supervisor;
      }
    } else if (made.what == what::change) {
      made.node = changed(made.supervisor);
    }
    return made;
  }

  /// As it was, if that is a child there; else a new one.
  tree_node child_of(const std::string& supervisor, const std::string& id) {
    for (const tree_node& each : known_.at(supervisor).children)
      if (each.id == id)
        return each;
    return new_child(supervisor);
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<std::string> ids_;
  std::string last_;
  std::vector<std::string> supervisors_;
  std::vector<std::string> significant_;     // when they were made up
  std::map<std::string, std::string> above_; // whose child it is
  std::map<std::string, manner> manners_;
  std::map<std::string, tree_node> known_; // supervisors, as they are meant to be
};

} // namespace aiex::test
