#pragma once

#include <vector>

#include "providers/kubernetes/json_pool.h"
#include "providers/kubernetes/request_sender.h"

namespace mesh::kubernetes {

/// A request that goes out with the first pages, and what came back.
struct Beside {
  Request request = {};
  Result<Reply> reply = {};
};

/// Carries out all reads at once; lists page by page, all lists side by side. A list whose continue token has expired
/// (410, kubernetes-facts 3.4) starts anew. `base` gives the words for errors,
/// `pool` shares equal values of lists of metadata.
std::vector<Result<ReadAnswer>> read_pages(RequestSender& request_sender, Origin& origin, const Attempt& base,
                                           std::size_t page_size, const std::vector<Read>& reads, JsonPool& pool,
                                           const CallLimits& limits, std::vector<Beside>* beside = nullptr);

}  // namespace mesh::kubernetes
