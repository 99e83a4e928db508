// Package player plays what a control plane alone lacks: the kubelet that makes
// pods ready and removes them, and the cloud that gives Services addresses.
// Deployments, replica sets and endpoints are left to the real controllers.
package player

import (
	"context"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"mesh.test/realcluster/internal/fabric"
)

// The ConfigMap that holds the settings.
const settingsNamespace, settingsName = "kube-system", "realcluster"

// key names one object to look at.
type key struct {
	kind, namespace, name string
}

// Player plays for one cluster.
type Player struct {
	cluster string
	number  int
	// real: a node of its own runs the pods; here they are only bound to it.
	real bool

	// Two clients, so that managedFields name the kubelet and the cloud as
	// they do in a cluster: the manager is the user agent's first part.
	kubelet, cloud *kubernetes.Clientset

	pods     listers.PodLister
	services listers.ServiceLister
	queue    workqueue.TypedRateLimitingInterface[key]

	lock      sync.Mutex
	settings  Settings
	seen      map[string]time.Time // Services without an address, by UID
	addresses int                  // handed out so far
}

// Start begins to play, within ctx, and plays for life; with realPods it leaves the pods to a node that runs them. configure
// gives a client configuration for a user agent.
func Start(life, ctx context.Context, cluster string, number int, realPods bool, settings Settings, configure func(userAgent string) *rest.Config) (*Player, error) {
	p := &Player{
		cluster: cluster, number: number, real: realPods, settings: settings, seen: map[string]time.Time{},
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[key](20*time.Millisecond, 2*time.Second)),
	}
	var err error
	if p.kubelet, err = kubernetes.NewForConfig(configure("kubelet/realcluster")); err != nil {
		return nil, err
	}
	if p.cloud, err = kubernetes.NewForConfig(configure("cloud-controller-manager/realcluster")); err != nil {
		return nil, err
	}
	if err = p.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", cluster, err)
	}
	factory := informers.NewSharedInformerFactory(p.kubelet, 0)
	p.pods = factory.Core().V1().Pods().Lister()
	p.services = factory.Core().V1().Services().Lister()
	p.listen(factory.Core().V1().Pods().Informer(), "pod")
	p.listen(factory.Core().V1().Services().Informer(), "service")
	own := informers.NewSharedInformerFactoryWithOptions(p.kubelet, 0,
		informers.WithNamespace(settingsNamespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.FieldSelector = "metadata.name=" + settingsName }))
	_, err = own.Core().V1().ConfigMaps().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, object any) { p.read(object.(*corev1.ConfigMap)) },
	})
	if err != nil {
		return nil, err
	}
	factory.Start(life.Done())
	own.Start(life.Done())
	factory.WaitForCacheSync(ctx.Done())
	for range 4 {
		go p.work(life)
	}
	go func() {
		<-life.Done()
		p.queue.ShutDown()
	}()
	return p, nil
}

// Set changes settings in the cluster's ConfigMap; when it returns they hold.
func (p *Player) Set(ctx context.Context, values map[string]string) error {
	p.lock.Lock()
	wanted := p.settings
	p.lock.Unlock()
	if err := wanted.SetAll(values); err != nil {
		return err
	}
	maps := p.kubelet.CoreV1().ConfigMaps(settingsNamespace)
	found, err := maps.Get(ctx, settingsName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	found.Data = wanted.Data()
	if found, err = maps.Update(ctx, found, metav1.UpdateOptions{}); err != nil {
		return err
	}
	p.read(found)
	return nil
}

// prepare makes the settings visible and the one node that all pods run on.
func (p *Player) prepare(ctx context.Context) error {
	_, err := p.kubelet.CoreV1().ConfigMaps(settingsNamespace).Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: settingsName}, Data: p.settings.Data(),
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	node, err := p.kubelet.CoreV1().Nodes().Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: p.Node(),
		Labels: map[string]string{
			"kubernetes.io/hostname": p.Node(), "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
			"topology.kubernetes.io/region": p.cluster, "topology.kubernetes.io/zone": p.cluster + "-a",
		},
	}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: p.hostIP()}}
	if p.real {
		node.Status.DaemonEndpoints.KubeletEndpoint.Port = fabric.KubeletPort
	}
	node.Status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady",
		LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now(),
	}}
	node.Spec.Taints = nil // admission adds not-ready; there is no controller to take it away
	if node, err = p.kubelet.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{}); err != nil {
		return err
	}
	node.Spec.Taints = nil
	_, err = p.kubelet.CoreV1().Nodes().Update(ctx, node, metav1.UpdateOptions{})
	return err
}

// Node is the name of the one node.
func (p *Player) Node() string   { return p.cluster + "-node" }
func (p *Player) hostIP() string { return fmt.Sprintf("192.168.%d.1", p.number) }

// read takes over the settings that a test wrote, then looks at all again.
func (p *Player) read(object *corev1.ConfigMap) {
	p.lock.Lock()
	before := p.settings
	err := p.settings.SetAll(object.Data)
	changed := !maps.Equal(before.Data(), p.settings.Data())
	p.lock.Unlock()
	if err != nil {
		fmt.Fprintf(os.Stderr, "realcluster: %s: ConfigMap %s/%s: %v\n", p.cluster, settingsNamespace, settingsName, err)
	}
	if !changed {
		return
	}
	pods, _ := p.pods.List(everything)
	for _, pod := range pods {
		p.queue.Add(key{"pod", pod.Namespace, pod.Name})
	}
	services, _ := p.services.List(everything)
	for _, service := range services {
		p.queue.Add(key{"service", service.Namespace, service.Name})
	}
}

func (p *Player) now() Settings {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.settings
}

func (p *Player) listen(informer cache.SharedIndexInformer, kind string) {
	add := func(object any) {
		meta := object.(metav1.Object)
		p.queue.Add(key{kind, meta.GetNamespace(), meta.GetName()})
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    add,
		UpdateFunc: func(_, object any) { add(object) },
	})
	if err != nil {
		panic(err) // only a stopped informer refuses, and this one never ran
	}
}

func (p *Player) work(ctx context.Context) {
	for {
		next, stop := p.queue.Get()
		if stop {
			return
		}
		var err error
		if next.kind == "pod" {
			err = p.playPod(ctx, next)
		} else {
			err = p.playService(ctx, next)
		}
		if err != nil {
			// Stale reads and stopped API servers are normal: try again.
			p.queue.AddRateLimited(next)
		} else {
			p.queue.Forget(next)
		}
		p.queue.Done(next)
	}
}
