#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string rbac_group = "rbac.authorization.k8s.io";

std::vector<Rule> rules_of(const json& role) {
  std::vector<Rule> rules;
  const auto found = role.find("rules");
  if (found == role.end() || !found->is_array()) return rules;
  for (const json& rule : *found) rules.push_back(rule_of(rule));
  return rules;
}

/// One rule per verb, group, resource and name, so that each can be looked for.
std::vector<Rule> taken_apart(const Rule& rule) {
  std::vector<Rule> parts;
  for (const std::string& group : rule.groups) {
    for (const std::string& resource : rule.resources) {
      for (const std::string& verb : rule.verbs) {
        if (rule.names.empty()) parts.push_back({{verb}, {group}, {resource}, {}, {}});
        for (const std::string& name : rule.names) parts.push_back({{verb}, {group}, {resource}, {name}, {}});
      }
    }
  }
  for (const std::string& path : rule.paths) {
    for (const std::string& verb : rule.verbs) parts.push_back({{verb}, {}, {}, {}, {path}});
  }
  return parts;
}

bool has_all(const std::vector<std::string>& owner, const std::vector<std::string>& desired) {
  return std::ranges::all_of(desired, [&](const std::string& one) {
    return std::ranges::find(owner, one) != owner.end() || std::ranges::find(owner, "*") != owner.end();
  });
}

bool has_resource(const std::vector<std::string>& owner, const std::string& desired) {
  const auto slash = desired.find('/');
  return has_all(owner, {desired}) ||
         (slash != std::string::npos && std::ranges::find(owner, "*" + desired.substr(slash)) != owner.end());
}

bool has_path(const std::vector<std::string>& owner, const std::string& desired) {
  return std::ranges::any_of(owner, [&](const std::string& one) {
    return one == desired || (one.ends_with('*') && desired.starts_with(one.substr(0, one.size() - 1)));
  });
}

/// Whether one rule gives all of a part.
bool gives(const Rule& rule, const Rule& part) {
  if (!has_all(rule.verbs, part.verbs)) return false;
  if (!part.paths.empty()) return has_path(rule.paths, part.paths.front());
  if (!has_all(rule.groups, part.groups) || !has_resource(rule.resources, part.resources.front())) return false;
  if (rule.names.empty()) return true;
  return !part.names.empty() && std::ranges::find(rule.names, part.names.front()) != rule.names.end();
}

std::string list_text(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(fmt::format("\"{}\"", text));
  return fmt::format("[{}]", fmt::join(quoted, " "));
}

std::string rule_text(const Rule& rule) {
  std::vector<std::string> parts;
  if (!rule.groups.empty()) parts.push_back("APIGroups:" + list_text(rule.groups));
  if (!rule.resources.empty()) parts.push_back("Resources:" + list_text(rule.resources));
  if (!rule.paths.empty()) parts.push_back("NonResourceURLs:" + list_text(rule.paths));
  if (!rule.names.empty()) parts.push_back("ResourceNames:" + list_text(rule.names));
  parts.push_back("Verbs:" + list_text(rule.verbs));
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

/// The parts that nothing gives, verbs of one resource in one line, sorted as text. Paths are not put together.
std::set<std::string> missing_texts(const std::vector<Rule>& desired, const std::vector<Granted>& held) {
  std::vector<Rule> missing;
  for (const Rule& rule : desired) {
    for (Rule& part : taken_apart(rule)) {
      if (std::ranges::any_of(held, [&](const Granted& one) { return gives(one.rule, part); })) continue;
      const auto same = std::ranges::find_if(missing, [&](const Rule& other) {
        return part.paths.empty() && other.paths.empty() && other.groups == part.groups &&
               other.resources == part.resources && other.names == part.names;
      });
      if (same == missing.end()) {
        missing.push_back(std::move(part));
      } else if (std::ranges::find(same->verbs, part.verbs.front()) == same->verbs.end()) {
        same->verbs.push_back(part.verbs.front());
      }
    }
  }
  std::set<std::string> texts;
  for (const Rule& rule : missing) texts.insert(rule_text(rule));
  return texts;
}

Reply refused(const User& user, const RequestInfo& request, const std::string& name,
              const std::set<std::string>& missing, const std::vector<std::string>& errors) {
  std::string why =
      fmt::format("user \"{}\" (groups={}) is attempting to grant RBAC permissions not currently held:\n{}", user.name,
                  list_text(user.groups), fmt::join(missing, "\n"));
  if (!errors.empty()) why += fmt::format("; resolution errors: [{}]", fmt::join(errors, ", "));
  return failure_reply(403, "Forbidden",
                       fmt::format("{} \"{}\" is forbidden: {}", qualified(request.resource, request.group), name, why),
                       {{"name", name}, {"group", request.group}, {"kind", request.resource}});
}

/// What the role of a binding gives: 404 when it is not there.
tl::expected<std::vector<Rule>, Reply> bound_rules(const json& binding, const RequestInfo& request,
                                                   const Objects& objects) {
  const json reference = binding.value("roleRef", json::object());
  const std::string name = text_at(reference, "name");
  const bool wide = text_at(reference, "kind") == "ClusterRole";
  const ObjectPtr role = objects.get({rbac_group, wide ? "clusterroles" : "roles"}, wide ? "" : request.ns, name);
  if (role) return rules_of(*role);
  return tl::unexpected(failure_reply(404, "NotFound",
                                      fmt::format("{} \"{}\" not found", qualified(request.resource, rbac_group), name),
                                      {{"name", name}, {"group", rbac_group}, {"kind", request.resource}}));
}

bool may(const User& user, const RequestInfo& request, const char* verb, const std::string& resource,
         const std::string& name, const Objects& objects) {
  RequestInfo question = request;
  question.verb = verb;
  question.resource = resource;
  question.name = name;
  question.subresource.clear();
  return authorize(user, question, objects).allowed;
}

}  // namespace

std::optional<Reply> check_escalation(const User& user, const RequestInfo& request, const json& object,
                                      const json& before, const Objects& objects) {
  if (user.in_group("system:masters") || request.group != rbac_group) return std::nullopt;
  const std::string name = text_at(object.value("metadata", json::object()), "name");
  const bool binding = request.resource.ends_with("bindings");
  std::vector<Rule> desired;
  if (binding) {
    const json reference = object.value("roleRef", json::object());
    const std::string plural = text_at(reference, "kind") == "ClusterRole" ? "clusterroles" : "roles";
    if (before.is_object() && before.value("subjects", json()) == object.value("subjects", json())) return std::nullopt;
    if (may(user, request, "bind", plural, text_at(reference, "name"), objects)) return std::nullopt;
    auto rules = bound_rules(object, request, objects);
    if (!rules) return rules.error();
    desired = std::move(*rules);
  } else {
    desired = rules_of(object);
    if (before.is_object() && rules_of(before) == desired) return std::nullopt;
    if (may(user, request, "escalate", request.resource, name, objects)) return std::nullopt;
  }
  const Rights held = rights_of(user, request.ns, objects);
  const auto missing = missing_texts(desired, held.rules);
  if (missing.empty()) return std::nullopt;
  std::vector<std::string> errors;
  for (const std::string& error : held.errors) errors.push_back("roles" + error.substr(error.find('.')));
  return refused(user, request, name, missing, errors);
}

}  // namespace mesh::simulator
