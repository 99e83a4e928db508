"""Commands in pods, over the WebSocket of an API server, with the standard library alone."""

import socket
import struct
import urllib.parse


def frames(wire):
    """The messages of a WebSocket, as (operation, bytes)."""
    buffer, parts = b"", b""

    def take(count):
        nonlocal buffer
        while len(buffer) < count:
            more = wire.recv(65536)
            if not more:
                raise ConnectionError("the stream ended")
            buffer += more
        taken, buffer = buffer[:count], buffer[count:]
        return taken

    while not buffer.endswith(b"\r\n\r\n"):
        buffer += wire.recv(1)
    head, buffer = buffer.decode(), b""
    if " 101 " not in head.partition("\r\n")[0]:
        raise ConnectionError(head.partition("\r\n")[0])
    while True:
        first, length = take(2)
        if length == 126:
            length = struct.unpack(">H", take(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", take(8))[0]
        parts += take(length)
        if first & 0x80:
            yield first & 0xF, parts
            parts = b""


def execute(kube, namespace, pod, container, command):
    """What a command in a container wrote; its exit code is not looked at."""
    query = urllib.parse.urlencode([("container", container), ("stdout", "true"), ("stderr", "true"),
                                    *(("command", word) for word in command)])
    request = (f"GET {kube.url.path.rstrip('/')}/api/v1/namespaces/{namespace}/pods/{pod}/exec?{query} HTTP/1.1\r\n"
               f"Host: {kube.url.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: bm90IG11Y2ggb2YgYSBrZQ==\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n"
               + "".join(f"{name}: {value}\r\n" for name, value in kube.headers.items()) + "\r\n")
    out = b""
    with socket.create_connection((kube.url.hostname, kube.url.port), timeout=60) as plain, \
            kube.context.wrap_socket(plain, server_hostname=kube.url.hostname) as wire:
        wire.sendall(request.encode())
        for operation, message in frames(wire):
            if operation == 8 or message[:1] == b"\x03":
                return out.decode()
            if message[:1] in (b"\x01", b"\x02"):
                out += message[1:]
    return out.decode()
