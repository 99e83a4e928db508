#include "tests/support/fake_client.h"

#include <fmt/format.h>

#include <condition_variable>

#include "engine/base/digest.h"
#include "engine/plan/diff/compare.h"
#include "engine/plan/diff/schema_tree.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace mesh::testing {
namespace {

using kubernetes::CallLimits;
using kubernetes::Content;
using kubernetes::Read;
using kubernetes::ReadAnswer;
using nlohmann::json;

/// As strategic merge patches merge: keyed lists item by item, `$patch: delete` taking an item out. A merge patch is
/// one in which no keyed list occurs.
void merge_patch(const SchemaNode& schema, json& body, const json& patch) {
  for (const auto& [name, value] : patch.items()) {
    const SchemaNode& below = field_of(schema, name);
    if (value.is_null()) {
      body.erase(name);
    } else if (value.is_object()) {
      merge_patch(below, body[name], value);
    } else if (!value.is_array() || below.keyed == nullptr) {
      body[name] = value;
    } else {
      for (const json& item : value) {
        json& list = body[name];
        const json* found = item_with_key(*below.keyed, list, key_of(*below.keyed, item));
        if (found == nullptr) continue;
        if (item.value("$patch", "") == "delete") {
          list.erase(list.begin() + (found - &list[0]));
        } else {
          merge_patch(item_of(below), list[static_cast<std::size_t>(found - &list[0])], item);
        }
      }
    }
  }
}

/// The API server answers in the version that it is asked in.
Object in_version(Object object, const std::string& api_version) {
  if (object.id.api_version == api_version) return object;
  object.id.api_version = api_version;
  json body = *object.body;
  body["apiVersion"] = api_version;
  object.body = std::move(body);
  return object;
}

Object as_metadata(Object object) {
  object.metadata_only = true;
  object.body =
      json{{"apiVersion", object.id.api_version}, {"kind", object.id.kind}, {"metadata", object.body->at("metadata")}};
  return object;
}

class FakeClient final : public kubernetes::Client {
 public:
  FakeClient(FakeServer& server, std::string field_manager)
      : server_(server), field_manager_(std::move(field_manager)) {}

  std::string server() const override { return server_.url; }
  std::string ca_pem() const override { return server_.ca_pem; }
  bool insecure() const override { return server_.insecure; }
  const std::string& field_manager() const override { return field_manager_; }

  Result<std::string> version(const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    if (auto why = log("version")) return failure(*why);
    return server_.version;
  }

  std::vector<Result<ReadAnswer>> read_all(const std::vector<Read>& reads, const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    std::vector<Result<ReadAnswer>> answers;
    for (const Read& read : reads) answers.push_back(read_one(read));
    return answers;
  }

  kubernetes::Survey survey(const std::vector<Read>& reads, const CallLimits& limits) override {
    return {version(limits), read_all(reads, limits)};
  }

  Result<kubernetes::Applied> apply(const ObjectId& id, const json& body, kubernetes::Force force,
                                    const CallLimits& limits) override {
    const std::lock_guard lock(server_.mutex);
    const bool forced = force == kubernetes::Force::yes;
    const std::string call = fmt::format("apply {}{}", to_string(id), forced ? " (forced)" : "");
    return sent(call, limits, [&]() -> Result<kubernetes::Applied> {
      const bool there = server_.cluster.find(id) != nullptr;
      auto answer = server_.cluster.apply(id, body, field_manager_, forced ? Forced::yes : Forced::no);
      if (!answer) return failure(std::move(answer.error()));
      if (server_.controllers) play(id);
      return kubernetes::Applied{.object = std::move(*answer), .created = !there};
    });
  }

  Result<Object> patch(const ObjectId& id, kubernetes::PatchType, const json& patch,
                       const CallLimits& limits) override {
    const std::lock_guard lock(server_.mutex);
    return sent("patch " + to_string(id), limits, [&]() -> Result<Object> {
      const Object* now = server_.cluster.find(id);
      if (now == nullptr || now->resource_version != patch["metadata"].value("resourceVersion", "")) {
        return failure(Diagnostic{.code = Code::conflict, .summary = "the object has been modified"});
      }
      json change = patch;
      change["metadata"].erase("resourceVersion");
      change["metadata"].erase("uid");
      static const SchemaTrees schemas(kubernetes::field_schemas());
      server_.cluster.update(id, field_manager_,
                             [&](json& body) { merge_patch(schemas.of_kind(id.kind), body, change); });
      return *server_.cluster.find(id);
    });
  }

