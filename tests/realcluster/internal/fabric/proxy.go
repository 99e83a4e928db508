package fabric

import (
	"fmt"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// Rules translate the addresses of a cluster's Services to those of the ready pods behind them: what kube-proxy and the
// cloud's load balancers do. named gives the address of a load balancer that has a name.
func Rules(cluster int, apiServer string, services []*corev1.Service, endpoints []*discoveryv1.EndpointSlice, named func(string) string) string {
	a := Addresses(cluster)
	lines := []string{fmt.Sprintf("-A %s -d %s -p tcp --dport 443 -j DNAT --to-destination %s", chain(cluster), a.Kubernetes(), apiServer)}
	for _, service := range services {
		for _, port := range service.Spec.Ports {
			if port.Protocol != corev1.ProtocolTCP && port.Protocol != "" {
				continue
			}
			to := targets(service, port, endpoints)
			for _, front := range fronts(service, port, a, named) {
				for i, target := range to {
					share := ""
					if left := len(to) - i; left > 1 {
						share = fmt.Sprintf("-m statistic --mode random --probability %.5f ", 1/float64(left))
					}
					lines = append(lines, fmt.Sprintf("-A %s %s%s-j DNAT --to-destination %s", chain(cluster), front, share, target))
				}
			}
		}
	}
	return fmt.Sprintf("*nat\n:%s - [0:0]\n%s\nCOMMIT\n", chain(cluster), strings.Join(lines, "\n"))
}

// fronts are the conditions under which a packet is for a Service's port.
func fronts(service *corev1.Service, port corev1.ServicePort, a Addresses, named func(string) string) []string {
	var found []string
	add := func(address string, number int32, source string) {
		if net.ParseIP(address) == nil || number == 0 {
			return
		}
		if source != "" {
			source = "-s " + source + " "
		}
		found = append(found, fmt.Sprintf("%s-d %s -p tcp --dport %d ", source, address, number))
	}
	add(service.Spec.ClusterIP, port.Port, "")
	add(a.Node(), port.NodePort, "")
	for _, address := range service.Spec.ExternalIPs {
		add(address, port.Port, "")
	}
	for _, entry := range service.Status.LoadBalancer.Ingress {
		address := entry.IP
		if address == "" {
			address = named(entry.Hostname)
		}
		if len(service.Spec.LoadBalancerSourceRanges) == 0 {
			add(address, port.Port, "")
		}
		for _, source := range service.Spec.LoadBalancerSourceRanges {
			add(address, port.Port, source)
		}
	}
	return found
}

func targets(service *corev1.Service, port corev1.ServicePort, endpoints []*discoveryv1.EndpointSlice) []string {
	var found []string
	for _, slice := range endpoints {
		if slice.Namespace != service.Namespace || slice.Labels[discoveryv1.LabelServiceName] != service.Name {
			continue
		}
		for _, own := range slice.Ports {
			if own.Port == nil || own.Name == nil || *own.Name != port.Name {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
					found = append(found, fmt.Sprintf("%s:%d", endpoint.Addresses[0], *own.Port))
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
