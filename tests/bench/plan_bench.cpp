// Planning alone: full meshes in which nothing changed. Reports the time per action and the memory that a plan takes
// beyond the objects that it compares: at its peak, and what stays.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/plan/make_plan.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace {

std::atomic<std::size_t> live_bytes{0};
std::atomic<std::size_t> peak_bytes{0};
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  const std::size_t now = live_bytes += malloc_usable_size(block);
  if (now > peak_bytes) peak_bytes = now;
  ++allocations;
  return block;
}

void returned(void* block) noexcept {
  if (block != nullptr) live_bytes -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* block) noexcept { returned(block); }
void operator delete[](void* block) noexcept { returned(block); }
void operator delete(void* block, std::size_t) noexcept { returned(block); }
void operator delete[](void* block, std::size_t) noexcept { returned(block); }

namespace mesh {
namespace {

using nlohmann::json;

const char* const reader_note = "mesh-engine.dev/reader-uid";
const char* const fingerprint_note = "mesh-engine.dev/kubeconfig-sha256";

std::string cluster_name(int number) { return fmt::format("cluster-{:03}", number); }
std::string cluster_id(int number) { return fmt::format("cn-acme-fleet-global-{}", cluster_name(number)); }
std::string reader_uid(int number) { return fmt::format("3f2504e0-4f89-11d3-9a0c-0305e82c{:04}", number); }

const ObjectId account_id{"v1", "ServiceAccount", "istio-system", "istio-reader-service-account"};
const ObjectId namespace_id{"v1", "Namespace", "", "istio-system"};

json our_labels() { return {{managed_by_label, managed_by}, {mesh_label, "prod"}}; }

json account_body() {
  return {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", {{"name", account_id.name}, {"namespace", "istio-system"}, {"labels", our_labels()}}}};
}

json namespace_body(int number) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata", {{"name", "istio-system"}, {"labels", {{"topology.istio.io/network", cluster_name(number)}}}}}};
}

/// The remote Secret of a peer (istioctl's form) with the notes by which mesh recognises it.
json secret_body(int peer) {
  json labels = our_labels();
  labels["istio/multiCluster"] = "true";
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", "istio-remote-secret-" + cluster_id(peer)},
            {"namespace", "istio-system"},
            {"labels", std::move(labels)},
            {"annotations",
             {{"networking.istio.io/cluster", cluster_id(peer)},
              {reader_note, nullptr},
              {fingerprint_note, std::string(64, 'a')},
              {"mesh-engine.dev/server", fmt::format("https://{}.acme.example:6443", cluster_name(peer))}}}}},
          {"type", "Opaque"},
          {"data", {{cluster_id(peer), nullptr}}}};
}

ObjectId id_of(const json& body) {
  return {body["apiVersion"], body["kind"], body["metadata"].value("namespace", ""), body["metadata"]["name"]};
}

json fields_of(const json& body) {
  json fields = json::object();
  for (const auto& [name, value] : body.items()) {
    if (name == "apiVersion" || name == "kind" || name == "name" || name == "namespace") continue;
    fields["f:" + name] = value.is_object() ? fields_of(value) : json::object();
  }
  return fields;
}

/// The body as it is live, applied by mesh; Secrets as metadata alone.
Object live_object(json body, const std::string& uid) {
  Object object;
  object.id = id_of(body);
  object.uid = uid;
  object.resource_version = "123456";
  object.managers.push_back({.manager = field_manager_of("prod"),
                             .operation = "Apply",
                             .subresource = "",
                             .time = "2026-11-01T00:00:00Z",
                             .fields = fields_of(body)});
  object.metadata_only = object.id.kind == "Secret";
  if (object.metadata_only) {
    body.erase("data");
    body.erase("type");
  }
  object.body = std::move(body);
  return object;
}

DesiredObject desired_object(json body, Ownership ownership) {
  DesiredObject object;
  object.id = id_of(body);
  object.body = std::move(body);
  object.ownership = ownership;
  return object;
}

