package node

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// report writes the pod's status whenever it has changed, and until the API server has taken it.
func (p *pod) report(ctx context.Context) {
	client := p.node.Client.CoreV1().Pods(p.object.Namespace)
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		}
		for {
			found, err := client.Get(ctx, p.object.Name, metav1.GetOptions{})
			if err == nil && found.UID == p.object.UID {
				found.Status = p.status(found.Status)
				_, err = client.UpdateStatus(ctx, found, metav1.UpdateOptions{})
			}
			if err == nil || errors.IsNotFound(err) {
				break
			}
			if !pause(ctx, 100*time.Millisecond) {
				return
			}
		}
	}
}

// status is what the API server is to know, given what it knew.
func (p *pod) status(before corev1.PodStatus) corev1.PodStatus {
	p.lock.Lock()
	defer p.lock.Unlock()
	status := *before.DeepCopy()
	status.StartTime = &p.began
	status.HostIP = p.node.addresses.Node()
	status.HostIPs = []corev1.HostIP{{IP: status.HostIP}}
	status.PodIP = p.address
	status.PodIPs = []corev1.PodIP{{IP: p.address}}
	status.Message = p.message
	status.ContainerStatuses, status.InitContainerStatuses = nil, nil
	initialized, ready, up := true, true, true
	for _, c := range p.containers {
		own := c.status()
		if c.init {
			status.InitContainerStatuses = append(status.InitContainerStatuses, own)
			initialized = initialized && (c.ready || c.started)
		} else {
			status.ContainerStatuses = append(status.ContainerStatuses, own)
			up = up && own.State.Waiting == nil
		}
		ready = ready && (c.ready || c.init && !c.sidecar())
	}
	ready = ready && initialized
	if status.Phase != corev1.PodRunning {
		status.Phase = corev1.PodPending
		if initialized && up {
			status.Phase = corev1.PodRunning
		}
	}
	condition(&status, corev1.PodReadyToStartContainers, p.sandbox != nil, "")
	condition(&status, corev1.PodInitialized, initialized, "ContainersNotInitialized")
	condition(&status, corev1.ContainersReady, ready, "ContainersNotReady")
	condition(&status, corev1.PodReady, ready, "ContainersNotReady")
	return status
}

func (c *container) status() corev1.ContainerStatus {
	started := c.started
	return corev1.ContainerStatus{
		Name: c.spec.Name, Image: c.spec.Image, ImageID: "realcluster/" + c.spec.Image,
		ContainerID: "realcluster://" + string(c.pod.object.UID) + "/" + c.spec.Name,
		State:       c.state, LastTerminationState: c.last, RestartCount: c.restarts, Ready: c.ready, Started: &started,
	}
}

func condition(status *corev1.PodStatus, kind corev1.PodConditionType, holds bool, reason string) {
	next := corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now()}
	if !holds {
		next.Status, next.Reason = corev1.ConditionFalse, reason
	}
	for i, known := range status.Conditions {
		if known.Type != kind {
			continue
		}
		if known.Status == next.Status {
			next.LastTransitionTime = known.LastTransitionTime
		}
		status.Conditions[i] = next
		return
	}
	status.Conditions = append(status.Conditions, next)
}
