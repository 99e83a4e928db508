#include "providers/simulator/apiserver/storage/watch_stream.h"

#include <fmt/format.h>
#include <utility>

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/printers/table.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr std::size_t batch = 500;
constexpr auto bookmark_interval = std::chrono::seconds(60);
constexpr auto bookmark_before_end = std::chrono::seconds(2);

std::string line(const char* type, const std::string& object) {
  return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", type, object);
}

std::string too_old(std::uint64_t asked, std::uint64_t oldest) {
  return line("ERROR", to_status({.code = 410,
                                  .reason = "Expired",
                                  .message = fmt::format("too old resource version: {} ({})", asked, oldest)})
                           .dump());
}

}  // namespace

WatchStream::WatchStream(WatchPlan plan) : plan_(std::move(plan)) {
  waiter_ = plan_.cluster->hub.add(resource_text(plan_.resource->name()));
  if (plan_.options.timeout_seconds && *plan_.options.timeout_seconds > 0) {
    deadline_ = plan_.cluster->settings.clock->now() + std::chrono::seconds(*plan_.options.timeout_seconds);
  }
  plan_bookmark();
}

void WatchStream::plan_bookmark() {
  bookmark_.reset();
  if (!plan_.options.bookmarks) return;
  const TimePoint now = plan_.cluster->settings.clock->now();
  bookmark_ = now + bookmark_interval;
  if (deadline_ && *bookmark_ >= *deadline_) {
    bookmark_ = *deadline_ - bookmark_before_end;
    if (*bookmark_ <= now) bookmark_.reset();
  }
}

bool WatchStream::looks_at(const Stored& stored) const {
  if (!plan_.ns.empty() && stored.ns != plan_.ns) return false;
  if (!plan_.name.empty() && stored.name != plan_.name) return false;
  return plan_.options.selection.matches(stored);
}

std::string WatchStream::shown(const Stored& stored) {
  const std::string api_version = plan_.resource->api_version(plan_.version);
  switch (plan_.accepted.form) {
    case Form::partial:
    case Form::partial_list:
      return fmt::format("{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{}\",\"metadata\":{}}}",
                         plan_.accepted.version, stored.metadata());
    case Form::table: {
      TableOptions options{.version = plan_.accepted.version,
                           .include = include_object(plan_.include_object).value_or(IncludeObject::metadata),
                           .columns = std::exchange(columns_, false),
                           .now = plan_.cluster->settings.clock->wall()};
      const auto tree = std::make_shared<const json>(object_in(stored, api_version));
      return table_of(*plan_.resource, plan_.version, {tree}, {{"resourceVersion", std::to_string(stored.version)}},
                      options)
          .dump();
    }
    case Form::object:
      break;
  }
  return object_text(stored, api_version);
}

void WatchStream::append(std::string& text, const char* type, const Stored& stored) {
  // A real server accepts the form of lists here, and then has nothing to send.
  if (plan_.accepted.form == Form::partial_list) return;
  text += line(type, shown(stored));
}

void WatchStream::append(std::string& text, const LoggedEvent& logged) {
  const ObjectEvent& event = logged.event;
  const bool before = event.before && looks_at(*event.before);
  const bool now = event.type != ObjectEvent::Type::deleted && looks_at(*event.object);
  if (now) {
    append(text, before ? "MODIFIED" : "ADDED", *event.object);
  } else if (before && event.type == ObjectEvent::Type::deleted) {
    append(text, "DELETED", *event.object);
  } else if (before) {
    append(text, "DELETED", *with_version(*event.before, logged.version));
  }
}

// What a kind looks like with nothing in it.
json WatchStream::empty_object() const {
  const ResourceInfo& resource = *plan_.resource;
  const Write write{.group = resource.group,
                    .version = plan_.version,
                    .kind = resource.kind,
                    .resource = resource.plural,
                    .subresource = "",
                    .manager = "bookmark",
                    .time = ""};
  const json named = {
      {"kind", resource.kind}, {"apiVersion", resource.api_version(plan_.version)}, {"metadata", json::object()}};
  const auto decoded =
      resource.custom ? ApiResult<Decoded>(Decoded{named, {}}) : decode_object(write, named, FieldValidation::ignore);
  return decoded ? decoded->object : named;
}

void WatchStream::append_bookmark(std::string& text, bool end_of_initial_events) {
  json metadata = {{"resourceVersion", std::to_string(plan_.after)}};
  if (end_of_initial_events) metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  json object = {{"metadata", metadata}};
  if (plan_.accepted.form == Form::object) {
    object = empty_object();
    object["metadata"] = metadata;
  } else if (plan_.accepted.form == Form::table) {
    object = {{"kind", "Table"},
              {"apiVersion", "meta.k8s.io/" + plan_.accepted.version},
              {"metadata", {{"resourceVersion", std::to_string(plan_.after)}}},
              {"columnDefinitions", json::array()},
              {"rows", json::array({{{"cells", json::array()},
                                     {"object",
                                      {{"kind", "PartialObjectMetadata"},
                                       {"apiVersion", "meta.k8s.io/" + plan_.accepted.version},
                                       {"metadata", metadata}}}}})}};
  } else {
    object["kind"] = "PartialObjectMetadata";
    object["apiVersion"] = "meta.k8s.io/" + plan_.accepted.version;
  }
  text += line("BOOKMARK", object.dump());
}

EventStream::Chunk WatchStream::take() {
  std::lock_guard lock(mutex_);
  Chunk chunk;
  if (ended_) return {.text = "", .ended = true};
  if (!std::exchange(begun_, true)) {
    for (const StoredPtr& stored : plan_.initial) {
      if (looks_at(*stored)) append(chunk.text, "ADDED", *stored);
    }
    plan_.initial.clear();
    if (plan_.end_of_initial_events) append_bookmark(chunk.text, true);
  }
  const std::string resource = resource_text(plan_.resource->name());
  for (bool more = true; more;) {
    const auto changes = plan_.cluster->store.changes(resource, plan_.after, batch);
    if (!changes) {
      chunk.text += too_old(plan_.after, plan_.cluster->store.oldest(resource));
      ended_ = chunk.ended = true;
      return chunk;
    }
    for (const LoggedEvent& logged : *changes) append(chunk.text, logged);
    if (!changes->empty()) plan_.after = changes->back().version;
    more = changes->size() == batch;
  }
  const TimePoint now = plan_.cluster->settings.clock->now();
  if (bookmark_ && now >= *bookmark_) {
    append_bookmark(chunk.text, false);
    plan_bookmark();
  }
  if (deadline_ && now >= *deadline_) ended_ = chunk.ended = true;
  return chunk;
}

void WatchStream::on_ready(std::function<void()> wake) {
  {
    std::lock_guard lock(waiter_->mutex);
    waiter_->wake = wake;
  }
  if (wake) wake();
}

std::optional<TimePoint> WatchStream::due() const {
  std::lock_guard lock(mutex_);
  if (!bookmark_) return deadline_;
  return deadline_ ? std::min(*bookmark_, *deadline_) : *bookmark_;
}

}  // namespace mesh::simulator
