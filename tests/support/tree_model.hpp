// OTP's rules for a supervisor, as plainly as they can be said, written after supervisor.erl: what
// it is told waits in its mailbox, and what takes time goes on in a continuation. It shares nothing
// with the cores that are held against it.
#pragma once

#include "support/tree_world.hpp"

#include <algorithm>
#include <functional>

namespace aiex::test {

using model_restarts = std::vector<std::int64_t>; // whole seconds

/// add_restart/1: false if it is one too many.
inline bool add_restart(
  model_restarts& restarts, std::int64_t now_ms, unsigned intensity, unsigned period_s) {
  const std::int64_t now = now_ms / 1'000;
  std::erase_if(restarts, [&](std::int64_t then) { return now > then + period_s; });
  restarts.push_back(now);
  return restarts.size() <= intensity;
}

/// shutdown/1: what is to be reported. Unlike there, one that took too long is no error of its own.
inline bool is_shutdown_error(const tree_node& child, leaving why, bool took_too_long) {
  const bool is_fine = why == leaving::normal || why == leaving::shutdown_with_words ||
                       (why == leaving::shutdown && child.shutdown_ms == kill_at_once);
  if (why == leaving::killed)
    return child.shutdown_ms != kill_at_once && !took_too_long;
  if (is_fine)
    return child.how == lasting::permanent;
  return why != leaving::shutdown;
}

/// check_childspec/2: the fault, or nothing.
inline std::string fault_of(const tree_node& child, closing ends) {
  if (child.significant && ends == closing::never)
    return "bad_combination auto_shutdown";
  return child.significant && child.how == lasting::permanent ? "bad_combination restart" : "";
}

inline std::string spec_text(const tree_node& child) {
  return std::to_string(static_cast<int>(child.how)) + ' ' + std::to_string(child.significant) +
         ' ' + std::to_string(child.shutdown_ms);
}

template <class World>
class model_supervisor {
public:
  model_supervisor(World& world, tree_pid self, const tree_node& spec)
      : world_(world), self_(self), flags_(spec) {
    for (const tree_node& each : spec.children)
      children_.push_back({each});
    flags_.children.clear();
  }

  void begin() {
    busy_ = true;
    start_all(ids_from(0), [this](const std::string& failed) {
      if (!failed.empty())
        return stop_all(ids_from(0), [this] { end(); });
      world_.has_begun(self_);
      busy_ = false;
    });
  }

  void on_down(tree_pid who, leaving why) {
    if (waits_for_ != who || !then_) {
      mailbox_.push_back(down{who, why});
      return work();
    }
    waits_for_ = 0;
    std::exchange(then_, {})(why);
    work();
  }
  void on_told() {
    mailbox_.push_front(told{}); // ours: it is not kept waiting
    work();
  }
  void on_retry(const std::string& id, std::uint64_t) {
    mailbox_.push_back(again{id});
    work();
  }
  void on_request(const tree_request& request) {
    mailbox_.push_back(request);
    work();
  }
  void on_timer(std::uint64_t number) {
    if (!then_ || number != timer_)
      return;
    took_too_long_ = true;
    world_.kill(waits_for_);
  }

  bool is_busy() const { return busy_; }
  std::vector<tree_listed> listed() const {
    std::vector<tree_listed> all;
    for (const child& each : children_)
      all.push_back({each.spec.id, each.now, each.pid});
    return all;
  }
  std::string spec_text(const std::string& id) const {
    for (const child& each : children_)
      if (each.spec.id == id)
        return test::spec_text(each.spec);
    return "not_found";
  }

private:
  using state = tree_listed::kind;
  using done = std::function<void()>;
  using ids = std::vector<std::string>;

  struct child {
    tree_node spec{};
    state now = state::undefined;
    tree_pid pid = 0;
  };
  struct down {
    tree_pid who;
    leaving why;
  };
  struct told {};
  struct again {
    std::string id;
  };
  using message = std::variant<down, told, again, tree_request>;

  // -- the loop of the server ------------------------------------------------------------------

