#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/apiserver/request/options.h"
#include "providers/simulator/apiserver/storage/store.h"
#include "providers/simulator/apiserver/storage/watch_hub.h"

namespace mesh::simulator {

class Cluster;

/// What one watch looks at and how it writes it down.
struct WatchPlan {
  std::shared_ptr<Cluster> cluster;
  std::shared_ptr<const Registry> registry;
  const ResourceInfo* resource = nullptr;
  std::string version;
  std::string ns;
  /// Not empty: this object alone.
  std::string name;
  Accepted accepted;
  ReadOptions options;
  /// Of a Table's objects.
  std::string include_object;
  /// What is sent first, and the version after which changes follow.
  std::vector<StoredPtr> initial;
  bool end_of_initial_events = false;
  std::uint64_t after = 0;
};

/// A watch's events: {"type":…,"object":…} and a newline each.
class WatchStream final : public EventStream {
 public:
  explicit WatchStream(WatchPlan plan);

  Chunk take() override;
  void on_ready(std::function<void()> wake) override;
  std::optional<TimePoint> due() const override;

 private:
  void append(std::string& text, const LoggedEvent& logged);
  void append(std::string& text, const char* type, const Stored& stored);
  void append_bookmark(std::string& text, bool end_of_initial_events);
  nlohmann::json empty_object() const;
  bool looks_at(const Stored& stored) const;
  std::string shown(const Stored& stored);
  void plan_bookmark();

  WatchPlan plan_;
  std::shared_ptr<WatchHub::Waiter> waiter_;
  mutable std::mutex mutex_;
  bool begun_ = false;
  bool ended_ = false;
  bool columns_ = true;
  std::optional<TimePoint> deadline_;
  std::optional<TimePoint> bookmark_;
};

}  // namespace mesh::simulator
