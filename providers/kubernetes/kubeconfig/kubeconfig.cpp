#include "providers/kubernetes/kubeconfig/kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"
#include "providers/kubernetes/kubeconfig/yaml_map.h"

namespace mesh::kubernetes {
namespace {

/// `YAML::Node` of one named entry (`- name: x\n  cluster: {...}`): its name and its body, both checked.
struct NamedEntry {
  std::string name;
  YAML::Node body;
};

class KubeconfigParser {
 public:
  KubeconfigParser(const std::filesystem::path& file, Diagnostics& found)
      : reader_(file.string(), found), folder_(file.parent_path()) {
    result_.files.push_back(file.string());
  }

  Kubeconfig parse(const YAML::Node& root) {
    if (!reader_.is_map(root, "the kubeconfig") || !root.IsMap()) return result_;
    const Located version = reader_.text(root, "apiVersion");
    if (!version.value.empty() && version.value != "v1") {
      reader_.report(Code::kubeconfig_invalid, root["apiVersion"], fmt::format("apiVersion is `{}`", version.value),
                     "write `apiVersion: v1`");
    }
    const Located kind = reader_.text(root, "kind");
    if (!kind.value.empty() && kind.value != "Config") {
      reader_.report(Code::kubeconfig_invalid, root["kind"], fmt::format("kind is `{}`", kind.value),
                     "name a file of `kind: Config`");
    }
    result_.current_context = reader_.text(root, "current-context");
    each(root, "clusters", "cluster", [&](const NamedEntry& entry, const Position& at) { cluster(entry, at); });
    each(root, "users", "user", [&](const NamedEntry& entry, const Position& at) { user(entry, at); });
    each(root, "contexts", "context", [&](const NamedEntry& entry, const Position& at) {
      result_.contexts.push_back({.name = entry.name,
                                  .at = at,
                                  .cluster = reader_.text(entry.body, "cluster"),
                                  .user = reader_.text(entry.body, "user")});
    });
    return result_;
  }

 private:
  template <class Take>
  void each(const YAML::Node& root, const std::string& list, const std::string& part, const Take& take) {
    std::set<std::string> seen;
    reader_.items(root, list, [&](const YAML::Node& item) {
      if (!item.IsMap()) {
        reader_.report(Code::kubeconfig_invalid, item, fmt::format("an item of `{}` is not a mapping", list),
                       fmt::format("write `- name: NAME` and `{}:` under it", part));
        return;
      }
      if (!reader_.is_map(item, fmt::format("an item of `{}`", list))) return;
      const Located name = reader_.text(item, "name");
      if (name.value.empty()) {
        reader_.report(Code::kubeconfig_invalid, item, fmt::format("an item of `{}` has no name", list));
        return;
      }
      if (!seen.insert(name.value).second) {
        reader_.report(Code::duplicate_key, item["name"], fmt::format("{} `{}` is defined twice", part, name.value),
                       "rename or remove one of them");
        return;
      }
      const YAML::Node body =
          item[part].IsDefined() && !item[part].IsNull() ? YAML::Node(item[part]) : YAML::Node(YAML::NodeType::Map);
      if (!reader_.is_map(body, fmt::format("{} `{}`", part, name.value))) return;
      take(NamedEntry{name.value, body}, name.at);
    });
  }

  Located file_name(const YAML::Node& map, const std::string& key) {
    Located name = reader_.text(map, key);
    if (!name.value.empty()) name.value = resolve(name.value);
    return name;
  }

  std::string resolve(const std::string& name) const {
    const std::filesystem::path path(name);
    return path.is_absolute() || folder_.empty() ? name : (folder_ / path).lexically_normal().string();
  }

  void cluster(const NamedEntry& entry, const Position& at) {
    const YAML::Node& body = entry.body;
    KubeconfigCluster cluster{.name = entry.name,
                              .at = at,
                              .server = reader_.text(body, "server"),
                              .certificate_authority = file_name(body, "certificate-authority"),
                              .certificate_authority_data = reader_.text(body, "certificate-authority-data"),
                              .tls_server_name = reader_.text(body, "tls-server-name"),
                              .proxy_url = reader_.text(body, "proxy-url"),
                              .insecure_skip_tls_verify = reader_.flag(body, "insecure-skip-tls-verify"),
                              .disable_compression = reader_.flag(body, "disable-compression")};
    reader_.items(body, "extensions", [&](const YAML::Node& item) {
      if (!item.IsMap() || reader_.text(item, "name").value != "client.authentication.k8s.io/exec") return;
      std::size_t budget = 10000;
      cluster.exec_extension = reader_.json(item["extension"], budget);
    });
    result_.clusters.push_back(std::move(cluster));
  }

