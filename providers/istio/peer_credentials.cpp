#include "providers/istio/peer_credentials.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "providers/istio/desired/member_inputs.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using nlohmann::json;

/// What istiod lists first; one object is enough to see that it may.
constexpr const char* dialled_path = "/api/v1/services?limit=1";
/// An address that this machine cannot reach must not hold up the apply.
constexpr std::chrono::seconds dial_time{10};
/// A role that was bound a moment ago takes effect after a moment.
constexpr std::chrono::milliseconds rights_delay{200};
constexpr int rights_tries = 20;

std::string annotation_of(const json& body, const char* key) { return text_at(body, {"metadata", "annotations", key}); }

std::string place(const std::string& cluster, const ObjectId& id) {
  return fmt::format("cluster {}: {}", cluster, to_string(id));
}

Diagnostic moved(const std::string& where, const std::string& cause) {
  return {.code = Code::ground_moved,
          .where = where,
          .summary = "object changed since the plan was made",
          .cause = cause,
          .hint = "plan again and review what is different now"};
}

/// A value of the Secret's data, decoded; empty when it is not there.
std::string data_of(const Object& secret, const char* key) {
  const json* value = find_field(secret.body, {"data", key});
  if (value == nullptr || !value->is_string()) return {};
  return base64_decode(value->get_ref<const std::string&>()).value_or("");
}

void wipe_data(Object& secret) {
  json& body = secret.body.edit();
  const auto data = body.find("data");
  if (data == body.end() || !data->is_object()) return;
  for (json& value : *data) {
    if (value.is_string()) wipe(value.get_ref<std::string&>());
  }
}

/// The authority that the plan decided on: its annotated says which.
Result<std::string> authority(const std::string& annotated, const std::string& peer, const std::string& token_ca_pem,
                              const Client& client) {
  if (annotated.empty()) return std::string();
  if (annotated == from_token_secret) return token_ca_pem;
  if (sha256_hex(client.ca_pem()) == annotated) return client.ca_pem();
  return failure(
      moved(fmt::format("cluster {}", peer), "its kubeconfig trusts another certificate authority than the plan read"));
}

bool unreachable_from_here(const Diagnostics& why) {
  return std::any_of(why.begin(), why.end(), [](const Diagnostic& one) {
    return one.code == Code::unreachable || one.code == Code::timed_out;
  });
}

bool has_code(const Diagnostics& why, Code code) {
  return std::any_of(why.begin(), why.end(), [&](const Diagnostic& one) { return one.code == code; });
}

Diagnostic dial_failed(const std::string& peer, const RemoteAccess& access, const Diagnostics& why) {
  std::string cause = fmt::format("a GET of {}{} with the peer's reader token", access.server, dialled_path);
  for (const Diagnostic& one : why) cause += fmt::format("; {}: {}", one.summary, one.cause);
  return {.code = Code::dial_failed,
          .where = fmt::format("cluster {}", peer),
          .summary = "API server does not accept what other clusters would dial it with",
          .cause = std::move(cause),
          .hint = fmt::format("check `cluster.{}.api_server`, and the rights of {}", peer, reader_account)};
}

}  // namespace

PeerCredentials::Reading::~Reading() {
  if (found) wipe(found->token);
}

Result<PeerCredentials::Token> PeerCredentials::read_token(const std::string& peer, Client& client,
                                                           const CallLimits& limits) const {
  const ObjectId id = token_secret_id(mesh_.system_namespace);
  auto answers = client.read_all({{.id = id}}, limits);
  auto& answer = answers.front();
  if (!answer) return failure(std::move(answer.error()));
  if (answer->objects.empty()) {
    return failure(Diagnostic{.code = Code::not_found,
                              .where = place(peer, id),
                              .summary = "object is missing",
                              .cause = "other clusters need its token to discover this one",
                              .hint = fmt::format("apply {} first", address_of(peer, ActionKind::reader).text)});
  }
  Object& secret = answer->objects.front();
  Token token{.uid = secret.uid, .token = data_of(secret, "token"), .ca_pem = data_of(secret, "ca.crt")};
  wipe_data(secret);
  return token;
}

Result<PeerCredentials::Token> PeerCredentials::token_once(const std::string& peer, const std::string& planned_uid,
                                                           Client& client, const CallLimits& limits) {
  std::shared_ptr<Reading> reading;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Reading>& slot = readings_[peer];
    if (!slot) slot = std::make_shared<Reading>();
    reading = slot;
  }
  // The first reads, the others wait for what it finds.
  const std::lock_guard lock(reading->mutex);
  if (!reading->failure.empty()) return failure(reading->failure);
  if (reading->found && (planned_uid.empty() || reading->found->uid == planned_uid)) return *reading->found;
  auto token = read_token(peer, client, limits);
  if (!token) {
    // Being stopped says nothing about the peer.
    if (!has_code(token.error(), Code::cancelled)) reading->failure = token.error();
    return token;
  }
  if (reading->found) wipe(reading->found->token);
  // A Secret that is not filled yet is worth another look.
  reading->found.reset();
  if (!token->token.empty()) reading->found = *token;
  return token;
}

