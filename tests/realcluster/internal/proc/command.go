package proc

import (
	"os"
	"os/exec"
	"syscall"
)

// Command is a command that runs under Guard.
type Command struct {
	guard *exec.Cmd
	pipe  *os.File
	done  chan int
}

// StartCommand runs the command under a guard, which is this same program.
func StartCommand(command, environment []string) (*Command, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	guard := exec.Command("/proc/self/exe", append([]string{"guard"}, command...)...)
	guard.Stdin, guard.Stdout, guard.Stderr = os.Stdin, os.Stdout, os.Stderr
	guard.Env = environment
	guard.ExtraFiles = []*os.File{read} // becomes guardPipe
	// Not through Start: the guard must outlive us for a moment, to clean up.
	err = guard.Start()
	read.Close()
	if err != nil {
		write.Close()
		return nil, err
	}
	c := &Command{guard: guard, pipe: write, done: make(chan int, 1)}
	go func() {
		_ = guard.Wait()
		p := Process{cmd: guard}
		c.done <- p.ExitCode()
	}()
	return c, nil
}

// Done receives the command's exit code once it and all it started have ended.
func (c *Command) Done() <-chan int { return c.done }

// Signal sends the command a signal.
func (c *Command) Signal(sig syscall.Signal) { _, _ = c.pipe.Write([]byte{byte(sig)}) }

// Kill ends the command and all it started; Done follows.
func (c *Command) Kill() { c.pipe.Close() }