  void user(const NamedEntry& entry, const Position& at) {
    const YAML::Node& body = entry.body;
    KubeconfigUser user{.name = entry.name,
                        .at = at,
                        .client_certificate = file_name(body, "client-certificate"),
                        .client_certificate_data = reader_.text(body, "client-certificate-data"),
                        .client_key = file_name(body, "client-key"),
                        .client_key_data = reader_.text(body, "client-key-data"),
                        .token = reader_.text(body, "token"),
                        .token_file = file_name(body, "tokenFile"),
                        .username = reader_.text(body, "username"),
                        .password = reader_.text(body, "password"),
                        .impersonate_user = reader_.text(body, "as"),
                        .impersonate_uid = reader_.text(body, "as-uid"),
                        .impersonate_groups = reader_.texts(body, "as-groups")};
    extra(body, user);
    if (const YAML::Node provider = body["auth-provider"]; provider.IsDefined() && !provider.IsNull()) {
      if (reader_.is_map(provider, "`auth-provider`")) user.auth_provider = reader_.text(provider, "name");
      if (user.auth_provider.value.empty()) user.auth_provider = {"unnamed", reader_.at(provider)};
    }
    if (const YAML::Node exec = body["exec"]; exec.IsDefined() && !exec.IsNull()) user.exec = exec_of(exec);
    result_.users.push_back(std::move(user));
  }

  void extra(const YAML::Node& body, KubeconfigUser& user) {
    const YAML::Node extra = body["as-user-extra"];
    if (!extra.IsDefined() || extra.IsNull() || !reader_.is_map(extra, "`as-user-extra`")) return;
    for (const auto& entry : extra) {
      const std::string key = entry.first.Scalar();
      for (std::string& value : reader_.texts(extra, key)) user.impersonate_extra.emplace_back(key, std::move(value));
    }
  }

  std::optional<ExecConfig> exec_of(const YAML::Node& node) {
    if (!reader_.is_map(node, "`exec`")) return std::nullopt;
    ExecConfig exec{.at = reader_.at(node),
                    .command = reader_.text(node, "command").value,
                    .args = reader_.texts(node, "args"),
                    .api_version = reader_.text(node, "apiVersion"),
                    .interactive_mode = reader_.text(node, "interactiveMode"),
                    .install_hint = reader_.text(node, "installHint").value,
                    .provide_cluster_info = reader_.flag(node, "provideClusterInfo")};
    if (exec.command.find('/') != std::string::npos) exec.command = resolve(exec.command);
    reader_.items(node, "env", [&](const YAML::Node& item) {
      if (!item.IsMap() || !reader_.is_map(item, "an item of `env`")) {
        if (!item.IsMap()) reader_.report(Code::kubeconfig_invalid, item, "an item of `env` is not a mapping");
        return;
      }
      Located name = reader_.text(item, "name");
      if (name.value.empty()) {
        reader_.report(Code::kubeconfig_invalid, item, "an item of `env` has no name");
        return;
      }
      exec.env.emplace_back(std::move(name.value), reader_.text(item, "value").value);
    });
    return exec;
  }

  YamlReader reader_;
  std::filesystem::path folder_;
  Kubeconfig result_;
};

template <class Entry>
void add_first(std::vector<Entry>& to, const std::vector<Entry>& from) {
  std::set<std::string> known;
  for (const Entry& entry : to) known.insert(entry.name);
  for (const Entry& entry : from) {
    if (known.insert(entry.name).second) to.push_back(entry);
  }
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(std::string_view text, const std::filesystem::path& file) {
  if (text.size() > largest_kubeconfig) {
    return failure(Diagnostic{.code = Code::kubeconfig_invalid,
                              .at = Position{file.string(), 0, 0},
                              .summary = "kubeconfig is not valid",
                              .cause = fmt::format("it has {} bytes", text.size()),
                              .hint = "name a kubeconfig file"});
  }
  std::string bytes(text);
  // JSON may be indented with tabs, which YAML refuses; inside its strings a tab is not allowed anyway.
  if (const auto first = bytes.find_first_not_of(" \t\r\n"); first != std::string::npos && bytes[first] == '{') {
    std::replace(bytes.begin(), bytes.end(), '\t', ' ');
  }
  Diagnostics found;
  Kubeconfig parsed;
  try {
    const YAML::Node root = YAML::Load(bytes);
    parsed = KubeconfigParser(file, found).parse(root);
  } catch (const YAML::Exception& e) {
    Position at{file.string(), 0, 0};
    if (!e.mark.is_null()) {
      at.line = static_cast<std::size_t>(e.mark.line) + 1;
      at.column = static_cast<std::size_t>(e.mark.column) + 1;
    }
    found.push_back({.code = Code::syntax_error,
                     .at = at,
                     .summary = "file is not YAML",
                     .cause = e.msg,
                     .hint = "fix the syntax at this place, or write a new kubeconfig"});
  }
  if (has_errors(found)) return failure(std::move(found));
  return parsed;
}

Kubeconfig merge_kubeconfigs(const std::vector<Kubeconfig>& files) {
  Kubeconfig merged;
  for (const Kubeconfig& file : files) {
    merged.files.insert(merged.files.end(), file.files.begin(), file.files.end());
    if (merged.current_context.value.empty()) merged.current_context = file.current_context;
    add_first(merged.clusters, file.clusters);
    add_first(merged.users, file.users);
    add_first(merged.contexts, file.contexts);
  }
  return merged;
}

}  // namespace mesh::kubernetes
