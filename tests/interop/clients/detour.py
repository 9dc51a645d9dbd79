"""Name service for a client that insists on the vendor's hosts: a proxy by which each host is the server.

The client finds it by the variable `HTTPS_PROXY`. It passes bytes on and reads none of them: host names,
certificates and trust stay a matter between client and server.
"""

import contextlib
import os
import socket
import threading


@contextlib.contextmanager
def every_host_is(address):
    """Leads each `CONNECT` to `address`, a pair of host and port, while the context lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, args=(listener, address), daemon=True).start()
    os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield
    finally:
        del os.environ["HTTPS_PROXY"]
        listener.close()


def accept(listener, address):
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=connect, args=(client, address), daemon=True).start()


def connect(client, address):
    head = b""
    while b"\r\n\r\n" not in head:
        received = client.recv(4096)
        if not received:
            return
        head += received
    server = socket.create_connection(address)
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


def pump(source, target):
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
        target.shutdown(socket.SHUT_WR)
