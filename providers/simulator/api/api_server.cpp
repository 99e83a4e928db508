#include "providers/simulator/api/api_server.h"

#include <mutex>
#include <utility>

#include "providers/simulator/surface/objects.h"

namespace mesh::simulator {

namespace {

class NoObjects final : public Objects {
 public:
  std::vector<ObjectPtr> list(const ResourceName&, const std::string&) const override { return {}; }
  ObjectPtr get(const ResourceName&, const std::string&, const std::string&) const override { return nullptr; }
};

}  // namespace

class ApiServer::Impl {
 public:
  explicit Impl(ApiServerSettings settings) : settings_(std::move(settings)) {}
  const ApiServerSettings& settings() const { return settings_; }
  const Objects& objects() const { return objects_; }
  void set_pods(std::shared_ptr<PodBackend> pods) {
    std::lock_guard lock(mutex_);
    pods_ = std::move(pods);
  }
  std::shared_ptr<PodBackend> pods() const {
    std::lock_guard lock(mutex_);
    return pods_;
  }

 private:
  ApiServerSettings settings_;
  NoObjects objects_;
  mutable std::mutex mutex_;
  std::shared_ptr<PodBackend> pods_;
};

ApiServer::ApiServer(ApiServerSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
ApiServer::~ApiServer() = default;

ApiResponse ApiServer::handle(const ApiRequest&) {
  return {.status = 404, .content_type = "text/plain; charset=utf-8", .body = "404 page not found\n"};
}

CallResult ApiServer::call(const std::string&, const std::string&, const std::string&, const nlohmann::json&,
                           const std::string&) {
  return {.status = 404, .body = nullptr};
}

void ApiServer::subscribe(std::function<void(const ObjectEvent&)>) {}
void ApiServer::set_pods(std::shared_ptr<PodBackend> pods) { impl_->set_pods(std::move(pods)); }
std::shared_ptr<PodBackend> ApiServer::pods() const { return impl_->pods(); }
StoredPtr ApiServer::find(const std::string&, const std::string&, const std::string&) const { return nullptr; }
std::vector<StoredPtr> ApiServer::all(const std::string&, const std::string&) const { return {}; }
const Objects& ApiServer::objects() const { return impl_->objects(); }
bool ApiServer::put(const nlohmann::json&) { return false; }
void ApiServer::compact() {}
const ApiServerSettings& ApiServer::settings() const { return impl_->settings(); }

}  // namespace mesh::simulator
