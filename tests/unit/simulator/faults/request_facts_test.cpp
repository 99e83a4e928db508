#include "providers/simulator/faults/request_facts.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

struct Row {
  const char* name;
  const char* method;
  const char* uri;
  const char* verb;
  const char* group;
  const char* version;
  const char* resource;
  const char* subresource;
  const char* ns;
  const char* object;
};

class RequestFactsTest : public ::testing::TestWithParam<Row> {};

TEST_P(RequestFactsTest, of_a_request) {
  const Row& row = GetParam();
  const RequestFacts facts = request_facts(row.method, row.uri);
  EXPECT_EQ(facts.verb, row.verb);
  EXPECT_EQ(facts.uri, row.uri);
  EXPECT_EQ(facts.group, row.group);
  EXPECT_EQ(facts.version, row.version);
  EXPECT_EQ(facts.resource, row.resource);
  EXPECT_EQ(facts.subresource, row.subresource);
  EXPECT_EQ(facts.ns, row.ns);
  EXPECT_EQ(facts.name, row.object);
}

INSTANTIATE_TEST_SUITE_P(
    rows, RequestFactsTest,
    ::testing::Values(
        Row{"version", "GET", "/version", "get", "", "", "", "", "", ""},
        Row{"discovery", "GET", "/apis/apps/v1", "get", "", "", "", "", "", ""},
        Row{"core_discovery", "GET", "/api/v1", "get", "", "", "", "", "", ""},
        Row{"list", "GET", "/api/v1/nodes?limit=5", "list", "", "v1", "nodes", "", "", ""},
        Row{"watch", "GET", "/api/v1/nodes?limit=5&watch=true", "watch", "", "v1", "nodes", "", "", ""},
        Row{"no_watch", "GET", "/api/v1/nodes?watch=false", "list", "", "v1", "nodes", "", "", ""},
        Row{"get", "GET", "/apis/apps/v1/namespaces/a/deployments/b", "get", "apps", "v1", "deployments", "", "a", "b"},
        Row{"create", "POST", "/api/v1/namespaces/a/secrets", "create", "", "v1", "secrets", "", "a", ""},
        Row{"patch", "PATCH", "/api/v1/namespaces/a/secrets/b?force=true", "patch", "", "v1", "secrets", "", "a", "b"},
        Row{"update", "PUT", "/api/v1/namespaces/a/pods/b/status", "update", "", "v1", "pods", "status", "a", "b"},
        Row{"delete", "DELETE", "/api/v1/namespaces/a/pods/b", "delete", "", "v1", "pods", "", "a", "b"},
        Row{"delete_all", "DELETE", "/api/v1/namespaces/a/pods", "deletecollection", "", "v1", "pods", "", "a", ""},
        Row{"namespace", "GET", "/api/v1/namespaces/a", "get", "", "v1", "namespaces", "", "a", "a"},
        Row{"namespaces", "GET", "/api/v1/namespaces", "list", "", "v1", "namespaces", "", "", ""},
        Row{"finalize", "PUT", "/api/v1/namespaces/a/finalize", "update", "", "v1", "namespaces", "finalize", "a", "a"},
        Row{"log", "GET", "/api/v1/namespaces/a/pods/b/log", "get", "", "v1", "pods", "log", "a", "b"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::simulator
