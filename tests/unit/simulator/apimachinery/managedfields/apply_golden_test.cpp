// What a real API server answered (record_golden.py), asked of the simulator's functions.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "providers/simulator/apimachinery/managedfields/apply.h"
#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/schema/defaults.h"
#include "providers/simulator/apimachinery/schema/strategy.h"
#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apimachinery/strategicpatch/json_patch.h"
#include "providers/simulator/apimachinery/strategicpatch/strategic_merge.h"
#include "providers/simulator/apimachinery/validation/validate.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::filesystem::path folder =
    std::filesystem::path(MESH_SOURCE_DIR) / "tests/unit/simulator/apimachinery/golden";

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

FieldValidation validation_of(const std::string& name) {
  if (name == "Strict") return FieldValidation::strict;
  return name == "Ignore" ? FieldValidation::ignore : FieldValidation::warn;
}

/// Entries of a list, by who owns them.
std::vector<json> times_of(const json& object) {
  std::vector<json> times;
  for (json entry : object.value(json::json_pointer("/metadata/managedFields"), json::array())) {
    entry.erase("fieldsV1");
    times.push_back(std::move(entry));
  }
  return times;
}

/// The second in which the server worked: the latest time of an entry that it wrote.
std::string time_of(const json& step) {
  if (!step.at("after").is_object()) return step.at("now");
  const std::vector<json> before = step.at("before").is_object() ? times_of(step.at("before")) : std::vector<json>{};
  std::string latest;
  for (const json& entry : times_of(step.at("after")))
    if (std::find(before.begin(), before.end(), entry) == before.end())
      latest = std::max(latest, entry.value("time", ""));
  return latest.empty() ? step.at("now").get<std::string>() : latest;
}

struct Reply {
  json body;
  std::vector<std::string> warnings;
};

/// One request through the functions in the order of the server: read, default, own, prepare, check.
class Replay {
 public:
  explicit Replay(const json& step) : step_(step), before_(step.at("before")) {
    write_ = {step.at("group"),       step.at("version"), step.at("kind"), step.at("resource"),
              step.at("subresource"), step.at("manager"), time_of(step),   step.at("force")};
    validation_ = validation_of(step.at("validation"));
  }

  ApiResult<Reply> run() {
    auto drafted = draft();
    if (!drafted) return tl::unexpected(drafted.error());
    json object = std::move(*drafted);
    if (before_.is_null())
      prepare_for_create(write_, object);
    else
      prepare_for_update(write_, before_, object);
    if (step_.at("status") < 300) allocate(object);
    const auto refused = before_.is_null() ? validate_create(write_, object) : validate_update(write_, before_, object);
    if (refused) return tl::unexpected(*refused);
    return Reply{std::move(object), std::move(warnings_)};
  }

 private:
  ApiResult<json> keep(ApiResult<Decoded> decoded) {
    if (!decoded) return tl::unexpected(decoded.error());
    warnings_.insert(warnings_.end(), decoded->warnings.begin(), decoded->warnings.end());
    return std::move(decoded->object);
  }

  ApiResult<json> tracked(ApiResult<json> object) {
    if (!object) return object;
    set_defaults(write_, *object);
    return track_update(write_, before_, std::move(*object));
  }

  ApiResult<json> draft() {
    const std::string verb = step_.at("verb");
    const std::string body = step_.at("body");
    if (verb == "create" || verb == "update") return tracked(keep(decode_object(write_, body, validation_)));
    if (verb == "apply") {
      auto config = decode_apply(body);
      return config ? server_side_apply(write_, before_, *config) : config;
    }
    const PatchKind kind = verb == "json"    ? PatchKind::operations
                           : verb == "merge" ? PatchKind::merge
                                             : PatchKind::strategic;
    const auto sent = decode_patch(kind, body);
    if (!sent) return tl::unexpected(sent.error());
    const json* patch = &*sent;
    auto patched = kind == PatchKind::operations ? json_patch(before_, *patch)
                   : kind == PatchKind::merge    ? ApiResult<json>(merge_patch(before_, *patch))
                                                 : strategic_merge_patch(write_, before_, *patch);
    if (!patched) return patched;
    return tracked(keep(decode_object(write_, *patched, validation_)));
  }

