#!/usr/bin/env bash
# Tells whether this machine lets a test have networks of its own: unshare, a pair of linked namespaces, iptables. Exit 77
# where it does not.
set -euo pipefail

if [[ "${1:-}" != --inside ]]; then
  command -v iptables >/dev/null || {
    echo "namespaces: iptables is not installed"
    exit 77
  }
  unshare --net --mount --pid --fork --kill-child --mount-proc "$(readlink -f "${BASH_SOURCE[0]}")" --inside || {
    echo "namespaces: this machine does not let a test have networks of its own"
    exit 77
  }
  echo "namespaces: a test can have networks of its own"
  exit 0
fi

mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/netns
ip link set lo up
ip netns add pod
ip link add here type veth peer name eth0 netns pod
ip address add 10.9.0.1/24 dev here
ip link set here up
ip -n pod address add 10.9.0.2/24 dev eth0
ip -n pod link set eth0 up
ip -n pod link set lo up
# A route for the address that is translated.
ip route add 10.8.0.0/24 dev here
iptables -t nat -A OUTPUT -d 10.8.0.1 -p tcp --dport 80 -j DNAT --to-destination 10.9.0.2:8080
ip netns exec pod iptables -t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 9090
exec 3< <(ip netns exec pod python3 -u -c '
import socket
s = socket.create_server(("0.0.0.0", 9090))
print("listening")
s.accept()[0].sendall(b"redirected\n")')
read -r _ <&3
[[ "$(python3 -c 'import socket; print(socket.create_connection(("10.8.0.1", 80), 5).recv(99).decode().strip())')" == redirected ]]
