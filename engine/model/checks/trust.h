#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

/// Who signs the certificates of a cluster's workloads. istio_ca: istiod, with a root of its own or a plugged one.
/// other: an address that is none of Google's.
enum class CaType { istio_ca, mesh_ca, ca_service, workload_certificates, other, unknown };

/// An answer that may not be known.
enum class Answer { yes, no, unknown };
/// Whether both are: one no decides.
inline Answer both(Answer one, Answer other) {
  if (one == Answer::no || other == Answer::no) return Answer::no;
  return one == Answer::yes && other == Answer::yes ? Answer::yes : Answer::unknown;
}
/// Whether one of them is: one yes decides.
inline Answer either(Answer one, Answer other) {
  if (one == Answer::yes || other == Answer::yes) return Answer::yes;
  return one == Answer::no && other == Answer::no ? Answer::no : Answer::unknown;
}

/// A CA certificate of a trust bundle. To who verifies, two of one key and one subject are one root.
struct CaCertificate {
  /// SHA-256 of the public key (SubjectPublicKeyInfo, DER), hex.
  std::string key_sha256 = {};
  /// RFC 2253.
  std::string subject = {};
  std::string issuer = {};
  /// RFC 3339 in UTC, so that the order of texts is the order of times.
  std::string not_before = {};
  std::string not_after = {};
  /// Basic constraints say that it is a CA.
  bool is_ca = false;

  bool self_issued() const { return subject == issuer; }
  bool same_root(const CaCertificate& other) const {
    return key_sha256 == other.key_sha256 && subject == other.subject;
  }
  bool valid_at(const std::string& now) const { return is_ca && not_before <= now && now < not_after; }

  auto operator<=>(const CaCertificate&) const = default;
};

/// What was read of one cluster about whom its workloads trust, and who trusts them.
struct ClusterTrust {
  std::string cluster = {};
  CaType ca = CaType::unknown;
  /// The address of the CA, or the pool of CA Service; may be empty.
  std::string ca_name = {};
  /// The roots that istiod gives to workloads (ConfigMap istio-ca-root-cert): one of them signs. They say nothing where
  /// the CA is one of Google's.
  std::vector<CaCertificate> roots = {};
  /// Roots that the mesh configuration adds (caCertificates), and that take effect.
  std::vector<CaCertificate> added = {};
  /// More roots are loaded from a URL.
  bool more_from_url = false;
  std::string trust_domain = {};
  /// Other trust domains that workloads accept: of servers, and only of clients.
  std::set<std::string> aliases = {};
  std::set<std::string> client_domains = {};
  /// Servers take clients of any trust domain (PILOT_SKIP_VALIDATE_TRUST_DOMAIN).
  bool any_client_domain = false;
  /// istiod takes the trust domain of a peer from the peer's mesh configuration (from Istio 1.29 on), and peers may
  /// read that of this cluster.
  Answer reads_peer_domain = Answer::no;
  Answer domain_readable = Answer::no;
  /// A Secret cacerts that a person made is there: a plugged CA. One that is there by istiod's own hand is not.
  Answer plugged = Answer::unknown;
  /// It is there, but istiod still gives out a root of its own.
  bool plugged_unused = false;
  /// Why roots of the mesh configuration do not take effect; empty when they do.
  std::string added_unused = {};
  /// What could not be read, one sentence each.
  std::vector<std::string> unread = {};

  bool operator==(const ClusterTrust&) const = default;
};

/// works: mutual TLS succeeds as far as was read. works_one_way: so does `from -> to`, but not the way back, which is
/// planned as well. cannot_work: no request of `from` reaches a workload of `to` with mutual TLS.
enum class TrustVerdict { works, works_one_way, cannot_work, unknown };

/// A planned way for traffic: workloads of `from` call workloads of `to`.
struct TrustEdge {
  std::string from = {};
  std::string to = {};
  TrustVerdict verdict = TrustVerdict::unknown;
  /// One sentence; empty when it works.
  std::string reason = {};
  /// The two halves of mutual TLS, by root: both must be yes.
  Answer from_accepts_root = Answer::unknown;
  Answer to_accepts_root = Answer::unknown;
  /// And by trust domain.
  Answer from_accepts_domain = Answer::unknown;
  Answer to_accepts_domain = Answer::unknown;

  bool operator==(const TrustEdge&) const = default;
};

/// Clusters with the same roots, or with the same CA outside of the clusters.
struct TrustGroup {
  CaType ca = CaType::unknown;
  std::string ca_name = {};
  std::vector<CaCertificate> roots = {};
  std::vector<std::string> clusters = {};

  bool operator==(const TrustGroup&) const = default;
};

/// A root that is missing in trust bundles.
struct MissingBundle {
  CaCertificate root = {};
  /// Whose workloads have certificates below it, and into whose trust bundles it has to be added.
  std::vector<std::string> of = {};
  std::vector<std::string> into = {};

  bool operator==(const MissingBundle&) const = default;
};

/// A trust domain that is missing in `trustDomainAliases` of a cluster.
struct MissingAlias {
  std::string domain = {};
  std::vector<std::string> into = {};

  bool operator==(const MissingAlias&) const = default;
};

struct TrustGraph {
  std::vector<ClusterTrust> clusters = {};
  std::vector<TrustGroup> groups = {};
  std::vector<TrustEdge> edges = {};
  /// The fewest additions after which every edge works that additions can make work.
  std::vector<MissingBundle> bundles = {};
  std::vector<MissingAlias> aliases = {};

  bool operator==(const TrustGraph&) const = default;
};

/// As JSON says them: `mesh_ca`, `works_one_way`, `yes`.
std::string_view to_string(CaType ca);
std::string_view to_string(TrustVerdict verdict);
std::string_view to_string(Answer answer);
/// As people say it: `Mesh CA`.
std::string_view title_of(CaType ca);

}  // namespace mesh
