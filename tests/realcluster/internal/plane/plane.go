// Package plane runs one Kubernetes control plane: etcd, kube-apiserver and
// kube-controller-manager, with an authority of its own.
package plane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"mesh.test/realcluster/internal/pki"
	"mesh.test/realcluster/internal/proc"
)

// Loopback is where the programs listen that nothing else needs.
const Loopback = "127.0.0.1"

// Programs are the paths of the three programs.
type Programs struct {
	Etcd, APIServer, ControllerManager string
}

// Plane is one control plane. Its files are in DIR/NAME, its logs in DIR/logs.
type Plane struct {
	Name   string
	Number int // from 1: keeps address ranges apart
	// Address is where the API server listens: loopback, or what pods can reach.
	Address string

	dir, logs      string
	programs       Programs
	api            *port
	client, peer   *port // etcd's
	authority      *pki.Authority
	admin          pki.Pair
	controllers    *proc.Process
	etcd           *proc.Process
	server         sync.Mutex // guards apiserver
	apiserver      *proc.Process
	apiserverPause bool
}

// New prepares the files of control plane number N in dir, whose API server listens at an address.
func New(dir string, number int, address string, programs Programs) (*Plane, error) {
	name := fmt.Sprintf("c%d", number)
	p := &Plane{
		Name: name, Number: number, Address: address, programs: programs,
		dir: filepath.Join(dir, name), logs: filepath.Join(dir, "logs"),
	}
	// What an earlier run left here would be mixed with this one's.
	if err := os.RemoveAll(p.dir); err != nil {
		return nil, err
	}
	old, _ := filepath.Glob(filepath.Join(p.logs, name+".*"))
	for _, path := range old {
		os.Remove(path)
	}
	for _, path := range []string{p.dir, p.logs} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, err
		}
	}
	for reserved, at := range map[**port]string{&p.api: address, &p.client: Loopback, &p.peer: Loopback} {
		var err error
		if *reserved, err = reserve(at); err != nil {
			return nil, err
		}
	}
	if err := p.writeKeys(); err != nil {
		return nil, err
	}
	return p, clientcmd.WriteToFile(p.kubeconfig(name+"-admin", p.admin), filepath.Join(dir, name+".kubeconfig"))
}

// Start starts the programs and returns when the API server is ready.
func (p *Plane) Start(ctx context.Context) error {
	var err error
	if p.etcd, err = p.run(p.programs.Etcd, "etcd", p.etcdFlags()); err != nil {
		return err
	}
	if err = p.StartServer(ctx); err != nil {
		return err
	}
	p.controllers, err = p.run(p.programs.ControllerManager, "kube-controller-manager", p.controllerFlags())
	return err
}

// StartServer starts the API server, on the port it had before, and waits until
// it is ready.
func (p *Plane) StartServer(ctx context.Context) error {
	p.server.Lock()
	defer p.server.Unlock()
	if p.apiserver != nil {
		return fmt.Errorf("%s runs already", p.Name)
	}
	process, err := p.run(p.programs.APIServer, "kube-apiserver", p.serverFlags())
	if err != nil {
		return err
	}
	p.apiserver = process
	return p.waitReady(ctx, process)
}

// StopServer ends the API server at once, as a crash would. Its port stays
// reserved and refuses connections.
func (p *Plane) StopServer() error {
	p.server.Lock()
	defer p.server.Unlock()
	if p.apiserver == nil {
		return fmt.Errorf("%s is stopped already", p.Name)
	}
	p.apiserver.Kill()
	p.apiserver, p.apiserverPause = nil, false
	return nil
}

// PauseServer makes the API server hang: connections open, answers stay out.
func (p *Plane) PauseServer(pause bool) error {
	p.server.Lock()
	defer p.server.Unlock()
	if p.apiserver == nil {
		return fmt.Errorf("%s is stopped", p.Name)
	}
	if pause {
		p.apiserver.Signal(syscall.SIGSTOP)
	} else {
		p.apiserver.Signal(syscall.SIGCONT)
	}
	p.apiserverPause = pause
	return nil
}

// State is "serves", "paused" or "stopped".
func (p *Plane) State() string {
	p.server.Lock()
	defer p.server.Unlock()
	switch {
	case p.apiserver == nil:
		return "stopped"
	case p.apiserverPause:
		return "paused"
	}
	return "serves"
}

// Died returns the log of a program that ended without being asked to, or "".
func (p *Plane) Died() string {
	if !p.server.TryLock() {
		return "" // a test stops or starts it just now
	}
	defer p.server.Unlock()
	for name, process := range map[string]*proc.Process{
		"etcd": p.etcd, "kube-apiserver": p.apiserver, "kube-controller-manager": p.controllers,
	} {
		if process != nil && ended(process) {
			return p.log(name)
		}
	}
	return ""
}

// Kill ends everything and throws the data away.
func (p *Plane) Kill() {
	p.server.Lock()
	defer p.server.Unlock()
	for _, process := range []*proc.Process{p.controllers, p.apiserver, p.etcd} {
		if process != nil {
			process.Kill()
		}
	}
	os.RemoveAll(p.dir)
}

// Config reaches the API server as its administrator, under a user agent.
func (p *Plane) Config(userAgent string) *rest.Config {
	return &rest.Config{
		Host:      p.url(),
		UserAgent: userAgent,
		QPS:       -1, // no limit on our side
		TLSClientConfig: rest.TLSClientConfig{
			CAData: p.authority.Cert, CertData: p.admin.Cert, KeyData: p.admin.Key,
		},
	}
}

// User makes a kubeconfig for a user of these groups.
func (p *Plane) User(name string, groups ...string) (string, error) {
	user, err := p.authority.Client(name, groups...)
	if err != nil {
		return "", err
	}
	text, err := clientcmd.Write(p.kubeconfig(name, user))
	return string(text), err
}

// Server is the API server's address and port.
func (p *Plane) Server() string { return fmt.Sprintf("%s:%d", p.Address, p.api.number) }

// Kubelet makes the certificate that the API server expects of its node, and gives the authority that signed it.
func (p *Plane) Kubelet() (pair pki.Pair, authority []byte, err error) {
	pair, err = p.authority.Server(p.Address)
	return pair, p.authority.Cert, err
}

func (p *Plane) url() string { return "https://" + p.Server() }

func (p *Plane) log(program string) string {
	return filepath.Join(p.logs, p.Name+"."+program+".log")
}

// run starts a program under its own name, with nothing of our environment that
// could change what it does.
func (p *Plane) run(path, name string, flags []string) (*proc.Process, error) {
	log, err := os.OpenFile(p.log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(path)
	cmd.Args = append([]string{name}, flags...)
	cmd.Dir = p.dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + p.dir, "TMPDIR=" + p.dir}
	cmd.Stdout, cmd.Stderr = log, log
	// Out of the terminal's reach: Ctrl-C ends the command first, then us.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process, err := proc.Start(cmd)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return process, nil
}

func ended(process *proc.Process) bool {
	select {
	case <-process.Done():
		return true
	default:
		return false
	}
}
