#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace mesh {

/// The name of an action: `CLUSTER/KIND`, or `CLUSTER/discovery/PEER`.
struct Address {
  std::string text;

  auto operator<=>(const Address&) const = default;
};

/// Whether `glob` covers the address. `*` stands for any run of characters but `/`, `**` for any run at all, `?` for
/// one character but `/`. A glob that covers a whole leading part covers all below it: `dc1` covers
/// `dc1/discovery/store`.
bool covers(std::string_view glob, const Address& address);

}  // namespace mesh
