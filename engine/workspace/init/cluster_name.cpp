#include "engine/workspace/init/cluster_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/load/check_names.h"

namespace mesh {
namespace {

/// Leaves room for the number, and for the `cn-PROJECT-global-` before it in most ids.
constexpr std::size_t longest_name = 40;

std::string_view short_form(std::string_view context) {
  // arn:aws:eks:eu-west-1:123456789012:cluster/store
  if (context.starts_with("arn:")) return context.substr(context.rfind('/') + 1);
  // gke_project_location_name, connectgateway_project_location_name
  const bool google = context.starts_with("gke_") || context.starts_with("connectgateway_");
  if (google && std::count(context.begin(), context.end(), '_') >= 3) return context.substr(context.rfind('_') + 1);
  // user@cluster
  if (const auto at = context.rfind('@'); at != std::string_view::npos && at + 1 < context.size()) {
    context = context.substr(at + 1);
  }
  // name.region.eksctl.io
  if (context.ends_with(".eksctl.io")) return context.substr(0, context.find('.'));
  return context;
}

std::string label_of(std::string_view text) {
  std::string label = as_dns_label(text.substr(0, longest_name));
  return label.empty() ? "cluster" : label;
}

}  // namespace

std::string cluster_name(const std::string& context, const std::set<std::string>& taken) {
  for (const std::string_view form : {short_form(context), std::string_view(context)}) {
    std::string name = label_of(form);
    if (!taken.contains(name)) return name;
  }
  for (int number = 2;; ++number) {
    std::string name = fmt::format("{}-{}", label_of(short_form(context)), number);
    if (!taken.contains(name)) return name;
  }
}

}  // namespace mesh
