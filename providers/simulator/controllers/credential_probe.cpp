#include "providers/simulator/controllers/credential_probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "providers/simulator/istio/traffic/control_plane.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

struct Need {
  const char* group;
  const char* resource;
};
/// What istiod lists at once; all else only when its CRD is there.
constexpr Need needs[] = {{"", "namespaces"}, {"", "services"}, {"discovery.k8s.io", "endpointslices"},
                          {"", "nodes"},      {"", "pods"},     {"", "secrets"}};

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

ClusterContext* context_at(const std::vector<ClusterContext*>& contexts, const std::string& server) {
  const std::string desired = without_slash(server);
  for (ClusterContext* context : contexts) {
    for (const std::string& url : context->settings.servers) {
      if (without_slash(url) == desired) return context;
    }
  }
  return nullptr;
}

bool fits(const RemoteCredential& credential, const std::string& server_ca) {
  if (credential.insecure) return true;
  const auto trusted = certificates_in(credential.ca_pem);
  const auto shown = certificates_in(server_ca);
  // Where the server has no certificate at all, nothing is checked: worlds without TLS.
  return shown.empty() ||
         std::any_of(trusted.begin(), trusted.end(), [&](const auto& one) { return shown.contains(one); });
}

/// Empty: allowed. "401" when the token is not known. Else what is not allowed.
std::string refused(ApiServer& api, const std::string& token, const Need& need, const char* verb) {
  const json review = {
      {"apiVersion", "authorization.k8s.io/v1"},
      {"kind", "SelfSubjectAccessReview"},
      {"spec", {{"resourceAttributes", {{"group", need.group}, {"resource", need.resource}, {"verb", verb}}}}}};
  ApiRequest request{.method = "POST", .path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"};
  request.headers = {{"authorization", "Bearer " + token},
                     {"content-type", "application/json"},
                     {"user-agent", "pilot-discovery/1.0"}};
  request.body = review.dump();
  const ApiResponse response = api.handle(request);
  if (response.status == 401) return "401";
  const json answer = json::parse(response.body, nullptr, false);
  const json* allowed = answer.is_discarded() ? nullptr : at(answer, {"status", "allowed"});
  return allowed != nullptr && *allowed == true ? "" : fmt::format("may not {} {}", verb, need.resource);
}

/// Empty: all that informers need is allowed.
std::string first_refusal(ApiServer& api, const std::string& token) {
  for (const Need& need : needs) {
    for (const char* verb : {"list", "watch"}) {
      if (std::string why = refused(api, token, need, verb); !why.empty()) return why;
    }
  }
  return {};
}

/// Grows with every write that may change who a token stands for and what it may do; 0 when that is not known.
std::uint64_t revision_of(const ApiServer& api) {
  std::uint64_t all = 0;
  for (const char* plural : {"clusterroles", "clusterrolebindings"}) {
    const std::uint64_t one = api.objects().revision({"rbac.authorization.k8s.io", plural});
    if (one == 0) return 0;
    all += one;
  }
  for (const char* plural : {"secrets", "serviceaccounts"}) all += api.objects().revision({"", plural});
  return all;
}

}  // namespace

std::string CredentialProbe::judge(const ClusterContext& context, const std::string& token) {
  const std::string key = context.settings.name + " " + sha256_hex(token);
  const std::uint64_t revision = revision_of(context.api);
  const TimePoint now = context.clock.now();
  {
    const std::lock_guard lock(mutex_);
    const auto it = kept_.find(key);
    if (it != kept_.end() && revision != 0 && it->second.revision == revision && now < it->second.until) {
      return it->second.refused;
    }
  }
  std::string found = first_refusal(context.api, token);
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const auto& one) { return one.second.until <= now; });
  kept_[key] = {revision, now + std::chrono::minutes(1), found};
  return found;
}

ApiProbe CredentialProbe::probe(const std::vector<ClusterContext*>& contexts, const RemoteCredential& credential) {
  using Found = ApiProbe::Answer;
  const ClusterContext* context = context_at(contexts, credential.server);
  if (context == nullptr)
    return {Found::unreachable, "", fmt::format("no API server answers at {}", credential.server)};
  const std::string& name = context->settings.name;
  if (context->faults.down(name)) {
    return {Found::unreachable, name, fmt::format("the API server at {} does not answer", credential.server)};
  }
  if (credential.proxy.empty() && context->faults.current(FaultKind::proxy, name)) {
    return {Found::unreachable, name,
            fmt::format("only a proxy leads to {}, and its kubeconfig names none", credential.server)};
  }
  if (!fits(credential, context->api.settings().ca_pem)) {
    return {Found::untrusted, name,
            fmt::format("the authority in its kubeconfig did not sign the certificate of {}", credential.server)};
  }
  if (credential.token.empty()) return {Found::unauthorized, name, "its kubeconfig has no token"};
  const std::string why = judge(*context, credential.token);
  if (why.empty()) return {Found::ok, name, ""};
  if (why == "401") return {Found::unauthorized, name, fmt::format("{} does not know its token", name)};
  return {Found::forbidden, name, fmt::format("its token {} in {}", why, name)};
}

}  // namespace mesh::simulator
