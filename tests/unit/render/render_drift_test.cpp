#include "engine/render/render_drift.h"

#include <gtest/gtest.h>

#include "engine/render/paint.h"

namespace mesh {
namespace {

Drift drift() {
  Drift made;
  made.mesh = "prod";
  made.snapshot = "0123456789abcdef";
  made.since = "2026-11-01T00:00:00Z";
  made.clusters = {{"dc1", true, "", {}}};
  return made;
}

DriftItem item(const std::string& path) {
  DriftItem made;
  made.address.text = "dc1/gateway";
  made.cluster = "dc1";
  made.object = {"v1", "Service", "istio-system", "istio-eastwestgateway"};
  made.path = parse_field_path(path);
  return made;
}

TEST(RenderDrift, none) {
  EXPECT_EQ(render_drift(drift(), Color::off), "No drift since snapshot 0123456789ab of 2026-11-01T00:00:00Z.\n");
  Drift blank = drift();
  blank.snapshot.clear();
  EXPECT_EQ(render_drift(blank, Color::off), "No snapshot yet: there is nothing to compare with.\n");
}

TEST(RenderDrift, says_what_could_not_be_read) {
  Drift made = drift();
  made.complete = false;
  made.unread = 3;
  EXPECT_EQ(render_drift(made, Color::off),
            R"(No drift where it could be read since snapshot 0123456789ab of 2026-11-01T00:00:00Z.
3 objects could not be read.
)");
  made.unread = 0;
  made.clusters = {{.name = "dc1", .error = {{.summary = "API server cannot be reached", .cause = "no route"}}}};
  EXPECT_EQ(render_drift(made, Color::off), R"(dc1  could not be read
    API server cannot be reached: no route

No drift where it could be read since snapshot 0123456789ab of 2026-11-01T00:00:00Z.
1 cluster could not be read.
)");
  made.unread = 1;
  made.clusters.clear();
  made.items = {item("")};
  made.items[0].change = DriftChange::removed;
  EXPECT_EQ(render_drift(made, Color::off), R"(dc1/gateway  Service istio-system/istio-eastwestgateway
    - the object is gone
        by:       not recorded

Drift: 1 difference in 1 object, since snapshot 0123456789ab of 2026-11-01T00:00:00Z.
1 object could not be read.
)");
}

TEST(RenderDrift, field_by_field) {
  Drift made = drift();
  DriftItem changed = item("spec.type");
  changed.expected = "LoadBalancer";
  changed.actual = "ClusterIP";
  changed.manager = "kubectl-edit";
  changed.operation = "Update";
  changed.time = "2026-11-22T09:54:00Z";
  DriftItem added = item("spec.externalIPs");
  added.change = DriftChange::added;
  added.actual = nlohmann::json::array({"1.2.3.4"});
  added.manager = "kubectl-patch";
  DriftItem removed = item("metadata.labels.app");
  removed.change = DriftChange::removed;
  removed.expected = "x";
  DriftItem secret = item("data.dc2");
  secret.object = {"v1", "Secret", "istio-system", "istio-remote-secret-dc2"};
  secret.sensitive = true;
  secret.manager = "kubectl-patch";
  DriftItem more = secret;
  more.path = parse_field_path("data.dc9");
  more.change = DriftChange::added;
  DriftItem less = secret;
  less.path = parse_field_path("data.dc3");
  less.change = DriftChange::removed;
  less.manager.clear();
  DriftItem gone = item("");
  gone.object.kind = "ServiceAccount";
  made.items = {changed, added, removed, secret, more, less, gone};
  made.clusters.push_back({.name = "store", .error = {{.summary = "cluster cannot be reached", .cause = "refused"}}});
  EXPECT_EQ(render_drift(made, Color::off), R"(dc1/gateway  Service istio-system/istio-eastwestgateway
    ~ spec.type
        expected: "LoadBalancer"
        actual:   "ClusterIP"
        by:       kubectl-edit (Update), 2026-11-22T09:54:00Z
    + spec.externalIPs
        expected: (absent)
        actual:   ["1.2.3.4"]
        by:       kubectl-patch
    - metadata.labels.app
        expected: "x"
        actual:   (absent)
        by:       not recorded

dc1/gateway  Secret istio-system/istio-remote-secret-dc2
    ~ data.dc2
        expected: (sensitive)
        actual:   (sensitive)
        by:       kubectl-patch
    + data.dc9
        expected: (absent)
        actual:   (sensitive)
        by:       kubectl-patch
    - data.dc3
        expected: (sensitive)
        actual:   (absent)
        by:       not recorded

dc1/gateway  ServiceAccount istio-system/istio-eastwestgateway
    - the object is gone
        by:       not recorded

store  could not be read
    cluster cannot be reached: refused

Drift: 7 differences in 3 objects, since snapshot 0123456789ab of 2026-11-01T00:00:00Z.
1 cluster could not be read.
)");
}

TEST(RenderDrift, tells_what_differs_inside_lists) {
  Drift made = drift();
  DriftItem ports = item("spec.ports");
  ports.expected = nlohmann::json::parse(R"([{"name":"tls","port":15443},{"name":"status-port","port":15021}])");
  ports.actual = nlohmann::json::parse(R"([{"name":"tls","port":15444},{"name":"status-port","port":15021,"x":1}])");
  ports.manager = "kubectl-edit";
  DriftItem ranges = item("spec.loadBalancerSourceRanges");
  ranges.expected = nlohmann::json::array({"10.0.0.0/8", "10.1.0.0/16"});
  ranges.actual = nlohmann::json::array({"10.0.0.0/8"});
  // The same values in another order: which of them moved is not to be guessed.
  DriftItem order = item("spec.order");
  order.expected = nlohmann::json::array({"a", "b"});
  order.actual = nlohmann::json::array({"b", "a"});
  // A list in the place of a map has no inside to compare.
  DriftItem other = item("spec.selector");
  other.expected = nlohmann::json::parse(R"({"app":"x"})");
  other.actual = nlohmann::json::array({"x"});
  made.items = {ports, ranges, order, other};
  EXPECT_EQ(render_drift(made, Color::off), R"(dc1/gateway  Service istio-system/istio-eastwestgateway
    ~ spec.ports[0].port
        expected: 15443
        actual:   15444
    ~ spec.ports[1].x
        expected: (absent)
        actual:   1
        by:       kubectl-edit
    ~ spec.loadBalancerSourceRanges[1]
        expected: "10.1.0.0/16"
        actual:   (absent)
        by:       not recorded
    ~ spec.order[0]
        expected: "a"
        actual:   "b"
    ~ spec.order[1]
        expected: "b"
        actual:   "a"
        by:       not recorded
    ~ spec.selector
        expected: {app: "x"}
        actual:   ["x"]
        by:       not recorded

Drift: 4 differences in 1 object, since snapshot 0123456789ab of 2026-11-01T00:00:00Z.
)");
}

}  // namespace
}  // namespace mesh
