#include "engine/render/render_drift.h"

#include <fmt/format.h>

#include <set>

#include "engine/render/paint.h"
#include "engine/render/value_text.h"

namespace mesh {
namespace {

/// `absent_when`: the change with which a sensitive value is missing on this side.
std::string value_of(const DriftItem& item, const std::optional<nlohmann::json>& value, DriftChange absent_when) {
  if (item.sensitive && item.change != absent_when) return "(sensitive)";
  return value && !item.sensitive ? value_text(*value) : "(absent)";
}

std::string who(const DriftItem& item) {
  if (item.manager.empty() && !item.time) return "not recorded";
  std::string text = item.manager.empty() ? "not recorded" : printable(item.manager);
  if (!item.operation.empty()) text += fmt::format(" ({})", printable(item.operation));
  if (item.time) text += fmt::format(", {}", printable(*item.time));
  return text;
}

std::string block_of(const DriftItem& item, const Paint& paint) {
  if (item.path.empty()) {
    return fmt::format("    {} the object is {}\n        by:       {}\n", paint(Ink::red, "-"),
                       item.actual ? "not ours" : "gone", who(item));
  }
  const Operation operation = item.change == DriftChange::added     ? Operation::create
                              : item.change == DriftChange::removed ? Operation::delete_
                                                                    : Operation::update;
  std::string text;
  const auto block = [&](const std::string& below, const std::string& expected, const std::string& actual) {
    text += fmt::format("    {} {}\n        expected: {}\n        actual:   {}\n",
                        paint(ink_of(operation), symbol(operation)), printable(to_string(item.path) + below), expected,
                        actual);
  };
  if (!item.sensitive && item.expected && item.actual) {
    for (const Difference& one : differences(*item.expected, *item.actual)) {
      if (one.before && one.after) {
        const auto [expected, actual] = value_texts(*one.before, *one.after);
        block(one.path, expected, actual);
      } else {
        block(one.path, value_of(item, one.before, DriftChange::added),
              value_of(item, one.after, DriftChange::removed));
      }
    }
  }
  if (text.empty()) {
    block({}, value_of(item, item.expected, DriftChange::added), value_of(item, item.actual, DriftChange::removed));
  }
  return text + fmt::format("        by:       {}\n", who(item));
}

}  // namespace

std::string render_drift(const Drift& drift, Color color) {
  const Paint paint(color);
  std::string text;
  std::string heading;
  std::set<std::pair<std::string, ObjectId>> objects;
  for (const DriftItem& item : drift.items) {
    const std::string here =
        fmt::format("{}  {}\n", paint(Ink::bold, printable(item.address.text)), printable(to_string(item.object)));
    if (here != heading) text += (text.empty() ? "" : "\n") + here;
    heading = here;
    text += block_of(item, paint);
    objects.emplace(item.cluster, item.object);
  }
  if (!text.empty()) text += '\n';
  std::size_t missed = 0;
  for (const PlannedCluster& cluster : drift.clusters) {
    if (cluster.reachable) continue;
    ++missed;
    text += fmt::format("{}  {}\n", paint(Ink::bold, printable(cluster.name)), paint(Ink::red, "could not be read"));
    for (const Diagnostic& why : cluster.error) {
      text += fmt::format("    {}: {}\n", printable(why.summary), printable(why.cause));
    }
  }
  if (missed > 0) text += '\n';
  if (drift.snapshot.empty()) return text + "No snapshot yet: there is nothing to compare with.\n";
  const std::string since =
      fmt::format("snapshot {} of {}", printable(drift.snapshot.substr(0, 12)), printable(drift.since));
  if (drift.items.empty()) {
    text += fmt::format("No drift{} since {}.\n", drift.complete ? "" : " where it could be read", since);
  } else {
    text += fmt::format("{} {} in {}, since {}.\n", paint(Ink::bold, "Drift:"), count(drift.items.size(), "difference"),
                        count(objects.size(), "object"), since);
  }
  const auto unread = [&](std::size_t number, const char* what) {
    if (number > 0) text += paint(Ink::red, fmt::format("{} could not be read.", count(number, what))) + "\n";
  };
  unread(missed, "cluster");
  unread(drift.unread, "object");
  return text;
}

}  // namespace mesh
