#include "providers/istio/checks/read_for_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/istio/checks/remote_credentials.h"
#include "providers/istio/checks/rights.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/istiod_memory.h"
#include "providers/istio/verification/gateway_probe.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;

void ask_rights(CheckReading& reading, const MeshSpec& mesh, Client& client, const CallLimits& limits) {
  std::vector<Right> rights = rights_of_plan(mesh);
  for (Right& right : rights_of_apply(mesh)) rights.push_back(std::move(right));
  const auto answers = client.may(rights, limits);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    reading.rights[rights[i]] = answers[i] ? std::optional<bool>(*answers[i]) : std::nullopt;
  }
}

void take_istiods(CheckReading& reading, Result<std::vector<IstiodMemory>> answer) {
  if (!answer) {
    reading.istiods_why = std::move(answer.error());
    return;
  }
  reading.istiods = std::move(*answer);
  const bool silent = std::none_of(reading.istiods.begin(), reading.istiods.end(),
                                   [](const IstiodMemory& one) { return one.clusters.has_value(); });
  if (reading.istiods.empty() || !silent) return;
  const IstiodMemory& first = reading.istiods.front();
  reading.istiods_why = {{.code = Code::incomplete,
                          .summary = "istiod does not tell",
                          .cause = why_unknown(first, ""),
                          .hint = hint_on_unknown(first)}};
}

}  // namespace

void take_list(CheckReading& reading, Topic topic, Result<kubernetes::ReadAnswer>& answer) {
  CheckList& list = reading.lists[name_of(topic)];
  if (!answer) {
    list.why = std::move(answer.error());
    return;
  }
  list.objects = std::move(answer->objects);
  list.served = answer->served;
}

void dial_gateways(CheckReading& reading, const MeshSpec& mesh, const std::stop_token& stop) {
  constexpr std::chrono::seconds patience(3);
  const ObjectId id = gateway_service_id(mesh.system_namespace);
  std::vector<Object>& reached = reading.lists[name_of(Topic::gateway_reach)].objects;
  for (const Object& service : reading.lists[name_of(Topic::services)].objects) {
    if (service.id.name != id.name) continue;
    for (const std::string& address : addresses_of(service)) {
      const ProbeAnswer answer = probe_gateway({.host = address}, patience, stop);
      if (stop.stop_requested()) return;
      reached.push_back({.id = id, .body = nlohmann::json{{"address", address}, {"error", answer.error}}});
    }
  }
}

CheckReading read_for_checks(const MeshSpec& mesh, CheckDepth depth, Client& client, const Clock& clock,
                             const CallLimits& limits) {
  CheckReading reading;
  const std::vector<TopicRead> topics = reads_for_checks(mesh, CheckDepth::everything);
  std::vector<kubernetes::Read> reads;
  reads.reserve(topics.size());
  for (const TopicRead& one : topics) reads.push_back(one.read);
  reads.push_back(
      {.id = secrets_id(mesh.system_namespace), .label_selector = fmt::format("{}=true", remote_secret_label)});
  auto answers = client.read_all(reads, limits);
  for (std::size_t i = 0; i < topics.size(); ++i) take_list(reading, topics[i].topic, answers[i]);
  if (answers.back()) {
    reading.credentials = judge_credentials(std::move(answers.back()->objects));
  } else {
    reading.credentials_why = std::move(answers.back().error());
  }
  ask_rights(reading, mesh, client, limits);
  // After the rest: the connection stands, so that only the way and the server count.
  if (const auto probe = client.probe(limits)) {
    reading.latency = probe->took;
    reading.clock_skew = probe->clock_skew;
  }
  const MemoryDepth memory = depth == CheckDepth::effective ? MemoryDepth::everything : MemoryDepth::clusters;
  take_istiods(reading, ask_istiods(client, mesh.system_namespace, memory, clock, limits));
  return reading;
}

}  // namespace mesh::istio
