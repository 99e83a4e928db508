#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apimachinery/errors/causes.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Name, labels, annotations, owners, finalizers.
void validate_metadata(const Write& write, const nlohmann::json& object, Causes& causes);
void validate_finalizers_of(const nlohmann::json& object, Causes& causes);
/// Labels, annotations, owners, managers.
void validate_metadata_again(const nlohmann::json& object, Causes& causes);
/// What of metadata may never change, and the rest again.
void validate_metadata_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_labels(const nlohmann::json& labels, const std::string& field, Causes& causes);
/// A label selector; false: it cannot be used.
bool validate_selector(const nlohmann::json& selector, const std::string& field, Causes& causes);

/// A number or a percentage; answers whether it is zero.
bool validate_share(const nlohmann::json& share, const std::string& field, Causes& causes);
/// A percentage may not be above 100.
void validate_share_of_all(const nlohmann::json& share, const std::string& field, Causes& causes);

void validate_pod_spec(const nlohmann::json& spec, const std::string& field, Causes& causes);
void validate_pod(const nlohmann::json& object, Causes& causes);
void validate_pod_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_containers(const nlohmann::json& spec, const char* list, const std::string& field, Causes& causes);
void validate_deployment(const nlohmann::json& object, Causes& causes);
void validate_deployment_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_replica_set(const nlohmann::json& object, Causes& causes);
void validate_replica_set_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_service(const nlohmann::json& object, Causes& causes);
void validate_service_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_service_status(const nlohmann::json& object, Causes& causes);
void validate_secret(const nlohmann::json& object, Causes& causes);
void validate_secret_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_config_map(const nlohmann::json& object, Causes& causes);
void validate_config_map_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_autoscaler(const nlohmann::json& object, Causes& causes);
void validate_disruption_budget(const nlohmann::json& object, Causes& causes);
void validate_role(const nlohmann::json& object, Causes& causes);
void validate_binding(const nlohmann::json& object, Causes& causes);
void validate_binding_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_lease(const nlohmann::json& object, Causes& causes);
void validate_definition(const nlohmann::json& object, Causes& causes);
/// A custom resource against the schema of its definition.
void validate_custom(const Write& write, const nlohmann::json& object, Causes& causes);

}  // namespace mesh::simulator
