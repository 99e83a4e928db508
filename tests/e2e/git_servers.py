"""Real git servers on loopback: OpenSSH's sshd, and `git http-backend` behind HTTPS, each with keys of its own.

What they need (sshd, ssh-keygen, openssl, git) may be missing: `missing()` names it.
"""

import base64
import getpass
import http.server
import os
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")


def missing():
    tools = {"sshd": SSHD, **{tool: shutil.which(tool) for tool in ("ssh-keygen", "ssh-agent", "ssh-add", "openssl", "git")}}
    return [name for name, path in tools.items() if not path]


def run(*arguments, **more):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, **more).stdout


def make_key(path, kind="ed25519"):
    run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", path)


def public_key(path):
    """Type and key, without the comment."""
    with open(path + ".pub", encoding="utf-8") as file:
        return " ".join(file.read().split()[:2])


class Server:
    """A folder with a bare repository."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="mesh-git-")
        self.folder = self.temporary.name
        self.repository = os.path.join(self.folder, "mesh-state.git")
        run("git", "init", "-q", "--bare", self.repository)
        run("git", "-C", self.repository, "config", "http.receivepack", "true")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def log(self):
        """Commits of the mesh, newest first."""
        answer = subprocess.run(["git", "-C", self.repository, "log", "--format=%H %s", "mesh/e2e"], check=False,
                                capture_output=True, text=True)
        return answer.stdout.splitlines()

    def refuse_pushes(self, words):
        hook = os.path.join(self.repository, "hooks", "pre-receive")
        with open(hook, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
        os.chmod(hook, 0o755)


class SilentServer:
    """Resets the first connections, takes all later ones and never says a word."""

    def __init__(self, resets):
        self.resets = resets
        self.taken = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/x.git"
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            if self.resets > 0:
                self.resets -= 1
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            else:
                self.taken.append(connection)

    def close(self):
        # What waits in accept would keep the port.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.taken:
            connection.close()


class SshServer(Server):
    """sshd as the current user; whoever has an authorized key gets in."""

    def __init__(self):
        super().__init__()
        make_key(self.path("host_key"))
        self.authorize("")
        if os.geteuid() == 0:
            # Where sshd started by root puts its unprivileged half.
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(self.path("sshd_config"), "w", encoding="utf-8") as file:
            file.write(f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.path('host_key')}\n"
                       f"AuthorizedKeysFile {self.path('authorized_keys')}\nPidFile none\nStrictModes no\nUsePAM no\n"
                       "PermitRootLogin prohibit-password\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                       "LogLevel VERBOSE\n")
        self.process = subprocess.Popen([SSHD, "-D", "-f", self.path("sshd_config"), "-E", self.path("log")])
        self.url = f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{self.repository}"
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.1)
        raise RuntimeError(self.said())

    def authorize(self, *keys):
        with open(self.path("authorized_keys"), "w", encoding="utf-8") as file:
            file.write("".join(f"{key}\n" for key in keys))

    def known_host(self, key=None):
        """The line of known_hosts, of another key if need be."""
        return f"[127.0.0.1]:{self.port} {key or public_key(self.path('host_key'))}\n"

    def said(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.temporary.cleanup()


class HttpsServer(Server):
    """`git http-backend` for who has the password."""

    def __init__(self, user, password, names="DNS:localhost"):
        super().__init__()
        self.login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.logins = []
        self.ca = self.path("cert.pem")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("key.pem"), "-out", self.ca, "-days",
            "2", "-subj", "/CN=git", "-addext", f"subjectAltName={names}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, self.path("key.pem"))

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_of = self

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.server_of.answer(self)

            do_POST = do_GET

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                # A client that does not trust us hangs up.
                pass

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.listener.server_address[1]
        # By name: the TLS library of Debian's libgit2 does not match addresses.
        self.url = f"https://localhost:{self.port}/mesh-state.git"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def answer(self, request):
        login = request.headers.get("Authorization")
        self.logins.append(login)
        body = self.body_of(request)
        if login != self.login:
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="git"')
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        url = urllib.parse.urlparse(request.path)
        environment = {"GIT_PROJECT_ROOT": self.folder, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": url.path,
                       "QUERY_STRING": url.query, "REQUEST_METHOD": request.command, "REMOTE_USER": "git", "REMOTE_ADDR": "-",
                       "CONTENT_TYPE": request.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                       "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""), "PATH": os.environ["PATH"]}
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        request.send_response(int(fields.pop("Status", "200").split()[0]))
        fields["Content-Length"] = str(len(content))
        for name, value in fields.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    @staticmethod
    def body_of(request):
        if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return request.rfile.read(int(request.headers.get("Content-Length", 0)))
        body = b""
        while size := int(request.rfile.readline().split(b";")[0], 16):
            body += request.rfile.read(size)
            request.rfile.readline()
        request.rfile.readline()
        return body

    def close(self):
        self.listener.shutdown()
        self.listener.server_close()
        self.temporary.cleanup()
