package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"mesh.test/realcluster/internal/proc"
)

// container is one container of a pod. The pod's lock guards its state.
type container struct {
	pod  *pod
	spec corev1.Container
	init bool

	state    corev1.ContainerState
	last     corev1.ContainerState
	restarts int32
	started  bool
	ready    bool
	process  atomic.Pointer[proc.Process]
}

func newContainer(p *pod, spec corev1.Container, init bool) *container {
	c := &container{pod: p, spec: spec, init: init}
	c.state = waiting("PodInitializing", "")
	return c
}

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// sidecar tells whether a container of init stays.
func (c *container) sidecar() bool {
	return c.spec.RestartPolicy != nil && *c.spec.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func (c *container) log() string {
	return fmt.Sprintf("%s.%s.%s.%s.log", c.pod.node.Logs, c.pod.object.Namespace, c.pod.object.Name, c.spec.Name)
}

// set changes the state and has it reported.
func (c *container) set(change func()) {
	c.pod.lock.Lock()
	change()
	c.pod.lock.Unlock()
	c.pod.change()
}

// complete runs a container of init until it ends well.
func (c *container) complete(ctx context.Context) bool {
	for {
		if code, err := c.once(ctx); err == nil && code == 0 {
			c.set(func() { c.ready = true })
			return true
		}
		if !pause(ctx, time.Second) {
			return false
		}
		c.set(func() { c.restarts++ })
	}
}

// keep runs a container, again and again, until the pod ends.
func (c *container) keep(ctx context.Context) {
	for {
		_, err := c.once(ctx)
		if ctx.Err() != nil || !pause(ctx, time.Second) {
			return
		}
		if err == nil {
			c.set(func() { c.restarts++ })
		}
	}
}

// once runs the container to its end and returns its exit code.
func (c *container) once(ctx context.Context) (int, error) {
	image, err := find(c.spec.Image)
	if err != nil {
		c.set(func() { c.state = waiting("ErrImagePull", err.Error()) })
		return 0, err
	}
	process, err := c.launch(ctx, image)
	if err != nil {
		c.set(func() { c.state = waiting("RunContainerError", err.Error()) })
		return 0, err
	}
	c.process.Store(process)
	began := metav1.Now()
	c.set(func() { c.state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}} })
	probing, stop := context.WithCancel(ctx)
	go c.probe(probing)
	<-process.Done()
	stop()
	code := process.ExitCode()
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	c.set(func() {
		c.ready, c.started = false, false
		ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: int32(code), Reason: reason, StartedAt: began, FinishedAt: metav1.Now(),
		}}
		c.state, c.last = ended, ended
	})
	return code, nil
}

// launch starts the program in the pod's sandbox, as process 1 of processes of its own: its end is that of all it started.
func (c *container) launch(ctx context.Context, image image) (*proc.Process, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	user := c.user(image)
	log, err := os.OpenFile(c.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	// Envoy opens its own output again, as its user.
	if err = log.Chown(int(user), int(user)); err != nil {
		return nil, err
	}
	environment := c.environment()
	program := append(image.entry, c.expand(c.spec.Args, environment)...)
	if len(c.spec.Command) > 0 {
		program = append(c.expand(c.spec.Command, environment), c.expand(c.spec.Args, environment)...)
	}
	if len(program) == 0 {
		return nil, fmt.Errorf("the image %s has no program that is played, and the container no command", c.spec.Image)
	}
	line := c.pod.sandbox.Enter(user, program)
	command := exec.Command(line[0], line[1:]...)
	command.Env = list(environment)
	command.Dir = "/"
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Cloneflags: syscall.CLONE_NEWPID}
	return proc.Start(command)
}

func (c *container) user(image image) int64 {
	if own := c.spec.SecurityContext; own != nil && own.RunAsUser != nil {
		return *own.RunAsUser
	}
	if of := c.pod.object.Spec.SecurityContext; of != nil && of.RunAsUser != nil {
		return *of.RunAsUser
	}
	return image.user
}

// stop asks the program to end, and then makes it.
func (c *container) stop(grace time.Duration) {
	process := c.process.Load()
	if process == nil {
		return
	}
	if grace > 0 {
		process.Signal(syscall.SIGTERM)
		select {
		case <-process.Done():
		case <-time.After(grace):
		}
	}
	process.Kill()
}
