"""The pages on 127.0.0.1, for `watch --serve`, and events when pages change."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Final

from plaintextcrm.core.errors import Refused, why
from plaintextcrm.edge.answers import ADDRESS, Http, Send
from plaintextcrm.edge.served import NotServed

HEARTBEAT: Final = 5.0  # seconds between two signs of life on /events: a client that is gone is noticed by the second
MOST_LISTENERS: Final = 100


class Server:
    """The folder, served from its making until `close`. `script` is what /live.js says, and each page asks for it.

    Port 0 takes a free one. Raises Refused where the port cannot be had.
    """

    def __init__(self, folder: str, port: int, script: bytes) -> None:
        self.folder, self.script = folder, script
        self._change = threading.Condition()
        self._run = os.urandom(4).hex()
        self._count = 0
        self._news: list[tuple[int, str, str]] = []  # (number, event, data): the last few
        self._problem = ""
        self._closed = False
        self.listeners = 0
        try:
            self._http = Http((ADDRESS, port), self)
        except (OSError, OverflowError) as error:
            raise Refused(f"port {port}: {_why(error)}: nothing is served; choose another with --port (0 takes a free one)") from None
        self.port: int = self._http.server_address[1]
        self.url = f"http://{ADDRESS}:{self.port}/"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.2,), name="ptcrm-serve", daemon=True)
        self._thread.start()

    def reload(self, pages: Iterable[str]) -> None:
        """Tell who looks that these pages (paths below the folder) changed, and that the build is well."""
        self._problem = ""
        self._tell("reload", {"pages": sorted(pages)})

    def problem(self, text: str) -> None:
        """Tell who looks, or comes to look until the next `reload`, that the build failed, and how."""
        self._problem = text
        self._tell("problem", {"text": text})

    def close(self) -> None:
        """Stop: whoever is connected is let go."""
        with self._change:
            if self._closed:
                return
            self._closed = True
            self._change.notify_all()
        self._http.shutdown()
        self._http.let_go()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def build(self) -> str:
        """The name of the state of the pages now: another after each change, and in each run."""
        return f"{self._run}-{self._count}"

    def _tell(self, event: str, facts: dict[str, object]) -> None:
        with self._change:
            self._count += 1
            self._news = [*self._news[-9:], (self._count, event, json.dumps({"build": self.build(), **facts}))]
            self._change.notify_all()

    def listen(self, send: Send) -> None:
        """Send every event from now on, first what holds now, until the client or the server is gone. Raises OSError."""
        with self._change:
            if self.listeners >= MOST_LISTENERS:
                raise NotServed(503)
            self.listeners += 1
            seen = self._count
            hello = json.dumps({"build": self.build(), "problem": self._problem})
        try:
            send.begin()
            send.text(f"retry: 500\n\nevent: hello\ndata: {hello}\n\n")
            beat = time.monotonic() + HEARTBEAT
            while True:
                with self._change:
                    if not self._closed and self._count == seen:
                        self._change.wait(max(0.0, beat - time.monotonic()))
                    if self._closed:
                        return
                    if self._count - seen > len(self._news):  # too slow: a new hello says that everything may be new
                        return
                    news = [(event, data) for number, event, data in self._news if number > seen]
                    seen = self._count
                for event, data in news:
                    send.text(f"event: {event}\ndata: {data}\n\n")
                if time.monotonic() >= beat:
                    send.text(": still here\n\n")
                    beat = time.monotonic() + HEARTBEAT
        finally:
            with self._change:
                self.listeners -= 1

    def names(self) -> tuple[str, ...]:
        """What Host may say."""
        port = f":{self.port}"
        return (f"{ADDRESS}{port}", f"localhost{port}", *((ADDRESS, "localhost") if self.port == 80 else ()))


def _why(error: Exception) -> str:
    if not isinstance(error, OSError):
        return "is no port"
    if error.errno == errno.EADDRINUSE:
        return "is in use by another program"
    return why(error)
