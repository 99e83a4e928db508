package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER from <linux/prctl.h>.
const prSetChildSubreaper = 36

// guardPipe is the file descriptor on which Guard hears from its parent.
const guardPipe = 3

// Guard runs a command and, when the command ends or the parent is gone, ends
// everything that the command left behind, however deep or detached. It is its
// own process because its parent may be killed without a chance to clean up.
// It returns the command's exit code.
func Guard(command []string) int {
	// Handled and dropped: the parent decides, through the pipe. (Ignored
	// signals would stay ignored in the command.)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	syscall.CloseOnExec(guardPipe)
	// Orphans of the command become our children, so that we can find them.
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		fmt.Fprintln(os.Stderr, "realcluster: cannot watch over the command's children:", errno)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	p, err := Start(cmd)
	if err != nil {
		fmt.Fprintf(os.Stderr, "realcluster: cannot run %s: %v\n", command[0], err)
		if errors.Is(err, os.ErrPermission) {
			return 126
		}
		return 127
	}
	go obeyParent(p)
	<-p.Done()
	endDescendants()
	return p.ExitCode()
}

// obeyParent passes on the signals whose numbers arrive on the pipe. The pipe's
// end means that the parent is gone.
func obeyParent(p *Process) {
	pipe := os.NewFile(guardPipe, "guard")
	number := make([]byte, 1)
	for {
		if _, err := io.ReadFull(pipe, number); err != nil {
			p.Signal(syscall.SIGKILL)
			return
		}
		p.Signal(syscall.Signal(number[0]))
	}
}

// endDescendants asks what is left to end, and after a second makes it.
func endDescendants() {
	deadline := time.Now().Add(time.Second)
	asked := map[int]bool{}
	for {
		// Orphans that have ended are ours to reap.
		for {
			if pid, _ := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 {
				break
			}
		}
		left := descendants(os.Getpid())
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			if time.Now().After(deadline) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			} else if !asked[pid] {
				_ = syscall.Kill(pid, syscall.SIGTERM)
				asked[pid] = true
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// descendants lists the living children of root, their children and so on.
func descendants(root int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // ended in between
		}
		// "PID (NAME) STATE PARENT ...": the name may hold anything, so read
		// from its last parenthesis on.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parent, _ := strconv.Atoi(fields[1])
		if fields[0] != "Z" {
			children[parent] = append(children[parent], pid)
		}
	}
	var found []int
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		found = append(found, children[queue[0]]...)
		queue = append(queue, children[queue[0]]...)
	}
	return found
}
