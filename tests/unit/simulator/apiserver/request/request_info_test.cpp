#include "providers/simulator/apiserver/request/request_info.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

struct Case {
  const char* method;
  const char* path;
  std::multimap<std::string, std::string> query;
  /// "VERB GROUP/VERSION NAMESPACE RESOURCE[/SUBRESOURCE] NAME", `-` for what is empty; "VERB PATH" for no resource.
  const char* expected;
};

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string text_of(const RequestInfo& info) {
  if (!info.resource_request) return info.verb + " " + info.path;
  const std::string resource = info.subresource.empty() ? info.resource : info.resource + "/" + info.subresource;
  return info.verb + " " + or_dash(info.group) + "/" + info.version + " " + or_dash(info.ns) + " " + or_dash(resource) +
         " " + or_dash(info.name);
}

TEST(RequestInfoTest, takes_paths_apart) {
  const Case cases[] = {
      {"GET", "/api", {}, "get /api"},
      {"GET", "/apis/apps/v1", {}, "get /apis/apps/v1"},
      {"POST", "/version", {}, "post /version"},
      {"GET", "/api/v1/pods", {}, "list -/v1 - pods -"},
      {"HEAD", "/api/v1/pods", {}, "list -/v1 - pods -"},
      {"GET", "/api/v1/pods", {{"watch", "1"}}, "watch -/v1 - pods -"},
      {"GET", "/api/v1/pods", {{"watch", "true"}}, "watch -/v1 - pods -"},
      {"GET", "/api/v1/pods", {{"watch", "false"}}, "list -/v1 - pods -"},
      {"GET", "/api/v1/namespaces/a/pods", {{"fieldSelector", "metadata.name=x"}}, "list -/v1 a pods x"},
      {"GET", "/api/v1/namespaces/a/pods", {{"fieldSelector", "a=b,metadata.name=x,c=d"}}, "list -/v1 a pods x"},
      {"POST", "/api/v1/namespaces/a/pods", {}, "create -/v1 a pods -"},
      {"GET", "/api/v1/namespaces/a/pods/b/log", {}, "get -/v1 a pods/log b"},
      {"DELETE", "/api/v1/namespaces/a/pods", {}, "deletecollection -/v1 a pods -"},
      {"DELETE", "/api/v1/namespaces/a/pods/b", {}, "delete -/v1 a pods b"},
      {"GET", "/api/v1/namespaces", {}, "list -/v1 - namespaces -"},
      {"GET", "/api/v1/namespaces/a", {}, "get -/v1 a namespaces a"},
      {"PUT", "/api/v1/namespaces/a/finalize", {}, "update -/v1 a namespaces/finalize a"},
      {"PATCH", "/api/v1/namespaces/a/status", {}, "patch -/v1 a namespaces/status a"},
      {"PATCH", "/apis/apps/v1/namespaces/a/deployments/b/scale", {}, "patch apps/v1 a deployments/scale b"},
      {"GET",
       "/apis/rbac.authorization.k8s.io/v1/clusterroles/x",
       {},
       "get rbac.authorization.k8s.io/v1 - clusterroles x"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(text_of(request_info(one.method, one.path, one.query)), one.expected) << one.method << " " << one.path;
  }
}

}  // namespace
}  // namespace mesh::simulator
