#include <fmt/format.h>

#include "engine/load/read_spec.h"
#include "engine/load/table_reader.h"

namespace mesh {
namespace {

constexpr const char* table_name = "[mesh]";

/// A fleet gives the mesh its identity, or `id` does, never both.
void check_identity(const TableReader& reader, Problems& problems) {
  const bool project = reader.has("fleet_project");
  const bool number = reader.has("project_number");
  if (reader.has("id") && (project || number)) {
    problems.add(Code::conflicting_fields, reader.key_mark("id"), "fields that exclude each other",
                 fmt::format("[mesh] has `id` and `{}`; a fleet's mesh id is proj-<project_number>",
                             project ? "fleet_project" : "project_number"),
                 "for a fleet remove `id`; for plain Istio remove `fleet_project` and `project_number`");
  } else if (!reader.has("id") && !project && !number) {
    problems.add(Code::missing_field, reader.mark(), "missing field", "[mesh] says neither `id` nor a fleet",
                 "for plain Istio add `id`; for a fleet add `fleet_project` and `project_number`");
  }
}

void check_fleet(TableReader& reader) {
  const bool project = reader.has("fleet_project");
  const bool number = reader.has("project_number");
  if (reader.has("id") || (!project && !number)) return;
  reader.require("fleet_project", "add the project ID of the fleet host, FLEET_PROJECT_ID of the guide");
  reader.require("project_number",
                 "`gcloud projects describe FLEET_PROJECT --format 'value(projectNumber)'` tells the number");
  reader.require("ca", "add `ca = \"mesh-ca\"`, \"ca-service\" or \"istio-ca\": all clusters must have the same");
}

void check_plain_ca(const TableReader& reader, const MeshDraft& mesh, Problems& problems) {
  const bool fleet = reader.has("fleet_project") || reader.has("project_number");
  if (!reader.has("id") || fleet || !mesh.ca || mesh.ca->value == CertificateAuthority::istio_ca) return;
  problems.add(Code::unsupported_ca, mesh.ca->at, "certificate authority needs a fleet",
               fmt::format("`{}` issues certificates to fleets only, and [mesh] has `id` instead of `fleet_project`",
                           ca_words()[static_cast<std::size_t>(mesh.ca->value)]),
               "write `ca = \"istio-ca\"`, or name the fleet");
}

}  // namespace

MeshDraft read_mesh(const Value& table, Problems& problems) {
  TableReader reader(table, table_name, problems);
  MeshDraft mesh;
  reader.require("name", "add `name = \"prod\"`, or whatever the mesh is called");
  mesh.name = reader.text("name", check_dns_label);
  check_identity(reader, problems);
  check_fleet(reader);
  mesh.id = reader.text("id", check_label_value);
  mesh.fleet_project = reader.text("fleet_project", check_project_id);
  mesh.project_number = reader.integer("project_number", 1, INT64_MAX);
  if (const auto word = reader.choice("ca", ca_words())) {
    mesh.ca = {static_cast<CertificateAuthority>(word->value), word->at};
  }
  check_plain_ca(reader, mesh, problems);
  mesh.revision = reader.text("revision", check_dns_label);
  mesh.system_namespace = reader.text("namespace", check_dns_label);
  mesh.flat_networks = reader.texts("flat_networks", check_label_value);
  mesh.local_api_servers = reader.boolean("local_api_servers");
  reader.finish();
  return mesh;
}

}  // namespace mesh
