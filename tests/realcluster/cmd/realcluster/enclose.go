package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"mesh.test/realcluster/internal/fabric"
	"mesh.test/realcluster/internal/plane"
	"mesh.test/realcluster/internal/proc"
)

// enclose runs the supervisor again in namespaces of its own (network, mounts, processes): nothing of it reaches the
// outside, and nothing outlives it.
func enclose(arguments []string, signals <-chan os.Signal) int {
	command := exec.Command("/proc/self/exe", append([]string{"enclosed"}, arguments...)...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	process, err := proc.Start(command)
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster: this machine gives no namespaces:", err)
		return exitNotHere
	}
	for {
		select {
		case <-process.Done():
			return process.ExitCode()
		case sig := <-signals:
			// The terminal sends Ctrl-C to all of the foreground.
			if sig != syscall.SIGINT || !inForeground() {
				process.Signal(sig)
			}
		}
	}
}

// settle makes the new namespaces fit to live in.
func settle(clusters int) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return err
	}
	// iptables' lock, and whatever else is of this network alone.
	if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	return fabric.Prepare(clusters)
}

// resolver has the command ask the clusters' DNS, which knows the load balancers' names.
func resolver(path string) error {
	text := fmt.Sprintf("nameserver %s\n", fabric.Addresses(1).Names())
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	err := unix.Mount(path, "/etc/resolv.conf", "", unix.MS_BIND, "")
	if errors.Is(err, unix.ENOENT) {
		return nil // a machine without DNS: its command will not miss it
	}
	return err
}

// listenAddress is where the API server of a cluster listens.
func (r *run) listenAddress(cluster int) string {
	if r.istio.folder == "" {
		return plane.Loopback
	}
	return fabric.Addresses(cluster).Node()
}
