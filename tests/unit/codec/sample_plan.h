#pragma once

#include "engine/model/plan.h"

namespace mesh::testing {

/// Two actions of one cluster: a gateway Service to create and to update, with a conflict, and a warning.
inline Plan sample_plan() {
  const ObjectId service{"v1", "Service", "istio-system", "istio-eastwestgateway"};
  const ObjectId expose{"networking.istio.io/v1", "Gateway", "istio-system", "cross-network-gateway"};
  const auto body = [](const ObjectId& id) {
    return nlohmann::json{{"apiVersion", id.api_version},
                          {"kind", id.kind},
                          {"metadata", {{"name", id.name}, {"namespace", id.ns}}},
                          {"spec", {{"type", "LoadBalancer"}}}};
  };
  FieldChange field{
      .path = parse_field_path("spec.ports[port=15443,protocol=\"TCP\"].targetPort"), .before = 15444, .after = 15443};
  field.owned_by = {{"kubectl-edit", "Update", "", "2026-11-22T09:54:00Z"}};
  Plan plan{.mesh = "prod", .spec_digest = "abc"};
  plan.clusters = {{"dc1", true, "v1.32.1", {}}};
  plan.actions.push_back({.address = {"dc1/network"},
                          .kind = ActionKind::network,
                          .cluster = "dc1",
                          .operation = Operation::create,
                          .reason = "not there yet",
                          .objects = {{service, CreateObject{body(service)}, {}}}});
  plan.actions.push_back({.address = {"dc1/expose"},
                          .kind = ActionKind::expose,
                          .cluster = "dc1",
                          .operation = Operation::update,
                          .depends_on = {{"dc1/network"}},
                          .objects = {{expose, UpdateObject{body(expose), {"u1", "17", "d"}, true, {}}, {field}}}});
  plan.diagnostics = {{.code = Code::insecure_tls,
                       .severity = Severity::warning,
                       .at = Position{"mesh.toml", 3, 1},
                       .where = "cluster dc1",
                       .summary = "TLS verification is off",
                       .cause = "the kubeconfig says so",
                       .hint = "give it a CA"}};
  return plan;
}

}  // namespace mesh::testing
