#include "engine/model/checks/trust.h"

namespace mesh {

std::string_view to_string(CaType ca) {
  switch (ca) {
    case CaType::istio_ca:
      return "istio_ca";
    case CaType::mesh_ca:
      return "mesh_ca";
    case CaType::ca_service:
      return "ca_service";
    case CaType::workload_certificates:
      return "workload_certificates";
    case CaType::other:
      return "other";
    case CaType::unknown:
      break;
  }
  return "unknown";
}

std::string_view title_of(CaType ca) {
  switch (ca) {
    case CaType::istio_ca:
      return "Istio CA";
    case CaType::mesh_ca:
      return "Mesh CA";
    case CaType::ca_service:
      return "CA Service";
    case CaType::workload_certificates:
      return "managed workload certificates";
    case CaType::other:
      return "another CA";
    case CaType::unknown:
      break;
  }
  return "an unknown CA";
}

std::string_view to_string(TrustVerdict verdict) {
  switch (verdict) {
    case TrustVerdict::works:
      return "works";
    case TrustVerdict::works_one_way:
      return "works_one_way";
    case TrustVerdict::cannot_work:
      return "cannot_work";
    case TrustVerdict::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(Answer answer) {
  if (answer == Answer::unknown) return "unknown";
  return answer == Answer::yes ? "yes" : "no";
}

}  // namespace mesh