Result<void> PeerCredentials::dial(Client& client, const RemoteAccess& access, const CallLimits& limits) const {
  for (int tries = 1;; ++tries) {
    auto answer = client.dial(access.server, access.ca_pem, access.token, dialled_path, limits);
    if (answer || tries >= rights_tries) return answer;
    if (!has_code(answer.error(), Code::forbidden) && !has_code(answer.error(), Code::unauthorized)) return answer;
    if (clock_.sleep_until(clock_.now() + rights_delay, limits.stop)) continue;
    return failure(Diagnostic{.code = Code::cancelled,
                              .where = answer.error().front().where,
                              .summary = "stopped",
                              .cause = fmt::format("mesh was asked to stop while it waited for the rights of {}; {}",
                                                   reader_account, answer.error().front().cause)});
  }
}

Result<void> PeerCredentials::dial_once(const std::string& peer, Client& client, const RemoteAccess& access,
                                        const CallLimits& limits, Diagnostics& warnings) {
  std::string key = fmt::format("{} {} {} ", peer, access.server, sha256_hex(access.ca_pem)) + sha256_hex(access.token);
  std::shared_ptr<Call> call;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Call>& slot = calls_[key];
    if (!slot) slot = std::make_shared<Call>();
    call = slot;
  }
  // The first dials, the others wait for what it hears.
  const std::lock_guard lock(call->mutex);
  if (!call->settled) {
    CallLimits short_limits = limits;
    short_limits.deadline = std::min(limits.deadline, clock_.now() + dial_time);
    auto answer = dial(client, access, short_limits);
    if (!answer && has_code(answer.error(), Code::cancelled)) return answer;
    call->settled = true;
    if (!answer) {
      Diagnostic diagnostic = dial_failed(peer, access, answer.error());
      if (access.server != client.server() && unreachable_from_here(answer.error())) {
        diagnostic.severity = Severity::warning;
        diagnostic.hint = "check from inside the other clusters that this address can be reached";
        warnings.push_back(std::move(diagnostic));
      } else {
        call->failure = {std::move(diagnostic)};
      }
    }
  }
  if (!call->failure.empty()) return failure(call->failure);
  return {};
}

Result<FilledSecret> PeerCredentials::fill(const Action& action, const json& body, const CallLimits& limits,
                                           Diagnostics& warnings) {
  const std::string peer = action.peer.value_or("");
  auto client = client_pool_.to(peer);
  if (!client) return failure(std::move(client.error()));
  const std::string planned_uid = annotation_of(body, token_uid_annotation);
  auto token = token_once(peer, planned_uid, **client, limits);
  if (!token) return failure(std::move(token.error()));
  const std::string where = place(peer, token_secret_id(mesh_.system_namespace));
  if (!planned_uid.empty() && planned_uid != token->uid) {
    wipe(token->token);
    return failure(moved(where, "it was deleted and recreated"));
  }
  RemoteAccess access{.cluster_id = body.at("data").begin().key(), .server = annotation_of(body, server_annotation)};
  auto ca = authority(annotation_of(body, ca_annotation), peer, token->ca_pem, **client);
  if (!ca) {
    wipe(token->token);
    return failure(std::move(ca.error()));
  }
  access.ca_pem = std::move(*ca);
  // A copy, since moving a short text leaves its bytes behind.
  access.token = token->token;
  wipe(token->token);
  if (access.token.empty() || access.server.empty()) {
    return failure(
        Diagnostic{.code = Code::not_ready,
                   .where = where,
                   .summary = "object is not ready",
                   .cause = access.server.empty() ? "its API server's address is not known" : "it has no token",
                   .hint = "apply again; if it stays so, see to the cluster's controller manager"});
  }
  if (auto answer = dial_once(peer, **client, access, limits, warnings); !answer) {
    wipe(access.token);
    return failure(std::move(answer.error()));
  }
  std::string kubeconfig = remote_kubeconfig(access);
  FilledSecret filled{.body = body};
  filled.body["metadata"]["annotations"][token_uid_annotation] = token->uid;
  filled.redacted = filled.body;
  filled.redacted["data"][access.cluster_id] = fmt::format("sha256:{}", sha256_hex(kubeconfig));
  filled.body["data"][access.cluster_id] = base64_encode(kubeconfig);
  wipe(kubeconfig);
  wipe(access.token);
  return filled;
}

}  // namespace mesh::istio
