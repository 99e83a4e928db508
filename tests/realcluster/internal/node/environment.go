package node

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// environment is what the container finds, with all references resolved.
func (c *container) environment() map[string]string {
	found := map[string]string{
		"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home/istio-proxy",
		"HOSTNAME":                c.pod.object.Name,
		"KUBERNETES_SERVICE_HOST": c.pod.node.addresses.Kubernetes(), "KUBERNETES_SERVICE_PORT": "443",
	}
	for _, entry := range c.spec.Env {
		switch from := entry.ValueFrom; {
		case from == nil:
			found[entry.Name] = expansion.Expand(entry.Value, expansion.MappingFuncFor(found))
		case from.FieldRef != nil:
			found[entry.Name] = c.pod.field(from.FieldRef.FieldPath)
		case from.ResourceFieldRef != nil:
			found[entry.Name] = c.resource(from.ResourceFieldRef.Resource)
		}
	}
	return found
}

func (c *container) expand(words []string, environment map[string]string) []string {
	var expanded []string
	for _, word := range words {
		expanded = append(expanded, expansion.Expand(word, expansion.MappingFuncFor(environment)))
	}
	return expanded
}

// resource is a limit as the downward API gives it; without one it is what the machine has.
func (c *container) resource(name string) string {
	limits := c.spec.Resources.Limits
	if name == "limits.cpu" {
		if cpu, ok := limits[corev1.ResourceCPU]; ok {
			return fmt.Sprint(cpu.Value())
		}
		return "2"
	}
	if memory, ok := limits[corev1.ResourceMemory]; ok {
		return fmt.Sprint(memory.Value())
	}
	return fmt.Sprint(1 << 30)
}

// field is a field of the pod as the downward API gives it.
func (p *pod) field(path string) string {
	switch path {
	case "spec.nodeName":
		return p.object.Spec.NodeName
	case "spec.serviceAccountName":
		return p.object.Spec.ServiceAccountName
	case "status.hostIP", "status.hostIPs":
		return p.object.Status.HostIP
	case "status.podIP", "status.podIPs":
		return p.address
	}
	value, err := fieldpath.ExtractFieldPathAsString(p.object, path)
	if err != nil {
		return ""
	}
	return value
}

func list(environment map[string]string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		lines = append(lines, strings.Join([]string{name, environment[name]}, "="))
	}
	return lines
}
