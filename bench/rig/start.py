"""How long a start takes."""

import shutil
import socket
import subprocess
import time

from .machine import BENCH, free_ports, run, say


def launcher(work):
    """The C program that starts and asks; none without a compiler."""
    if not shutil.which("cc"):
        say("  there is no cc: starts are measured by Python, which is slower to ask")
        return None
    program = work / "launch"
    run(["cc", "-O2", "-o", program, BENCH / "launch.c"])
    return program


def measure(program, bench, request):
    """Milliseconds from exec to an answer with status 200, with the built-in tenant."""
    asked, [port] = bench.work / "start.request", free_ports(1)
    asked.write_bytes(request.encode())
    command = [bench.program, "--port", str(port)]
    if program:
        return int(run([program, str(port), asked, *command])) / 1000
    return by_python(command, port, request.encode())


def by_python(command, port, request):
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while time.monotonic() < began + 10:
                try:
                    with socket.create_connection(("127.0.0.1", port), 1) as connection:
                        connection.sendall(request)
                        if connection.recv(12)[8:] == b" 200":
                            return (time.monotonic() - began) * 1000
                except OSError:
                    time.sleep(0.00005)
        finally:
            server.kill()
    raise TimeoutError("no answer in 10 s")
