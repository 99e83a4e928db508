#include "providers/simulator/apiserver/authentication/tokens.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>

#include "engine/base/digest.h"
#include "engine/base/time.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t shortest = 600;        // seconds
constexpr std::int64_t longest = 4294967296;  // seconds
constexpr std::int64_t usual = 3600;          // seconds, when nothing was asked for

ApiError wrong_duration(std::int64_t seconds, const char* why) {
  return invalid("authentication.k8s.io", "TokenRequest", "",
                 {{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", seconds, why), "spec.expirationSeconds"}});
}

}  // namespace

std::string random_hex() {
  std::array<unsigned char, 32> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string secret_token(const TokenSigner& signer, const json& account, const json& secret) {
  const std::string ns = namespace_of(account);
  const std::string name = name_of(account);
  return signer.sign({{"iss", legacy_issuer},
                      {"sub", fmt::format("system:serviceaccount:{}:{}", ns, name)},
                      {"kubernetes.io/serviceaccount/namespace", ns},
                      {"kubernetes.io/serviceaccount/secret.name", name_of(secret)},
                      {"kubernetes.io/serviceaccount/service-account.name", name},
                      {"kubernetes.io/serviceaccount/service-account.uid", text(account, {"metadata", "uid"})}});
}

json filled_token_secret(const TokenSigner& signer, const json& account, json secret, const std::string& ca_pem) {
  json& annotations = secret["metadata"]["annotations"];
  annotations["kubernetes.io/service-account.uid"] = text(account, {"metadata", "uid"});
  annotations["kubernetes.io/service-account.name"] = name_of(account);
  json& data = secret["data"];
  if (!data.is_object()) data = json::object();
  data["ca.crt"] = base64_encode(ca_pem);
  data["namespace"] = base64_encode(namespace_of(secret));
  data["token"] = base64_encode(secret_token(signer, account, secret));
  return secret;
}

Answer token_request(const TokenSigner& signer, const Objects& objects, const std::string& ns,
                     const std::string& account, const json& body, std::chrono::system_clock::time_point now) {
  const ObjectPtr owner = objects.get({"", "serviceaccounts"}, ns, account);
  if (!owner) return tl::unexpected(not_found("", "serviceaccounts", account));
  const std::int64_t seconds = number(body, {"spec", "expirationSeconds"}, usual);
  if (seconds < shortest) {
    return tl::unexpected(wrong_duration(seconds, "may not specify a duration less than 10 minutes"));
  }
  if (seconds > longest) {
    return tl::unexpected(wrong_duration(seconds, "may not specify a duration larger than 2^32 seconds"));
  }
  json audiences = items(body, {"spec", "audiences"});
  if (audiences.empty()) audiences = json::array({token_issuer});
  const std::string uid = text(*owner, {"metadata", "uid"});
  const std::int64_t issued = std::chrono::system_clock::to_time_t(now);
  const std::string token =
      signer.sign({{"aud", audiences},
                   {"exp", issued + seconds},
                   {"iat", issued},
                   {"iss", token_issuer},
                   {"jti", random_hex()},
                   {"kubernetes.io", {{"namespace", ns}, {"serviceaccount", {{"name", account}, {"uid", uid}}}}},
                   {"nbf", issued},
                   {"sub", fmt::format("system:serviceaccount:{}:{}", ns, account)}});
  const std::string expires = rfc3339(now + std::chrono::seconds(seconds));
  const json metadata = {{"name", account}, {"namespace", ns}, {"uid", uid}, {"creationTimestamp", rfc3339(now)}};
  const json spec = {{"audiences", audiences}, {"expirationSeconds", seconds}, {"boundObjectRef", nullptr}};
  return json_response({{"kind", "TokenRequest"},
                        {"apiVersion", "authentication.k8s.io/v1"},
                        {"metadata", metadata},
                        {"spec", spec},
                        {"status", {{"token", token}, {"expirationTimestamp", expires}}}},
                       201);
}

}  // namespace mesh::simulator
