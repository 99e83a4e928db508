// Package sandbox is what holds a pod together: a process with network, mounts and host name of its own, which the
// containers of the pod join. Its files are a small root of its own over the machine's programs.
package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"mesh.test/realcluster/internal/fabric"
	"mesh.test/realcluster/internal/proc"
)

// Config is what a sandbox is made of.
type Config struct {
	HostName string
	Address  string
	Root     string            // an empty directory to build the root in
	Programs map[string]string // by name in /usr/local/bin, where they are on this machine
	Files    map[string]string // by path, their content
	Mounts   map[string]string // by path in the pod, directories of this machine
}

// Sandbox is a running one.
type Sandbox struct {
	process *proc.Process
	link    string
}

// Start makes a sandbox; link names its network link on our side.
func Start(config Config, link string) (*Sandbox, error) {
	orders, give, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer give.Close()
	hear, answer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hear.Close()
	command := exec.Command("/proc/self/exe", "sandbox")
	command.Stdin, command.Stdout, command.Stderr = orders, answer, answer
	command.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:    true,
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS,
	}
	process, err := proc.Start(command)
	orders.Close()
	answer.Close()
	if err != nil {
		return nil, err
	}
	s := &Sandbox{process: process, link: link}
	if err = fabric.Attach(process.PID(), link, config.Address); err == nil {
		if err = json.NewEncoder(give).Encode(config); err == nil {
			give.Close()
			err = s.ready(hear)
		}
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Sandbox) ready(hear io.Reader) error {
	text, err := io.ReadAll(hear)
	if err != nil {
		return err
	}
	if string(text) != readyWord {
		return fmt.Errorf("the sandbox says: %s", text)
	}
	return nil
}

// Enter gives the command line that runs a program in the sandbox as a user.
func (s *Sandbox) Enter(user int64, program []string) []string {
	id := strconv.FormatInt(user, 10)
	enter := []string{"/usr/bin/nsenter", "--target", strconv.Itoa(s.process.PID()), "--net", "--mount", "--uts", "--setgid", id, "--setuid", id, "--"}
	return append(enter, program...)
}

// Stop ends the sandbox; its containers must have ended.
func (s *Sandbox) Stop() {
	s.process.Kill()
	fabric.Detach(s.link)
}
