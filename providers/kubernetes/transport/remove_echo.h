#pragma once

#include <string>
#include <vector>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// Takes the credential of the request's `Authorization` header out of what a server says of a refusal: whoever heard
/// it may say it back, in a message, a name or a header, where no rule knows it for a credential.
void remove_echo(HttpResponse& answer, const std::vector<std::string>& request_headers);

}  // namespace mesh::kubernetes
