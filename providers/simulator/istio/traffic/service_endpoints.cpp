#include "providers/simulator/istio/traffic/service_endpoints.h"

#include <algorithm>

#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr int hello_port = 5000;

void add_endpoints(std::vector<ServiceEndpoint>& found, const Objects& objects, const json& slice, int port) {
  for (const json& one : items(slice, {"endpoints"})) {
    const json* ready = at(one, {"conditions", "ready"});
    ServiceEndpoint endpoint{.port = port, .ready = ready == nullptr || (ready->is_boolean() && ready->get<bool>())};
    if (text(one, {"targetRef", "kind"}) == "Pod") {
      endpoint.pod = objects.get(resource::pods, namespace_of(slice), text(one, {"targetRef", "name"}));
      if (endpoint.pod == nullptr) continue;
    }
    for (const json& address : items(one, {"addresses"})) {
      endpoint.address = address.get<std::string>();
      found.push_back(endpoint);
    }
  }
}

template <class Use>
void each_slice(const Objects& objects, const ServiceName& service, Use use) {
  for (const ObjectPtr& slice : objects.list(resource::slices, service.ns)) {
    if (label(*slice, "kubernetes.io/service-name") == service.name) use(*slice);
  }
}

}  // namespace

std::string to_string(const ServiceName& service) { return service.name + "." + service.ns; }

std::string host_of(const ServiceName& service, const std::string& domain) {
  return service.name + "." + service.ns + ".svc." + domain;
}

const json* declared_port(const json& service, std::optional<int> desired) {
  for (const json& one : items(service, {"spec", "ports"})) {
    if (!desired || number(one, {"port"}) == *desired) return &one;
  }
  return nullptr;
}

std::vector<ServiceEndpoint> endpoints_of(const Objects& objects, const ServiceName& service,
                                          const std::string& port_name) {
  std::vector<ServiceEndpoint> found;
  each_slice(objects, service, [&](const json& slice) {
    for (const json& port : items(slice, {"ports"})) {
      if (text(port, {"name"}) != port_name) continue;
      add_endpoints(found, objects, slice, static_cast<int>(number(port, {"port"})));
    }
  });
  return found;
}

std::vector<ServiceEndpoint> all_endpoints_of(const Objects& objects, const ServiceName& service) {
  std::vector<ServiceEndpoint> found;
  each_slice(objects, service, [&](const json& slice) { add_endpoints(found, objects, slice, 0); });
  return found;
}

bool has_sidecar(const json& pod) { return label(pod, "security.istio.io/tlsMode") == "istio"; }

Program program_at(const json& pod, int port) {
  for (const json& container : items(pod, {"spec", "containers"})) {
    const std::string image = text(container, {"image"});
    const auto hello = image.find("helloworld-v");
    if (hello != std::string::npos && port == hello_port) {
      const auto from = hello + std::string("helloworld-").size();
      return {Program::Kind::hello, image.substr(from, image.find_first_of(":@", from) - from)};
    }
    if (hello != std::string::npos) continue;
    const json& ports = items(container, {"ports"});
    const bool declared = std::any_of(ports.begin(), ports.end(),
                                      [&](const json& one) { return number(one, {"containerPort"}) == port; });
    // What a program listens on is told by nothing else than what its container declares.
    if (declared) return {Program::Kind::other};
  }
  return {};
}

}  // namespace mesh::simulator
