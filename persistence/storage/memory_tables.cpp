// Tested by tests/persistence/storage/ordered_tables_test.cpp
#include "aiex/persistence/storage/memory_tables.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex {

namespace {

constexpr std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();

/// What a key held from a commit on; no value: it was erased.
struct version {
  std::uint64_t commit = 0;
  std::optional<std::string> value;
};
using versions = std::vector<version>; // by commit, ascending
using table = std::map<std::string, versions, std::less<>>;
using table_set = std::array<table, 32>;

const std::string* value_at(const versions& of, std::uint64_t commit) {
  const auto after = std::upper_bound(of.begin(), of.end(), commit,
    [](std::uint64_t asked, const version& each) { return asked < each.commit; });
  if (after == of.begin())
    return nullptr;
  const auto& value = std::prev(after)->value;
  return value ? &*value : nullptr;
}

/// A snapshot, or a transaction, which sees its own commit.
struct access {
  table_set* tables;
  std::uint64_t commit;
  std::set<std::pair<table_id, std::string>>* touched = nullptr;

  table& of(table_id which) const { return tables->at(static_cast<std::size_t>(which)); }
};

std::optional<std::string_view> get(void* self, table_id which, std::string_view key) {
  const access& in = *static_cast<access*>(self);
  const auto found = in.of(which).find(key);
  const std::string* value =
    found == in.of(which).end() ? nullptr : value_at(found->second, in.commit);
  return value != nullptr ? std::optional<std::string_view>{*value} : std::nullopt;
}

void scan(
  void* self, table_id which, std::string_view from, direction order, table_reader::visit each) {
  const access& in = *static_cast<access*>(self);
  const table& rows = in.of(which);
  if (order == direction::ascending) {
    for (auto row = rows.lower_bound(from); row != rows.end(); ++row)
      if (const std::string* value = value_at(row->second, in.commit))
        if (!each(row->first, *value))
          return;
    return;
  }
  for (auto row = rows.upper_bound(from); row != rows.begin();) {
    --row;
    if (const std::string* value = value_at(row->second, in.commit))
      if (!each(row->first, *value))
        return;
  }
}

std::uint64_t count(void* self, table_id which) {
  std::uint64_t rows = 0;
  scan(self, which, {}, direction::ascending, [&](std::string_view, std::string_view) {
    ++rows;
    return true;
  });
  return rows;
}

void set(const access& in, table_id which, std::string_view key, std::optional<std::string> value) {
  versions& of = in.of(which)[std::string{key}];
  if (!of.empty() && of.back().commit == in.commit)
    of.back().value = std::move(value);
  else
    of.push_back({in.commit, std::move(value)});
  in.touched->emplace(which, key);
}

void put(void* self, table_id which, std::string_view key, std::string_view value, put_hint) {
  invariant(!key.empty() && key.size() <= limits::key_bytes_max, "a key has 1 to 511 bytes");
  set(*static_cast<access*>(self), which, key, std::string{value});
}

bool insert(void* self, table_id which, std::string_view key, std::string_view value) {
  if (get(self, which, key))
    return false;
  put(self, which, key, value, put_hint::anywhere);
  return true;
}

bool erase(void* self, table_id which, std::string_view key) {
  if (!get(self, which, key))
    return false;
  set(*static_cast<access*>(self), which, key, std::nullopt);
  return true;
}

constexpr table_writer::functions functions{{get, scan, count}, put, insert, erase};

} // namespace

struct memory_tables::device {
  table_set tables;
  std::uint64_t committed = 0;
  std::uint64_t synced = 0;
  std::multiset<std::uint64_t> snapshots;               // open ones, by commit
  std::set<std::pair<table_id, std::string>> unsettled; // keys that may hold dead versions
  std::uint64_t life = 0;                               // counts crashes
  bool is_next_write_failing = false;
  bool is_next_commit_refused = false;
  std::uint64_t bytes_free = std::numeric_limits<std::uint64_t>::max();
  std::optional<error> failure;

  result<void> read(function_ref<void(const table_reader&)> each) {
    const auto open = snapshots.insert(committed);
    access in{&tables, committed};
    result<void> done;
    try {
      each(table_reader{&in, functions.read});
    } catch (const storage_failure& failed) {
      done = tl::unexpected(failed.why);
    } catch (...) {
      snapshots.erase(open);
      throw;
    }
    snapshots.erase(open);
    return done;
  }

