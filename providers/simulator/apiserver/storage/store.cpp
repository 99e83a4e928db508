#include "providers/simulator/apiserver/storage/store.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace mesh::simulator {
namespace {

// Dead versions that the log of one resource may keep alive.
constexpr std::size_t log_bytes_limit = 2U << 20U;
constexpr std::size_t log_least = 64;

std::string key_of(const std::string& ns, const std::string& name) { return ns.empty() ? name : ns + "/" + name; }

// Objects of a namespace stand together: those whose key begins with "NAMESPACE/".
template <class Map, class Use>
void each_in(const Map& objects, const std::string& ns, Use use) {
  const std::string prefix = ns.empty() ? "" : ns + "/";
  for (auto at = objects.lower_bound(prefix); at != objects.end() && at->first.starts_with(prefix); ++at) use(*at);
}

std::size_t cost(const ObjectEvent& event) { return event.before ? event.before->text.size() : 0; }

}  // namespace

Store::Store(std::size_t window) : window_(std::max(window, log_least)) {}

std::uint64_t Store::last_version() const {
  std::shared_lock lock(mutex_);
  return last_;
}

const Store::Bucket* Store::bucket(const std::string& resource) const {
  const auto found = buckets_.find(resource);
  return found == buckets_.end() ? nullptr : &found->second;
}

StoredPtr Store::find(const std::string& resource, const std::string& ns, const std::string& name) const {
  std::shared_lock lock(mutex_);
  const Bucket* of = bucket(resource);
  if (of == nullptr) return nullptr;
  const auto found = of->objects.find(key_of(ns, name));
  return found == of->objects.end() ? nullptr : found->second;
}

StoredPtr Store::find_uid(const std::string& uid) const {
  std::shared_lock lock(mutex_);
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : found->second;
}

std::vector<StoredPtr> Store::dependents(const std::string& uid) const {
  std::shared_lock lock(mutex_);
  std::vector<StoredPtr> found;
  const auto [from, to] = by_owner_.equal_range(uid);
  for (auto at = from; at != to; ++at) found.push_back(at->second);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->version < b->version; });
  return found;
}

Listing Store::read(const std::string& resource, const std::string& ns) const {
  std::shared_lock lock(mutex_);
  Listing listing{.objects = {}, .revision = last_};
  if (const Bucket* of = bucket(resource)) {
    each_in(of->objects, ns, [&](const auto& entry) { listing.objects.push_back(entry.second); });
  }
  return listing;
}

std::optional<Listing> Store::read_at(const std::string& resource, const std::string& ns, std::uint64_t version) const {
  std::shared_lock lock(mutex_);
  Listing listing{.objects = {}, .revision = version};
  if (version < compacted_) return std::nullopt;
  const Bucket* of = bucket(resource);
  if (of == nullptr) return listing;
  if (version < of->dropped) return std::nullopt;
  std::map<std::string, StoredPtr> then;
  each_in(of->objects, ns, [&](const auto& entry) { then.insert(entry); });
  for (auto at = of->log.rbegin(); at != of->log.rend() && at->version > version; ++at) {
    const ObjectEvent& event = at->event;
    if (!ns.empty() && event.object->ns != ns) continue;
    const std::string key = key_of(event.object->ns, event.object->name);
    if (event.before) {
      then[key] = event.before;
    } else {
      then.erase(key);
    }
  }
  for (auto& entry : then) listing.objects.push_back(std::move(entry.second));
  return listing;
}

std::vector<std::string> Store::resources_in(const std::string& ns) const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [resource, of] : buckets_) {
    const auto at = of.objects.lower_bound(ns + "/");
    if (at != of.objects.end() && at->first.starts_with(ns + "/")) found.push_back(resource);
  }
  return found;
}

StoredPtr Store::put(const std::string& resource, nlohmann::json object) {
  std::uint64_t version = 0;
  {
    std::shared_lock lock(mutex_);
    version = last_ + 1;
  }
  StoredPtr stored = make_stored(resource, std::move(object), version);
  std::unique_lock lock(mutex_);
  last_ = version;
  Bucket& of = buckets_[resource];
  StoredPtr& place = of.objects[key_of(stored->ns, stored->name)];
  ObjectEvent event{
      .type = place ? ObjectEvent::Type::modified : ObjectEvent::Type::added, .object = stored, .before = place};
  index(place, stored);
  place = stored;
  record(of, std::move(event), version);
  return stored;
}

