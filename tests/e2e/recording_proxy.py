"""A TLS-terminating proxy in front of one API server that keeps every byte of it.

To its client it is the server: a certificate of its own, and whatever protocol both sides speak, HTTP/2 included. To the
server it is the administrator of the kubeconfig that it was made from. Bytes go through as they are; afterwards `answers()`
takes what the server said apart into the bodies of its answers.
"""

import base64
import os
import select
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.parse
import zlib

import yaml

PROTOCOLS = ["h2", "http/1.1"]


class RecordingProxy:
    def __init__(self, kubeconfig):
        self.folder = tempfile.TemporaryDirectory(prefix="mesh-proxy-")
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.upstream = urllib.parse.urlparse(cluster["server"])
        self.ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.client_pem = self.path("client.pem")
        with open(self.client_pem, "wb") as pem:
            for key in ("client-certificate-data", "client-key-data"):
                pem.write(base64.b64decode(user[key]))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("key.pem"), "-out",
                        self.path("cert.pem"), "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        self.lock = threading.Lock()
        self.connections = []  # of each: the protocol, and what the server said
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        self.kubeconfig = self.path("kubeconfig.yaml")
        with open(self.path("cert.pem"), "rb") as file:
            cluster = {"server": self.url, "certificate-authority-data": base64.b64encode(file.read()).decode()}
        config["clusters"][0]["cluster"] = cluster
        # Whoever dials the proxy needs no credential: nothing of one can come back.
        config["users"][0]["user"] = {}
        with open(self.kubeconfig, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file)
        threading.Thread(target=self.accept, daemon=True).start()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def close(self):
        self.listener.close()
        self.folder.cleanup()

    def trust(self):
        """For a client of the proxy."""
        return ssl.create_default_context(cafile=self.path("cert.pem"))

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.path("cert.pem"), self.path("key.pem"))
            context.set_alpn_protocols(PROTOCOLS)
            client = context.wrap_socket(client, server_side=True)
            protocol = client.selected_alpn_protocol() or "http/1.1"
            context = ssl.create_default_context(cadata=self.ca)
            context.load_cert_chain(self.client_pem)
            context.set_alpn_protocols([protocol])
            server = context.wrap_socket(socket.create_connection((self.upstream.hostname, self.upstream.port)),
                                         server_hostname=self.upstream.hostname)
        except (OSError, ssl.SSLError):
            client.close()
            return
        said = bytearray()
        with self.lock:
            self.connections.append((protocol, said))
        exchange(client, server, lambda data: self.keep(said, data))
        client.close()
        server.close()

    def keep(self, said, data):
        with self.lock:
            said += data

    def answers(self):
        """The bodies that the server sent, decompressed."""
        with self.lock:
            connections = [(protocol, bytes(said)) for protocol, said in self.connections]
        bodies = []
        for protocol, said in connections:
            bodies += bodies_of_h2(said) if protocol == "h2" else bodies_of_h1(said)
        return [zlib.decompress(body, 16 + zlib.MAX_WBITS) if body[:2] == b"\x1f\x8b" else body for body in bodies]

    def protocols(self):
        with self.lock:
            return {protocol for protocol, said in self.connections if said}


def exchange(client, server, keep):
    """Hands on until one of them ends, both ways in one thread, for OpenSSL allows no two in one connection. What the
    server says is kept before it is handed on: what the client has acted on is in the record."""
    try:
        while True:
            ready = select.select([client, server], [], [])[0]
            if client in ready and not hand_on(client, server):
                return
            if server in ready and not hand_on(server, client, keep):
                return
    except (OSError, ssl.SSLError):
        pass


def hand_on(source, sink, keep=lambda data: None):
    """All that is there; False: the source has ended."""
    source.settimeout(0)
    sink.settimeout(None)
    try:
        while data := source.recv(65536):
            keep(data)
            sink.sendall(data)
        return False
    except ssl.SSLWantReadError:
        return True


def bodies_of_h2(said):
    """DATA frames by stream (RFC 9113, 4.1 and 6.1)."""
    streams, at = {}, 0
    while at + 9 <= len(said):
        length, kind, flags = int.from_bytes(said[at:at + 3], "big"), said[at + 3], said[at + 4]
        stream = int.from_bytes(said[at + 5:at + 9], "big") & 0x7FFFFFFF
        payload = said[at + 9:at + 9 + length]
        at += 9 + length
        if kind != 0:
            continue
        if flags & 0x8:
            payload = payload[1:len(payload) - payload[0]]
        streams[stream] = streams.get(stream, b"") + payload
    return list(streams.values())


def bodies_of_h1(said):
    """Answers one after the other, with a length or in chunks (RFC 9112)."""
    bodies, at = [], 0
    while (end := said.find(b"\r\n\r\n", at)) >= 0:
        head, at = said[at:end].lower(), end + 4
        if b"\r\ntransfer-encoding: chunked" in head:
            body = b""
            while (line := said.find(b"\r\n", at)) >= 0:
                size = int(said[at:line].split(b";")[0], 16)
                body += said[line + 2:line + 2 + size]
                at = line + 4 + size
                if size == 0:
                    break
        else:
            length = int(head.split(b"\r\ncontent-length:")[1].split(b"\r\n")[0]) if b"\r\ncontent-length:" in head else 0
            body, at = said[at:at + length], at + length
        bodies.append(body)
    return bodies
