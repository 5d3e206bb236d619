"""A fake of the Hugging Face hub on loopback: what `huggingface_hub` asks of it, and the faults of a real network."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LFS_FROM = 1024
"""Files of this size and more are large ones, with a sha256; smaller ones have git's blob digest."""


@dataclasses.dataclass
class FakeRepository:
    """Files of one repository at one commit. `token` makes it gated: only this token may download."""

    files: dict[str, bytes]
    commit: str = "c" * 40
    token: str | None = None


@dataclasses.dataclass
class Fault:
    """What happens to the next `times` downloads of a path."""

    kind: str
    times: int
    after: int = 0


@dataclasses.dataclass
class FakeHub:
    """`requests` is every request as (method, path, Range header); `released` lets stalled downloads go on."""

    url: str = ""
    repositories: dict[str, FakeRepository] = dataclasses.field(default_factory=dict)
    requests: list[tuple[str, str, str | None]] = dataclasses.field(default_factory=list)
    faults: dict[str, Fault] = dataclasses.field(default_factory=dict)
    ignore_range: bool = False
    cdn: str = ""
    """Where large files are kept: the same server under another name."""
    cdn_keys: list[str | None] = dataclasses.field(default_factory=list)
    """The Authorization headers that reached the CDN."""
    stalled: threading.Event = dataclasses.field(default_factory=threading.Event)
    released: threading.Event = dataclasses.field(default_factory=threading.Event)

    def add(self, repo: str, files: dict[str, bytes], *, token: str | None = None, commit: str = "c" * 40) -> None:
        self.repositories[repo] = FakeRepository(files, commit, token)

    def cut(self, path: str, after: int, times: int = 1) -> None:
        """Close the connection after so many bytes of a download."""
        self.faults[path] = Fault("cut", times, after)

    def stall(self, path: str, after: int) -> None:
        """Send so many bytes, set `stalled`, and wait for `released`."""
        self.faults[path] = Fault("stall", 1, after)

    def damage(self, path: str, times: int = 1) -> None:
        """Send the right number of wrong bytes."""
        self.faults[path] = Fault("damage", times)

    def fail(self, path: str, times: int) -> None:
        """Answer 503."""
        self.faults[path] = Fault("fail", times)

    def downloads(self, path: str) -> list[str | None]:
        """The Range headers of the downloads of a file."""
        return [header for method, asked, header in self.requests if method == "GET" and asked.endswith(f"/lfs/{path}")]

    def take_fault(self, path: str) -> Fault | None:
        fault = self.faults.get(path)
        if fault is None or fault.times <= 0:
            return None
        fault.times -= 1
        return fault


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def describe(name: str, content: bytes) -> dict[str, object]:
    """One sibling of `GET /api/models/{repo}?blobs=true`."""
    row: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git_blob(content)}
    if len(content) >= LFS_FROM:
        row["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 135}
    return row


@contextlib.contextmanager
def fake_hub() -> Iterator[FakeHub]:
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None: ...

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0])
            hub.requests.append((self.command, path, self.headers.get("Range")))
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
                self.info(found[1])
            elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                self.resolve(found[1], found[2], found[3])
            elif found := re.fullmatch(r"/cdn/([^/]+/[^/]+)/lfs/(.+)", path):
                hub.cdn_keys.append(self.headers.get("Authorization"))
                self.content(found[1], found[2])
            elif path.startswith("/html/"):
                self.answer(200, b"<html>Please log in to the network</html>", {"Content-Type": "text/html"})
            elif path == "/":
                self.answer(200, b"a fake hub")
            else:
                self.answer(404, b"no such path")

        def info(self, repo: str) -> None:
            known = hub.repositories.get(repo)
            if known is None:
                self.answer(401, b'{"error": "Invalid username or password."}', {"X-Error-Code": "RepoNotFound"})
                return
            siblings = [describe(name, content) for name, content in known.files.items()]
            body = {"_id": "1", "id": repo, "modelId": repo, "sha": known.commit, "siblings": siblings}
            self.answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

        def resolve(self, repo: str, revision: str, name: str) -> None:
            known = hub.repositories.get(repo)
            if known is None or name not in known.files or revision != known.commit:
                self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
                return
            if known.token is not None and self.headers.get("Authorization") != f"Bearer {known.token}":
                self.answer(401 if "Authorization" not in self.headers else 403, b"", {"X-Error-Code": "GatedRepo"})
                return
            content = known.files[name]
            etag = hashlib.sha256(content).hexdigest() if len(content) >= LFS_FROM else git_blob(content)
            headers = {
                "X-Repo-Commit": known.commit,
                "X-Linked-Etag": f'"{etag}"',
                "X-Linked-Size": str(len(content)),
                "X-Xet-Hash": "0" * 64,
                "Location": f"{hub.cdn}/cdn/{repo}/lfs/{name}",
            }
            self.answer(302, b"", headers)

        def content(self, repo: str, name: str) -> None:
            content = hub.repositories[repo].files[name]
            fault = hub.take_fault(name)
            if fault is not None and fault.kind == "fail":
                self.answer(503, b"busy")
                return
            if fault is not None and fault.kind == "damage":
                content = bytes(255 - byte for byte in content)
            start, status, headers = 0, 200, {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
            if asked and not hub.ignore_range:
                start, status = int(asked[1]), 206
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            body = content[start:]
            if fault is None or fault.kind == "damage":
                self.answer(status, body, headers)
                return
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body[: fault.after])
            self.wfile.flush()
            if fault.kind == "stall":
                hub.stalled.set()
                hub.released.wait(30)
                with contextlib.suppress(OSError):
                    self.wfile.write(body[fault.after :])
                return
            self.close_connection = True

        def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients that go away are part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    hub.cdn = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
