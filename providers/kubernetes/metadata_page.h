#pragma once

#include <optional>
#include <string>

#include "providers/kubernetes/api.h"
#include "providers/kubernetes/json_pool.h"

namespace mesh::kubernetes {

/// A page of a list of metadata only, as parse_page takes it apart (kubernetes-facts 3.1), with equal values shared
/// through the pool. None: the page is not quite what an API server sends, and parse_page may say why. `body` gets room
/// behind its end.
std::optional<Page> parse_metadata_page(std::string& body, const ObjectId& id, JsonPool& pool);

}  // namespace mesh::kubernetes
