#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// Why a text is no value for its field: a cause that quotes it (unless it may hold a credential), and a hint.
struct Complaint {
  std::string summary = "invalid value";
  std::string cause;
  std::string hint;
};

using Verdict = std::optional<Complaint>;
using Check = Verdict (*)(std::string_view text);

/// Lower-case letters, digits and `-`, 1 to 63, a letter or digit at both ends (RFC 1123).
Verdict check_dns_label(std::string_view text);
/// What Kubernetes takes as the value of a label, but never empty.
Verdict check_label_value(std::string_view text);
/// A Google Cloud project ID: 6 to 30, starts with a letter.
Verdict check_project_id(std::string_view text);
/// An IPv4 or IPv6 address; no zone, no IPv4 inside IPv6.
Verdict check_ip(std::string_view text);
/// An address block whose host bits are zero.
Verdict check_cidr(std::string_view text);
/// `https://host[:port]`, nothing more.
Verdict check_api_server(std::string_view text);
/// Not empty, no control characters.
Verdict check_text(std::string_view text);
/// As check_text; no `~`, which only a shell expands.
Verdict check_path(std::string_view text);
/// A git remote: as check_path; no credential inside, because the spec is kept in the snapshots.
Verdict check_remote(std::string_view text);

}  // namespace mesh
