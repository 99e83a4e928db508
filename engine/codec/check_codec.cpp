#include "engine/codec/check_codec.h"

#include "engine/codec/common_json.h"
#include "engine/codec/discovery_json.h"
#include "engine/codec/json_text.h"
#include "engine/codec/trust_json.h"

namespace mesh {
namespace {

nlohmann::ordered_json to_json(const CheckInfo& check) {
  return {{"id", check.id}, {"severity", to_string(check.severity)}, {"looks_at", check.looks_at}};
}

nlohmann::ordered_json to_json(const CheckOutcome& outcome) {
  nlohmann::ordered_json entry = to_json(outcome.check);
  entry["skipped"] = outcome.skipped;
  entry["unknown_in"] = outcome.unknown_in;
  return entry;
}

nlohmann::ordered_json to_json(const Finding& finding) {
  nlohmann::ordered_json entry;
  entry["id"] = finding.id;
  entry["severity"] = to_string(finding.severity);
  entry["cluster"] = text_or_null(finding.cluster);
  entry["peer"] = text_or_null(finding.peer);
  entry["object"] = finding.object ? mesh::to_json(*finding.object) : nlohmann::ordered_json();
  entry["read"] = finding.read;
  entry["means"] = finding.means;
  entry["do"] = text_or_null(finding.hint);
  return entry;
}

}  // namespace

std::string encode_check(const CheckReport& report) {
  nlohmann::ordered_json document;
  document["format"] = check_report_format;
  document["mesh"] = report.mesh;
  document["complete"] = report.complete;
  document["summary"] = {{"error", count_of(report, FindingSeverity::error)},
                         {"warning", count_of(report, FindingSeverity::warning)},
                         {"unknown", count_of(report, FindingSeverity::unknown)}};
  for (const char* list : {"clusters", "findings", "checks"}) document[list] = nlohmann::ordered_json::array();
  for (const PlannedCluster& cluster : report.clusters) document["clusters"].push_back(mesh::to_json(cluster));
  for (const Finding& finding : report.findings) document["findings"].push_back(to_json(finding));
  for (const CheckOutcome& outcome : report.checks) document["checks"].push_back(to_json(outcome));
  document["trust"] = report.trust.clusters.empty() ? nlohmann::ordered_json() : mesh::to_json(report.trust);
  document["discovery"] = report.discovery ? discovery_json(*report.discovery) : nlohmann::ordered_json();
  document["diagnostics"] = mesh::to_json(report.diagnostics);
  return json_text(document);
}

std::string encode_checks(const std::vector<CheckInfo>& checks) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CheckInfo& check : checks) list.push_back(to_json(check));
  return json_text(list);
}

}  // namespace mesh
