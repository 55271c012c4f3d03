"""A small HTTP server on the loopback address that can also misbehave.

It may use the standard library.
It must not know AWS: what is answered is decided by the one who starts it.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    #: Path and query as they were sent.
    target: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What goes out, and how it is spoiled."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: ``reset`` closes the connection hard, ``truncate`` sends half of the body, ``hang`` sends nothing for as long
    #: as the server lives.
    spoil: str = ""


class Loopback:
    """A server on a free port; use it as a context. ``respond`` runs in a thread of its own for each connection."""

    def __init__(self, respond: Callable[[Request], Answer]) -> None:
        self._closing = threading.Event()
        closing = self._closing

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out together: two small packets would wait for one another (Nagle).
            wbufsize = -1
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:
                pass

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, self.headers, self.rfile.read(length))
                self.send(respond(request))

            def send(self, answer: Answer) -> None:
                if answer.spoil == "hang":
                    closing.wait(120)
                    self.close_connection = True
                    return
                if answer.spoil == "reset":
                    # Lingering for zero seconds makes the kernel send RST instead of FIN.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                headers = {"Date": formatdate(usegmt=True), **answer.headers, "Content-Length": str(len(answer.body))}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                half = answer.spoil == "truncate"
                self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)
                self.wfile.flush()
                if half:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that goes away is what some tests are about; other errors reach the test as answers."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
