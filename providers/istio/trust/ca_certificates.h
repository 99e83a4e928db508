#pragma once

#include <string_view>
#include <vector>

#include "engine/model/checks/trust.h"

namespace mesh::istio {

/// The certificates of a text of PEM blocks.
struct PemCertificates {
  std::vector<CaCertificate> certificates = {};
  /// Blocks that are no certificate, or text that is no PEM at all.
  int unreadable = 0;

  bool operator==(const PemCertificates&) const = default;
};

/// In the order of the text; a certificate that is there twice is one. At most 1,000 blocks are read: the rest counts
/// as unreadable.
PemCertificates ca_certificates(std::string_view pem);

}  // namespace mesh::istio
