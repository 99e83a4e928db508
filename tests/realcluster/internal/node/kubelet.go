package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"mesh.test/realcluster/internal/fabric"
)

// Serve offers the kubelet's API: exec and logs of the containers, to whom the authority has certified.
func (n *Node) Serve(certificate tls.Certificate, authority []byte) error {
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(authority)
	listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", n.addresses.Node(), fabric.KubeletPort))
	if err != nil {
		return err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", n.exec)
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", n.logs)
	server := &http.Server{Handler: routes, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert,
		NextProtos: []string{"http/1.1"}, // connections are taken over for streams
	}}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return nil
}

// running returns the container that a request names, or answers that there is none.
func (n *Node) running(writer http.ResponseWriter, request *http.Request) *container {
	name := request.PathValue("container")
	c := n.find(request.PathValue("namespace"), request.PathValue("pod"), name)
	if c == nil || c.process.Load() == nil {
		http.Error(writer, fmt.Sprintf("container %q is not running", name), http.StatusNotFound)
		return nil
	}
	return c
}

func (n *Node) exec(writer http.ResponseWriter, request *http.Request) {
	c := n.running(writer, request)
	if c == nil {
		return
	}
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(writer, request, c, c.pod.object.Name, string(c.pod.object.UID), c.spec.Name,
		request.URL.Query()["command"], options, time.Hour, time.Minute, remotecommand.SupportedStreamingProtocols)
}

// ExecInContainer runs one more program in the container's namespaces, with its user and environment.
func (c *container) ExecInContainer(ctx context.Context, _, _, _ string, words []string, in io.Reader, out, errors io.WriteCloser,
	_ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	image, err := find(c.spec.Image)
	if err != nil {
		return err
	}
	line := c.pod.sandbox.Enter(c.user(image), words)
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	command.Env, command.Dir = list(c.environment()), "/"
	command.Stdin = in
	if out != nil {
		command.Stdout = out
	}
	if errors != nil {
		command.Stderr = errors
	}
	command.WaitDelay = time.Second // a client that keeps its input open does not keep us
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	err = command.Run()
	if failure, ok := err.(*exec.ExitError); ok && failure.Exited() {
		return utilexec.CodeExitError{Err: err, Code: failure.ExitCode()}
	}
	return err
}

// logs sends what the container has printed; it heeds tailLines and follow.
func (n *Node) logs(writer http.ResponseWriter, request *http.Request) {
	c := n.running(writer, request)
	if c == nil {
		return
	}
	file, err := os.Open(c.log())
	if err != nil {
		http.Error(writer, err.Error(), http.StatusNotFound)
		return
	}
	defer file.Close()
	if lines, err := strconv.Atoi(request.FormValue("tailLines")); err == nil {
		if err = toLast(file, lines); err != nil {
			http.Error(writer, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	for {
		if _, err = io.Copy(writer, file); err != nil || request.FormValue("follow") != "true" {
			return
		}
		writer.(http.Flusher).Flush()
		if !pause(request.Context(), 100*time.Millisecond) {
			return
		}
	}
}

// toLast moves to where so many lines are left.
func toLast(file *os.File, lines int) error {
	text, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	at := len(text)
	for seen := 0; at > 0; at-- {
		if text[at-1] == '\n' && at < len(text) {
			if seen++; seen == lines {
				break
			}
		}
	}
	if lines == 0 {
		at = len(text)
	}
	_, err = file.Seek(int64(at), io.SeekStart)
	return err
}
