"""An API server that lies: what it answers is a true server's answer, changed by the test. Plain HTTP, without watches."""

import http.client
import http.server
import threading

import yaml

from bed import kube


class RogueServer:
    """`change(path, text)` gives the text that is sent instead; `refuse(path)` a status and a text, or nothing."""

    def __init__(self, cluster, folder, change=lambda path, text: text, refuse=lambda path: None):
        self.upstream, self.change, self.refuse = cluster, change, refuse
        self.paths = []
        self.headers = []
        rogue = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                rogue.serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.kubeconfig = f"{folder}/rogue.kubeconfig"
        with open(self.kubeconfig, "w", encoding="utf-8") as file:
            yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": "x",
                            "clusters": [{"name": "x", "cluster": {"server": self.url}}],
                            "users": [{"name": "x", "user": {"token": "rogue"}}],
                            "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}, file)

    def serve(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0))) or None
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        status, kind, text = 200, "application/json", ""
        refused = self.refuse(request.path)
        if refused:
            status, text = refused
        else:
            status, kind, text = self.ask(request, body)
            text = self.change(request.path, text)
        data = text if isinstance(text, bytes) else text.encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
        except OSError:
            pass

    def ask(self, request, body):
        api = kube(self.upstream)
        connection = http.client.HTTPSConnection(api.url.netloc, context=api.context, timeout=30)
        headers = dict(api.headers, Accept=request.headers.get("Accept", "application/json"))
        if body:
            headers["Content-Type"] = request.headers.get("Content-Type", "application/json")
        connection.request(request.command, api.url.path.rstrip("/") + request.path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.getheader("Content-Type", "application/json"), answer.read().decode()
        connection.close()
        return found

    def close(self):
        self.server.shutdown()
        self.server.server_close()
