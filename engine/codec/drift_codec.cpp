#include "engine/codec/drift_codec.h"

#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"

namespace mesh {
namespace {

const char* text_of(DriftChange change) {
  if (change == DriftChange::added) return "added";
  return change == DriftChange::removed ? "removed" : "changed";
}

nlohmann::ordered_json to_json(const DriftItem& item) {
  const auto shown = [&](const std::optional<nlohmann::json>& value) {
    return value && !item.sensitive ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  nlohmann::ordered_json entry;
  entry["address"] = item.address.text;
  entry["cluster"] = item.cluster;
  entry["object"] = mesh::to_json(item.object);
  entry["path"] = item.path.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(to_string(item.path));
  entry["change"] = text_of(item.change);
  entry["expected"] = shown(item.expected);
  entry["actual"] = shown(item.actual);
  entry["sensitive"] = item.sensitive;
  entry["manager"] = text_or_null(item.manager);
  entry["operation"] = text_or_null(item.operation);
  entry["time"] = text_or_null(item.time);
  entry["since"] = text_or_null(item.since);
  return entry;
}

}  // namespace

std::string encode_drift(const Drift& drift) {
  nlohmann::ordered_json clusters = nlohmann::ordered_json::array();
  for (const PlannedCluster& cluster : drift.clusters) clusters.push_back(mesh::to_json(cluster));
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const DriftItem& item : drift.items) items.push_back(to_json(item));
  nlohmann::ordered_json document;
  document["format"] = drift_format;
  document["mesh"] = drift.mesh;
  document["complete"] = drift.complete;
  document["incomplete"] = incomplete_json(drift.clusters);
  document["drifted"] = !drift.items.empty();
  document["snapshot"] = text_or_null(drift.snapshot);
  document["since"] = text_or_null(drift.since);
  document["clusters"] = std::move(clusters);
  document["items"] = std::move(items);
  document["diagnostics"] = mesh::to_json(drift.diagnostics);
  return json_text(document);
}

}  // namespace mesh
