package fabric

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"mesh.test/realcluster/internal/names"
)

// Follow keeps the rules of a cluster as its Services and endpoints are, and serves its DNS, for life.
func Follow(life context.Context, cluster int, apiServer string, client *kubernetes.Clientset, balancers *names.Balancers) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	services := factory.Core().V1().Services()
	endpointSlices := factory.Discovery().V1().EndpointSlices()
	changed := make(chan struct{}, 1)
	change := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	for _, informer := range []cache.SharedIndexInformer{services.Informer(), endpointSlices.Informer()} {
		_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { change() },
			UpdateFunc: func(any, any) { change() },
			DeleteFunc: func(any) { change() },
		})
		if err != nil {
			return err
		}
	}
	factory.Start(life.Done())
	factory.WaitForCacheSync(life.Done())
	a := Addresses(cluster)
	go func() {
		var last string
		for {
			select {
			case <-life.Done():
				return
			case <-changed:
			}
			known, _ := services.Lister().List(labels.Everything())
			endpoints, _ := endpointSlices.Lister().List(labels.Everything())
			sorted(known)
			rules := Rules(cluster, apiServer, known, endpoints, func(name string) string {
				return balancers.Address(name, a.Balancers())
			})
			if rules != last && routeOutside(known, a) == nil {
				last = rules
				if err := Restore(rules); err != nil {
					fmt.Fprintln(os.Stderr, "realcluster:", err)
				}
			}
			time.Sleep(20 * time.Millisecond) // changes come in bursts
		}
	}()
	return names.Serve(a.Names(), balancers, func(name, namespace string) string {
		service, err := services.Lister().Services(namespace).Get(name)
		if err != nil || service.Spec.ClusterIP == corev1.ClusterIPNone {
			return ""
		}
		return service.Spec.ClusterIP
	})
}

// routeOutside lets packets leave for addresses that a Service asks for by itself.
func routeOutside(services []*corev1.Service, a Addresses) error {
	for _, service := range services {
		asked := service.Spec.ExternalIPs
		for _, entry := range service.Status.LoadBalancer.Ingress {
			asked = append(asked[:len(asked):len(asked)], entry.IP)
		}
		for _, address := range asked {
			if address == "" {
				continue
			}
			if err := routeToNowhere(address+"/32", a); err != nil {
				return err
			}
		}
	}
	return nil
}

func sorted(services []*corev1.Service) {
	slices.SortFunc(services, func(a, b *corev1.Service) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}