  void work() {
    while (!busy_ && !mailbox_.empty()) {
      const message next = mailbox_.front();
      mailbox_.pop_front();
      busy_ = true;
      std::visit([this](const auto& what) { this->handle(what); }, next);
    }
  }
  void handle(const down& what) {
    for (const child& each : children_)
      if (each.now == state::running && each.pid == what.who)
        return do_restart(each.spec, what.why);
    busy_ = false;
  }
  void handle(const told&) {
    stop_all(ids_from(0), [this] { end(); });
  }
  void handle(const again& what) {
    const child* its = find(what.id);
    if (its != nullptr && its->now == state::restarting)
      restart(what.id);
    else
      busy_ = false;
  }
  void handle(const tree_request& request) {
    using kind = tree_step::kind;
    const std::string id = request.asked.id;
    const std::uint64_t token = request.token;
    switch (request.asked.what) {
    case kind::start_child: return start_child(token, request.asked.node);
    case kind::terminate: return terminate_child(token, id);
    case kind::restart: return restart_child(token, id);
    case kind::erase: return delete_child(token, id);
    default: return reply(token, change(request.asked.node));
    }
  }
  void reply(std::uint64_t token, const std::string& said) {
    world_.answer(token, said);
    busy_ = false;
  }
  void end() {
    world_.end(self_);
    for (const message& each : std::exchange(mailbox_, {}))
      if (const auto* request = std::get_if<tree_request>(&each))
        world_.answer(request->token, "gone");
  }

  // -- a child has ended -----------------------------------------------------------------------

  void do_restart(tree_node its, leaving why) {
    const bool is_abnormal = why == leaving::crash || why == leaving::killed;
    if (its.how == lasting::permanent || (its.how == lasting::transient && is_abnormal))
      return restart(its.id);
    del_child(its.id);
    if (!its.significant || flags_.ends == closing::never)
      busy_ = false;
    else if (flags_.ends == closing::all && any_significant())
      busy_ = false;
    else
      stop_all(ids_from(0), [this] { end(); });
  }
  bool any_significant() const {
    return std::any_of(children_.begin(), children_.end(),
      [](const child& each) { return each.spec.significant && each.now != state::undefined; });
  }

  void restart(const std::string& id) {
    if (!add_restart(restarts_, world_.now_ms(), flags_.intensity, flags_.period_s)) {
      del_child(id);
      return stop_all(ids_from(0), [this] { end(); });
    }
    if (flags_.strategy == style::one_for_one)
      return start(id, [this, id](bool well) { restarted(well ? std::string{} : id); });
    child* its = find(id);
    const auto first = flags_.strategy == style::one_for_all ? 0 : its - children_.data();
    its->now = state::undefined;
    stop_all(ids_from(first), [this, first] {
      start_all(ids_from(first), [this](const std::string& failed) { restarted(failed); });
    });
  }
  void restarted(const std::string& failed) {
    if (!failed.empty()) {
      find(failed)->now = state::restarting;
      world_.retry(self_, failed);
    }
    busy_ = false;
  }

  // -- start and stop --------------------------------------------------------------------------

  /// `then(true)`: it runs, or does not wish to.
  void start(const std::string& id, std::function<void(bool)> then) {
    using kind = tree_outcome::kind;
    child& its = *find(id);
    its.now = state::undefined;
    const tree_outcome made = world_.start(self_, its.spec);
    if (made.what == kind::failing) {
      waits_for_ = made.pid;
      then_ = [then](leaving) { then(false); };
      timer_ = 0;
      return;
    }
    if (made.what == kind::started) {
      its.now = state::running;
      its.pid = made.pid;
    }
    then(made.what != kind::failed);
  }

  /// start_children/2: tells `then` who has failed, or nobody.
  void start_all(ids those, std::function<void(const std::string&)> then) {
    if (those.empty())
      return then({});
    const std::string id = those.front();
    those.erase(those.begin());
    start(id, [this, id, those, then](bool well) {
      if (!well)
        return then(id);
      if (find(id)->now == state::undefined && find(id)->spec.how == lasting::temporary)
        del_child(id);
      start_all(those, then);
    });
  }

  /// terminate_children/2
  void stop_all(ids those, done then) {
    if (those.empty())
      return then();
    const std::string id = those.back();
    those.pop_back();
    do_terminate(id, [this, those, then] { stop_all(those, then); });
  }

