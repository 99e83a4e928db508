#include "engine/render/render_plan.h"

#include <fmt/format.h>

#include <map>

#include "engine/base/json.h"
#include "engine/render/paint.h"
#include "engine/render/render_object.h"

namespace mesh {
namespace {

/// Fewer actions of one shape are shown one by one.
constexpr std::size_t least_alike = 3;
constexpr std::size_t line_width = 96;

std::string line_of(const Action& action, const Paint& paint) {
  std::string text = fmt::format("  {} {}", paint(ink_of(action.operation), symbol(action.operation)),
                                 paint(Ink::bold, printable(action.address.text)));
  if (!action.reason.empty()) text += fmt::format("  {}", printable(action.reason));
  return text + "\n";
}

std::string block_of(const Action& action, const Paint& paint) {
  std::string text = line_of(action, paint);
  for (const std::string& path : action.interrupts) {
    text += fmt::format("      {}\n", paint(Ink::red, fmt::format("! this interrupts {}", printable(path))));
  }
  for (const ObjectChange& object : action.objects) text += render_object(object, paint);
  return text;
}

/// What actions have in common that one of them may stand for: operation, kinds and fields. Empty: it must be shown
/// itself, because a reviewer has to see each takeover and each interruption, and each value that changes.
std::string shape_of(const Action& action) {
  if (!action.peer || !action.interrupts.empty()) return {};
  std::string shape = fmt::format("{}", to_string(action.operation));
  for (const ObjectChange& object : action.objects) {
    const Operation operation = operation_of(object);
    if (operation == Operation::update || operation == Operation::replace) return {};
    shape += fmt::format("|{} {}", to_string(operation), object.id.kind);
    for (const FieldChange& field : object.fields) {
      if (!field.owned_by.empty()) return {};
    }
  }
  return shape;
}

/// ` (https://…)` where a new remote Secret is to be dialled: the one value in which peers of one shape matter to a
/// reader.
std::string server_of(const Action& action) {
  for (const ObjectChange& object : action.objects) {
    const auto* create = std::get_if<CreateObject>(&object.what);
    if (create == nullptr) continue;
    const std::string server = text_at(create->body, {"metadata", "annotations", "mesh-engine.dev/server"});
    if (!server.empty()) return fmt::format(" ({})", printable(server));
  }
  return {};
}

/// `the same for 3 more peers: a, b, c`, folded at the line's end.
std::string rest_of(const std::vector<const Action*>& rest, const Paint& paint) {
  const Operation operation = rest.front()->operation;
  std::string text = fmt::format("  {} the same for {}:", paint(ink_of(operation), symbol(operation)),
                                 count(rest.size(), "more peer"));
  std::size_t width = 40;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const std::string name = printable(*rest[i]->peer) + server_of(*rest[i]) + (i + 1 < rest.size() ? "," : "");
    if (width + name.size() + 1 > line_width) {
      text += "\n     ";
      width = 5;
    }
    text += " " + name;
    width += name.size() + 1;
  }
  return text + "\n";
}

std::string actions_of(const std::vector<const Action*>& actions, const Paint& paint) {
  std::string text;
  for (std::size_t i = 0; i < actions.size();) {
    const std::string shape = shape_of(*actions[i]);
    std::size_t end = i + 1;
    while (end < actions.size() && !shape.empty() && shape_of(*actions[end]) == shape) ++end;
    if (end - i >= least_alike) {
      text += block_of(*actions[i], paint);
      text += rest_of(
          {actions.begin() + static_cast<std::ptrdiff_t>(i) + 1, actions.begin() + static_cast<std::ptrdiff_t>(end)},
          paint);
    } else {
      for (std::size_t n = i; n < end; ++n) text += block_of(*actions[n], paint);
    }
    i = end;
  }
  return text;
}

std::string unreadable(const PlannedCluster& cluster, std::size_t unknown, const Paint& paint) {
  std::string text =
      fmt::format("{}  {}\n", paint(Ink::bold, printable(cluster.name)), paint(Ink::red, "could not be read"));
  for (const Diagnostic& why : cluster.error) {
    text += fmt::format("    {}: {}\n", printable(why.summary), printable(why.cause));
  }
  if (unknown > 0) {
    text += fmt::format("  {} {} here cannot be planned\n",
                        paint(ink_of(Operation::unknown), symbol(Operation::unknown)), count(unknown, "action"));
  }
  return text;
}

/// What is as it should be, and does not work yet.
std::string awaited(const Plan& plan, const Paint& paint) {
  std::string text;
  for (const Action& action : plan.actions) {
    if (!only_waits(action)) continue;
    text += paint(Ink::yellow,
                  fmt::format("Not ready: {}, {}.", printable(action.address.text), printable(action.reason))) +
            "\n";
  }
  return text;
}

std::string last_line(const Plan& plan, const Paint& paint) {
  const Summary sum = summarize(plan);
  std::string text;
  if (has_changes(plan)) {
    text = paint(Ink::bold, "Plan:") +
           fmt::format(" {} to create, {} to update, {} to replace, {} to delete, {} unchanged{}.\n", sum.create,
                       sum.update, sum.replace, sum.delete_, sum.unchanged,
                       sum.unknown == 0 ? "" : fmt::format(", {} unknown", sum.unknown));
  } else if (plan.intent == Intent::destroy) {
    text = sum.unknown == 0 ? "No changes. Nothing of this mesh is left.\n"
                            : "No changes. Nothing of this mesh is left where it could be read.\n";
  } else {
    const bool chosen = !plan.only.empty() || !plan.exclude.empty();
    const std::string all = has_errors(plan.diagnostics) ? "No changes in what could be planned: see the errors.\n"
                            : chosen
                                ? fmt::format("No changes in the {} chosen.\n", count(plan.actions.size(), "action"))
                                : "No changes. The clusters match the spec.\n";
    text = sum.unknown == 0
               ? all
               : fmt::format("No changes where it could be read. {} unknown.\n", count(sum.unknown, "action"));
  }
  text += awaited(plan, paint);
  std::vector<std::string> missed;
  for (const PlannedCluster& cluster : plan.clusters) {
    if (!cluster.reachable) missed.push_back(printable(cluster.name));
  }
  if (!missed.empty()) {
    text += paint(Ink::red,
                  fmt::format("{} could not be read: {}.", count(missed.size(), "cluster"), fmt::join(missed, ", "))) +
            "\n";
  }
  return text;
}

}  // namespace

std::string render_plan(const Plan& plan, Color color) {
  const Paint paint(color);
  std::vector<PlannedCluster> clusters = plan.clusters;
  std::map<std::string_view, std::vector<const Action*>> by_cluster;
  for (const PlannedCluster& cluster : plan.clusters) by_cluster[cluster.name];
  for (const Action& action : plan.actions) {
    const auto [place, is_new] = by_cluster.try_emplace(action.cluster);
    if (is_new) clusters.push_back({action.cluster, true, {}, {}});
    if (action.operation != Operation::unchanged) place->second.push_back(&action);
  }
  std::string text;
  for (const PlannedCluster& cluster : clusters) {
    const std::vector<const Action*>& shown = by_cluster[cluster.name];
    if (!cluster.reachable) {
      text += unreadable(cluster, shown.size(), paint) + "\n";
    } else if (!shown.empty()) {
      text += paint(Ink::bold, printable(cluster.name)) + "\n" + actions_of(shown, paint) + "\n";
    }
  }
  return text + last_line(plan, paint);
}

}  // namespace mesh
