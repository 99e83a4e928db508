#pragma once

#include <compare>
#include <string>

namespace mesh {

/// What the address of a removal ends with, where an action beside it brings about what takes the place.
inline constexpr const char* former_part = "/former";

/// The name of an action: `CLUSTER/KIND`, or `CLUSTER/discovery/PEER`; `…/former` behind either.
struct Address {
  std::string text;

  auto operator<=>(const Address&) const = default;
};

/// Whether `glob` covers the address. `*` stands for any run of characters but `/`, `**` for any run at all, `?` for
/// one character but `/`, `[ab]` for one of these. A glob that covers a whole leading part covers all below it: `dc1`
/// covers `dc1/discovery/store`.
bool covers(const std::string& glob, const Address& address);

}  // namespace mesh
