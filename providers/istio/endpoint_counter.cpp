#include "providers/istio/endpoint_counter.h"

#include <string_view>

namespace mesh::istio {
namespace {

// Depths within the page: below the host, the namespace and `Shards`.
constexpr int shard_depth = 4;
constexpr int endpoint_depth = 5;
constexpr std::string_view kubernetes_registry = "Kubernetes/";

}  // namespace

bool EndpointCounter::start_object(std::size_t) {
  if (depth_ == endpoint_depth && !cluster_.empty()) ++endpoints_;
  ++depth_;
  return true;
}

bool EndpointCounter::key(string_t& name) {
  if (depth_ == shard_depth - 1) in_shards_ = name == "Shards";
  if (depth_ != shard_depth || !in_shards_) return true;
  cluster_ = name.starts_with(kubernetes_registry) ? name.substr(kubernetes_registry.size()) : std::string();
  endpoints_ = 0;
  return true;
}

bool EndpointCounter::end_object() {
  --depth_;
  return true;
}

bool EndpointCounter::start_array(std::size_t) {
  ++depth_;
  return true;
}

bool EndpointCounter::end_array() {
  --depth_;
  if (depth_ != shard_depth || cluster_.empty()) return true;
  if (endpoints_ > 0) {
    HeldEndpoints& held = counted_[cluster_];
    ++held.services;
    held.endpoints += endpoints_;
  }
  cluster_.clear();
  return true;
}

}  // namespace mesh::istio
