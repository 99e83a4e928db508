#pragma once

#include <memory>
#include <string>

#include "providers/kubernetes/client.h"
#include "providers/kubernetes/json_pool.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"
#include "providers/kubernetes/request_sender.h"

namespace mesh::kubernetes {

/// What one client is made of.
struct ApiClientSettings {
  std::string cluster;
  std::shared_ptr<const Access> access;
  std::shared_ptr<const Environment> environment;
  bool terminal = false;
  std::string field_manager;
  std::size_t page_size = 500;
  ReadFile read_file;
  RequestSenderOptions sending;
  /// Shared by the clients of all clusters.
  std::shared_ptr<JsonPool> pool;
};

std::unique_ptr<Client> make_api_client(ApiClientSettings settings, std::shared_ptr<Http> http, Clock& clock);

}  // namespace mesh::kubernetes