  Result<void> remove(const ObjectId& id, const std::string& uid, const CallLimits& limits,
                      const std::string& resource_version) override {
    const std::lock_guard lock(server_.mutex);
    return sent("remove " + to_string(id), limits, [&]() -> Result<void> {
      const Object* now = server_.cluster.find(id);
      const bool other = now != nullptr &&
                         (now->uid != uid || (!resource_version.empty() && now->resource_version != resource_version));
      if (other) return failure(Diagnostic{.code = Code::conflict, .summary = "precondition failed"});
      if (server_.lingers.erase(id) > 0) {
        server_.cluster.update(id, "kube-apiserver",
                               [](json& body) { body["metadata"]["deletionTimestamp"] = "2026-11-22T13:00:00Z"; });
        return failure(Diagnostic{.code = Code::cancelled, .summary = "stopped", .cause = "it is being deleted"});
      }
      server_.cluster.remove(id);
      return {};
    });
  }

  Result<void> wait(const Read& read, const kubernetes::JudgeReadiness& judge,
                    const std::function<void(const std::string&)>& on_change, const CallLimits& limits) override {
    const ObjectId& id = read.id;
    if (id.name.empty()) return watch_list(read, judge, limits);
    Readiness now;
    {
      const std::lock_guard lock(server_.mutex);
      if (auto why = log("wait " + to_string(id))) return failure(*why);
      now = judge(server_.cluster.find(id));
    }
    if (now.ready()) return {};
    on_change(now.message);
    if (server_.waits_block && now.state == Readiness::State::pending) {
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      never.wait(lock, limits.stop, [] { return false; });
      return failure(Diagnostic{.code = Code::cancelled, .summary = "stopped", .cause = now.message});
    }
    return failure(Diagnostic{.code = Code::not_ready, .summary = "not ready in time", .cause = now.message});
  }

  Result<void> dial(const std::string& url, const std::string&, const std::string& token, const std::string&,
                    const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    if (auto why = log("dial " + url)) return failure(*why);
    server_.dialled_tokens.push_back(token);
    return {};
  }

  Result<kubernetes::Probe> probe(const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    if (auto why = log("probe")) return failure(*why);
    return kubernetes::Probe{.took = server_.latency, .clock_skew = server_.clock_skew};
  }

  std::vector<Result<bool>> may(const std::vector<Right>& rights, const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    std::vector<Result<bool>> answers;
    const auto why = log("may");
    for (const Right& right : rights) {
      answers.push_back(why ? Result<bool>(failure(*why)) : Result<bool>(!server_.denied.contains(to_string(right))));
    }
    return answers;
  }

  Result<kubernetes::ExecAnswer> exec(const kubernetes::ExecRequest& exec, const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    const std::string words = fmt::format("{}", fmt::join(exec.command, " "));
    if (auto why = log(fmt::format("exec {}/{} {}: {}", exec.ns, exec.pod, exec.container, words))) {
      return failure(*why);
    }
    if (server_.exec) return server_.exec(exec);
    return failure(Diagnostic{.code = Code::forbidden, .summary = "access is denied"});
  }

  Result<std::string> logs(const kubernetes::LogsRequest& logs, const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    if (auto why = log(fmt::format("logs {}/{} {}", logs.ns, logs.pod, logs.container))) return failure(*why);
    return std::string();
  }

  Result<std::string> pod_page(const kubernetes::PodPage& page, const CallLimits&) override {
    const std::lock_guard lock(server_.mutex);
    if (auto why = log(fmt::format("page {}/{}:{}{}", page.ns, page.pod, page.port, page.path))) return failure(*why);
    if (server_.page) return server_.page(page);
    return failure(Diagnostic{.code = Code::forbidden, .summary = "access is denied"});
  }

  std::size_t requests_sent() const override {
    const std::lock_guard lock(server_.mutex);
    return server_.calls.size();
  }

 private:
  template <typename Send>
  auto sent(const std::string& call, const CallLimits& limits, const Send& send) -> decltype(send()) {
    if (auto why = log(call)) return failure(*why);
    if (server_.lose && server_.lose(call)) {
      static_cast<void>(send());
      if (limits.on_retry) limits.on_retry("the connection broke", std::chrono::milliseconds(1));
    }
    return send();
  }

  std::optional<Diagnostic> log(const std::string& call) {
    server_.calls.push_back(call);
    return server_.fail ? server_.fail(call) : std::nullopt;
  }

  static bool has_label(const Object& object, const std::string& selector) {
    if (selector.empty()) return true;
    if (const auto comma = selector.find(','); comma != std::string::npos)
      return has_label(object, selector.substr(0, comma)) && has_label(object, selector.substr(comma + 1));
    const auto equals = selector.find('=');
    const json* value =
        find_value(object.body, {FieldName{"metadata"}, FieldName{"labels"}, FieldName{selector.substr(0, equals)}});
    return value != nullptr && (equals == std::string::npos || *value == selector.substr(equals + 1));
  }