  void do_terminate(const std::string& id, done then) {
    const child& its = *find(id);
    const auto has_ended = [this, id, then](leaving why) {
      if (is_shutdown_error(find(id)->spec, why, took_too_long_))
        world_.note("error " + id + ' ' + name_of(why));
      del_child(id);
      then();
    };
    took_too_long_ = false;
    timer_ = 0;
    if (its.now != state::running)
      return del_child(id), then();
    for (auto each = mailbox_.begin(); each != mailbox_.end(); ++each)
      if (const auto* word = std::get_if<down>(&*each); word != nullptr && word->who == its.pid) {
        const leaving why = word->why;
        mailbox_.erase(each);
        return has_ended(why);
      }
    waits_for_ = its.pid;
    then_ = has_ended;
    if (its.spec.shutdown_ms == kill_at_once)
      return world_.kill(its.pid);
    world_.tell(self_, its.pid);
    if (its.spec.shutdown_ms != wait_for_ever)
      timer_ = world_.after(self_, its.spec.shutdown_ms);
  }

  // -- requests --------------------------------------------------------------------------------

  void start_child(std::uint64_t token, const tree_node& spec) {
    if (const std::string fault = fault_of(spec, flags_.ends); !fault.empty())
      return reply(token, fault);
    if (const child* known = find(spec.id))
      return reply(token, known->now == state::running ? "already_started" : "already_present");
    children_.push_back({spec});
    start(spec.id, [this, token, id = spec.id, how = spec.how](bool well) {
      const bool runs = find(id)->now == state::running;
      if (!well || (!runs && how == lasting::temporary))
        std::erase_if(children_, [&](const child& each) { return each.spec.id == id; });
      reply(token, !well ? "start_failed" : runs ? "ok" : "ok undefined");
    });
  }
  void terminate_child(std::uint64_t token, const std::string& id) {
    if (find(id) == nullptr)
      return reply(token, "not_found");
    do_terminate(id, [this, token] { reply(token, "ok"); });
  }
  void restart_child(std::uint64_t token, const std::string& id) {
    if (const std::string fault = not_at_rest(id); !fault.empty())
      return reply(token, fault);
    start(id, [this, token, id](bool well) {
      reply(token, !well                             ? "start_failed"
                   : find(id)->now == state::running ? "ok"
                                                     : "ok undefined");
    });
  }
  void delete_child(std::uint64_t token, const std::string& id) {
    if (const std::string fault = not_at_rest(id); !fault.empty())
      return reply(token, fault);
    std::erase_if(children_, [&](const child& each) { return each.spec.id == id; });
    reply(token, "ok");
  }
  std::string not_at_rest(const std::string& id) {
    const child* its = find(id);
    if (its == nullptr)
      return "not_found";
    return its->now == state::undefined ? ""
           : its->now == state::running ? "running"
                                        : "restarting";
  }

  /// code_change/3, update_childspec/2
  std::string change(const tree_node& wanted) {
    std::set<std::string> seen;
    for (const tree_node& each : wanted.children)
      if (const std::string fault = fault_of(each, wanted.ends); !fault.empty())
        return fault;
      else if (!seen.insert(each.id).second)
        return "duplicate_child_name";
    std::vector<child> changed;
    for (const tree_node& each : wanted.children) {
      const child* old = find(each.id);
      changed.push_back(old == nullptr ? child{each} : child{each, old->now, old->pid});
    }
    for (const child& old : children_)
      if (std::none_of(wanted.children.begin(), wanted.children.end(),
            [&](const tree_node& each) { return each.id == old.spec.id; }))
        changed.push_back(old);
    children_ = std::move(changed);
    flags_ = wanted;
    return "ok";
  }

  // -- the children ----------------------------------------------------------------------------

  child* find(const std::string& id) {
    for (child& each : children_)
      if (each.spec.id == id)
        return &each;
    return nullptr;
  }
  /// del_child/2: a temporary one is forgotten, any other does not run.
  void del_child(const std::string& id) {
    find(id)->now = state::undefined;
    std::erase_if(children_,
      [&](const child& each) { return each.spec.id == id && each.spec.how == lasting::temporary; });
  }
  ids ids_from(std::ptrdiff_t first) const {
    ids all;
    for (auto each = children_.begin() + first; each != children_.end(); ++each)
      all.push_back(each->spec.id);
    return all;
  }

  World& world_;
  tree_pid self_;
  tree_node flags_;
  std::vector<child> children_; // in the order in which they start
  model_restarts restarts_;
  std::deque<message> mailbox_;
  bool busy_ = false;
  tree_pid waits_for_ = 0; // for its end, when `then_` is to be done
  std::function<void(leaving)> then_;
  std::uint64_t timer_ = 0; // then it is killed
  bool took_too_long_ = false;
};

} // namespace aiex::test
