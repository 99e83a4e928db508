#pragma once

#include <string>
#include <vector>

namespace mesh::simulator {

/// What is wrong with a name, as the server words it; empty: nothing.
std::vector<std::string> dns_subdomain_errors(const std::string& name);
std::vector<std::string> dns_label_errors(const std::string& name);
/// Of a name that stands in a path and has no other rule (roles, bindings).
std::vector<std::string> path_segment_errors(const std::string& name);
/// Of a key of labels, annotations and selectors.
std::vector<std::string> qualified_name_errors(const std::string& key);
std::vector<std::string> label_value_errors(const std::string& value);
/// Of a key of ConfigMaps and Secrets.
std::vector<std::string> config_key_errors(const std::string& key);
/// Of a port's name.
std::vector<std::string> port_name_errors(const std::string& name);
std::vector<std::string> environment_name_errors(const std::string& name);

}  // namespace mesh::simulator
