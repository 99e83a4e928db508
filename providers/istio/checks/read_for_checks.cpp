#include "providers/istio/checks/read_for_checks.h"

#include "providers/istio/checks/rights.h"
#include "providers/istio/checks/topics.h"

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

}  // namespace

CheckReading read_for_checks(const MeshSpec& mesh, CheckDepth depth, Client& client, const CallLimits& limits) {
  CheckReading reading;
  const std::vector<TopicRead> topics = reads_for_checks(mesh, depth);
  std::vector<kubernetes::Read> reads;
  reads.reserve(topics.size());
  for (const TopicRead& one : topics) reads.push_back(one.read);
  auto answers = client.read_all(reads, limits);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CheckList& list = reading.lists[name_of(topics[i].topic)];
    if (!answers[i]) {
      list.why = std::move(answers[i].error());
      continue;
    }
    list.objects = std::move(answers[i]->objects);
    list.served = answers[i]->served;
  }
  if (depth == CheckDepth::plan) return reading;
  ask_rights(reading, mesh, client, limits);
  // After the rest: the connection stands, so that only the way and the server count.
  if (const auto probe = client.probe(limits)) {
    reading.latency = probe->took;
    reading.clock_skew = probe->clock_skew;
  }
  return reading;
}

}  // namespace mesh::istio
