#include "tests/property/spec_generator.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::testing {
namespace {

using nlohmann::json;

void collect(json& value, std::vector<json*>& all) {
  all.push_back(&value);
  if (value.is_structured()) {
    for (auto& child : value) collect(child, all);
  }
}

const std::vector<std::string>& addresses() {
  static const std::vector<std::string> texts = {"10.1.2.3", "192.0.2.255", "2001:db8::1", "::1", "1:2:3:4:5:6:7:8"};
  return texts;
}

const std::vector<std::string>& blocks() {
  static const std::vector<std::string> texts = {"10.0.0.0/8",    "0.0.0.0/0", "192.0.2.7/32",
                                                 "2001:db8::/32", "::/0",      "2001:db8::1/128"};
  return texts;
}

const std::vector<std::string>& odd_texts() {
  static const std::vector<std::string> texts = {"",
                                                 "a",
                                                 "A",
                                                 "-a",
                                                 "a-",
                                                 "a.b",
                                                 "a_b",
                                                 "auto",
                                                 "default",
                                                 "é",
                                                 "a b",
                                                 "\n",
                                                 "~/x",
                                                 "~x",
                                                 "10.1.2.3",
                                                 "10.1.2.256",
                                                 "10.0.0.0/8",
                                                 "10.0.0.0/33",
                                                 "::/129",
                                                 "1::2::3",
                                                 "::ffff:1.2.3.4",
                                                 "https://api.example",
                                                 "https://api.example:0",
                                                 "https://api.example:65535",
                                                 "https://api.example:65536",
                                                 "https://api.example/",
                                                 "https://1.2.3",
                                                 "https://[2001:db8::1]:1",
                                                 "https://u@api.example",
                                                 "http://u@git.example/x",
                                                 "ssh://git@git.example/x",
                                                 "ssh://git:pw@git.example/x",
                                                 "git@git.example:x",
                                                 "-x",
                                                 "eks",
                                                 "kubernetes",
                                                 "istio-ca",
                                                 "mesh-ca",
                                                 "ca-service",
                                                 "10.1.2.250",
                                                 "https://10.1.2.256",
                                                 "256.1.2.3",
                                                 "https://256.1.2.3",
                                                 "https://10.1.2.255:6443",
                                                 "https://[::1",
                                                 "https://[10.1.2.3]",
                                                 "::/128",
                                                 "10.0.0.0/32",
                                                 "10.0.0.0/08",
                                                 "10.01.2.3",
                                                 "abcde",
                                                 "abcdef",
                                                 "1bcdef",
                                                 "internal",
                                                 "public",
                                                 std::string(63, 'a'),
                                                 std::string(64, 'a'),
                                                 std::string(31, 'b')};
  return texts;
}

const std::vector<std::string>& odd_keys() {
  static const std::vector<std::string> keys = {"id",
                                                "name",
                                                "ca",
                                                "load_balancer_ip",
                                                "replicas",
                                                "platform",
                                                "repo",
                                                "Upper",
                                                "fleet_project",
                                                "project_number",
                                                "unknown",
                                                "remote",
                                                "revision",
                                                "min"};
  return keys;
}

}  // namespace

json SpecGenerator::gateway(bool cluster, bool fixed_address) {
  json gateway = json::object();
  if (chance(60)) {
    gateway["replicas"] = json::object();
    // The default bounds are 2 and 5; values that fit whatever the other tables say.
    if (chance(60)) gateway["replicas"]["min"] = 1 + below(3);
    if (chance(60)) gateway["replicas"]["max"] = 3 + below(998);
  }
  if (chance(50)) gateway["exposure"] = chance(50) ? "public" : "internal";
  if (chance(50)) {
    gateway["source_ranges"] = json::array();
    for (const std::string& block : blocks()) {
      if (chance(30)) gateway["source_ranges"].push_back(block);
    }
  }
  if (cluster && fixed_address && chance(50)) gateway["load_balancer_ip"] = pick(addresses());
  return gateway;
}

