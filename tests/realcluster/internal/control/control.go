// Package control lets a test steer the control planes while it runs, through a
// socket in the test's directory.
package control

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Serve answers one request for a connection: a line of words, answered by "ok"
// or "error" and then text. It returns when the listener is closed.
func Serve(listener net.Listener, handle func(words []string) (string, error)) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			line, err := bufio.NewReader(connection).ReadString('\n')
			if err != nil {
				return
			}
			text, err := handle(strings.Fields(line))
			if err != nil {
				fmt.Fprintf(connection, "error\n%v\n", err)
			} else {
				fmt.Fprintf(connection, "ok\n%s", text)
			}
		}()
	}
}

// Ask sends the words to the supervisor that works in dir.
func Ask(dir string, words []string) (string, error) {
	path, release, err := short(dir)
	if err != nil {
		return "", err
	}
	defer release()
	connection, err := net.Dial("unix", path)
	if err != nil {
		return "", fmt.Errorf("nothing runs in %s: %w", dir, err)
	}
	defer connection.Close()
	fmt.Fprintln(connection, strings.Join(words, " "))
	answer, err := io.ReadAll(connection)
	if err != nil {
		return "", err
	}
	state, text, _ := strings.Cut(string(answer), "\n")
	if state != "ok" {
		return "", errors.New(strings.TrimSpace(text))
	}
	return text, nil
}

// Listen opens the socket in dir.
func Listen(dir string) (net.Listener, error) {
	path, release, err := short(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	// A run that was killed may have left its own.
	os.Remove(filepath.Join(dir, "control.sock"))
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	// The short name is not valid any longer at the end.
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	return listener, nil
}

// short names the socket in dir within the 107 bytes that a socket's address
// has, however long dir is.
func short(dir string) (path string, release func(), err error) {
	open, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/control.sock", open.Fd()), func() { open.Close() }, nil
}
