#include "providers/kubernetes/kubeconfig/kubeconfig.h"

#include <gtest/gtest.h>

#include "providers/kubernetes/kubeconfig/resolve_context.h"

namespace mesh::kubernetes {
namespace {

Kubeconfig parsed(const std::string& text, const std::filesystem::path& file = "/etc/kube/config") {
  const auto config = parse_kubeconfig(text, file);
  EXPECT_TRUE(config.has_value()) << (config ? "" : config.error()[0].cause);
  return config.value_or(Kubeconfig{});
}

Result<std::string> no_file(const std::filesystem::path& path) {
  return failure(Diagnostic{.code = Code::file_not_readable, .cause = path.string()});
}

TEST(KubeconfigParse, resolves_relative_files_against_its_folder) {
  const Kubeconfig config = parsed(R"(
clusters: [{name: a, cluster: {server: "https://a", certificate-authority: ../ca.crt}}]
users:
- name: u
  user: {client-certificate: u.crt, client-key: /abs/u.key, tokenFile: t/token, exec: {command: ./bin/login, args: [x]}}
- name: v
  user: {exec: {command: login}}
)");
  EXPECT_EQ(config.clusters[0].certificate_authority.value, "/etc/ca.crt");
  EXPECT_EQ(config.users[0].client_certificate.value, "/etc/kube/u.crt");
  EXPECT_EQ(config.users[0].client_key.value, "/abs/u.key");
  EXPECT_EQ(config.users[0].token_file.value, "/etc/kube/t/token");
  EXPECT_EQ(config.users[0].exec->command, "/etc/kube/bin/login");
  EXPECT_EQ(config.users[1].exec->command, "login");
}

TEST(KubeconfigParse, reads_json_with_tabs_and_positions_from_one) {
  const Kubeconfig config = parsed(
      "{\n\t\"current-context\": \"c\",\n\t\"contexts\": [{\"name\": \"c\", \"context\": {\"cluster\": \"k\"}}]}");
  EXPECT_EQ(config.current_context, (Located{"c", {"/etc/kube/config", 2, 21}}));
  EXPECT_EQ(config.contexts[0].cluster.value, "k");
}

TEST(KubeconfigParse, keeps_all_of_exec_and_impersonation) {
  const Kubeconfig config = parsed(R"(
clusters:
- name: a
  cluster:
    server: https://a
    extensions:
    - name: other
      extension: 1
    - name: client.authentication.k8s.io/exec
      extension: {audience: x, list: [1, true, "2"]}
users:
- name: u
  user:
    as: boss
    as-uid: "7"
    as-groups: [a, b]
    as-user-extra: {scopes: [s1, s2]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: login
      args: ["--x", y]
      env: [{name: A, value: b}, {name: EMPTY}]
      interactiveMode: IfAvailable
      installHint: get it there
      provideClusterInfo: true
)");
  EXPECT_EQ(config.clusters[0].exec_extension, nlohmann::json::parse(R"({"audience":"x","list":[1,true,"2"]})"));
  const KubeconfigUser& user = config.users[0];
  EXPECT_EQ(user.impersonate_user.value, "boss");
  EXPECT_EQ(user.impersonate_groups, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(user.impersonate_extra.size(), 2U);
  EXPECT_EQ(user.exec->env, (std::vector<std::pair<std::string, std::string>>{{"A", "b"}, {"EMPTY", ""}}));
  EXPECT_TRUE(user.exec->provide_cluster_info);
}

TEST(KubeconfigParse, ignores_what_it_does_not_know_and_takes_an_empty_file) {
  EXPECT_TRUE(parsed("").clusters.empty());
  EXPECT_TRUE(parsed("apiVersion: v1\nkind: Config\nfuture: {a: [1]}\npreferences: {}\n").contexts.empty());
}

TEST(KubeconfigParse, survives_hostile_yaml) {
  const std::string deep(20000, '[');
  EXPECT_FALSE(parse_kubeconfig(deep, "k").has_value());
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) laughs += std::string(i ? "," : "") + "*" + static_cast<char>(c - 1);
    laughs += "]\n";
  }
  laughs +=
      "clusters: [{name: n, cluster: {server: 'https://a', extensions: [{name: client.authentication.k8s.io/exec, "
      "extension: *j}]}}]\n";
  EXPECT_TRUE(parse_kubeconfig(laughs, "k").has_value());
}

TEST(KubeconfigMerge, lets_the_first_win_per_entry_and_for_the_context) {
  const Kubeconfig merged =
      merge_kubeconfigs({parsed("clusters: [{name: a, cluster: {server: 'https://first'}}]", "1"),
                         parsed("current-context: x\nclusters: [{name: a, cluster: {server: 'https://second', "
                                "tls-server-name: n}}, {name: b, cluster: {server: 'https://b'}}]",
                                "2"),
                         parsed("current-context: y", "3")});
  ASSERT_EQ(merged.clusters.size(), 2U);
  EXPECT_EQ(merged.clusters[0].server.value, "https://first");
  EXPECT_EQ(merged.clusters[0].tls_server_name.value, "");
  EXPECT_EQ(merged.current_context.value, "x");
  EXPECT_EQ(merged.files, (std::vector<std::string>{"1", "2", "3"}));
}

TEST(KubeconfigLoad, skips_missing_files_of_the_environment_only) {
  const auto none = load_kubeconfigs({}, {{"KUBECONFIG", "/no/such/a:/no/such/b"}}, no_file);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error()[0].code, Code::kubeconfig_invalid);
  const auto named = load_kubeconfigs({"/no/such/a", "/no/such/b"}, {}, no_file);
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().size(), 2U);
  EXPECT_EQ(named.error()[0].code, Code::file_not_readable);
  EXPECT_FALSE(load_kubeconfigs({}, {}, no_file).has_value());
}

