#include "engine/codec/trust_json.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(TrustJson, WritesEveryField) {
  const CaCertificate root{.key_sha256 = "ab12",
                           .subject = "O=acme",
                           .issuer = "O=acme",
                           .not_before = "2026-01-01T00:00:00Z",
                           .not_after = "2036-01-01T00:00:00Z",
                           .is_ca = true};
  const TrustGraph graph{.clusters = {{.cluster = "a",
                                       .ca = CaType::ca_service,
                                       .ca_name = "pool",
                                       .roots = {root},
                                       .trust_domain = "acme.example",
                                       .aliases = {"old.example"},
                                       .plugged = Answer::no,
                                       .unread = {"a thing"}}},
                         .groups = {{.ca = CaType::istio_ca, .roots = {root}, .clusters = {"a", "b"}}},
                         .edges = {{.from = "a", .to = "b", .verdict = TrustVerdict::works},
                                   {.from = "b",
                                    .to = "a",
                                    .verdict = TrustVerdict::works_one_way,
                                    .reason = "why",
                                    .from_accepts_root = Answer::yes,
                                    .to_accepts_root = Answer::no}},
                         .bundles = {{.root = root, .of = {"a"}, .into = {"b"}}},
                         .aliases = {{.domain = "acme.example", .into = {"b"}}}};
  const auto root_json = nlohmann::json::parse(R"({"key_sha256": "ab12", "subject": "O=acme", "issuer": "O=acme",
    "not_before": "2026-01-01T00:00:00Z", "not_after": "2036-01-01T00:00:00Z", "is_ca": true})");
  const nlohmann::json document = nlohmann::json::parse(to_json(graph).dump());
  EXPECT_EQ(document.at("summary"),
            nlohmann::json::parse(R"({"works": 1, "works_one_way": 1, "cannot_work": 0, "unknown": 0})"));
  EXPECT_EQ(document.at("clusters"), nlohmann::json::array({{{"name", "a"},
                                                             {"ca", "ca_service"},
                                                             {"ca_name", "pool"},
                                                             {"plugged", "no"},
                                                             {"roots", nlohmann::json::array({root_json})},
                                                             {"added", nlohmann::json::array()},
                                                             {"trust_domain", "acme.example"},
                                                             {"trust_domain_aliases", {"old.example"}},
                                                             {"unread", {"a thing"}}}}));
  EXPECT_EQ(document.at("groups"), nlohmann::json::parse(R"([
    {"ca": "istio_ca", "ca_name": null, "roots": ["ab12"], "clusters": ["a", "b"]}])"));
  EXPECT_EQ(document.at("edges"), nlohmann::json::parse(R"([
    {"from": "b", "to": "a", "verdict": "works_one_way", "reason": "why", "from_accepts_root": "yes",
     "to_accepts_root": "no", "from_accepts_trust_domain": "unknown", "to_accepts_trust_domain": "unknown"}])"));
  EXPECT_EQ(document.at("bundles"), nlohmann::json::array({{{"root", root_json}, {"of", {"a"}}, {"into", {"b"}}}}));
  EXPECT_EQ(document.at("aliases"), nlohmann::json::parse(R"([{"trust_domain": "acme.example", "into": ["b"]}])"));
}

TEST(TrustJson, OfNothingHasEmptyLists) {
  const nlohmann::json document = nlohmann::json::parse(to_json(TrustGraph{}).dump());
  for (const char* list : {"clusters", "groups", "edges", "bundles", "aliases"})
    EXPECT_EQ(document.at(list), nlohmann::json::array());
}

}  // namespace
}  // namespace mesh