json SpecGenerator::cluster(const std::string& name, const std::vector<std::string>& names, bool ca_service) {
  static const std::vector<std::string> on_premises = {"gke-vmware", "gdc-bare-metal"};
  static const std::vector<std::string> others = {"gke-azure", "gke-aws", "eks", "aks", "kubernetes"};
  json cluster = {{"platform", pick(ca_service || chance(30) ? on_premises : others)}};
  const std::string platform = cluster["platform"];
  if (chance(30)) cluster["id"] = "id-" + name;
  if (chance(50)) cluster["kubeconfig"] = "kube/" + name + ".yaml";
  if (chance(30)) cluster["kubeconfig"] = json::array({"a.yaml", "/" + name});
  if (chance(30)) cluster["context"] = "admin@" + name;
  if (chance(30)) cluster["network"] = "Net_" + name;
  static const std::vector<std::string> servers = {"https://api.example", "https://api:6443", "https://10.1.2.3",
                                                   "https://[2001:db8::1]:443", "https://1.2.3.4.A-b.example:1"};
  if (chance(40)) cluster["api_server"] = pick(servers);
  if (chance(50)) cluster["gateway"] = gateway(true, platform != "eks" && platform != "gke-aws");
  if (chance(40)) {
    cluster["discovery"] = json::object();
    if (chance(80)) {
      cluster["discovery"]["peers"] = json::array();
      for (const std::string& peer : names) {
        if (peer != name && chance(50)) cluster["discovery"]["peers"].push_back(peer);
      }
    }
  }
  if (chance(30)) cluster["protect"] = chance(50);
  return cluster;
}

json SpecGenerator::spec() {
  json mesh = {{"name", "m" + std::to_string(below(100))}};
  bool ca_service = false;
  if (chance(50)) {
    static const std::vector<std::string> authorities = {"mesh-ca", "ca-service", "istio-ca"};
    mesh["fleet_project"] = "acme-fleet";
    mesh["project_number"] = 1 + below(1000000);
    mesh["ca"] = pick(authorities);
    ca_service = mesh["ca"] == "ca-service";
  } else {
    mesh["id"] = "Mesh.1";
    if (chance(50)) mesh["ca"] = "istio-ca";
  }
  if (chance(50)) mesh["revision"] = chance(30) ? "auto" : "asm-1233-2";
  if (chance(20)) mesh["namespace"] = "mesh-system";
  if (chance(20)) mesh["flat_networks"] = json::array({"lan", "Net_c1"});
  if (chance(20)) mesh["local_api_servers"] = chance(50);
  json document = {{"version", 1}, {"mesh", mesh}};
  if (chance(50)) document["state"] = {{"repo", "state"}};
  if (chance(20)) document["policy"] = {{"max_changes", chance(50) ? 0 : 12}};
  if (chance(30)) document["state"]["remote"] = "git@git.example:x/y.git";
  if (chance(50)) document["gateway"] = gateway(false, false);
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= below(4); ++i) names.push_back("c" + std::to_string(i));
  for (const std::string& name : names) document["cluster"][name] = cluster(name, names, ca_service);
  return document;
}

json SpecGenerator::any_value() {
  switch (below(8)) {
    case 0:
      return static_cast<std::int64_t>(below(3000)) - 500;
    case 1:
      return chance(50);
    case 2:
      return 1.5;
    case 3:
      return json::array({pick(odd_texts())});
    case 4:
      return json::object({{pick(odd_keys()), pick(odd_texts())}});
    case 5:
      return chance(50) ? json::array() : json::object();
    default:
      return pick(odd_texts());
  }
}

void SpecGenerator::mutate_text(std::string& text) {
  static const std::string characters = "aZ09-._:/@~[] \t%";
  const char c = characters[below(characters.size())];
  const std::size_t at = below(text.size() + 1);
  switch (below(3)) {
    case 0:
      text.insert(at, 1, c);
      break;
    case 1:
      if (at < text.size()) text.erase(at, 1);
      break;
    default:
      if (at < text.size()) text[at] = c;
  }
  // Half a character would be no valid TOML, which is no question of the schema.
  if (std::any_of(text.begin(), text.end(), [](unsigned char byte) { return byte >= 0x80; })) text = "é";
}