  /// What the store and the allocators give, from the recorded answer.
  void allocate(json& object) const {
    const json& after = step_.at("after");
    const json metadata = after.value("metadata", json::object());
    for (const char* name : {"uid", "creationTimestamp", "resourceVersion", "namespace"})
      if (metadata.contains(name) && (before_.is_null() || name == std::string("resourceVersion")))
        object["metadata"][name] = metadata.at(name);
    if (!after.contains("spec")) return;
    json& spec = object["spec"];
    if (write_.kind == "Pod")
      for (const char* name :
           {"preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations", "volumes"})
        as_in(after["spec"], spec, name);
    if (write_.kind == "Pod") as_in(after["spec"]["containers"][0], spec["containers"][0], "volumeMounts");
    if (write_.kind != "Service") return;
    for (const char* name : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort",
                             "allocateLoadBalancerNodePorts"})
      as_in(after["spec"], spec, name);
    if (!before_.is_null() && write_.subresource.empty()) as_in(after["status"], object["status"], "loadBalancer");
    const json there = after["spec"].value("ports", json::array());
    for (std::size_t i = 0; i < there.size() && i < spec["ports"].size(); ++i)
      as_in(there[i], spec["ports"][i], "nodePort");
    if (spec["ports"].is_null()) spec.erase("ports");
  }

  static void as_in(const json& from, json& to, const char* name) {
    if (from.contains(name))
      to[name] = from.at(name);
    else
      to.erase(name);
  }

  const json& step_;
  const json& before_;
  Write write_;
  FieldValidation validation_ = FieldValidation::warn;
  std::vector<std::string> warnings_;
};

/// Answers that come from the store, not from the fields.
bool of_the_store(const json& answer) {
  const std::string message = answer.is_object() ? answer.value("message", "") : "";
  return message.find("already exists") != std::string::npos || message.find("on the URL") != std::string::npos ||
         message.find("does not match the namespace") != std::string::npos ||
         message.find("object has been modified") != std::string::npos ||
         message.find("undeterminable") != std::string::npos ||
         message.find("must be specified for an update") != std::string::npos;
}

/// Warnings about fields that the kind does not have; others are not simulated.
std::vector<std::string> field_warnings(const json& headers) {
  std::vector<std::string> unknown;
  for (const std::string header : headers)
    if (header.starts_with("299 - \"unknown field")) unknown.push_back(header);
  return unknown;
}

/// What a refusal is compared by: all but its wording. Of the causes reason and field, each pair once, in no order, for
/// the server checks some fields several times; a conflict's message counts, as it names the other manager.
json without_wording(json status) {
  if (status.value("kind", "") != "Status") return status;
  status.erase("message");
  const json::json_pointer place("/details/causes");
  if (!status.contains(place)) return status;
  std::set<json> causes;
  for (json cause : status.at(place)) {
    if (cause.value("reason", "") != "FieldManagerConflict") cause.erase("message");
    causes.insert(std::move(cause));
  }
  status[place] = causes;
  return status;
}

class ApplyGolden : public testing::TestWithParam<std::string> {};

TEST_P(ApplyGolden, agrees) {
  std::ifstream file(folder / (GetParam() + ".json"));
  for (const json& step : json::parse(file)) {
    if (of_the_store(step.at("after"))) continue;
    SCOPED_TRACE(step.at("title").get<std::string>());
    auto reply = Replay(step).run();
    const json answer = without_wording(reply ? reply->body : to_status(reply.error()));
    const int status = step.at("status") == 201 ? 200 : step.at("status").get<int>();
    EXPECT_EQ(reply ? 200 : reply.error().code, status);
    EXPECT_EQ(json::diff(without_wording(step.at("after")), answer), json::array()) << answer.dump();
    if (!reply) continue;
    std::vector<std::string> headers;
    for (const std::string& warning : reply->warnings) headers.push_back("299 - " + json(warning).dump());
    EXPECT_EQ(headers, field_warnings(step.at("warnings")));
    // A write that changes nothing is none: the store compares.
    const json& before = step.at("before");
    const json::json_pointer version("/metadata/resourceVersion");
    if (before.is_object() && before.at(version) == step.at("after").at(version)) {
      EXPECT_EQ(json::diff(before, answer), json::array());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, ApplyGolden, testing::ValuesIn(golden_names()),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace mesh::simulator
