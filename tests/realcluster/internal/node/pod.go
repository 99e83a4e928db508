package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"mesh.test/realcluster/internal/fabric"
	"mesh.test/realcluster/internal/sandbox"
)

// longestGrace is how long a container may take to end: tests do not wait for a minute.
const longestGrace = 3 * time.Second

// pod is one pod on its way from bound to gone.
type pod struct {
	node       *Node
	object     *corev1.Pod
	address    string
	link       string
	directory  string
	sandbox    *sandbox.Sandbox
	containers []*container // those of init first
	changed    chan struct{}

	ending sync.Once
	over   chan struct{}
	grace  time.Duration

	lock    sync.Mutex // guards what the status is made of, here and in the containers
	began   metav1.Time
	message string // why it does not start
}

func newPod(n *Node, object *corev1.Pod, address string, number int) *pod {
	p := &pod{
		node: n, object: object.DeepCopy(), address: address, link: fmt.Sprintf("c%d-pod%d", n.Cluster, number),
		directory: filepath.Join(n.Directory, string(object.UID)), changed: make(chan struct{}, 1), over: make(chan struct{}),
		began: metav1.Now(),
	}
	p.object.Status.PodIP = address
	p.object.Status.HostIP = n.addresses.Node()
	for _, spec := range object.Spec.InitContainers {
		p.containers = append(p.containers, newContainer(p, spec, true))
	}
	for _, spec := range object.Spec.Containers {
		p.containers = append(p.containers, newContainer(p, spec, false))
	}
	return p
}

// end makes the pod go, once.
func (p *pod) end(seconds int64) {
	p.ending.Do(func() {
		p.grace = min(time.Duration(seconds)*time.Second, longestGrace)
		close(p.over)
	})
}

// live takes the pod through its life.
func (p *pod) live(life context.Context) {
	running, stop := context.WithCancel(life)
	defer stop()
	go func() {
		select {
		case <-p.over:
			stop()
		case <-running.Done():
		}
	}()
	go p.report(running)
	p.change()
	if p.prepare(running) {
		p.run(running)
	}
	<-running.Done()
	p.stop()
	if life.Err() == nil {
		p.gone(life)
	}
}

// prepare makes sandbox and volumes; it tries again what is not to be had yet, such as a ConfigMap.
func (p *pod) prepare(ctx context.Context) bool {
	for {
		mounts, err := p.volumes(ctx)
		if err == nil {
			err = p.enclose(mounts)
		}
		p.lock.Lock()
		p.message = ""
		if err != nil {
			p.message = err.Error()
		}
		p.lock.Unlock()
		p.change()
		if err == nil {
			return true
		}
		if !pause(ctx, 300*time.Millisecond) {
			return false
		}
	}
}

func (p *pod) enclose(mounts map[string]string) error {
	root := filepath.Join(p.directory, "root")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	mounts["/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"] = p.node.Bootstrap
	domain := "svc.cluster.local cluster.local"
	var err error
	p.sandbox, err = sandbox.Start(sandbox.Config{
		HostName: p.object.Name, Address: p.address, Root: root, Programs: p.node.Programs, Mounts: mounts,
		Files: map[string]string{
			"/etc/passwd":        "root:x:0:0:root:/root:/bin/sh\nistio-proxy:x:1337:1337::/home/istio-proxy:/bin/sh\n",
			"/etc/group":         "root:x:0:\nistio-proxy:x:1337:\n",
			"/etc/nsswitch.conf": "hosts: files dns\n",
			"/etc/hosts":         fmt.Sprintf("127.0.0.1 localhost\n%s %s\n", p.address, p.object.Name),
			"/etc/resolv.conf": fmt.Sprintf("search %s.svc.cluster.local %s\nnameserver %s\noptions ndots:5\n",
				p.object.Namespace, domain, p.node.addresses.Names()),
		},
	}, p.link)
	return err
}

// run starts the containers in order: those of init one after the other, the rest together.
func (p *pod) run(ctx context.Context) {
	for _, c := range p.containers {
		switch {
		case c.init && !c.sidecar():
			if !c.complete(ctx) {
				return
			}
		case c.init:
			go c.keep(ctx)
			if !c.awaitStarted(ctx) {
				return
			}
		default:
			go c.keep(ctx)
		}
	}
}

// stop ends the containers, sidecars of init last, and the sandbox.
func (p *pod) stop() {
	for _, sidecars := range []bool{false, true} {
		var group sync.WaitGroup
		for _, c := range p.containers {
			if c.init == sidecars {
				group.Go(func() { c.stop(p.grace) })
			}
		}
		group.Wait()
	}
	if p.sandbox != nil {
		p.sandbox.Stop()
	} else {
		fabric.Detach(p.link)
	}
	os.RemoveAll(p.directory)
}

// gone tells the API server, which keeps a pod until its kubelet says that it has ended.
func (p *pod) gone(ctx context.Context) {
	for {
		err := p.node.Client.CoreV1().Pods(p.object.Namespace).Delete(ctx, p.object.Name, metav1.DeleteOptions{
			GracePeriodSeconds: new(int64), Preconditions: &metav1.Preconditions{UID: &p.object.UID},
		})
		if err == nil || errors.IsNotFound(err) || errors.IsConflict(err) || !pause(ctx, 200*time.Millisecond) {
			return
		}
	}
}

// change has the status reported.
func (p *pod) change() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// pause waits; false: the context ended before.
func pause(ctx context.Context, span time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(span):
		return true
	}
}
