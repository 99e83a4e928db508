#pragma once

#include <map>
#include <string>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/request/request_info.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// Applies the impersonate-user, -group, -uid and -extra-* headers, if there are any: the user to go on as.
/// Errors: 403; 400 without a user's name. Several groups in one header are separated by commas.
ApiResult<User> impersonate(const User& user, const RequestInfo& request,
                            const std::map<std::string, std::string>& headers, const Objects& objects);

}  // namespace mesh::simulator
