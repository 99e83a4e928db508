#include "providers/simulator/apimachinery/schema/defaults_pod.h"

#include <string>

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr int default_mode = 0644;

/// An image without tag or digest is the latest.
bool is_latest(const std::string& image) {
  if (image.find('@') != std::string::npos) return false;
  const std::size_t name = image.rfind('/');
  const std::size_t colon = image.find(':', name == std::string::npos ? 0 : name);
  return colon == std::string::npos || image.substr(colon) == ":latest";
}

void default_handler(json& handler) {
  with_member(handler, "httpGet", [](json& get) {
    set_if_absent(get, "path", "/");
    set_if_absent(get, "scheme", "HTTP");
  });
  with_member(handler, "grpc", [](json& grpc) { set_if_absent(grpc, "service", ""); });
}

void default_container(json& container) {
  set_if_absent(container, "imagePullPolicy", is_latest(container.value("image", "")) ? "Always" : "IfNotPresent");
  set_if_absent(container, "terminationMessagePath", "/dev/termination-log");
  set_if_absent(container, "terminationMessagePolicy", "File");
  for_each_in(container, "ports", [](json& port) { set_if_absent(port, "protocol", "TCP"); });
  for_each_in(container, "env", [](json& env) {
    with_member(env, "valueFrom", [](json& from) {
      with_member(from, "fieldRef", [](json& field) { set_if_absent(field, "apiVersion", "v1"); });
    });
  });
  for (const char* name : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    with_member(container, name, [](json& probe) {
      default_handler(probe);
      set_if_absent(probe, "timeoutSeconds", 1);
      set_if_absent(probe, "periodSeconds", 10);
      set_if_absent(probe, "successThreshold", 1);
      set_if_absent(probe, "failureThreshold", 3);
    });
  }
  with_member(container, "lifecycle", [](json& lifecycle) {
    with_member(lifecycle, "postStart", default_handler);
    with_member(lifecycle, "preStop", default_handler);
  });
}

void default_downward_items(json& source) {
  for_each_in(source, "items", [](json& item) {
    with_member(item, "fieldRef", [](json& field) { set_if_absent(field, "apiVersion", "v1"); });
  });
}

void default_volume(json& volume) {
  // A name alone is an empty directory.
  if (volume.size() == (volume.contains("name") ? 1U : 0U)) volume["emptyDir"] = json::object();
  for (const char* name : {"secret", "configMap", "projected", "downwardAPI"})
    with_member(volume, name, [](json& source) { set_if_absent(source, "defaultMode", default_mode); });
  with_member(volume, "downwardAPI", default_downward_items);
  with_member(volume, "hostPath", [](json& path) { set_if_absent(path, "type", ""); });
  with_member(volume, "projected", [](json& projected) {
    for_each_in(projected, "sources", [](json& source) {
      with_member(source, "serviceAccountToken", [](json& token) { set_if_absent(token, "expirationSeconds", 3600); });
      with_member(source, "downwardAPI", default_downward_items);
    });
  });
}

void requests_from_limits(json& container) {
  with_member(container, "resources", [](json& resources) {
    if (!resources.contains("limits")) return;
    const json limits = resources["limits"];
    for (const auto& [name, value] : limits.items()) set_if_absent(resources["requests"], name.c_str(), value);
  });
}

}  // namespace

void default_pod_spec(json& spec) {
  set_if_absent(spec, "dnsPolicy", "ClusterFirst");
  set_if_absent(spec, "restartPolicy", "Always");
  set_if_absent(spec, "securityContext", json::object());
  set_if_absent(spec, "terminationGracePeriodSeconds", 30);
  set_if_absent(spec, "schedulerName", "default-scheduler");
  // The old name of the field follows the new one.
  if (!spec.contains("serviceAccountName") && spec.contains("serviceAccount"))
    spec["serviceAccountName"] = spec["serviceAccount"];
  if (spec.contains("serviceAccountName"))
    spec["serviceAccount"] = spec["serviceAccountName"];
  else
    spec.erase("serviceAccount");
  for (const char* name : {"containers", "initContainers"}) {
    for_each_in(spec, name, default_container);
  }
  for_each_in(spec, "volumes", default_volume);
}

void default_pod(json& spec) {
  set_if_absent(spec, "enableServiceLinks", true);
  for (const char* name : {"containers", "initContainers"}) for_each_in(spec, name, requests_from_limits);
  if (!spec.value("hostNetwork", false)) return;
  for (const char* name : {"containers", "initContainers"}) {
    for_each_in(spec, name, [](json& container) {
      for_each_in(container, "ports", [](json& port) {
        if (port.contains("containerPort")) set_if_absent(port, "hostPort", port["containerPort"]);
      });
    });
  }
}

}  // namespace mesh::simulator
