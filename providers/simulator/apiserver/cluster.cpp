#include "providers/simulator/apiserver/cluster.h"

#include <fmt/format.h>
#include <functional>
#include <random>
#include <set>
#include <utility>

#include "engine/base/time.h"

namespace mesh::simulator {
namespace {

constexpr const char* definitions = "customresourcedefinitions.apiextensions.k8s.io";

StaticTokens tokens_of(const ApiServerSettings& settings) {
  StaticTokens tokens;
  if (!settings.admin_token.empty()) tokens[settings.admin_token] = admin_user();
  return tokens;
}

}  // namespace

Cluster::Cluster(ApiServerSettings given)
    : settings(std::move(given)), store(settings.event_window), tokens(tokens_of(settings)) {
  seed_ = std::random_device{}();
  seed_ = (seed_ << 32U) ^ std::random_device{}();
  refresh_registry();
}

std::shared_ptr<const Registry> Cluster::registry() const {
  std::lock_guard lock(mutex_);
  return registry_;
}

void Cluster::refresh_registry() {
  auto fresh = std::make_shared<const Registry>(store.list(resource_name(definitions), ""));
  std::lock_guard lock(mutex_);
  registry_ = std::move(fresh);
}

Authentication Cluster::authentication() const {
  return {.objects = store, .signer = signer, .static_tokens = tokens, .now = settings.clock->wall()};
}

std::string Cluster::now_text() const { return rfc3339(settings.clock->wall()); }

void Cluster::subscribe(std::function<void(const ObjectEvent&)> subscriber) {
  std::lock_guard lock(mutex_);
  subscribers_.push_back(std::move(subscriber));
}

std::shared_ptr<PodBackend> Cluster::pods() const {
  std::lock_guard lock(mutex_);
  return pods_;
}

void Cluster::set_pods(std::shared_ptr<PodBackend> pods) {
  std::lock_guard lock(mutex_);
  pods_ = std::move(pods);
}

PodWebhook Cluster::pod_webhook() const {
  std::lock_guard lock(mutex_);
  return pod_webhook_;
}

void Cluster::set_pod_webhook(PodWebhook webhook) {
  std::lock_guard lock(mutex_);
  pod_webhook_ = std::move(webhook);
}

// One thread hands on at a time, so that everybody sees changes in their order; others leave theirs to it.
void Cluster::settle() {
  {
    std::lock_guard lock(mutex_);
    if (settling_) return;
    settling_ = true;
  }
  while (true) {
    std::vector<ObjectEvent> events;
    {
      std::lock_guard lock(mutex_);
      events = store.take_pending();
      if (events.empty()) {
        settling_ = false;
        return;
      }
    }
    deliver(events);
  }
}

void Cluster::deliver(const std::vector<ObjectEvent>& events) {
  std::vector<std::function<void(const ObjectEvent&)>> subscribers;
  {
    std::lock_guard lock(mutex_);
    subscribers = subscribers_;
  }
  std::set<std::string> resources;
  for (const ObjectEvent& event : events) resources.insert(event.object->resource);
  for (const std::string& resource : resources) hub.wake(resource);
  for (const ObjectEvent& event : events) {
    // What one of them throws must not keep the change from the others.
    for (const auto& subscriber : subscribers) {
      try {
        subscriber(event);
      } catch (const std::exception&) {
      }
    }
  }
}

// splitmix64: good enough for names and addresses.
std::uint64_t Cluster::random() {
  std::lock_guard lock(mutex_);
  seed_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t mixed = seed_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

std::string Cluster::new_uid() {
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU, high & 0xfffU,
                     8U + ((low >> 60U) & 3U), (low >> 48U) & 0xfffU, low & 0xffffffffffffULL);
}

std::string Cluster::name_suffix() {
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  constexpr int length = 5;
  std::string suffix;
  for (int i = 0; i < length; ++i) suffix += letters[random() % letters.size()];
  return suffix;
}

}  // namespace mesh::simulator
