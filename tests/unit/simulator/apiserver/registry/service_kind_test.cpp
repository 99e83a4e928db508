#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

class ServiceKindTest : public ApiBench {
 protected:
  static constexpr const char* path = "/api/v1/namespaces/default/services";
  Got make(const std::string& name, const json& spec, const std::string& query = "") {
    return send("POST", path + query, {{"metadata", {{"name", name}}}, {"spec", spec}});
  }
};

TEST_F(ServiceKindTest, get_addresses_and_ports_and_keep_them) {
  const json made = must(make("s", {{"type", "LoadBalancer"}, {"ports", json::array({{{"port", 80}}})}}))["spec"];
  EXPECT_EQ(made["clusterIP"].get<std::string>().substr(0, 6), "10.96.");
  EXPECT_EQ(made["clusterIPs"], json::array({made["clusterIP"]}));
  EXPECT_EQ(made["ipFamilies"], json::array({"IPv4"}));
  const int port = made["ports"][0]["nodePort"];
  EXPECT_GE(port, 30000);
  EXPECT_LE(port, 32767);
  const json ports = json::array({{{"port", 80}, {"name", "a"}}, {{"port", 81}, {"name", "b"}}});
  const json kept =
      must(send("PUT", std::string(path) + "/s",
                {{"metadata", {{"name", "s"}}}, {"spec", {{"type", "LoadBalancer"}, {"ports", ports}}}}))["spec"];
  EXPECT_EQ(kept["clusterIP"], made["clusterIP"]);
  EXPECT_EQ(kept["ports"][0]["nodePort"], port);
  EXPECT_NE(kept["ports"][1]["nodePort"], port);
}

TEST_F(ServiceKindTest, lose_what_their_new_type_has_not) {
  must(make("s", {{"type", "LoadBalancer"}, {"ports", json::array({{{"port", 80}}})}}));
  const auto to = [&](const json& spec) {
    return must(send("PATCH", std::string(path) + "/s", {{"spec", spec}}, merge_type))["spec"];
  };
  const json inner = to({{"type", "ClusterIP"}});
  EXPECT_FALSE(inner["ports"][0].contains("nodePort"));
  EXPECT_FALSE(inner.contains("externalTrafficPolicy"));
  EXPECT_FALSE(inner.contains("allocateLoadBalancerNodePorts"));
  const json outer = to({{"type", "ExternalName"}, {"externalName", "a.example"}});
  EXPECT_FALSE(outer.contains("clusterIP"));
  EXPECT_FALSE(outer.contains("ipFamilies"));
}

TEST_F(ServiceKindTest, that_keep_traffic_local_have_a_port_for_health_checks) {
  const json spec = {
      {"type", "LoadBalancer"}, {"externalTrafficPolicy", "Local"}, {"ports", json::array({{{"port", 80}}})}};
  EXPECT_GE(must(make("s", spec))["spec"]["healthCheckNodePort"], 30000);
}

TEST_F(ServiceKindTest, without_a_head_have_no_address) {
  const json none = must(make("s", {{"clusterIP", "None"}, {"ports", json::array({{{"port", 80}}})}}))["spec"];
  EXPECT_EQ(none["clusterIPs"], json::array({"None"}));
  EXPECT_EQ(none["ipFamilyPolicy"], "RequireDualStack");
}

TEST_F(ServiceKindTest, are_refused_what_is_taken_or_elsewhere) {
  const json ports = json::array({{{"port", 80}}});
  const auto message = [&](const json& spec) { return make("s", spec).message(); };
  EXPECT_EQ(message({{"clusterIP", "1.2.3.4"}, {"ports", ports}}),
            "Service \"s\" is invalid: spec.clusterIPs: Invalid value: [\"1.2.3.4\"]: failed to allocate IP 1.2.3.4: "
            "the provided network does not match the current range");
  EXPECT_EQ(message({{"clusterIP", "10.96.0.1"}, {"ports", ports}}),
            "Service \"s\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.1\"]: failed to allocate IP "
            "10.96.0.1: provided IP is already allocated");
  EXPECT_EQ(message({{"type", "NodePort"}, {"ports", json::array({{{"port", 80}, {"nodePort", 1}}})}}),
            "Service \"s\" is invalid: spec.ports[0].nodePort: Invalid value: 1: provided port is not in the valid "
            "range. The range of valid ports is 30000-32767");
}

TEST_F(ServiceKindTest, of_a_dry_run_show_what_nobody_can_have) {
  const json spec = {{"type", "LoadBalancer"}, {"ports", json::array({{{"port", 80}}})}};
  const json shown = must(make("s", spec, "?dryRun=All"))["spec"];
  EXPECT_EQ(shown["clusterIP"], "10.96.0.0");
  EXPECT_EQ(shown["ports"][0]["nodePort"], 32769);
}

}  // namespace
}  // namespace mesh::testing
