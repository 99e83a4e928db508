#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/render/paint.h"
#include "engine/render/render_drift.h"
#include "engine/render/render_history.h"
#include "engine/render/render_report.h"
#include "engine/render/value_text.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;

Diagnostic refusal() {
  return {.code = Code::rejected,
          .where = "cluster dc1: Service istio-system/istio-eastwestgateway",
          .summary = "request refused",
          .cause = "spec.ports: Invalid value",
          .hint = "change [gateway]"};
}

TEST(RenderReport, all_done) {
  Report report{.snapshot = "0123456789abcdef"};
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done, .attempts = 1});
  EXPECT_EQ(render_report(report, Color::off), "Applied: 1 done, 0 failed, 0 skipped.\nSnapshot: 0123456789ab\n");
}

TEST(RenderReport, failures_come_first_with_their_reason) {
  Report report;
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done, .attempts = 1});
  report.actions.back().notes.push_back({.severity = Severity::warning, .summary = "took over", .cause = "a field"});
  report.actions.push_back({.address = {"dc1/gateway"}, .outcome = Outcome::failed, .attempts = 3});
  report.actions.back().error.push_back(refusal());
  report.actions.push_back({.address = {"dc1/expose"}, .outcome = Outcome::skipped});
  report.actions.back().error.push_back({.summary = "not started", .cause = "dc1/gateway failed"});
  report.actions.push_back({.address = {"store/gateway"}, .outcome = Outcome::cancelled, .attempts = 1});
  EXPECT_EQ(render_report(report, Color::off), R"(  failed    dc1/gateway after 3 attempts
      request refused: spec.ports: Invalid value
      at:   cluster dc1: Service istio-system/istio-eastwestgateway
      hint: change [gateway]
  skipped   dc1/expose
      not started: dc1/gateway failed
  cancelled store/gateway
  note      dc1/network
      took over: a field

Not all applied: 1 done, 1 failed, 1 skipped, 1 cancelled.
)");
}

TEST(RenderReport, nothing) { EXPECT_EQ(render_report({}, Color::off), "Nothing to apply.\n"); }

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
  made.clusters = {{"dc1", false, "", "", {{.summary = "API server cannot be reached", .cause = "no route"}}}};
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

TEST(RenderHistory, table) {
  EXPECT_EQ(render_history({}, Color::off), "No snapshots yet: the first apply makes one.\n");
  const SnapshotInfo one{.commit = "0123456789abcdef0123",
                         .time = "2026-11-22T09:54:00Z",
                         .author = "A B <ab@example.org>",
                         .result = "done",
                         .plan_digest = "p",
                         .spec_digest = "s",
                         .subject = "apply: 3 created"};
  SnapshotInfo two = one;
  two.result = "cancelled";
  two.subject = "destroy: \x1b[31mred";
  EXPECT_EQ(render_history({one, two}, Color::off),
            "COMMIT        TIME                  RESULT     WHAT               BY\n"
            "0123456789ab  2026-11-22T09:54:00Z  done       apply: 3 created   A B <ab@example.org>\n"
            "0123456789ab  2026-11-22T09:54:00Z  cancelled  destroy: ?[31mred  A B <ab@example.org>\n");
}

TEST(RenderHistory, snapshot) {
  Snapshot snapshot;
  snapshot.time = "2026-11-22T09:54:00Z";
  snapshot.result = "done";
  snapshot.spec_digest = "abc";
  snapshot.clusters["dc1"].as_of = snapshot.time;
  snapshot.clusters["dc1"].objects[{"v1", "Service", "istio-system", "istio-eastwestgateway"}] = {};
  snapshot.clusters["dc1"].objects[{"rbac.authorization.k8s.io/v1", "ClusterRole", "", "mesh-reader"}] = {};
  snapshot.clusters["old"].status = ClusterStatus::removed;
  Plan plan;
  plan.actions.push_back({.address = {"dc1/network"}, .operation = Operation::create});
  Report report;
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done});
  EXPECT_EQ(render_snapshot("0123", snapshot, plan, report, Color::off), R"(snapshot: 0123
time:     2026-11-22T09:54:00Z
result:   done
spec:     abc
plan:     1 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged
report:   1 done, 0 failed, 0 skipped, 0 cancelled

dc1  reachable, as of 2026-11-22T09:54:00Z
    ClusterRole              mesh-reader
    Service                  istio-system/istio-eastwestgateway

old  removed from the spec, not yet clean
    no objects
)");
}