StoredPtr Store::remove(const std::string& resource, const std::string& ns, const std::string& name) {
  std::unique_lock lock(mutex_);
  Bucket& of = buckets_[resource];
  const auto found = of.objects.find(key_of(ns, name));
  if (found == of.objects.end()) return nullptr;
  const StoredPtr before = found->second;
  of.objects.erase(found);
  index(before, nullptr);
  const std::uint64_t version = ++last_;
  StoredPtr last = with_version(*before, version);
  record(of, {.type = ObjectEvent::Type::deleted, .object = last, .before = before}, version);
  return last;
}

void Store::compact() {
  std::unique_lock lock(mutex_);
  compacted_ = last_;
  for (auto& [resource, of] : buckets_) {
    of.log.clear();
    of.log_bytes = 0;
    of.dropped = of.last;
  }
}

void Store::record(Bucket& of, ObjectEvent event, std::uint64_t version) {
  of.last = version;
  of.log_bytes += cost(event);
  pending_.push_back(event);
  of.log.push_back({.version = version, .event = std::move(event)});
  while (of.log.size() > window_ || (of.log_bytes > log_bytes_limit && of.log.size() > log_least)) {
    of.dropped = of.log.front().version;
    of.log_bytes -= cost(of.log.front().event);
    of.log.pop_front();
  }
}

void Store::index(const StoredPtr& before, const StoredPtr& after) {
  if (before) {
    by_uid_.erase(before->uid);
    for (const Owner& owner : before->owners) {
      const auto [from, to] = by_owner_.equal_range(owner.uid);
      const auto entry = std::find_if(from, to, [&](const auto& pair) { return pair.second == before; });
      if (entry != to) by_owner_.erase(entry);
    }
  }
  if (!after) return;
  by_uid_[after->uid] = after;
  for (const Owner& owner : after->owners) by_owner_.emplace(owner.uid, after);
}

std::optional<std::vector<LoggedEvent>> Store::changes(const std::string& resource, std::uint64_t after,
                                                       std::size_t most) const {
  std::shared_lock lock(mutex_);
  if (after < compacted_) return std::nullopt;
  std::vector<LoggedEvent> found;
  const Bucket* of = bucket(resource);
  if (of == nullptr) return found;
  if (after < of->dropped) return std::nullopt;
  auto at = std::upper_bound(of->log.begin(), of->log.end(), after,
                             [](std::uint64_t version, const LoggedEvent& event) { return version < event.version; });
  for (; at != of->log.end() && found.size() < most; ++at) found.push_back(*at);
  return found;
}

std::uint64_t Store::oldest(const std::string& resource) const {
  std::shared_lock lock(mutex_);
  const Bucket* of = bucket(resource);
  return std::max(compacted_, of == nullptr ? 0 : of->dropped);
}

std::vector<ObjectEvent> Store::take_pending() {
  std::unique_lock lock(mutex_);
  return std::exchange(pending_, {});
}

std::vector<ObjectPtr> Store::list(const ResourceName& resource, const std::string& ns) const {
  std::vector<ObjectPtr> objects;
  for (const StoredPtr& stored : read(resource_text(resource), ns).objects) {
    objects.push_back(std::make_shared<const nlohmann::json>(stored->json()));
  }
  return objects;
}

ObjectPtr Store::get(const ResourceName& resource, const std::string& ns, const std::string& name) const {
  const StoredPtr stored = find(resource_text(resource), ns, name);
  return stored ? std::make_shared<const nlohmann::json>(stored->json()) : nullptr;
}

std::uint64_t Store::revision(const ResourceName& resource) const {
  std::shared_lock lock(mutex_);
  const Bucket* of = bucket(resource_text(resource));
  return of == nullptr ? 1 : of->last + 1;
}

}  // namespace mesh::simulator
