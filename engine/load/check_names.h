#pragma once

#include <string>

#include "engine/load/check.h"

namespace mesh {

/// Lower-case letters, digits and `-`, 1 to 63, a letter or digit at both ends (RFC 1123).
Verdict check_dns_label(std::string_view text);
/// The nearest one: lower case, everything else a `-`; empty where the text has no letter and no digit.
std::string as_dns_label(std::string_view text);
/// What Kubernetes takes as the value of a label, but never empty.
Verdict check_label_value(std::string_view text);
/// A Google Cloud project ID: 6 to 30, starts with a letter.
Verdict check_project_id(std::string_view text);
/// Not empty, no control characters.
Verdict check_text(std::string_view text);
/// As check_text; no `~`, which only a shell expands.
Verdict check_path(std::string_view text);
/// A git remote: as check_path; no credential inside, because the spec is kept in the snapshots.
Verdict check_remote(std::string_view text);

}  // namespace mesh
