#include "providers/istio/verification/workloads.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

constexpr const char* mesh_label = "mesh-engine.dev/mesh";
constexpr const char* purpose = "verify";
constexpr const char* until_annotation = "mesh-engine.dev/needed-until";

Workload workload(ObjectId id, json body) {
  body["apiVersion"] = id.api_version;
  body["kind"] = id.kind;
  body["metadata"]["name"] = id.name;
  if (!id.ns.empty()) body["metadata"]["namespace"] = id.ns;
  return {std::move(id), std::move(body)};
}

Workload deployment(const std::string& ns, const std::string& name, const json& labels, json container) {
  container["resources"] = {{"requests", {{"cpu", "10m"}, {"memory", "32Mi"}}}};
  // The caller sleeps through SIGTERM otherwise, and the namespace with it.
  const json pod = {{"containers", json::array({std::move(container)})}, {"terminationGracePeriodSeconds", 1}};
  return workload({"apps/v1", "Deployment", ns, name},
                  {{"metadata", {{"labels", labels}}},
                   {"spec",
                    {{"replicas", 1},
                     {"selector", {{"matchLabels", labels}}},
                     {"template", {{"metadata", {{"labels", labels}}}, {"spec", pod}}}}}});
}

std::string image_of(std::string image, const std::string& version) {
  constexpr std::string_view place = "{version}";
  if (const auto at = image.find(place); at != std::string::npos) image.replace(at, place.size(), version);
  return image;
}

}  // namespace

std::string verify_namespace(const std::string& mesh_name, const std::string& run) {
  constexpr std::size_t longest = 63;
  std::string ns = ("mesh-verify-" + mesh_name).substr(0, longest - run.size() - 1);
  while (ns.ends_with('-')) ns.pop_back();
  return ns + "-" + run;
}

Workload verify_namespace_object(const std::string& ns, const std::string& mesh_name, const std::string& revision,
                                 std::chrono::system_clock::time_point until) {
  return workload({"v1", "Namespace", "", ns}, {{"metadata",
                                                 {{"annotations", {{until_annotation, rfc3339(until)}}},
                                                  {"labels",
                                                   {{managed_by_label, managed_by},
                                                    {mesh_label, mesh_name},
                                                    {purpose_label, purpose},
                                                    {revision_label, revision}}}}}});
}

bool is_verify_namespace(const Object& ns, const std::string& mesh_name) {
  const auto label = [&](const char* name) { return text_at(*ns.body, {"metadata", "labels", name}); };
  return label(managed_by_label) == managed_by && label(mesh_label) == mesh_name && label(purpose_label) == purpose;
}

std::string verify_namespace_selector() { return fmt::format("{}={}", purpose_label, purpose); }

/// By its name and by who wrote it: labels can be copied to any namespace.
bool was_made_here(const Object& ns, const std::string& mesh_name) {
  constexpr std::size_t run_size = 8;
  const std::string& name = ns.id.name;
  if (name.size() <= run_size || name != verify_namespace(mesh_name, name.substr(name.size() - run_size))) return false;
  return std::any_of(ns.managers.begin(), ns.managers.end(),
                     [&](const ManagedFields& entry) { return is_ours(entry, field_manager_of(mesh_name)); });
}

bool is_leftover(const Object& ns, const std::string& mesh_name, std::chrono::system_clock::time_point now) {
  if (!is_verify_namespace(ns, mesh_name) || !was_made_here(ns, mesh_name)) return false;
  if (find_field(*ns.body, {"metadata", "deletionTimestamp"}) != nullptr) return false;
  const std::string until = text_at(*ns.body, {"metadata", "annotations", until_annotation});
  // As texts, whose order is that of the times: a clock's own type ends in 2262.
  return parse_rfc3339(until) && until < rfc3339(now);
}

std::vector<Workload> verify_workloads(const std::string& ns, const std::string& version, const VerifyImages& images) {
  const json service = {
      {"metadata", {{"labels", {{"app", hello_name}, {"service", hello_name}}}}},
      {"spec",
       {{"selector", {{"app", hello_name}}}, {"ports", json::array({{{"name", "http"}, {"port", hello_port}}})}}}};
  const json hello = {{"name", hello_name},
                      {"image", image_of(images.helloworld, version)},
                      {"ports", json::array({{{"containerPort", hello_port}}})}};
  const json sleep = {{"name", sleep_name}, {"image", images.sleep}, {"command", {"/bin/sleep", "infinity"}}};
  return {workload({"v1", "Service", ns, hello_name}, service),
          deployment(ns, std::string(hello_name) + "-" + version, {{"app", hello_name}, {"version", version}}, hello),
          deployment(ns, sleep_name, {{"app", sleep_name}}, sleep)};
}

}  // namespace mesh::istio
