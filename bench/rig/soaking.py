"""The soak: honest load, misbehaving clients, and what is checked."""

import os
import pathlib
import re
import shutil
import time

from . import tenants
from .faults import Faults
from .machine import Load, Server, Wrong, say

# The files that the server may open, and the room that its stores and its allocator may still want
# once they have been full.
FILES = 2048
GROWTH = 16.0
# Entries of each store: few, so that every store is full soon and memory can stand still.
LIVE = 2000

# Seconds after which descriptors have filled up once, and after which stores and the buffers of as many
# connections as there can be have; a shorter run tells of them and judges nothing.
SETTLED = 60
MEMORY_SETTLED = 300

# What the log says of each fault, as a pattern; the words are the server's.
LINES = {
    "a full table of descriptors": r"os error 24\b",
    "a broken handshake": r"the TLS handshake failed",
    "a head that did not come": r"half a header: the rest did not come in time",
    "a body that did not come": r"half a body: the rest did not come in time",
    "a client that vanished": r"the client left",
    "a client that reads nothing": r"the client does not take its answer",
}


def soak(program, work, seconds, client_files, keep_log):
    """The checks: what, what was found, whether that is good (None: told only)."""
    if client_files < FILES * 2 + 500:
        raise Wrong(f"this shell may open {client_files} files only: {FILES * 2 + 500} are needed (ulimit -Hn)")
    fixture = tenants.large(200, 1, LIVE)
    fixture["tenant"]["journal_limit"] = 200
    server = Server(program, work, "soak", fixture, files=FILES, tls=True, arguments=["--answer-timeout", "10"])
    faults = Faults(server.port, server.tls_port, FILES)
    try:
        checks = under_load(server, faults, seconds)
        server.stop()
        checks.append(("the server stops at SIGTERM, exit code 0", "it did", True))
    finally:
        faults.over.set()
        server.kill()
        if keep_log:
            shutil.copyfile(server.log, keep_log)
    return checks + of_log(server.log, seconds >= SETTLED)


def under_load(server, faults, seconds):
    files = open_files(server)
    loads = {
        "code flows with userinfo": ["code", "1", "200"],
        "hybrid flows": ["code id_token token", "0", "200"],
    }
    running = {what: Load(server.url, "flow.lua", arguments, seconds, 4, threads=4)
               for what, arguments in loads.items()}
    faults.start()
    memory, most_files = [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        if server.process.poll() is not None:
            raise Wrong(f"the server ended: {server.log.read_text()[-2000:]}")
        memory.append(server.rss())
        most_files = max(most_files, open_files(server))
    results = {what: load.result() for what, load in running.items()}
    faults.stop()
    checks = [honest(what, figures) for what, figures in results.items()]
    checks += of_health(faults) + [of_memory(memory, seconds >= MEMORY_SETTLED)]
    # Looked at once a second; whether the table was full between, the log tells.
    checks.append(("descriptors", f"{most_files} of {FILES} at most", None))
    checks.append(released(server, files))
    did = ", ".join(f"{name} {count:,}" for name, count in sorted(faults.counts.items()))
    checks.append(("misbehaving clients", did, None))
    return checks


def honest(what, figures):
    found = f"{figures['wholes']:,} of them, {figures['requests']:,} answers, p99 {figures['p99'] / 1000:.0f} ms"
    if figures["wrong"]:
        found += f"; {figures['wrong']} {figures['failure']}"
    return f"{what}, every answer right", found, not figures["wrong"] and figures["wholes"] > 0


def of_health(faults):
    slowest = ", ".join(f"{what} {took * 1000:.0f} ms at most" for what, took in sorted(faults.slowest.items()))
    wrong = f"; {len(faults.wrong)} wrong: {'; '.join(faults.wrong[:5])}" if faults.wrong else ""
    return [("health answers throughout", slowest + wrong, not faults.wrong and max(faults.slowest.values()) < 5)]


def of_memory(memory, is_settled):
    """Against the first third, in which the stores fill up."""
    third = max(len(memory) // 3, 1)
    before, after = max(memory[:third]), max(memory[-third:])
    found = f"{before:.1f} MB at most in the first third, {after:.1f} in the last, {GROWTH:.0f} more allowed"
    return "memory stands still", found, after <= before + GROWTH if is_settled else None


def released(server, before):
    """Once everybody has gone, their descriptors are too."""
    until = time.monotonic() + 20
    while open_files(server) > before + 8 and time.monotonic() < until:
        time.sleep(0.2)
    after = open_files(server)
    return "no descriptor is left behind", f"{before} before, {after} after", after <= before + 8


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def of_log(log, is_settled):
    text = pathlib.Path(log).read_text(errors="replace")
    panics = re.findall(r"(?m)^.*panicked.*$", text)
    lines = text.splitlines()
    checks = [("no panic in the log", f"{len(lines):,} lines" + "".join(f"; {line}" for line in panics[:3]), not panics)]
    for what, pattern in LINES.items():
        found = next((line for line in lines if re.search(pattern, line)), None)
        checks.append((f"the log on {what}", found or "nothing", found is not None if is_settled else None))
    return checks
