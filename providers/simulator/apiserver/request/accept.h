#pragma once

#include <optional>
#include <string>

#include "providers/simulator/apiserver/request/reply.h"

namespace mesh::simulator {

enum class Form { object, table, partial, partial_list };
enum class FormsAllowed { no, yes };

/// What a client wants to have.
struct Accepted {
  Form form = Form::object;
  std::string version = "v1";                     // of meta.k8s.io: v1 or v1beta1, when the form is not `object`
  bool yaml = false;                              // JSON is YAML: only the content type differs
  std::string content_type = "application/json";  // of the answer
};

/// The first of the Accept header's choices, by their q, that can be served; nothing: unacceptable_reply answers. No
/// header is JSON. `forms`: whether tables and metadata alone may be had, as of resources.
std::optional<Accepted> negotiate(const std::string& accept, FormsAllowed forms = FormsAllowed::yes);

/// 406 for that header.
Reply unacceptable_reply(const std::string& accept);

/// Which aggregated discovery is desired: "v2", "v2beta1", or nothing for the old form.
std::optional<std::string> aggregated_discovery(const std::string& accept);

}  // namespace mesh::simulator
