#pragma once

#include <string>

namespace mesh::simulator {

/// Why a text cannot be such a name; empty: it can.
std::string dns_subdomain_error(const std::string& name);
std::string dns_label_error(const std::string& name);
/// Of a name that stands in a path and has no other rule (roles, bindings).
std::string path_segment_error(const std::string& name);
/// Of a key of labels, annotations and selectors.
std::string qualified_name_error(const std::string& key);
std::string label_value_error(const std::string& value);
/// Of a key of ConfigMaps and Secrets.
std::string config_key_error(const std::string& key);
std::string port_name_error(const std::string& name);
std::string environment_name_error(const std::string& name);

}  // namespace mesh::simulator
