#pragma once

#include "engine/load/check.h"

namespace mesh {

/// An IPv4 or IPv6 address; no zone, no IPv4 inside IPv6.
Verdict check_ip(std::string_view text);
/// An address block whose host bits are zero.
Verdict check_cidr(std::string_view text);
/// `https://host[:port]`, nothing more.
Verdict check_api_server(std::string_view text);

}  // namespace mesh
