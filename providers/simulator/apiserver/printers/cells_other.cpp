#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/printers/table.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::int64_t size_of(const json& value) { return static_cast<std::int64_t>(value.size()); }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

std::string event_source(const json& event) {
  const std::string component = text_member(event, "/source/component", text_at(event, "reportingComponent"));
  const std::string instance = text_member(event, "/source/host", text_at(event, "reportingInstance"));
  return instance.empty() ? component : component + ", " + instance;
}

json event_cells(const json& event, Now now) {
  const std::string first_time = text_member(event, "/firstTimestamp", text_member(event, "/eventTime"));
  const std::string first = age_text(first_time, now);
  std::string last = age_text(text_member(event, "/lastTimestamp", first_time), now);
  std::int64_t count = number_member(event, "/count", 0);
  if (member(event, "/series").is_object()) {
    last = age_text(text_member(event, "/series/lastObservedTime"), now);
    count = number_member(event, "/series/count");
  } else if (count == 0) {
    count = 1;
  }
  const std::string name = text_member(event, "/involvedObject/name");
  const std::string kind = lower(text_member(event, "/involvedObject/kind"));
  return {last,
          text_at(event, "type"),
          text_at(event, "reason"),
          name.empty() ? kind : kind + "/" + name,
          text_member(event, "/involvedObject/fieldPath"),
          event_source(event),
          trimmed(text_at(event, "message")),
          first,
          count,
          text_member(event, "/metadata/name")};
}

json binding_cells(const json& binding, Now now) {
  std::vector<std::string> users;
  std::vector<std::string> groups;
  std::vector<std::string> accounts;
  for (const json& one : member(binding, "/subjects")) {
    const std::string kind = text_at(one, "kind");
    const std::string name = text_at(one, "name");
    if (kind == "User") users.push_back(name);
    if (kind == "Group") groups.push_back(name);
    if (kind == "ServiceAccount") accounts.push_back(text_at(one, "namespace") + "/" + name);
  }
  return {fmt::format("{}/{}", text_member(binding, "/roleRef/kind"), text_member(binding, "/roleRef/name")),
          age_of(binding, now), fmt::format("{}", fmt::join(users, ", ")), fmt::format("{}", fmt::join(groups, ", ")),
          fmt::format("{}", fmt::join(accounts, ", "))};
}

json webhook_cells(const json& object, Now now) { return {size_of(member(object, "/webhooks")), age_of(object, now)}; }

}  // namespace

std::string age_of(const json& object, Now now) {
  return age_text(text_member(object, "/metadata/creationTimestamp"), now);
}

std::string labels_text(const json& labels) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : labels.items())
    texts.push_back(key + "=" + (value.is_string() ? value.get<std::string>() : ""));
  return texts.empty() ? "<none>" : fmt::format("{}", fmt::join(texts, ","));
}

std::string selector_text(const json& selector, const std::string& none) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const auto& [key, value] : member(selector, "/matchLabels").items()) {
    parts.emplace_back(key, key + "=" + value.get<std::string>());
  }
  for (const json& one : member(selector, "/matchExpressions")) {
    const std::string key = text_at(one, "key");
    const std::string how = text_at(one, "operator");
    std::vector<std::string> values = texts_at(one, "values");
    std::ranges::sort(values);
    const std::string list = fmt::format("({})", fmt::join(values, ","));
    parts.emplace_back(key, how == "In"       ? key + " in " + list
                            : how == "NotIn"  ? key + " notin " + list
                            : how == "Exists" ? key
                                              : "!" + key);
  }
  std::ranges::stable_sort(parts, {}, &std::pair<std::string, std::string>::first);
  std::vector<std::string> texts;
  for (const auto& part : parts) texts.push_back(part.second);
  return texts.empty() ? none : fmt::format("{}", fmt::join(texts, ","));
}

void add_other_cells(CellMakers& makers) {
  makers[{"", "events"}] = event_cells;
  makers[{"", "namespaces"}] = [](const json& object, Now now) {
    return json{text_member(object, "/status/phase"), age_of(object, now)};
  };
  makers[{"", "secrets"}] = [](const json& object, Now now) {
    return json{text_at(object, "type"), size_of(member(object, "/data")), age_of(object, now)};
  };
  makers[{"", "configmaps"}] = [](const json& object, Now now) {
    return json{size_of(member(object, "/data")) + size_of(member(object, "/binaryData")), age_of(object, now)};
  };
  makers[{"", "serviceaccounts"}] = [](const json& object, Now now) { return json::array({age_of(object, now)}); };
  makers[{"coordination.k8s.io", "leases"}] = [](const json& object, Now now) {
    return json{text_member(object, "/spec/holderIdentity"), age_of(object, now)};
  };
  makers[{"rbac.authorization.k8s.io", "rolebindings"}] = binding_cells;
  makers[{"rbac.authorization.k8s.io", "clusterrolebindings"}] = binding_cells;
  makers[{"admissionregistration.k8s.io", "mutatingwebhookconfigurations"}] = webhook_cells;
  makers[{"admissionregistration.k8s.io", "validatingwebhookconfigurations"}] = webhook_cells;
}

}  // namespace mesh::simulator
