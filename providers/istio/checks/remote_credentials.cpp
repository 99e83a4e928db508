#include "providers/istio/checks/remote_credentials.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/digest.h"
#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/model/undialable.h"
#include "providers/istio/remote_kubeconfig.h"
#include "providers/kubernetes/kubeconfig/kubeconfig.h"

namespace mesh::istio {
namespace {

using kubernetes::Kubeconfig;
using kubernetes::KubeconfigUser;
using nlohmann::json;

template <typename Named>
const Named* find_named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// The time in a JWT's `exp`. Nothing: the token is not a JWT, or it does not expire.
std::string expiry_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return {};
  std::string claims(token.substr(first + 1, second - first - 1));
  std::replace(claims.begin(), claims.end(), '-', '+');
  std::replace(claims.begin(), claims.end(), '_', '/');
  claims.resize((claims.size() + 3) / 4 * 4, '=');
  const auto decoded = base64_decode(claims);
  const json parsed = foreign_json_or_discarded(decoded.value_or(""));
  const json* exp = member(&parsed, "exp");
  // A clock of nanoseconds ends in 2262: what is later does not expire.
  using std::chrono::system_clock;
  constexpr auto latest =
      static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(system_clock::duration::max()).count() - 1);
  if (exp == nullptr || !exp->is_number() || exp->get<double>() <= 0 || exp->get<double>() > latest) return {};
  return rfc3339(system_clock::time_point(std::chrono::seconds(exp->get<std::int64_t>())));
}

/// As istiod's sanitizeKubeConfig (istio-facts 5.5).
void add_refused(const KubeconfigUser& user, std::vector<std::string>& refused) {
  const auto add = [&](bool has, const std::string& option) {
    if (has && std::find(refused.begin(), refused.end(), option) == refused.end()) refused.push_back(option);
  };
  const std::string& provider = user.auth_provider.value;
  const bool known = provider == "gcp" || provider == "azure" || provider == "openstack";
  add(!provider.empty() && provider != "oidc", known ? provider : std::string("auth-provider"));
  add(!user.client_key.value.empty(), "clientKey");
  add(!user.client_certificate.value.empty(), "clientCertificate");
  add(!user.token_file.value.empty(), "tokenFile");
  add(user.exec.has_value(), "exec");
}

/// What client-go's Validate refuses: every entry must be whole, not only those of the current context.
std::string problem_of(const Kubeconfig& config) {
  if (config.current_context.value.empty()) return "it names no current context";
  if (find_named(config.contexts, config.current_context.value) == nullptr) return "its current context is not in it";
  for (const auto& context : config.contexts) {
    if (find_named(config.clusters, context.cluster.value) == nullptr)
      return "a context names a cluster that is not in it";
    if (find_named(config.users, context.user.value) == nullptr) return "a context names a user that is not in it";
  }
  for (const auto& cluster : config.clusters) {
    if (cluster.server.value.empty()) return "a cluster has no server";
  }
  return {};
}

void wipe_users(Kubeconfig& config) {
  for (KubeconfigUser& user : config.users) {
    for (std::string* secret : {&user.token.value, &user.password.value, &user.client_key_data.value}) wipe(*secret);
  }
}

void judge_kubeconfig(const std::string& text, RemoteCredential& judged) {
  if (text.empty()) {
    judged.malformed = "it is empty, or not base64";
    return;
  }
  // What is wrong is said in words of ours: those of the reader may name what is in it.
  auto config = kubernetes::parse_kubeconfig(text, "");
  if (!config) {
    judged.malformed =
        config.error().front().code == Code::syntax_error ? "it is not YAML" : "fields of it are not of a kubeconfig";
    return;
  }
  judged.malformed = problem_of(*config);
  for (const KubeconfigUser& user : config->users) add_refused(user, judged.refused);
  if (judged.malformed.empty()) {
    const auto& context = *find_named(config->contexts, config->current_context.value);
    judged.undialable = undialable(find_named(config->clusters, context.cluster.value)->server.value).value_or("");
    judged.expires = expiry_of(find_named(config->users, context.user.value)->token.value);
  }
  wipe_users(*config);
}

}  // namespace

std::vector<RemoteCredential> judge_credentials(std::vector<Object> secrets) {
  std::vector<RemoteCredential> all;
  for (Object& secret : secrets) {
    json& body = secret.body.edit();
    const auto data = body.find("data");
    if (data == body.end() || !data->is_object()) continue;
    for (auto& [key, value] : data->items()) {
      RemoteCredential judged{.secret = secret.id.name, .key = key};
      std::string text;
      if (value.is_string()) {
        auto& encoded = value.get_ref<std::string&>();
        text = base64_decode(encoded).value_or("");
        wipe(encoded);
      }
      judge_kubeconfig(text, judged);
      wipe(text);
      all.push_back(std::move(judged));
    }
  }
  return all;
}

}  // namespace mesh::istio
