package node

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A test does not wait for the 15 seconds between two probes of a sidecar.
const longestPeriod = time.Second

var prober = &http.Client{
	Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // as a kubelet's probes
		DisableKeepAlives: true,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// probe finds out again and again whether the container has started and is ready.
func (c *container) probe(ctx context.Context) {
	for !c.succeeds(ctx, c.spec.StartupProbe) {
		if !pause(ctx, 200*time.Millisecond) {
			return
		}
	}
	c.set(func() { c.started = true })
	failures := int32(0)
	for ctx.Err() == nil {
		ready := c.succeeds(ctx, c.spec.ReadinessProbe)
		failures++
		if ready {
			failures = 0
		}
		if ctx.Err() != nil {
			return
		}
		c.pod.lock.Lock()
		// Once ready, a single failure says nothing yet.
		changed := c.ready != ready && (ready || failures >= c.spec.ReadinessProbe.FailureThreshold)
		if changed {
			c.ready = ready
		}
		known := c.ready
		c.pod.lock.Unlock()
		if changed {
			c.pod.change()
		}
		period := longestPeriod
		if !known {
			period = 200 * time.Millisecond
		}
		if !pause(ctx, period) {
			return
		}
	}
}

// awaitStarted waits until the container's start-up probe has succeeded.
func (c *container) awaitStarted(ctx context.Context) bool {
	for {
		c.pod.lock.Lock()
		started := c.started
		c.pod.lock.Unlock()
		if started {
			return true
		}
		if !pause(ctx, 50*time.Millisecond) {
			return false
		}
	}
}

// succeeds asks once. What is not asked over the network counts as a success.
func (c *container) succeeds(ctx context.Context, probe *corev1.Probe) bool {
	if probe == nil {
		return true
	}
	limit := max(time.Duration(probe.TimeoutSeconds)*time.Second, time.Second)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	switch {
	case probe.HTTPGet != nil:
		return c.get(ctx, probe.HTTPGet)
	case probe.TCPSocket != nil:
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.address(probe.TCPSocket.Host, probe.TCPSocket.Port))
		if err != nil {
			return false
		}
		connection.Close()
	}
	return true
}

func (c *container) get(ctx context.Context, what *corev1.HTTPGetAction) bool {
	scheme := "http"
	if what.Scheme == corev1.URISchemeHTTPS {
		scheme = "https"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+c.address(what.Host, what.Port)+what.Path, nil)
	if err != nil {
		return false
	}
	for _, header := range what.HTTPHeaders {
		request.Header.Set(header.Name, header.Value)
	}
	answer, err := prober.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode >= 200 && answer.StatusCode < 400
}

func (c *container) address(host string, port intstr.IntOrString) string {
	if host == "" {
		host = c.pod.address
	}
	number := port.IntValue()
	for _, own := range c.spec.Ports {
		if port.Type == intstr.String && own.Name == port.StrVal {
			number = int(own.ContainerPort)
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(number))
}
