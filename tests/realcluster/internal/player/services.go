package player

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// playService gives a Service of type LoadBalancer its address when its time has
// come, and takes it from a Service that has become something else.
func (p *Player) playService(ctx context.Context, at key) error {
	service, err := p.services.Services(at.namespace).Get(at.name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	balanced := service.Spec.Type == corev1.ServiceTypeLoadBalancer
	addressed := len(service.Status.LoadBalancer.Ingress) > 0
	changed := service.DeepCopy()
	switch settings := p.now(); {
	case addressed && !balanced:
		changed.Status.LoadBalancer = corev1.LoadBalancerStatus{}
	case addressed || !balanced || settings.LB == "none":
		return nil
	default:
		if left := time.Until(p.firstSeen(service).Add(settings.LBDelay)); left > 0 {
			p.queue.AddAfter(at, left)
			return nil
		}
		changed.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{p.address(service, settings.LB)}
	}
	_, err = p.cloud.CoreV1().Services(at.namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return ignore(err, errors.IsNotFound)
}

func (p *Player) address(service *corev1.Service, mode string) corev1.LoadBalancerIngress {
	if mode == "hostname" {
		return corev1.LoadBalancerIngress{
			Hostname: fmt.Sprintf("%s-%s.%s.lb.example.com", service.Name, service.Namespace, p.cluster),
		}
	}
	if asked := service.Spec.LoadBalancerIP; asked != "" {
		return corev1.LoadBalancerIngress{IP: asked}
	}
	// 198.18.0.0/15 is set aside for tests: no such host exists.
	n := p.nextAddress()
	return corev1.LoadBalancerIngress{IP: fmt.Sprintf("198.18.%d.%d", p.number, 1+n%250)}
}

// firstSeen remembers when a Service first had no address: creation times have
// only whole seconds, and a Service may turn into a load balancer later.
func (p *Player) firstSeen(service *corev1.Service) time.Time {
	p.lock.Lock()
	defer p.lock.Unlock()
	uid := string(service.UID)
	if p.seen[uid].IsZero() {
		p.seen[uid] = time.Now()
	}
	return p.seen[uid]
}
