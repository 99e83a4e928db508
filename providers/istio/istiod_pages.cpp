#include "providers/istio/istiod_pages.h"

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"

namespace mesh::istio {

kubernetes::Read istiod_pods(const std::string& system_namespace) {
  return {.id = {"v1", "Pod", system_namespace, ""}, .label_selector = "app=istiod"};
}

bool can_be_asked(const Object& pod) {
  return text_at(*pod.body, {"status", "phase"}) == "Running" && deletion_time(pod) == nullptr;
}

kubernetes::ExecRequest istiod_page(const ObjectId& pod, const std::string& page) {
  return {.ns = pod.ns,
          .pod = pod.name,
          .container = "discovery",
          .command = {"pilot-discovery", "request", "GET", "/debug/" + page}};
}

std::optional<nlohmann::json> parse_istiod_page(std::string_view printed) {
  while (!printed.empty()) {
    if (printed.front() == '{' || printed.front() == '[') {
      // A line of the log may be JSON as well; more follows it.
      if (auto page = parse_foreign_json(printed)) return std::move(*page);
    }
    const auto end = printed.find('\n');
    printed.remove_prefix(end == std::string_view::npos ? printed.size() : end + 1);
  }
  return std::nullopt;
}

}  // namespace mesh::istio
