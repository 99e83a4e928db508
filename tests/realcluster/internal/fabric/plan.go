// Package fabric is the network between the clusters of a run with a real mesh. The namespace that the supervisor runs in
// is router, load balancer and kube-proxy of all of them; each pod has a namespace of its own, linked to it. Pods of one
// cluster reach those of another only through what a Service's address leads to.
package fabric

import "fmt"

// KubeletPort is where the API server finds the kubelet.
const KubeletPort = 10250

// Addresses are those of one cluster, by its number from 1.
type Addresses int

// Node is where the API server, the kubelet and node ports are.
func (a Addresses) Node() string { return fmt.Sprintf("192.168.%d.1", a) }

// Pods is the range of the pods.
func (a Addresses) Pods() string { return fmt.Sprintf("10.%d.0.0/16", 100+a) }

// Pod is the address of the Nth pod.
func (a Addresses) Pod(n int) string {
	return fmt.Sprintf("10.%d.%d.%d", 100+int(a), n/250%250, 1+n%250)
}

// Services is the range of the Services' cluster addresses.
func (a Addresses) Services() string { return fmt.Sprintf("10.%d.0.0/16", 20+a) }

// Kubernetes is the cluster address of the API server.
func (a Addresses) Kubernetes() string { return fmt.Sprintf("10.%d.0.1", 20+a) }

// Names is the cluster's DNS server.
func (a Addresses) Names() string { return fmt.Sprintf("10.%d.0.10", 20+a) }

// Balancers is the range of the load balancers.
func (a Addresses) Balancers() string { return fmt.Sprintf("198.18.%d.0/24", a) }
