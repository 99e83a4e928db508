#pragma once

#include "engine/model/field_schema.h"

namespace mesh::kubernetes {

/// How the API server merges the kinds that mesh writes: Namespace, ServiceAccount, Secret, ClusterRole,
/// ClusterRoleBinding, Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget, Gateway. Status is left out.
/// Source: the typed schema of client-go v0.36 (applyconfigurations/internal); it has not changed for these fields
/// since Kubernetes 1.28.
const FieldSchemas& field_schemas();

}  // namespace mesh::kubernetes