  /// Judges what is there; then nothing happens until the caller stops it.
  Result<void> watch_list(const Read& read, const kubernetes::JudgeReadiness& judge, const CallLimits& limits) {
    std::vector<Object> objects;
    {
      const std::lock_guard lock(server_.mutex);
      auto answer = read_one(read);
      if (!answer) return failure(std::move(answer.error()));
      objects = std::move(answer->objects);
    }
    for (const Object& object : objects) {
      const Readiness now = judge(&object);
      if (now.state != Readiness::State::failed) continue;
      return failure(Diagnostic{.code = Code::not_ready, .summary = "failed", .cause = now.message});
    }
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, limits.stop, [] { return false; });
    return failure(Diagnostic{.code = Code::cancelled, .summary = "stopped"});
  }

  Result<ReadAnswer> read_one(const Read& read) {
    const bool slim = read.content == Content::metadata_only;
    if (auto why = log(fmt::format("read {}{}", to_string(read.id), slim ? " (metadata)" : ""))) return failure(*why);
    ReadAnswer answer;
    const bool gateway = read.id.kind == "Gateway" && read.id.group() == "networking.istio.io";
    const std::string version = read.id.api_version.substr(read.id.api_version.find('/') + 1);
    answer.served = !gateway || server_.gateway_versions.contains(version);
    if (!answer.served) return answer;
    const ClusterState all = server_.cluster.read({});
    for (const auto& [id, found] : all.found) {
      const bool match = id.group() == read.id.group() && id.kind == read.id.kind &&
                         (read.id.name.empty() ? read.id.ns.empty() || id.ns == read.id.ns
                                               : id.ns == read.id.ns && id.name == read.id.name);
      if (!match || !has_label(found, read.label_selector)) continue;
      if (!read.not_in_namespace.empty() && id.ns == read.not_in_namespace) continue;
      answer.objects.push_back(in_version(slim ? as_metadata(found) : *server_.cluster.find(id), read.id.api_version));
    }
    return answer;
  }

  void play(const ObjectId& id) {
    const std::string controller = "kube-controller-manager";
    if (id.kind == "Secret") {
      const Object* now = server_.cluster.find(id);
      if (now->body->value("type", "") != "kubernetes.io/service-account-token" || now->body->contains("data")) return;
      server_.cluster.update(id, controller, [&](json& body) {
        body["data"] = {{"token", base64_encode("token-of-" + server_.name)},
                        {"ca.crt", base64_encode("ca-of-cluster")}};
      });
    } else if (id.kind == "Deployment") {
      server_.cluster.update(id, controller, [](json& body) {
        const json& pods = body["spec"]["replicas"];
        body["status"] = {{"replicas", pods}, {"updatedReplicas", pods}, {"availableReplicas", pods}};
      });
    } else if (id.kind == "Service") {
      server_.cluster.update(id, controller, [](json& body) {
        body["status"]["loadBalancer"]["ingress"] = json::array({json{{"ip", "203.0.113.7"}}});
      });
    }
  }

  FakeServer& server_;
  const std::string field_manager_;
};

}  // namespace

std::vector<std::string> FakeServer::calls_with(const std::string& part) {
  const std::lock_guard lock(mutex);
  std::vector<std::string> found;
  for (const std::string& call : calls) {
    if (call.find(part) != std::string::npos) found.push_back(call);
  }
  return found;
}

void FakeServer::install_istiod(const std::string& revision, const std::string& cluster_id, const std::string& ns) {
  const json container = {{"name", "discovery"},
                          {"env", json::array({json{{"name", "REVISION"}, {"value", revision}},
                                               json{{"name", "CLUSTER_ID"}, {"value", cluster_id}}})}};
  cluster.update({"v1", "Namespace", "", ns}, "kubectl", [](json&) {});
  cluster.update({"apps/v1", "Deployment", ns, "istiod-" + revision}, "istio-operator", [&](json& body) {
    body["metadata"]["labels"] = {{"app", "istiod"}, {"istio.io/rev", revision}};
    body["spec"]["template"]["spec"]["containers"] = json::array({container});
  });
}

FakeServer& FakeClients::add(const std::string& cluster, const FieldSchemas& schemas) {
  auto& server = servers_[cluster];
  server = std::make_unique<FakeServer>(cluster, schemas);
  server->url = fmt::format("https://{}.example:6443", cluster);
  return *server;
}

Result<std::unique_ptr<kubernetes::Client>> FakeClients::connect(const ClusterSpec& cluster,
                                                                 const std::string& field_manager, Diagnostics&) {
  {
    const std::lock_guard lock(mutex_);
    connected.insert(cluster.name);
  }
  if (refused.contains(cluster.name)) {
    return failure(Diagnostic{.code = Code::kubeconfig_invalid, .summary = "kubeconfig is not valid"});
  }
  return std::unique_ptr<kubernetes::Client>(std::make_unique<FakeClient>(*servers_.at(cluster.name), field_manager));
}

}  // namespace mesh::testing
