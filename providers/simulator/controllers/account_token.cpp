#include "engine/base/digest.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

/// A Secret that asks for a token of an account that exists gets it; one whose account is gone is removed.
void reconcile_token(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr secret = context.objects->get(resource::secrets, ns, name);
  if (secret == nullptr || text(*secret, {"type"}) != "kubernetes.io/service-account-token") return;
  const std::string account_name = annotation(*secret, "kubernetes.io/service-account.name");
  const ObjectPtr account = context.objects->get(resource::service_accounts, ns, account_name);
  const std::string meant = annotation(*secret, "kubernetes.io/service-account.uid");
  if (account == nullptr || (!meant.empty() && meant != text(*account, {"metadata", "uid"}))) {
    context.remove(controller_manager, resource::secrets, "v1", *secret);
    return;
  }
  const std::string& ca_pem = context.authority();
  const bool filled = !text(*secret, {"data", "token"}).empty();
  if (filled && text(*secret, {"data", "ca.crt"}) == base64_encode(ca_pem)) return;
  const json after = filled_token_secret(context.api.signer(), *account, *secret, ca_pem);
  const std::string target = ClusterContext::path(resource::secrets, "v1", ns, name);
  const CallResult put = context.api.call(controller_manager, "PUT", target, after);
  if (put.status == 409) context.plan(ControllerKind::token, ns, name);
}

}  // namespace mesh::simulator
