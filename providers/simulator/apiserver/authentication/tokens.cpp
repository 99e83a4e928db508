#include "providers/simulator/apiserver/authentication/tokens.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <tl/expected.hpp>

#include "engine/base/digest.h"
#include "providers/simulator/apiserver/printers/time_text.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t shortest = 600;        // seconds
constexpr std::int64_t longest = 4294967296;  // seconds
constexpr std::int64_t usual = 3600;          // seconds, when nothing was asked for
const char* const name_annotation = "kubernetes.io/service-account.name";

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

Reply bad_duration(std::int64_t seconds, const char* why) {
  const std::string message = fmt::format("Invalid value: {}: {}", seconds, why);
  return failure_reply(
      422, "Invalid",
      fmt::format("TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: {}", message),
      {{"group", "authentication.k8s.io"},
       {"kind", "TokenRequest"},
       {"causes",
        json::array({{{"reason", "FieldValueInvalid"}, {"message", message}, {"field", "spec.expirationSeconds"}}})}});
}

Reply missing(const std::string& resource, const std::string& name) {
  return failure_reply(404, "NotFound", fmt::format("{} \"{}\" not found", resource, name),
                       {{"name", name}, {"kind", resource}});
}

/// The claim for what a token is bound to: {"secret", {name, uid}}.
tl::expected<json, Reply> bound_claim(const Objects& objects, const std::string& ns, const json& reference) {
  const std::string kind = text_at(reference, "kind");
  const std::string version = text_at(reference, "apiVersion");
  const std::string name = text_at(reference, "name");
  const std::string plural = kind == "Secret" ? "secrets" : kind == "Pod" ? "pods" : kind == "Node" ? "nodes" : "";
  if (plural.empty() || version != "v1") {
    const std::string group = version.find('/') == std::string::npos ? "/" + version : version;
    return tl::unexpected(
        failure_reply(400, "BadRequest", fmt::format("cannot bind token to object of type {}, Kind={}", group, kind)));
  }
  const ObjectPtr object = objects.get({"", plural}, kind == "Node" ? "" : ns, name);
  if (!object) return tl::unexpected(missing(plural, name));
  const std::string uid = text_at(object->at("metadata"), "uid");
  const std::string desired = text_at(reference, "uid");
  if (!desired.empty() && desired != uid) {
    return tl::unexpected(failure_reply(
        409, "Conflict",
        fmt::format(
            "Operation cannot be fulfilled on {} \"{}\": the UID in the bound object reference ({}) does not match "
            "the UID in record. The object might have been deleted and then recreated",
            kind, name, desired),
        {{"name", name}, {"kind", kind}}));
  }
  return json{{plural.substr(0, plural.size() - 1), {{"name", name}, {"uid", uid}}}};
}

std::optional<Reply> wrong_body(const json& body, const std::string& ns) {
  const json metadata = body.value("metadata", json::object());
  const std::string stated = text_at(metadata, "namespace");
  if (!stated.empty() && stated != ns) {
    return failure_reply(400, "BadRequest",
                         "the namespace of the provided object does not match the namespace sent on the request");
  }
  const std::string kind = text_at(body, "kind");
  if (!kind.empty() && kind != "TokenRequest") return wrong_kind(body, "TokenRequest");
  return std::nullopt;
}

}  // namespace

std::string secret_token(const TokenSigner& signer, const json& account, const json& secret) {
  const json& owner = account.at("metadata");
  const std::string ns = text_at(owner, "namespace");
  const std::string name = text_at(owner, "name");
  return signer.sign({{"iss", legacy_issuer},
                      {"sub", fmt::format("system:serviceaccount:{}:{}", ns, name)},
                      {"kubernetes.io/serviceaccount/namespace", ns},
                      {"kubernetes.io/serviceaccount/secret.name", text_at(secret.at("metadata"), "name")},
                      {"kubernetes.io/serviceaccount/service-account.name", name},
                      {"kubernetes.io/serviceaccount/service-account.uid", text_at(owner, "uid")}});
}

json filled_token_secret(const TokenSigner& signer, const json& account, json secret, const std::string& ca_pem) {
  json& metadata = secret["metadata"];
  metadata["annotations"]["kubernetes.io/service-account.uid"] = text_at(account.at("metadata"), "uid");
  metadata["annotations"][name_annotation] = text_at(account.at("metadata"), "name");
  json& data = secret["data"];
  if (!data.is_object()) data = json::object();
  data["ca.crt"] = base64_encode(ca_pem);
  data["namespace"] = base64_encode(text_at(metadata, "namespace"));
  data["token"] = base64_encode(secret_token(signer, account, secret));
  return secret;
}

Reply token_request(const TokenSigner& signer, const Objects& objects, const std::string& ns,
                    const std::string& account, const json& body, std::chrono::system_clock::time_point now) {
  if (auto wrong = wrong_body(body, ns)) return *wrong;
  const ObjectPtr owner = objects.get({"", "serviceaccounts"}, ns, account);
  if (!owner) return missing("serviceaccounts", account);
  json spec = body.value("spec", json::object());
  const std::int64_t seconds = spec.value("expirationSeconds", usual);
  if (seconds < shortest) return bad_duration(seconds, "may not specify a duration less than 10 minutes");
  if (seconds > longest) return bad_duration(seconds, "may not specify a duration larger than 2^32 seconds");
  json audiences = spec.value("audiences", json::array());
  if (audiences.empty()) audiences = json::array({token_issuer});
  const std::string uid = text_at(owner->at("metadata"), "uid");
  json own = {{"namespace", ns}, {"serviceaccount", {{"name", account}, {"uid", uid}}}};
  const json reference = spec.value("boundObjectRef", json());
  if (reference.is_object()) {
    auto bound = bound_claim(objects, ns, reference);
    if (!bound) return bound.error();
    own.update(*bound);
  }
  const std::int64_t issued = unix_seconds(now);
  const std::string token = signer.sign({{"aud", audiences},
                                         {"exp", issued + seconds},
                                         {"iat", issued},
                                         {"iss", token_issuer},
                                         {"jti", random_id()},
                                         {"kubernetes.io", own},
                                         {"nbf", issued},
                                         {"sub", fmt::format("system:serviceaccount:{}:{}", ns, account)}});
  json metadata = {{"name", account}, {"namespace", ns}, {"uid", uid}, {"creationTimestamp", utc_text(now)}};
  const json given = body.value("metadata", json::object());
  if (given.contains("managedFields")) metadata["managedFields"] = given.at("managedFields");
  return json_reply(
      {{"kind", "TokenRequest"},
       {"apiVersion", "authentication.k8s.io/v1"},
       {"metadata", metadata},
       {"spec", {{"audiences", audiences}, {"expirationSeconds", seconds}, {"boundObjectRef", reference}}},
       {"status", {{"token", token}, {"expirationTimestamp", utc_text(now + std::chrono::seconds(seconds))}}}},
      201);
}

}  // namespace mesh::simulator
