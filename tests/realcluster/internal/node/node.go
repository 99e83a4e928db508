// Package node is the one node of a cluster whose pods really run: as processes in network and mount namespaces. It sets
// the pods' status from what runs, and serves the kubelet's API for exec and logs.
package node

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"mesh.test/realcluster/internal/fabric"
)

// Config says where a node is and what it has.
type Config struct {
	Name      string // of the node
	Cluster   int
	Client    *kubernetes.Clientset
	Directory string            // of the pods' files
	Logs      string            // path before a container's name
	Programs  map[string]string // by name, what containers can run
	Bootstrap string            // Envoy's bootstrap template
}

// Node runs the pods that are bound to it.
type Node struct {
	Config
	addresses fabric.Addresses

	lock sync.Mutex
	pods map[types.UID]*pod
	used int // pod addresses
}

// Start runs pods for life.
func Start(life context.Context, config Config) (*Node, error) {
	n := &Node{Config: config, addresses: fabric.Addresses(config.Cluster), pods: map[types.UID]*pod{}}
	factory := informers.NewSharedInformerFactory(config.Client, 0)
	informer := factory.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { n.see(life, object.(*corev1.Pod)) },
		UpdateFunc: func(_, object any) { n.see(life, object.(*corev1.Pod)) },
		DeleteFunc: func(object any) {
			if last, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = last.Obj
			}
			n.forget(object.(*corev1.Pod).UID)
		},
	})
	if err != nil {
		return nil, err
	}
	factory.Start(life.Done())
	factory.WaitForCacheSync(life.Done())
	return n, nil
}

// see starts a new pod of this node, and ends one that is to go.
func (n *Node) see(life context.Context, object *corev1.Pod) {
	if object.Spec.NodeName != n.Name {
		return
	}
	n.lock.Lock()
	defer n.lock.Unlock()
	running := n.pods[object.UID]
	if running == nil {
		n.used++
		running = newPod(n, object, n.addresses.Pod(n.used), n.used)
		n.pods[object.UID] = running
		go running.live(life)
	}
	if object.DeletionTimestamp != nil {
		running.end(*object.DeletionGracePeriodSeconds)
	}
}

// forget ends at once a pod that was deleted by force.
func (n *Node) forget(uid types.UID) {
	n.lock.Lock()
	defer n.lock.Unlock()
	if running := n.pods[uid]; running != nil {
		running.end(0)
		delete(n.pods, uid)
	}
}

// find returns a running pod's container; an empty name is that of the first.
func (n *Node) find(namespace, name, container string) *container {
	n.lock.Lock()
	defer n.lock.Unlock()
	for _, p := range n.pods {
		if p.object.Namespace != namespace || p.object.Name != name {
			continue
		}
		for _, c := range p.containers {
			if c.spec.Name == container {
				return c
			}
		}
	}
	return nil
}
