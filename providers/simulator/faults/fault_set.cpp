#include "providers/simulator/faults/fault_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mesh::simulator {
namespace {

/// FNV-1a, then the finalizer of splitmix64: evenly spread however alike the texts are.
std::uint64_t mixed(std::uint64_t seed, std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

/// In [0, 1).
double drawn(std::uint64_t seed, const std::string& what) {
  return static_cast<double>(mixed(seed, what) >> 11U) * 0x1.0p-53;
}

bool matches(const Fault& fault, const std::string& cluster, const RequestFacts& request) {
  if (!fault.of_requests()) return false;
  // Only writes of resources meet admission or another writer.
  if ((fault.kind == FaultKind::admission || fault.kind == FaultKind::conflict) &&
      (!request.writes() || request.resource.empty())) {
    return false;
  }
  return covers(fault.cluster, cluster) && covers(fault.verb, request.verb) &&
         covers(fault.resource, request.resource) && covers(fault.ns, request.ns) && covers(fault.name, request.name) &&
         covers(fault.user_agent, request.user_agent);
}

}  // namespace

std::optional<std::string> FaultSet::add(Fault fault) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    const auto taken = [&](const std::string& one) {
      return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.fault.id == one; });
    };
    if (fault.id.empty()) {
      do fault.id = fmt::format("f{}", ++given_);
      while (taken(fault.id));
    } else if (taken(fault.id)) {
      return std::nullopt;
    }
    id = fault.id;
    entries_.push_back({std::move(fault), clock_.now(), 0, {}});
  }
  notify();
  return id;
}

bool FaultSet::remove(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    if (std::erase_if(entries_, [&](const Entry& entry) { return entry.fault.id == id; }) == 0) return false;
  }
  notify();
  return true;
}

void FaultSet::clear() {
  {
    const std::lock_guard lock(mutex_);
    entries_.clear();
  }
  notify();
}

std::vector<FaultSet::Listed> FaultSet::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Listed> found;
  found.reserve(entries_.size());
  for (const Entry& entry : entries_) found.push_back({entry.fault, entry.strikes});
  return found;
}

std::vector<Fault> FaultSet::strike(const std::string& cluster, const RequestFacts& request) {
  const std::lock_guard lock(mutex_);
  std::vector<Fault> struck;
  for (Entry& entry : entries_) {
    const Fault& fault = entry.fault;
    if (!on_now(entry) || !matches(fault, cluster, request)) continue;
    Entry::Tally& tally = entry.tallies[cluster];
    const std::uint64_t number = tally.matched++;
    if (number < fault.skip || (fault.count && tally.struck >= *fault.count)) continue;
    if (drawn(seed_, fmt::format("{}/{}/{}", fault.id, cluster, number)) >= fault.probability) continue;
    ++tally.struck;
    ++entry.strikes;
    struck.push_back(fault);
  }
  return struck;
}

bool FaultSet::silences(const std::string& cluster, const RequestFacts& request) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Fault& fault = entry.fault;
    return fault.kind == FaultKind::silent && fault.strikes_all() && on_now(entry) && matches(fault, cluster, request);
  });
}

std::optional<Fault> FaultSet::current(FaultKind kind, const std::string& cluster) const {
  const std::lock_guard lock(mutex_);
  std::optional<Fault> found;
  for (const Entry& entry : entries_) {
    if (entry.fault.kind == kind && on_now(entry) && covers(entry.fault.cluster, cluster)) found = entry.fault;
  }
  return found;
}

bool FaultSet::down(const std::string& cluster) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Fault& fault = entry.fault;
    const bool all =
        fault.verb == "*" && fault.resource == "*" && fault.ns == "*" && fault.name == "*" && fault.user_agent == "*";
    const bool unanswered = fault.kind == FaultKind::down || fault.kind == FaultKind::silent;
    return unanswered && fault.strikes_all() && all && on_now(entry) && covers(fault.cluster, cluster);
  });
}

std::optional<TimePoint> FaultSet::next_change() const {
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_.now();
  std::optional<TimePoint> next;
  const auto consider = [&](TimePoint when) {
    if (when > now && (!next || when < *next)) next = when;
  };
  for (const Entry& entry : entries_) {
    consider(entry.added + entry.fault.after);
    if (entry.fault.lasts) consider(entry.added + entry.fault.after + *entry.fault.lasts);
  }
  return next;
}

void FaultSet::on_change(std::function<void()> heard) {
  const std::lock_guard lock(mutex_);
  heard_.push_back(std::move(heard));
}

bool FaultSet::on_now(const Entry& entry) const {
  const auto age = clock_.now() - entry.added;
  return age >= entry.fault.after && (!entry.fault.lasts || age < entry.fault.after + *entry.fault.lasts);
}

bool FaultSet::strikes(FaultKind kind, const std::string& cluster, const std::string& ns,
                       const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Fault& fault = entry.fault;
    // Drawn once for an object, however often it is asked.
    return fault.kind == kind && on_now(entry) && covers(fault.cluster, cluster) && covers(fault.ns, ns) &&
           covers(fault.name, name) &&
           drawn(seed_, fmt::format("{}/{}/{}/{}", fault.id, cluster, ns, name)) < fault.probability;
  });
}

void FaultSet::notify() {
  std::vector<std::function<void()>> heard;
  {
    const std::lock_guard lock(mutex_);
    heard = heard_;
  }
  for (const auto& one : heard) one();
}

}  // namespace mesh::simulator
