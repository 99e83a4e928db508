#include "providers/simulator/apiserver/api_server.h"

#include <utility>

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/handlers/dispatch.h"
#include "providers/simulator/apiserver/handlers/garbage_collector.h"
#include "providers/simulator/apiserver/registry/new_cluster.h"
#include "providers/simulator/apiserver/request/json_response.h"
#include "providers/simulator/apiserver/request/query_text.h"
#include "providers/simulator/apiserver/request/write_options.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

ApiServer::ApiServer(ApiServerSettings settings) : cluster_(std::make_shared<Cluster>(std::move(settings))) {
  furnish(*cluster_);
  cluster_->subscribe([cluster = cluster_.get()](const ObjectEvent& event) { react(*cluster, event); });
}

ApiServer::~ApiServer() = default;

ApiResponse ApiServer::handle(const ApiRequest& request) {
  AuditEntry audit;
  ApiResponse response = answer_request(*cluster_, request, nullptr, audit);
  cluster_->settle();
  if (cluster_->settings.audit) cluster_->settings.audit(audit);
  return response;
}

CallResult ApiServer::call(const std::string& user_agent, const std::string& method, const std::string& target,
                           const json& body, const std::string& content_type) {
  ApiRequest request = request_to(method, target);
  request.headers = {{"user-agent", user_agent}, {"content-type", content_type}, {"accept", "application/json"}};
  if (!body.is_null()) request.body = mesh::simulator::compact(body);
  User user = admin_user();
  user.name = "system:" + manager_of(user_agent);
  AuditEntry audit;
  const ApiResponse response = answer_request(*cluster_, request, &user, audit);
  cluster_->settle();
  if (cluster_->settings.audit) cluster_->settings.audit(audit);
  return {.status = response.status, .body = json::parse(response.body, nullptr, false)};
}

void ApiServer::subscribe(std::function<void(const ObjectEvent&)> subscriber) {
  cluster_->subscribe(std::move(subscriber));
}

void ApiServer::set_pods(std::shared_ptr<PodBackend> pods) { cluster_->set_pods(std::move(pods)); }
void ApiServer::set_pod_webhook(PodWebhook webhook) { cluster_->set_pod_webhook(std::move(webhook)); }
std::shared_ptr<PodBackend> ApiServer::pods() const { return cluster_->pods(); }

StoredPtr ApiServer::find(const std::string& resource, const std::string& ns, const std::string& name) const {
  return cluster_->store.find(resource, ns, name);
}

std::vector<StoredPtr> ApiServer::all(const std::string& resource, const std::string& ns) const {
  return cluster_->store.read(resource, ns).objects;
}

const Objects& ApiServer::objects() const { return cluster_->store; }
const TokenSigner& ApiServer::signer() const { return cluster_->signer; }

bool ApiServer::put(const json& object) {
  const std::string api_version = text(object, {"apiVersion"});
  const std::size_t slash = api_version.find('/');
  const std::string group = slash == std::string::npos ? "" : api_version.substr(0, slash);
  const std::string version = slash == std::string::npos ? api_version : api_version.substr(slash + 1);
  const auto registry = cluster_->registry();
  const ResourceInfo* resource = registry->find_kind(group, version, text(object, {"kind"}));
  if (resource == nullptr || name_of(object).empty()) return false;
  json stored = object;
  stored["apiVersion"] = resource->api_version(resource->storage_version);
  json& metadata = stored["metadata"];
  if (text(metadata, {"uid"}).empty()) metadata["uid"] = cluster_->new_uid();
  if (!metadata.contains("creationTimestamp")) metadata["creationTimestamp"] = cluster_->now_text();
  {
    std::lock_guard lock(cluster_->writing);
    cluster_->store.put(resource_text(resource->name()), std::move(stored));
  }
  cluster_->settle();
  return true;
}

void ApiServer::compact() { cluster_->store.compact(); }
const ApiServerSettings& ApiServer::settings() const { return cluster_->settings; }

}  // namespace mesh::simulator
