#include "engine/codec/snapshot_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "engine/base/json.h"
#include "engine/base/lower_case.h"
#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"
#include "engine/codec/yaml_reader.h"
#include "engine/codec/yaml_writer.h"

namespace mesh {
namespace {

/// A name as part of a path: what git or a file system would not take as it is becomes `%XX`.
std::string as_path(const std::string& name) {
  std::string path;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '_' || c == ':' || (c == '.' && !path.empty());
    path += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return path;
}

std::string file_name(const ObjectId& id) {
  std::string kind = lower_case(id.kind);
  std::string name = as_path(kind);
  if (!id.ns.empty()) name += "." + as_path(id.ns);
  return name + "." + as_path(id.name);
}

std::string to_string(ClusterStatus status) {
  switch (status) {
    case ClusterStatus::reachable:
      return "reachable";
    case ClusterStatus::unreachable:
      return "unreachable";
    case ClusterStatus::removed:
      return "removed";
  }
  return {};
}

nlohmann::ordered_json rewritten_json(const std::vector<RewrittenField>& fields) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const RewrittenField& field : fields) {
    nlohmann::ordered_json item = to_json(field.id);
    item["cluster"] = field.cluster;
    item["path"] = to_string(field.path);
    item["sent"] = field.sent;
    item["is_stored"] = field.stored.has_value();
    item["stored"] = field.stored ? *field.stored : nlohmann::json();
    items.push_back(std::move(item));
  }
  return {{"fields", std::move(items)}};
}

void add_cluster(std::map<std::string, std::string>& files, const std::string& name, const ClusterSnapshot& cluster) {
  const std::string folder = fmt::format("clusters/{}/", as_path(name));
  files[folder + cluster_file] = json_text({{"status", to_string(cluster.status)},
                                            {"as_of", text_or_null(cluster.as_of)},
                                            {"uids", uids_json(cluster.uids)},
                                            {"protect", cluster.protect}});
  for (const auto& [id, body] : cluster.objects) {
    const std::string stem = folder + file_name(id);
    std::string path = stem + ".yaml";
    // Two kinds of one name in two API groups: rare, and the name only has to be unique, for identity is inside.
    for (int i = 2; files.contains(path); ++i) path = fmt::format("{}.{}.yaml", stem, i);
    files[path] = yaml_text(without_secret_values(body));
  }
}

}  // namespace

std::map<std::string, std::string> encode_snapshot(const Snapshot& snapshot) {
  std::map<std::string, std::string> files;
  files["spec.toml"] = snapshot.spec_text;
  files["plan.json"] = snapshot.plan_json;
  files["report.json"] = snapshot.report_json;
  files["snapshot.json"] = json_text({{"format", snapshot_format},
                                      {"time", text_or_null(snapshot.time)},
                                      {"result", text_or_null(snapshot.result)},
                                      {"plan_digest", text_or_null(snapshot.plan_digest)},
                                      {"spec_digest", text_or_null(snapshot.spec_digest)}});
  if (!snapshot.rewritten.empty()) files[rewritten_file] = json_text(rewritten_json(snapshot.rewritten));
  for (const auto& [name, cluster] : snapshot.clusters) add_cluster(files, name, cluster);
  for (const auto& [name, text] : snapshot.removed_specs) {
    files[fmt::format("clusters/{}/spec.toml", as_path(name))] = text;
  }
  return files;
}

