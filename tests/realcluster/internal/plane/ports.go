package plane

import (
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// port is a TCP port that the kernel chose. The socket stays bound
// but never listens: nobody else gets the port, also while the program that
// serves on it is stopped, and connections are then refused. The program shares
// the port through SO_REUSEPORT.
type port struct {
	number int
	socket int
}

func reserve(address string) (*port, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("reserve a port: %w", err)
	}
	if err = unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err == nil {
		err = unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte(net.ParseIP(address).To4())})
	}
	if err != nil {
		syscall.Close(socket)
		return nil, fmt.Errorf("reserve a port at %s: %w", address, err)
	}
	name, err := unix.Getsockname(socket)
	if err != nil {
		syscall.Close(socket)
		return nil, fmt.Errorf("reserve a port at %s: %w", address, err)
	}
	return &port{number: name.(*unix.SockaddrInet4).Port, socket: socket}, nil
}