struct ValueCase {
  const char* name;
  const char* json;
  std::size_t width;
  const char* text;
};

class ValueText : public ::testing::TestWithParam<ValueCase> {};

TEST_P(ValueText, fits) {
  EXPECT_EQ(value_text(nlohmann::json::parse(GetParam().json), GetParam().width), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ValueText,
    ::testing::Values(ValueCase{"string", R"("1")", 70, R"("1")"}, ValueCase{"number", "1", 70, "1"},
                      ValueCase{"map", R"({"b":[1,"x"],"a":null})", 70, R"({a: null, b: [1, "x"]})"},
                      ValueCase{"long", R"("abcdefghijklmnop")", 10, R"("abcde…op")"},
                      ValueCase{"between_letters", R"("ääääääää")", 10, "\"ää…ä\""},
                      ValueCase{"controls", R"("a\u001b\u009b\u007f")", 70, R"("a\u001b???")"}),
    [](const auto& row) { return row.param.name; });

TEST(ValueTexts, are_never_cut_to_the_same_words) {
  const std::string head(60, 'a');
  const std::string tail(60, 'z');
  const auto [before, after] = value_texts(head + "1" + tail, head + "2" + tail);
  EXPECT_EQ(before, '"' + head + "1" + tail + '"');
  EXPECT_EQ(after, '"' + head + "2" + tail + '"');
  // Elsewhere the middle may go.
  EXPECT_EQ(value_texts("1" + head + tail, "2" + head + tail).first.find(head + tail), std::string::npos);
}

struct DifferenceCase {
  const char* name;
  const char* before;
  const char* after;
  std::vector<std::string> told;
};

class Differences : public ::testing::TestWithParam<DifferenceCase> {};

TEST_P(Differences, by_place) {
  std::vector<std::string> told;
  for (const Difference& one :
       differences(nlohmann::json::parse(GetParam().before), nlohmann::json::parse(GetParam().after))) {
    const auto side = [](const auto& value) { return value ? value->dump() : "absent"; };
    told.push_back(one.path + ": " + side(one.before) + " -> " + side(one.after));
  }
  EXPECT_EQ(told, GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Differences,
    ::testing::Values(DifferenceCase{"equal", R"([1,{"a":[2]}])", R"([1,{"a":[2]}])", {}},
                      DifferenceCase{"in_a_list", "[1,2,3]", "[1,5,3]", {"[1]: 2 -> 5"}},
                      DifferenceCase{"item_added", "[1]", "[1,2]", {"[1]: absent -> 2"}},
                      DifferenceCase{"item_removed", "[1,2]", "[1]", {"[1]: 2 -> absent"}},
                      DifferenceCase{"first_item_removed", "[1,2]", "[2]", {"[0]: 1 -> 2", "[1]: 2 -> absent"}},
                      DifferenceCase{"map_in_a_list",
                                     R"([{"verbs":["get"],"kept":1}])",
                                     R"([{"verbs":["get","list"],"kept":1}])",
                                     {R"([0].verbs[1]: absent -> "list")"}},
                      DifferenceCase{"list_in_a_list", "[[1],[2]]", "[[1],[3]]", {"[1][0]: 2 -> 3"}},
                      DifferenceCase{"both_sides_of_a_map",
                                     R"({"gone":1,"same":2})",
                                     R"({"new":3,"same":2})",
                                     {".gone: 1 -> absent", ".new: absent -> 3"}},
                      DifferenceCase{"key_with_dots", R"({"a.b/c":1})", R"({"a.b/c":2})", {R"(["a.b/c"]: 1 -> 2)"}},
                      DifferenceCase{"other_structure", R"({"a":[1]})", R"({"a":{"b":1}})", {R"(.a: [1] -> {"b":1})"}},
                      DifferenceCase{"null_is_a_value", R"([null])", R"([1])", {"[0]: null -> 1"}},
                      DifferenceCase{"scalars", "1", "2", {": 1 -> 2"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
