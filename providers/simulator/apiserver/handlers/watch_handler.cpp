#include "providers/simulator/apiserver/handlers/watch_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "providers/simulator/apiserver/handlers/get_handler.h"
#include "providers/simulator/apiserver/printers/table.h"
#include "providers/simulator/apiserver/request/list_options.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr std::size_t batch = 500;
constexpr auto bookmark_interval = std::chrono::seconds(60);
constexpr auto bookmark_before_end = std::chrono::seconds(2);

/// What one watch looks at and how it writes it down.
struct WatchPlan {
  std::shared_ptr<Cluster> cluster;
  std::shared_ptr<const Registry> registry;
  const ResourceInfo* resource = nullptr;
  std::string version;
  std::string ns;
  /// Not empty: this object alone.
  std::string name;
  Form form = Form::object;
  ListOptions options;
  /// Of a Table's objects.
  IncludeObject include = IncludeObject::metadata;
  /// What is sent first, and the version after which changes follow.
  std::vector<StoredPtr> initial;
  bool end_of_initial_events = false;
  std::uint64_t after = 0;
};

std::string line(const char* type, const std::string& object) {
  return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", type, object);
}

std::string too_old(std::uint64_t asked, std::uint64_t oldest) {
  return line("ERROR", to_status({.code = 410,
                                  .reason = "Expired",
                                  .message = fmt::format("too old resource version: {} ({})", asked, oldest)})
                           .dump());
}

class WatchStream final : public EventStream {
 public:
  explicit WatchStream(WatchPlan plan) : plan_(std::move(plan)) {
    waiter_ = plan_.cluster->hub.add(resource_text(plan_.resource->name()));
    if (plan_.options.timeout_seconds && *plan_.options.timeout_seconds > 0) {
      deadline_ = plan_.cluster->settings.clock->now() + std::chrono::seconds(*plan_.options.timeout_seconds);
    }
    plan_bookmark();
  }

  Chunk take() override {
    const std::lock_guard lock(mutex_);
    Chunk chunk;
    if (ended_) return {.text = "", .ended = true};
    if (!std::exchange(begun_, true)) {
      for (const StoredPtr& stored : std::exchange(plan_.initial, {})) {
        if (looks_at(*stored)) chunk.text += line("ADDED", shown(*stored));
      }
      if (plan_.end_of_initial_events) chunk.text += bookmark(true);
    }
    if (!append_changes(chunk.text)) {
      ended_ = chunk.ended = true;
      return chunk;
    }
    const TimePoint now = plan_.cluster->settings.clock->now();
    if (bookmark_ && now >= *bookmark_) {
      chunk.text += bookmark(false);
      plan_bookmark();
    }
    if (deadline_ && now >= *deadline_) ended_ = chunk.ended = true;
    return chunk;
  }

  void on_ready(std::function<void()> wake) override {
    {
      const std::lock_guard lock(waiter_->mutex);
      waiter_->wake = wake;
    }
    if (wake) wake();
  }

  std::optional<TimePoint> due() const override {
    const std::lock_guard lock(mutex_);
    if (!bookmark_) return deadline_;
    return deadline_ ? std::min(*bookmark_, *deadline_) : *bookmark_;
  }

 private:
  void plan_bookmark() {
    bookmark_.reset();
    if (!plan_.options.bookmarks) return;
    const TimePoint now = plan_.cluster->settings.clock->now();
    bookmark_ = now + bookmark_interval;
    if (deadline_ && *bookmark_ >= *deadline_) {
      bookmark_ = *deadline_ - bookmark_before_end;
      if (*bookmark_ <= now) bookmark_.reset();
    }
  }

  bool looks_at(const Stored& stored) const {
    if (!plan_.ns.empty() && stored.ns != plan_.ns) return false;
    if (!plan_.name.empty() && stored.name != plan_.name) return false;
    return plan_.options.selection.matches(stored);
  }

  std::string api_version() const { return plan_.resource->api_version(plan_.version); }

