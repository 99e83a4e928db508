#include "providers/istio/perform.h"

#include <fmt/format.h>

#include <atomic>

#include "engine/base/json.h"

#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/gateway_pods.h"
#include "providers/istio/write_object.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using nlohmann::json;

constexpr const char* go_on = "apply again to go on";

class ActionRun {
 public:
  ActionRun(const Action& action, const PerformContext& context, Progress& progress, const std::stop_token& stop)
      : action_(action),
        context_(context),
        progress_(progress),
        stop_(stop),
        limits_{.clock = context.clock,
                .each = context.ready,
                .stop = stop,
                .on_retry = [this](const std::string& why, std::chrono::milliseconds delay) {
                  ++retries_;
                  progress_.retrying(action_.address, why, delay);
                }} {
    report_.address = action.address;
  }

  Result<void> carry_out() {
    auto client = context_.client_pool.to(action_.cluster);
    if (!client) return failure(std::move(client.error()));
    ObjectWriter writer(action_.cluster, **client, limits_);
    for (const ObjectChange& change : action_.objects) {
      if (!writes(change)) continue;
      if (stop_.stop_requested()) return failure(stopped());
      if (auto written = write(writer, change); !written) return written;
    }
    if (action_.operation == Operation::delete_) return {};
    if (auto ready = wait(**client); !ready) return ready;
    return wait_for_sync();
  }

  /// What was done, once it was carried out.
  ActionReport report(Result<void> done) {
    report_.attempts = 1 + retries_.load();
    if (done) {
      report_.outcome = Outcome::done;
    } else {
      const bool cancelled = !done.error().empty() && done.error().front().code == Code::cancelled;
      report_.outcome = cancelled ? Outcome::cancelled : Outcome::failed;
      report_.error = std::move(done.error());
      if (cancelled && report_.error.front().hint.empty()) report_.error.front().hint = go_on;
    }
    return std::move(report_);
  }

 private:
  Diagnostic stopped() const {
    return {.code = Code::cancelled,
            .where = fmt::format("cluster {}", action_.cluster),
            .summary = "stopped before it was done",
            .cause = report_.applied.empty() ? "nothing of it was written"
                                             : fmt::format("{} of its objects were written", report_.applied.size()),
            .hint = go_on};
  }

  /// The body to send, with everything that is only known now, and the body to tell of.
  Result<FilledSecret> filled(const json& body) {
    if (action_.kind != ActionKind::discovery || !body.contains("data")) return FilledSecret{body, body};
    return context_.peers.fill(action_, body, limits_.read(), report_.warnings);
  }

  Result<void> write(ObjectWriter& writer, const ObjectChange& change) {
    if (const auto* removal = std::get_if<DeleteObject>(&change.what)) {
      auto removed = writer.remove(change.id, removal->ground);
      if (removed) report_.applied[change.id] = std::nullopt;
      return removed;
    }
    const auto* create = std::get_if<CreateObject>(&change.what);
    const auto* update = std::get_if<UpdateObject>(&change.what);
    const auto* replace = std::get_if<ReplaceObject>(&change.what);
    if (update == nullptr && action_.kind == ActionKind::discovery && action_.peer) {
      if (auto ready = context_.gateways.ready(*action_.peer, limits_.read()); !ready) return ready;
    }
    const json* data = member(body_in(change), "data");
    if (action_.kind == ActionKind::discovery && data != nullptr && !data->empty()) announced_ = data->begin().key();
    auto body = filled(*body_in(change));
    if (!body) return failure(std::move(body.error()));
    bool deleted = false;
    Result<Object> written = create != nullptr ? writer.create(change.id, body->body, report_.warnings)
                             : update != nullptr
                                 ? writer.update(change.id, *update, body->body)
                                 : writer.replace(change.id, *replace, body->body, report_.warnings, deleted);
    wipe_data(body->body);
    if (!written) {
      if (deleted) report_.applied[change.id] = std::nullopt;
      return failure(std::move(written.error()));
    }
    report_.applied[change.id] = std::move(body->redacted);
    if (!holds_secrets(change.id.kind)) report_.stored[change.id] = std::move(*written);
    return {};
  }

  void wipe_data(json& body) const {
    if (action_.kind != ActionKind::discovery || !body.contains("data")) return;
    for (json& value : body["data"]) {
      if (value.is_string()) wipe(value.get_ref<std::string&>());
    }
  }

  Result<void> wait(Client& client) {
    CallLimits waiting = limits_.read();
    for (const ObjectId& id : action_.waits_for) {
      const auto judge = [&](const Object* object) { return readiness_of(id, object); };
      const auto on_change = [this](const std::string& what) { progress_.waiting(action_.address, what); };
      auto ready = id.kind == "Deployment" ? wait_for_deployment(client, action_.cluster, id, judge, on_change, waiting)
                                           : client.wait({.id = id}, judge, on_change, waiting);
      if (!ready) return failure(explained(id, std::move(ready.error())));
    }
    return {};
  }

  /// An announced peer counts when every istiod has synced it.
  Result<void> wait_for_sync() {
    if (context_.sync == nullptr || announced_.empty()) return {};
    return context_.sync->wait(
        action_.cluster, announced_, [this](const std::string& what) { progress_.waiting(action_.address, what); },
        limits_.read(), report_.warnings);
  }

  /// A Service without an address is the most frequent trouble: say what else there is (istio-facts 3).
  static Diagnostics explained(const ObjectId& id, Diagnostics why) {
    for (Diagnostic& one : why) {
      if (one.code != Code::not_ready || id.kind != "Service") continue;
      one.hint =
          "give the cluster a load balancer with a free address, or set spec.externalIPs of the Service; "
          "--timeout waits longer";
    }
    return why;
  }

  const Action& action_;
  const PerformContext& context_;
  Progress& progress_;
  const std::stop_token stop_;
  const RequestLimits limits_;
  ActionReport report_;
  /// What istiod calls the peer whose remote Secret was written.
  std::string announced_;
  std::atomic<int> retries_{0};
};

}  // namespace

ActionReport perform(const Action& action, PerformContext context, Progress& progress, const std::stop_token& stop) {
  ActionRun run(action, context, progress, stop);
  return run.report(run.carry_out());
}

}  // namespace mesh::istio
