package player

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

var everything = labels.Everything()

// playPod takes a pod one step on: to a node, to ready, or away.
func (p *Player) playPod(ctx context.Context, at key) error {
	pod, err := p.pods.Pods(at.namespace).Get(at.name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	client := p.kubelet.CoreV1().Pods(at.namespace)
	if p.real && pod.Spec.NodeName != "" {
		return nil
	}
	if pod.DeletionTimestamp != nil {
		// The API server keeps a pod until its kubelet says that it has ended.
		err = client.Delete(ctx, at.name, metav1.DeleteOptions{
			GracePeriodSeconds: new(int64),
			Preconditions:      &metav1.Preconditions{UID: &pod.UID},
		})
		return ignore(err, errors.IsNotFound, errors.IsConflict)
	}
	if pod.Status.Phase == corev1.PodRunning || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return nil
	}
	if p.now().Deployments == "never" {
		return nil
	}
	if pod.Spec.NodeName == "" {
		// The change comes back as an event, and with it the next step.
		err = client.Bind(ctx, &corev1.Binding{
			ObjectMeta: metav1.ObjectMeta{Name: at.name, Namespace: at.namespace, UID: pod.UID},
			Target:     corev1.ObjectReference{Kind: "Node", Name: p.Node()},
		}, metav1.CreateOptions{})
		return ignore(err, errors.IsNotFound)
	}
	running := pod.DeepCopy()
	p.run(running)
	_, err = client.UpdateStatus(ctx, running, metav1.UpdateOptions{})
	return ignore(err, errors.IsNotFound)
}

// run fills in the status of a pod whose containers all run and are ready.
func (p *Player) run(pod *corev1.Pod) {
	now := metav1.Now()
	status := &pod.Status
	status.Phase = corev1.PodRunning
	status.StartTime = &now
	status.HostIP = p.hostIP()
	status.HostIPs = []corev1.HostIP{{IP: status.HostIP}}
	n := p.nextAddress()
	status.PodIP = fmt.Sprintf("10.%d.%d.%d", 100+p.number, n/250%250, 1+n%250)
	status.PodIPs = []corev1.PodIP{{IP: status.PodIP}}
	for _, kind := range []corev1.PodConditionType{
		corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady,
	} {
		setCondition(status, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now})
	}
	status.ContainerStatuses = nil
	for _, container := range pod.Spec.Containers {
		started := true
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: "realcluster/" + container.Image,
			ContainerID: "realcluster://" + string(pod.UID) + "/" + container.Name,
			Ready:       true, Started: &started,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	status.InitContainerStatuses = nil
	for _, container := range pod.Spec.InitContainers {
		status.InitContainerStatuses = append(status.InitContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: "realcluster/" + container.Image, Ready: true,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				Reason: "Completed", StartedAt: now, FinishedAt: now,
			}},
		})
	}
}

func setCondition(status *corev1.PodStatus, wanted corev1.PodCondition) {
	for i := range status.Conditions {
		if status.Conditions[i].Type == wanted.Type {
			status.Conditions[i] = wanted
			return
		}
	}
	status.Conditions = append(status.Conditions, wanted)
}

func (p *Player) nextAddress() int {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.addresses++
	return p.addresses
}

func ignore(err error, expected ...func(error) bool) error {
	for _, is := range expected {
		if is(err) {
			return nil
		}
	}
	return err
}
