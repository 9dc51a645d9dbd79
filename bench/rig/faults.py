"""Clients that misbehave. Each runs in a thread of its own until it is told to stop, and counts what it did."""

import collections
import http.client
import os
import socket
import struct
import threading
import time

HEAD = b"Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
TOKEN = (b"grant_type=client_credentials&client_id=machine0-client&client_secret=bench-secret")
TOKEN = b"POST /OAuth2/Token/machine0 HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % len(TOKEN) + TOKEN
LARGE = b"GET /_mock/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
DISCOVERY = b"GET /bank/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Faults:
    """The misbehaving clients of one server."""

    def __init__(self, port, tls_port, files):
        self.port, self.tls_port, self.files = port, tls_port, files
        self.over = threading.Event()
        self.flooded = threading.Event()
        self.counts = collections.Counter()
        self.wrong = []
        self.slowest = collections.defaultdict(float)
        self.threads = [threading.Thread(target=self.guarded, args=(work,), daemon=True) for work in (
            self.vanish, self.read_slowly, self.send_halves, self.break_handshakes, self.idle, self.flood,
            self.ask_by_kept_connection, self.ask_by_new_connections)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def guarded(self, work):
        try:
            work()
        except Exception as error:  # noqa: BLE001: a client that breaks down is a failed check
            self.wrong.append(f"{work.__name__}: {error!r}")

    def connect(self, port=None, timeout=5):
        """A connection; none while the table is full."""
        try:
            return socket.create_connection(("127.0.0.1", port or self.port), timeout)
        except OSError:
            self.counts["connections refused"] += 1
            return None

    def vanish(self):
        """Asks for a token and is gone: at once, or in the middle of the answer."""
        count = 0
        while not self.over.wait(0.01):
            connection = self.connect()
            if connection is None:
                continue
            count += 1
            try:
                connection.sendall(TOKEN if count % 3 else TOKEN + TOKEN)
                if count % 2:
                    connection.recv(20)
            except OSError:
                pass
            reset(connection)
            self.counts["vanished"] += 1

    def read_slowly(self):
        """Asks for a megabyte of answers and reads a few bytes at a time, or for more than buffers hold and nothing."""
        readers = collections.deque()
        while not self.over.wait(0.1):
            if len(readers) < 20 and (connection := self.connect()):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.setblocking(False)
                reads = len(readers) % 2 == 0
                send_some(connection, DISCOVERY * 500 if reads else LARGE * 200)
                readers.append((connection, reads, time.monotonic() + 30))
                self.counts["slow readers" if reads else "clients that read nothing"] += 1
            for _ in range(len(readers)):
                connection, reads, until = readers.popleft()
                try:
                    is_open = not reads or connection.recv(64) != b""
                except BlockingIOError:
                    is_open = True
                except OSError:
                    is_open = False
                if is_open and time.monotonic() < until:
                    readers.append((connection, reads, until))
                else:
                    self.counts["slow readers cut off" if not is_open else "slow readers given up"] += 1
                    connection.close()
        for connection, _, _ in readers:
            connection.close()

    def send_halves(self):
        """Sends half a head or half a body, and waits."""
        halves = [b"GET /bank/.well-known/open", b"POST /OAuth2/Token/machine0 HTTP/1.1\r\nHost: loc", TOKEN[:-10],
                  b"POST /Security/StartAuthentication HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]
        waiting, count = collections.deque(), 0
        while not self.over.wait(0.05):
            if connection := self.connect():
                count += 1
                connection.setblocking(False)
                send_some(connection, halves[count % len(halves)])
                waiting.append((connection, time.monotonic() + 40))
                self.counts["halves sent"] += 1
            for _ in range(len(waiting)):
                connection, until = waiting.popleft()
                try:
                    ended = connection.recv(1000) == b""
                    if not ended:
                        self.counts["halves answered"] += 1
                except BlockingIOError:
                    ended = False
                except OSError:
                    ended = True
                if ended:
                    self.counts["halves cut off"] += 1
                    connection.close()
                elif time.monotonic() > until:
                    self.counts["halves given up after 40 s"] += 1
                    connection.close()
                else:
                    waiting.append((connection, until))
        for connection, _ in waiting:
            connection.close()

    def break_handshakes(self):
        """Begins TLS and breaks off, sends no TLS at all, or says nothing."""
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(32)
        beginnings = [hello, b"GET / HTTP/1.1\r\n\r\n", os.urandom(300), b""]
        count = 0
        while not self.over.wait(0.04):
            if connection := self.connect(self.tls_port):
                count += 1
                try:
                    connection.sendall(beginnings[count % len(beginnings)])
                except OSError:
                    pass
                if count % 2:
                    reset(connection)
                else:
                    connection.close()
                self.counts["handshakes broken off"] += 1

    def idle(self):
        """Holds many connections that say nothing, or nothing more after one request."""
        held = collections.deque()
        while not self.over.wait(0.02):
            for _ in range(20):
                if len(held) < self.files // 2 and (connection := self.connect()):
                    if len(held) % 2:
                        send_some(connection, DISCOVERY)
                    held.append(connection)
                    self.counts["idle connections"] += 1
            # The oldest make room, so that there are always new ones.
            for _ in range(min(len(held), 2)):
                held.popleft().close()
        for connection in held:
            connection.close()

    def flood(self):
        """Fills the server's table of descriptors for some seconds, twice a minute."""
        while not self.over.wait(12):
            self.flooded.set()
            held, until = [], time.monotonic() + 4
            while time.monotonic() < until and not self.over.is_set():
                if len(held) < self.files and (connection := self.connect(timeout=1)):
                    held.append(connection)
                else:
                    time.sleep(0.05)
            self.counts["floods"] += 1
            for connection in held:
                connection.close()
            # The server looks again after a while.
            self.over.wait(3)
            self.flooded.clear()
            self.over.wait(10)

    def ask_by_kept_connection(self):
        """Health, also while the table is full."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.over.wait(0.2):
            self.probe("health by a kept connection", connection)
        connection.close()

    def ask_by_new_connections(self):
        """Health by a new connection each time, but while the table is full on purpose."""
        while not self.over.wait(0.5):
            if self.flooded.is_set():
                continue
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.probe("health by new connections", connection, may_fail=self.flooded.is_set)
            connection.close()

    def probe(self, what, connection, may_fail=lambda: False):
        began = time.monotonic()
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.wrong.append(f"{what}: status {answer.status}")
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if not may_fail():
                self.wrong.append(f"{what}: {error!r} after {time.monotonic() - began:.1f} s")
            return
        self.counts[what] += 1
        if not may_fail():
            self.slowest[what] = max(self.slowest[what], time.monotonic() - began)


def send_some(connection, data):
    try:
        connection.send(data)
    except OSError:
        pass


def reset(connection):
    """Closes with RST: what is under way is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
