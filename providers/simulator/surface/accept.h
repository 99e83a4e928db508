#pragma once

#include <optional>
#include <string>

namespace mesh::simulator {

enum class Form { object, table, partial, partial_list };

/// What a client wants to have.
struct Accepted {
  Form form = Form::object;
  std::string version = "v1";  // of meta.k8s.io: v1 or v1beta1, when the form is not `object`
  bool yaml = false;
  std::string content_type = "application/json";  // of the answer
};

/// The first of the Accept header's choices that can be served; nothing: 406, see not_acceptable. No header is JSON.
/// `table_allowed`: false for what has no table, such as subresources' answers.
std::optional<Accepted> negotiate(const std::string& accept, bool forms_allowed = true);

/// Which aggregated discovery is wanted: "v2", "v2beta1", or nothing for the old form.
std::optional<std::string> aggregated_discovery(const std::string& accept);

}  // namespace mesh::simulator