namespace {

constexpr std::string_view hint = "the state repository was changed by something else than mesh";

Diagnostic invalid(const std::string& file, std::string cause) {
  return {.code = Code::snapshot_invalid,
          .at = Position{file, 0, 0},
          .summary = "file of a snapshot cannot be read",
          .cause = std::move(cause),
          .hint = std::string(hint)};
}

std::string from_path(std::string_view path) {
  std::string name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size()) {
      name += static_cast<char>(std::strtol(std::string(path.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      name += path[i];
    }
  }
  return name;
}

std::optional<ClusterStatus> parse_status(std::string_view text) {
  if (text == "reachable") return ClusterStatus::reachable;
  if (text == "unreachable") return ClusterStatus::unreachable;
  if (text == "removed") return ClusterStatus::removed;
  return std::nullopt;
}

/// Parsed JSON of a snapshot's own documents; nothing, with the problem told, when it is none.
std::optional<nlohmann::json> parsed(const std::string& path, const std::string& bytes, Diagnostics& problems) {
  Result<nlohmann::json> document = parse_json(bytes, path);
  if (document) return std::move(*document);
  for (Diagnostic& problem : document.error()) {
    problem.code = Code::snapshot_invalid;
    problem.hint = hint;
  }
  append(problems, std::move(document.error()));
  return std::nullopt;
}

void read_head(Snapshot& snapshot, const std::string& path, const std::string& bytes, Diagnostics& found) {
  const auto document = parsed(path, bytes, found);
  if (!document) return;
  JsonProblems problems{.file = path, .code = Code::snapshot_invalid, .hint = std::string(hint)};
  if (check_format(*document, snapshot_format, problems)) {
    const JsonPlace root;
    JsonObjectReader from(*document, root, problems);
    from.text("format");
    snapshot.time = from.text_or_null("time").value_or("");
    snapshot.result = from.text_or_null("result").value_or("");
    snapshot.plan_digest = from.text_or_null("plan_digest").value_or("");
    snapshot.spec_digest = from.text_or_null("spec_digest").value_or("");
    from.finish();
  }
  append(found, std::move(problems.found));
}

void read_cluster_head(ClusterSnapshot& cluster, const std::string& path, const std::string& bytes,
                       Diagnostics& found) {
  const auto document = parsed(path, bytes, found);
  if (!document) return;
  JsonProblems problems{.file = path, .code = Code::snapshot_invalid, .hint = std::string(hint)};
  const JsonPlace root;
  JsonObjectReader from(*document, root, problems);
  cluster.status =
      from.name("status", "reachable, unreachable or removed", parse_status).value_or(ClusterStatus::reachable);
  cluster.as_of = from.text_or_null("as_of").value_or("");
  // Earlier builds recorded one uid, of the system namespace, and did not say of which.
  if (document->contains("uid")) from.text_or_null("uid");
  if (document->contains("uids")) cluster.uids = read_uids(from, problems);
  if (document->contains("protect")) cluster.protect = from.flag("protect");
  from.finish();
  append(found, std::move(problems.found));
}

void read_object(ClusterSnapshot& cluster, const std::string& path, const std::string& bytes, Diagnostics& found) {
  Result<nlohmann::json> body = parse_yaml(bytes, path);
  if (!body) return append(found, std::move(body.error()));
  ObjectId id{text_at(*body, "apiVersion"), text_at(*body, "kind"), text_at(*body, {"metadata", "namespace"}),
              text_at(*body, {"metadata", "name"})};
  if (id.api_version.empty() || id.kind.empty() || id.name.empty()) {
    found.push_back(invalid(path, "it has no apiVersion, no kind or no metadata.name"));
  } else if (!cluster.objects.emplace(std::move(id), std::move(*body)).second) {
    found.push_back(invalid(path, "another file of this cluster holds the same object"));
  }
}

/// One file below clusters/. `rest`: its path without that folder.
void read_cluster_file(Snapshot& snapshot, std::string_view rest, const std::string& path, const std::string& bytes,
                       Diagnostics& found) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return;
  const std::string name = cluster_of_folder(rest.substr(0, slash));
  const std::string_view file = rest.substr(slash + 1);
  if (file == "spec.toml") {
    snapshot.removed_specs[name] = bytes;
  } else if (file == cluster_file) {
    read_cluster_head(snapshot.clusters[name], path, bytes, found);
  } else if (file.ends_with(".yaml")) {
    read_object(snapshot.clusters[name], path, bytes, found);
  }
}

}  // namespace

std::string cluster_of_folder(std::string_view folder) { return from_path(folder); }

Result<ClusterSnapshot> decode_cluster(const std::string& path, const std::string& bytes) {
  ClusterSnapshot cluster;
  Diagnostics found;
  read_cluster_head(cluster, path, bytes, found);
  if (!found.empty()) return failure(std::move(found));
  return cluster;
}

Result<std::vector<RewrittenField>> decode_rewritten(const std::string& bytes) {
  Diagnostics found;
  std::vector<RewrittenField> fields;
  const auto document = parsed(rewritten_file, bytes, found);
  if (!document) return failure(std::move(found));
  JsonProblems problems{.file = rewritten_file, .code = Code::snapshot_invalid, .hint = std::string(hint)};
  const JsonPlace root;
  JsonObjectReader from(*document, root, problems);
  from.list("fields", [&](const nlohmann::json& item, const JsonPlace& place) {
    JsonObjectReader one(item, place, problems);
    RewrittenField field{.cluster = one.text("cluster"), .id = read_id(one)};
    const std::string path = one.text("path");
    field.path = parse_field_path(path);
    if (field.path.empty()) one.wrong_value("path", path, "the path of a field");
    field.sent = one.any("sent");
    const nlohmann::json& stored = one.any("stored");
    if (one.flag("is_stored")) field.stored = stored;
    one.finish();
    fields.push_back(std::move(field));
  });
  from.finish();
  if (!problems.found.empty()) return failure(std::move(problems.found));
  return fields;
}

Result<Snapshot> decode_snapshot(const std::map<std::string, std::string>& files) {
  Snapshot snapshot;
  Diagnostics found;
  for (const char* needed : {"spec.toml", "plan.json", "report.json", "snapshot.json"}) {
    if (!files.contains(needed)) found.push_back(invalid(needed, "it is missing from the snapshot"));
  }
  constexpr std::string_view clusters = "clusters/";
  for (const auto& [path, bytes] : files) {
    if (path == "spec.toml") snapshot.spec_text = bytes;
    if (path == "plan.json") snapshot.plan_json = bytes;
    if (path == "report.json") snapshot.report_json = bytes;
    if (path == "snapshot.json") read_head(snapshot, path, bytes, found);
    if (path == rewritten_file) {
      auto rewritten = decode_rewritten(bytes);
      if (rewritten) snapshot.rewritten = std::move(*rewritten);
      if (!rewritten) append(found, std::move(rewritten.error()));
    }
    if (path.starts_with(clusters)) {
      read_cluster_file(snapshot, std::string_view(path).substr(clusters.size()), path, bytes, found);
    }
  }
  if (!found.empty()) return failure(std::move(found));
  return snapshot;
}

}  // namespace mesh