void SpecGenerator::mutate(json& document) {
  const std::vector<json*> all = values_inside(document);
  json& at = *all[below(all.size())];
  if (at.is_string() && chance(60)) {
    mutate_text(at.get_ref<std::string&>());
  } else if (at.is_object() && chance(50)) {
    at[pick(odd_keys())] = any_value();
  } else if (at.is_object() && !at.empty() && chance(80)) {
    auto gone = at.begin();
    std::advance(gone, static_cast<std::ptrdiff_t>(below(at.size())));
    at.erase(gone);
  } else if (at.is_array() && !at.empty() && chance(60)) {
    at.push_back(chance(50) ? at.front() : any_value());
  } else {
    at = any_value();
  }
}

std::vector<json> full_specs() {
  const json gateway = {
      {"replicas", {{"min", 2}, {"max", 4}}}, {"exposure", "internal"}, {"source_ranges", {"10.0.0.0/8", "::/0"}}};
  json own_gateway = gateway;
  own_gateway["load_balancer_ip"] = "10.1.2.3";
  const json cluster = {{"platform", "gke-vmware"},
                        {"id", "id-1"},
                        {"kubeconfig", {"a.yaml", "b.yaml"}},
                        {"context", "admin@a"},
                        {"network", "net-1"},
                        {"api_server", "https://api.example:6443"},
                        {"gateway", own_gateway},
                        {"discovery", {{"peers", {"c2"}}}},
                        {"protect", true}};
  const json other = {{"platform", "eks"}, {"kubeconfig", "c.yaml"}};
  const json fleet = {{"name", "prod"},           {"fleet_project", "acme-fleet"}, {"project_number", 7},
                      {"ca", "mesh-ca"},          {"revision", "asm-1233-2"},      {"namespace", "istio-system"},
                      {"flat_networks", {"lan"}}, {"local_api_servers", false}};
  const json plain = {{"name", "lab"}, {"id", "mesh1"}, {"ca", "istio-ca"}};
  std::vector<json> specs;
  specs.push_back({{"version", 1},
                   {"mesh", fleet},
                   {"state", {{"repo", "state"}, {"remote", "git@git.example:x.git"}}},
                   {"gateway", gateway},
                   {"cluster", {{"c1", cluster}, {"c2", other}}}});
  specs.push_back({{"version", 1}, {"mesh", plain}, {"cluster", {{"c2", other}}}});
  return specs;
}

std::vector<json> edge_values() {
  std::vector<json> values = {-1,        0,         1,    2,     3,   1000,          1001,
                              INT64_MAX, INT64_MIN, true, false, 1.5, json::array(), json::object()};
  for (const std::string& text : odd_texts()) values.emplace_back(text);
  for (const char* text : {"", "a", "c2", "10.0.0.0/8"}) values.push_back(json::array({text}));
  values.push_back(json::array({"a", "a"}));
  return values;
}

std::vector<json*> values_inside(json& document) {
  std::vector<json*> all;
  for (auto& value : document) collect(value, all);
  return all;
}

namespace {

std::string quote(const std::string& text) {
  // JSON's escapes are TOML's, but for the solidus, which nlohmann leaves alone, and DEL, which TOML wants escaped.
  std::string quoted = json(text).dump();
  for (auto at = quoted.find('\x7F'); at != std::string::npos; at = quoted.find('\x7F')) {
    quoted.replace(at, 1, "\\u007F");
  }
  return quoted;
}

std::string inline_value(const json& value) {
  if (value.is_string()) return quote(value);
  if (value.is_array()) {
    std::string text = "[";
    for (const json& item : value) text += inline_value(item) + ", ";
    return text + "]";
  }
  if (value.is_object()) {
    std::string text;
    for (const auto& [key, child] : value.items()) {
      text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", quote(key), inline_value(child));
    }
    return "{" + text + "}";
  }
  return value.dump();
}

/// Plain values first, so that they belong to this table and not to the last one below it.
void write_table(const json& table, const std::string& path, std::string& text) {
  for (const auto& [key, value] : table.items()) {
    if (!value.is_object()) text += fmt::format("{} = {}\n", quote(key), inline_value(value));
  }
  for (const auto& [key, value] : table.items()) {
    if (!value.is_object()) continue;
    const std::string name = path.empty() ? quote(key) : path + "." + quote(key);
    text += fmt::format("\n[{}]\n", name);
    write_table(value, name, text);
  }
}

}  // namespace

std::string to_toml(const json& document) {
  std::string text;
  write_table(document, "", text);
  return text;
}

}  // namespace mesh::testing
