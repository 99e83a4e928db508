#include "providers/kubernetes/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "providers/kubernetes/kubeconfig/redact.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

Diagnostic problem(Code code, const Attempt& attempt, std::string summary, std::string cause, std::string hint) {
  if (attempt.tries > 1) cause += fmt::format(" (tried {} times)", attempt.tries);
  return {.code = code,
          .where = where_of(attempt),
          .summary = std::move(summary),
          .cause = std::move(cause),
          .hint = std::move(hint)};
}

std::string login_hint(const Attempt& attempt) {
  if (!attempt.login.empty()) return fmt::format("log in again: the credential comes from {}", attempt.login);
  return "put a fresh credential into the kubeconfig: this one has expired, was revoked or belongs to another cluster";
}

/// The webhook that refused: `admission webhook "NAME" denied the request…` (apiserver,
/// plugin/webhook/errors/statuserror.go). Empty: none did. What it says after that may quote the object.
std::string refusing_webhook(const Status& status) {
  constexpr std::string_view before = "admission webhook \"";
  constexpr std::string_view after = "\" denied the request";
  if (!status.message.starts_with(before)) return {};
  const auto end = status.message.find(after, before.size());
  if (end == std::string::npos) return {};
  std::string name = status.message.substr(before.size(), end - before.size());
  const bool is_name = !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  return is_name ? name : std::string();
}

/// What the server said, fit to show; of a Secret only what cannot quote a value.
std::string words_of(const Status& status, const Attempt& attempt) {
  const std::string webhook = refusing_webhook(status);
  if (holds_secrets(attempt.id.kind) && !webhook.empty()) {
    return fmt::format("admission webhook \"{}\" denied the request", webhook);
  }
  if (holds_secrets(attempt.id.kind) && status.code != 403 && status.code != 404) {
    std::vector<std::string> fields;
    for (const auto& cause : status.causes) {
      if (!cause.field.empty()) fields.push_back(cause.field);
    }
    if (fields.empty()) return status.reason.empty() ? "" : status.reason;
    return fmt::format("{}: {}", status.reason, redact(fmt::format("{}", fmt::join(fields, ", ")), 300));
  }
  return redact(status.message, 1000);
}

std::string with_words(std::string cause, const std::string& words) {
  return words.empty() ? cause : fmt::format("{}: {}", cause, words);
}

Diagnostic explain_conflict(const Status& status, const Attempt& attempt) {
  const auto fields = field_conflicts(status);
  if (fields.empty()) {
    return problem(Code::conflict, attempt, "object has changed since it was read",
                   with_words("the server answered 409", words_of(status, attempt)), "plan again");
  }
  std::vector<std::string> held;
  for (const auto& conflict : fields) held.push_back(fmt::format("{} holds {}", conflict.manager, conflict.field));
  std::sort(held.begin(), held.end());
  return problem(Code::field_conflict, attempt, "fields belong to another manager",
                 fmt::format("{}", fmt::join(held, "; ")),
                 "plan again: the plan shows which fields would be taken over");
}

std::string rejection_hint(const Status& status, const Attempt& attempt) {
  if (is_schema_refusal(status)) return "compare the fields with what this version of the API server knows";
  if (const std::string webhook = refusing_webhook(status); !webhook.empty()) {
    return fmt::format("ask whoever runs the policy of {} to allow the object, or change the spec to what it allows",
                       webhook);
  }
  if (holds_secrets(attempt.id.kind)) {
    return "the server's words are left out, because they may quote the Secret: the audit log of the API server has "
           "them";
  }
  return {};
}

Diagnostic explain_rejection(const Status& status, const Attempt& attempt) {
  // A uid in the body is a precondition (kubernetes-facts 1.3), and `field is immutable` how the server says that it
  // does not hold.
  const bool recreated = std::any_of(status.causes.begin(), status.causes.end(),
                                     [](const Status::Cause& cause) { return cause.field == "metadata.uid"; });
  if (status.code == 422 && recreated) {
    return problem(Code::conflict, attempt, "object has changed since it was read",
                   "it was deleted and recreated: its uid has changed", "plan again");
  }
  return problem(Code::rejected, attempt, "API server refused the object",
                 with_words(fmt::format("the server answered {}", status.code), words_of(status, attempt)),
                 rejection_hint(status, attempt));
}

Diagnostic explain_missing(const Status& status, const Attempt& attempt) {
  if (!status.is_status) {
    return problem(Code::not_served, attempt, "kind is not served",
                   attempt.id.kind.empty()
                       ? fmt::format("{} does not know the path", attempt.server)
                       : fmt::format("{} {} is unknown to the API server", attempt.id.api_version, attempt.id.kind),
                   attempt.id.api_version.find("istio.io") != std::string::npos
                       ? "install the CRDs of Istio in this cluster"
                       : "check that the server's address has the right path");
  }
  const bool no_namespace = status.message.find("namespaces \"") == 0;
  return problem(Code::not_found, attempt, "object does not exist", redact(status.message, 500),
                 no_namespace ? fmt::format("create namespace {}", attempt.id.ns) : "");
}

}  // namespace