  result<void> write(durability how, function_ref<result<void>(table_writer&)> each) {
    if (std::exchange(is_next_write_failing, false))
      failure = error{errc::io, "the write to the tables in memory was made to fail", 0};
    if (failure)
      return tl::unexpected(*failure);
    std::set<std::pair<table_id, std::string>> touched;
    access in{&tables, committed + 1, &touched};
    table_writer writer{&in, functions};
    result<void> done;
    try {
      done = each(writer);
    } catch (const storage_failure& failed) {
      done = tl::unexpected(failed.why);
    } catch (...) {
      drop_versions(touched, committed + 1, newest);
      throw;
    }
    if (done && std::exchange(is_next_commit_refused, false))
      done = fail(errc::store_full, "the commit of the tables in memory was made to be refused");
    if (!done) {
      drop_versions(touched, committed + 1, newest);
      return done;
    }
    ++committed;
    for (const auto& [which, key] : touched)
      if (!settle(which, key))
        unsettled.emplace(which, key);
    return how == durability::synced ? sync() : result<void>{};
  }

  /// Drops the versions of commits `first` to `last`.
  void drop_versions(const std::set<std::pair<table_id, std::string>>& keys, std::uint64_t first,
    std::uint64_t last) {
    for (const auto& [which, key] : keys) {
      table& rows = tables.at(static_cast<std::size_t>(which));
      const auto row = rows.find(key);
      if (row == rows.end())
        continue;
      std::erase_if(row->second,
        [&](const version& each) { return each.commit >= first && each.commit <= last; });
      if (row->second.empty())
        rows.erase(row);
    }
  }

  /// Whether a crash or an open snapshot may still ask for what a version says until `next`.
  bool is_needed(const version& of, std::uint64_t next) const {
    const auto snapshot = snapshots.lower_bound(of.commit);
    return (of.commit <= synced && synced < next) ||
           (snapshot != snapshots.end() && *snapshot < next);
  }

  /// Drops the versions that nobody can ask for. Whether the key is left with one that cannot
  /// change.
  bool settle(table_id which, const std::string& key) {
    table& rows = tables.at(static_cast<std::size_t>(which));
    const auto row = rows.find(key);
    if (row == rows.end())
      return true;
    versions& of = row->second;
    for (std::size_t i = 0; i + 1 < of.size();)
      if (is_needed(of[i], of[i + 1].commit))
        ++i;
      else
        of.erase(of.begin() + static_cast<std::ptrdiff_t>(i));
    const bool is_settled = of.size() == 1 && of[0].commit <= synced;
    if (is_settled && !of[0].value)
      rows.erase(row);
    return is_settled;
  }

  result<void> sync() {
    if (failure)
      return tl::unexpected(*failure);
    synced = committed;
    std::erase_if(unsettled, [&](const auto& each) { return settle(each.first, each.second); });
    return {};
  }
};

memory_tables::memory_tables() : device_(std::make_shared<device>()) {}

ordered_tables memory_tables::storage() const {
  const auto at = device_;
  const std::uint64_t life = at->life;
  const auto alive = [at, life]() -> result<void> {
    if (at->life != life)
      return fail(errc::io, "these tables were lost in a crash");
    return {};
  };
  return {[at, alive](function_ref<void(const table_reader&)> each) {
            return alive().and_then([&] { return at->read(each); });
          },
    [at, alive](durability how, function_ref<result<void>(table_writer&)> each) {
      return alive().and_then([&] { return at->write(how, each); });
    },
    [at, alive] { return alive().and_then([&] { return at->sync(); }); },
    [at] { return at->bytes_free; }};
}

void memory_tables::crash() {
  device_->drop_versions(device_->unsettled, device_->synced + 1, newest);
  device_->committed = device_->synced;
  device_->failure.reset();
  device_->is_next_write_failing = false;
  device_->is_next_commit_refused = false;
  ++device_->life;
}

void memory_tables::fail_next_write() {
  device_->is_next_write_failing = true;
}

void memory_tables::refuse_next_commit() {
  device_->is_next_commit_refused = true;
}

void memory_tables::set_bytes_free(std::uint64_t bytes) {
  device_->bytes_free = bytes;
}

} // namespace aiex
