#include "providers/simulator/istio/traffic/trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

std::set<std::string> roots_given_to(const Objects& objects, const std::string& ns) {
  const ObjectPtr map = objects.get(resource::config_maps, ns, "istio-ca-root-cert");
  return map == nullptr ? std::set<std::string>() : certificates_in(text(*map, {"data", "root-cert.pem"}));
}

bool common(const std::set<std::string>& some, const std::set<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& one) { return others.contains(one); });
}

const char* title(CertificateAuthority authority) {
  switch (authority) {
    case CertificateAuthority::istio_ca:
      return "Istio's own CA";
    case CertificateAuthority::mesh_ca:
      return "Mesh CA";
    case CertificateAuthority::ca_service:
      return "a CA service";
  }
  return "";
}

}  // namespace

Trust trust_of(const Objects& objects, const ControlPlane& plane, const std::string& ns) {
  Trust trust{.authority = plane.authority, .domain = plane.trust_domain, .domains = plane.trust_aliases};
  trust.domains.insert(plane.trust_domain);
  switch (plane.authority) {
    case CertificateAuthority::mesh_ca:
      trust.issued_by = trust.anchors = {"meshca.googleapis.com"};
      break;
    case CertificateAuthority::ca_service:
      trust.issued_by = trust.anchors = {plane.authority_name};
      break;
    case CertificateAuthority::istio_ca:
      trust.issued_by = roots_given_to(objects, plane.system_namespace);
      trust.anchors = roots_given_to(objects, ns);
      if (trust.anchors.empty()) trust.anchors = trust.issued_by;
      break;
  }
  return trust;
}

Handshake handshake(const std::string& a, const Trust& caller, const std::string& b, const Trust& server) {
  if (caller.authority != server.authority) {
    return {Distrust::roots, fmt::format("the certificates of {} come from {}, those of {} from {}", a,
                                         title(caller.authority), b, title(server.authority))};
  }
  if (!common(caller.anchors, server.issued_by)) {
    return {Distrust::roots,
            fmt::format("workloads of {} do not trust the root that signs the certificates of {}", a, b)};
  }
  if (!common(server.anchors, caller.issued_by)) {
    return {Distrust::roots,
            fmt::format("workloads of {} do not trust the root that signs the certificates of {}", b, a)};
  }
  if (!caller.domains.contains(server.domain)) {
    return {Distrust::domains,
            fmt::format("trust domain {} of {} is neither that of {} nor among its aliases", server.domain, b, a)};
  }
  if (!server.domains.contains(caller.domain)) {
    return {Distrust::domains,
            fmt::format("trust domain {} of {} is neither that of {} nor among its aliases", caller.domain, a, b)};
  }
  return {};
}

}  // namespace mesh::simulator