DesiredAction action_for(int cluster, const char* what, ActionKind kind) {
  DesiredAction action;
  action.cluster = cluster_name(cluster);
  action.address.text = action.cluster + "/" + what;
  action.kind = kind;
  return action;
}

DesiredAction discovery(int cluster, int peer) {
  const std::string name = cluster_name(peer);
  DesiredAction action = action_for(cluster, ("discovery/" + name).c_str(), ActionKind::discovery);
  action.peer = name;
  action.depends_on = {{action.cluster + "/network"}, {name + "/reader"}};
  DesiredObject secret = desired_object(secret_body(peer), Ownership::owned);
  secret.sensitive = {{FieldName{"data"}, FieldName{cluster_id(peer)}}};
  secret.exclusive = {{FieldName{"data"}}};
  secret.forbidden = {{FieldName{"metadata"}, FieldName{"annotations"}, FieldName{last_applied_annotation}}};
  secret.references = {{{FieldName{"metadata"}, FieldName{"annotations"}, FieldName{reader_note}}, name, account_id}};
  action.objects.push_back(std::move(secret));
  return action;
}

struct FullMesh {
  DesiredState desired;
  LiveState live;
  std::size_t discovery_actions = 0;
};

FullMesh full_mesh(int clusters) {
  FullMesh mesh;
  for (int c = 0; c < clusters; ++c) {
    ClusterState& state = mesh.live.clusters[cluster_name(c)];
    state.name = cluster_name(c);
    state.asked = {account_id, namespace_id, {"v1", "Secret", "istio-system", ""}};
    state.found.emplace(account_id, live_object(account_body(), reader_uid(c)));
    state.found.emplace(namespace_id, live_object(namespace_body(c), "namespace"));
    DesiredAction network = action_for(c, "network", ActionKind::network);
    network.objects.push_back(desired_object(namespace_body(c), Ownership::foreign));
    DesiredAction reader = action_for(c, "reader", ActionKind::reader);
    reader.objects.push_back(desired_object(account_body(), Ownership::shared));
    mesh.desired.actions.push_back(std::move(network));
    mesh.desired.actions.push_back(std::move(reader));
    for (int peer = 0; peer < clusters; ++peer) {
      if (peer == c) continue;
      json body = secret_body(peer);
      body["metadata"]["annotations"][reader_note] = reader_uid(peer);
      Object secret = live_object(std::move(body), fmt::format("9d3f8c1e-0000-4000-8000-{:06}{:06}", c, peer));
      ObjectId id = secret.id;
      state.found.emplace(std::move(id), std::move(secret));
      mesh.desired.actions.push_back(discovery(c, peer));
      ++mesh.discovery_actions;
    }
  }
  return mesh;
}

void plan_full_mesh_without_changes(benchmark::State& state) {
  const FullMesh mesh = full_mesh(static_cast<int>(state.range(0)));
  const PlanInput input{.mesh = "prod",
                        .spec_digest = "",
                        .desired = mesh.desired,
                        .live = mesh.live,
                        .schemas = kubernetes::field_schemas()};
  std::size_t peak = 0, kept = 0, made = 0;
  for (auto _ : state) {
    const std::size_t before = live_bytes, count = allocations;
    peak_bytes = before;
    const Result<Plan> plan = make_plan(input);
    if (!plan || has_changes(*plan) || !plan->complete) state.SkipWithError("the plan is not empty");
    peak = peak_bytes - before;
    kept = live_bytes - before;
    made = allocations - count;
  }
  const auto actions = static_cast<double>(mesh.discovery_actions);
  state.counters["actions"] = actions;
  state.counters["time_per_action"] =
      benchmark::Counter(actions, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["peak_bytes_per_action"] = static_cast<double>(peak) / actions;
  state.counters["plan_bytes_per_action"] = static_cast<double>(kept) / actions;
  state.counters["allocations_per_action"] = static_cast<double>(made) / actions;
}

BENCHMARK(plan_full_mesh_without_changes)->Arg(50)->Arg(100)->Arg(250)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mesh

BENCHMARK_MAIN();
