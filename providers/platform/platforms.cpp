#include "providers/platform/platforms.h"

#include "providers/platform/presets.h"

namespace mesh::platform {

const PlatformSet& all() {
  static const PlatformSet platforms = [] {
    PlatformSet set;
    for (const Platform& one : {gke_vmware(), gdc_bare_metal(), gke_azure(), gke_aws(), eks(), aks(), kubernetes()}) {
      set.emplace(one.name, one);
    }
    return set;
  }();
  return platforms;
}

}  // namespace mesh::platform