Result<Access> access_of(const std::string& cluster, const std::string& user, Diagnostics& warnings,
                         const ReadFile& read = no_file) {
  const Kubeconfig config = parsed(
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {" +
      cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n");
  return resolve_context(config, "", read, warnings);
}

TEST(KubeconfigResolveContext, warns_of_missing_verification) {
  Diagnostics warnings;
  const auto access =
      access_of("server: 'https://A.example:1/x/', insecure-skip-tls-verify: true", "token: t", warnings);
  ASSERT_TRUE(access.has_value());
  EXPECT_EQ(access->server, "https://a.example:1/x");
  EXPECT_TRUE(access->insecure);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, Code::insecure_tls);
  EXPECT_EQ(warnings[0].severity, Severity::warning);
}

TEST(KubeconfigResolveContext, allows_plain_http_on_loopback_with_a_warning) {
  Diagnostics warnings;
  EXPECT_TRUE(access_of("server: 'http://127.0.0.1:8001'", "token: t", warnings).has_value());
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(KubeconfigResolveContext, lets_static_credentials_win_over_exec) {
  Diagnostics warnings;
  const std::string exec = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login}";
  EXPECT_TRUE(access_of("server: 'https://a'", exec, warnings)->exec.has_value());
  EXPECT_EQ(access_of("server: 'https://a'", exec, warnings)->exec->interactive_mode.value, "IfAvailable");
  EXPECT_FALSE(access_of("server: 'https://a'", exec + ", token: t", warnings)->exec.has_value());
}

TEST(KubeconfigResolveContext, prefers_data_over_files_and_never_reads_the_other) {
  Diagnostics warnings;
  bool asked = false;
  const auto access =
      access_of("server: 'https://a', certificate-authority: f, certificate-authority-data: aGVsbG8=", "", warnings,
                [&](const auto& path) {
                  asked = true;
                  return no_file(path);
                });
  EXPECT_FALSE(asked);
  ASSERT_FALSE(access.has_value());
  EXPECT_EQ(access.error()[0].code, Code::credential_invalid);
}

}  // namespace
}  // namespace mesh::kubernetes
