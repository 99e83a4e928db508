#pragma once

#include "engine/model/platform.h"

/// One value per file. Every value comes from the vendors' pages for load balancers and logins as the guide uses them.
namespace mesh::platform {

Platform gke_vmware();
Platform gdc_bare_metal();
Platform gke_azure();
Platform gke_aws();
Platform eks();
Platform aks();
Platform kubernetes();

}  // namespace mesh::platform