  std::string shown(const Stored& stored) {
    if (plan_.form != Form::table) return object_text(stored, api_version(), plan_.form);
    const TableOptions options{.include = plan_.include,
                               .columns = std::exchange(columns_, false),
                               .now = plan_.cluster->settings.clock->wall()};
    const json metadata = {{"resourceVersion", std::to_string(stored.version)}};
    return table_of(*plan_.resource, {object_in(stored, api_version())}, metadata, options).dump();
  }

  /// False: what is asked for is forgotten, and the event that says so was the last.
  bool append_changes(std::string& text) {
    const std::string resource = resource_text(plan_.resource->name());
    for (bool more = true; more;) {
      const auto changes = plan_.cluster->store.changes(resource, plan_.after, batch);
      if (!changes) {
        text += too_old(plan_.after, plan_.cluster->store.oldest(resource));
        return false;
      }
      for (const LoggedEvent& logged : *changes) append(text, logged);
      if (!changes->empty()) plan_.after = changes->back().version;
      more = changes->size() == batch;
    }
    return true;
  }

  void append(std::string& text, const LoggedEvent& logged) {
    const ObjectEvent& event = logged.event;
    const bool before = event.before && looks_at(*event.before);
    const bool now = event.type != ObjectEvent::Type::deleted && looks_at(*event.object);
    if (now) {
      text += line(before ? "MODIFIED" : "ADDED", shown(*event.object));
    } else if (before && event.type == ObjectEvent::Type::deleted) {
      text += line("DELETED", shown(*event.object));
    } else if (before) {
      text += line("DELETED", shown(*with_version(*event.before, logged.version)));
    }
  }

  std::string bookmark(bool end_of_initial_events) const {
    json metadata = {{"resourceVersion", std::to_string(plan_.after)}};
    if (end_of_initial_events) metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
    json object = {{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", metadata}};
    if (plan_.form == Form::object) {
      object["kind"] = plan_.resource->kind;
      object["apiVersion"] = api_version();
    } else if (plan_.form == Form::table) {
      const json row = {{"cells", json::array()}, {"object", object}};
      object = {{"kind", "Table"},
                {"apiVersion", "meta.k8s.io/v1"},
                {"metadata", {{"resourceVersion", std::to_string(plan_.after)}}},
                {"columnDefinitions", json::array()},
                {"rows", json::array({row})}};
    }
    return line("BOOKMARK", object.dump());
  }

  WatchPlan plan_;
  std::shared_ptr<WatchHub::Waiter> waiter_;
  mutable std::mutex mutex_;
  bool begun_ = false;
  bool ended_ = false;
  bool columns_ = true;
  std::optional<TimePoint> deadline_;
  std::optional<TimePoint> bookmark_;
};

}  // namespace

Answer watch_objects(Cluster& cluster, Exchange& exchange) {
  constexpr int not_a_number = 500;
  const auto options = list_options(exchange);
  if (!options) return tl::unexpected(options.error());
  const auto version = version_number(options->version, not_a_number);
  if (!version) return tl::unexpected(version.error());
  WatchPlan plan{.cluster = cluster.shared_from_this(),
                 .registry = exchange.registry,
                 .resource = exchange.resource,
                 .version = exchange.info.version,
                 .ns = exchange.info.ns,
                 .name = exchange.info.name,
                 .form = exchange.form,
                 .options = *options,
                 .include = include_object(exchange.parameter("includeObject")).value_or(IncludeObject::metadata),
                 .initial = {},
                 .end_of_initial_events = false,
                 .after = *version};
  // Without a version, or with 0, a watch begins with all that is there.
  if (options->initial_events.value_or(*version == 0)) {
    Listing listing = cluster.store.read(exchange.stored_as(), exchange.info.ns);
    plan.initial = std::move(listing.objects);
    plan.after = listing.revision;
    plan.end_of_initial_events = options->initial_events.value_or(false) && options->bookmarks;
  } else if (*version == 0) {
    plan.after = cluster.store.last_version();
  }
  ApiResponse response;
  response.stream = std::make_shared<WatchStream>(std::move(plan));
  return response;
}

}  // namespace mesh::simulator
