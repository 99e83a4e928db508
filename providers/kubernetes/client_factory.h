#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "engine/port/clock.h"
#include "engine/port/log.h"
#include "providers/kubernetes/client.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

struct ClientOptions {
  /// `mesh/<version>`.
  std::string user_agent = "mesh";
  /// What kubeconfigs, proxies and exec plugins see.
  Environment environment = {};
  /// Whether exec plugins may ask the user.
  bool terminal = false;
  std::size_t page_size = 500;
  std::chrono::milliseconds connect_timeout{10000};
  /// Of one try of one request.
  std::chrono::milliseconds try_timeout{30000};
  ReadFile read_file = file_reader();
  /// For jitter, in [0, 1]; empty: a generator of its own.
  std::function<double()> random = {};
  /// Every request is logged here; may be null. Outlives the clients.
  Log* log = nullptr;
};

/// The environment of this process.
Environment process_environment();

/// Its clients share one thread and one pool of connections, which live as long as one of them. `clock` outlives them.
std::unique_ptr<ClientFactory> make_client_factory(Clock& clock, ClientOptions options);

}  // namespace mesh::kubernetes
