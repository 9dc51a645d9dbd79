"""The one table, in Markdown that can be read as it is."""

import os
import pathlib


def machine_in_words():
    cores = len(os.sched_getaffinity(0))
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown processor")
    kib = int(pathlib.Path("/proc/meminfo").read_text().split("\n", 1)[0].split()[1])
    return f"{cores} cores ({model}), {round(kib / 2**20)} GiB"


class Table:
    """Rows in the order in which they were measured."""

    HEAD = ("what", "per second", "p50 ms", "p99 ms", "p99.9 ms", "CPU µs", "signatures", "share")

    def __init__(self, date):
        self.heading = f"{date}, {machine_in_words()}, the load on the same cores"
        self.rows = []
        self.goals = []

    def load(self, what, rate, latency=None, cpu=None, signatures=None, share=None):
        """A kind of call: how often a second, how long, at what price."""
        times = [f"{ms:.2f}" for ms in latency] if latency else ["", "", ""]
        self.rows.append((what, f"{rate:,.0f}", *times, "" if cpu is None else f"{cpu * 1e6:,.0f}",
                          "" if signatures is None else str(signatures), "" if share is None else f"{share:.0%}"))

    def goal(self, what, value, goal, is_met):
        self.goals.append((what, value, goal, "met" if is_met else "missed"))

    def text(self):
        parts = [f"{self.heading}:"]
        if self.rows:
            parts.append(lines(self.HEAD, self.rows))
        if self.goals:
            parts.append(lines(("figure", "measured", "goal", ""), self.goals))
        return "\n\n".join(parts)


def lines(head, rows):
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])