std::string where_of(const Attempt& attempt) {
  std::string where = "cluster " + attempt.cluster;
  if (attempt.id.kind.empty()) return where;
  if (!attempt.id.name.empty()) return where + ": " + to_string(attempt.id);
  return where + ": " + attempt.id.kind + (attempt.id.ns.empty() ? "" : " in " + attempt.id.ns);
}

Diagnostic diagnose(const TransportError& error, const Attempt& attempt) {
  const std::string& server = attempt.server;
  const std::string proxy_hint = attempt.through_proxy
                                     ? "check the proxy and that it may connect there"
                                     : "check the network from here to the API server, or set proxy-url";
  switch (error.fault) {
    case Fault::dns:
      return problem(Code::unreachable, attempt, "API server cannot be reached",
                     fmt::format("the name of {} does not resolve: {}", server, error.detail),
                     "check the server's name in the kubeconfig, and the DNS of this machine");
    case Fault::connect:
      return problem(Code::unreachable, attempt, "API server cannot be reached",
                     fmt::format("{} accepts no connection: {}", server, error.detail), proxy_hint);
    case Fault::connect_timeout:
      return problem(Code::unreachable, attempt, "API server cannot be reached",
                     fmt::format("{} did not answer in time: {}", server, error.detail), proxy_hint);
    case Fault::reset:
    case Fault::other:
      return problem(Code::unreachable, attempt, "API server cannot be reached",
                     fmt::format("the connection to {} broke: {}", server, error.detail), proxy_hint);
    case Fault::proxy:
      return problem(Code::unreachable, attempt, "API server cannot be reached",
                     fmt::format("the proxy to {} failed: {}", server, error.detail),
                     "check proxy-url, HTTPS_PROXY and NO_PROXY");
    case Fault::timeout:
      return problem(Code::timed_out, attempt, "API server did not answer in time",
                     fmt::format("{}: {}", server, error.detail), "allow more time with --timeout");
    case Fault::tls_verify:
      return problem(
          Code::tls_failed, attempt, "certificate of the API server is not valid",
          fmt::format("{}: {}", server, error.detail),
          "compare certificate-authority-data and tls-server-name of the kubeconfig with what the server shows");
    case Fault::tls:
      return problem(Code::tls_failed, attempt, "TLS with the API server failed",
                     fmt::format("{}: {}", server, error.detail),
                     "check that the address speaks TLS and wants the client certificate of the kubeconfig");
    case Fault::truncated:
      return problem(Code::malformed_answer, attempt, "answer was cut short",
                     fmt::format("{}: {}", server, error.detail), "check the proxies and load balancers on the way");
    case Fault::too_large:
      return problem(Code::malformed_answer, attempt, "answer is too large",
                     fmt::format("{} sent more than mesh reads", server),
                     "check that the address is a Kubernetes API server");
    case Fault::stopped:
      return problem(Code::cancelled, attempt, "stopped", "mesh was asked to stop", "");
  }
  return problem(Code::unreachable, attempt, "API server cannot be reached", error.detail, "");
}

Diagnostic diagnose(const HttpResponse& answer, const Attempt& attempt) {
  const Status status = parse_status(answer);
  switch (answer.status) {
    case 401:
      return problem(Code::unauthorized, attempt, "API server does not accept the credential",
                     fmt::format("{} answered 401", attempt.server), login_hint(attempt));
    case 403:
      if (!refusing_webhook(status).empty()) return explain_rejection(status, attempt);
      return problem(Code::forbidden, attempt, "access is denied",
                     status.is_status ? redact(status.message, 1000) : fmt::format("{} answered 403", attempt.server),
                     "grant the right with a ClusterRole or Role, and a binding to this user");
    case 404:
      return explain_missing(status, attempt);
    case 409:
      return explain_conflict(status, attempt);
    case 429:
      return problem(Code::too_many_requests, attempt, "API server asks to slow down",
                     fmt::format("{} answered 429", attempt.server),
                     "lower --parallelism or allow more time with --timeout");
    default:
      break;
  }
  if (answer.status == 500 && is_schema_refusal(status)) return explain_rejection(status, attempt);
  if (answer.status >= 500) {
    return problem(Code::server_error, attempt, "API server failed",
                   with_words(fmt::format("{} answered {}", attempt.server, answer.status), words_of(status, attempt)),
                   "look at the API server's health, then try again");
  }
  if (answer.status >= 400 && status.is_status) return explain_rejection(status, attempt);
  const bool redirect = answer.status >= 300 && answer.status < 400;
  return problem(Code::malformed_answer, attempt, "answer is not what a Kubernetes API server sends",
                 fmt::format("{} answered {}{} with {} bytes", attempt.server, answer.status,
                             redirect ? ", a redirect," : "", answer.body.size()),
                 "check that the address is a Kubernetes API server and that no proxy changes answers");
}

}  // namespace mesh::kubernetes
