"""A terminal with somebody at it, for a client that asks at prompts."""

import os
import sys

import pexpect

HERE = os.path.dirname(os.path.abspath(__file__))
# What a terminal is asked for, and waited for, before the first prompt.
WHERE_IS_THE_CURSOR = r"\x1b\[6n"


class Terminal:
    def __init__(self, script, *arguments):
        words = [os.path.join(HERE, script), *arguments]
        environment = os.environ | {"TERM": "xterm"}
        self._child = pexpect.spawn(
            sys.executable, words, env=environment, dimensions=(40, 200), timeout=20, encoding="utf-8"
        )
        self._child.logfile_read = sys.stderr

    def expect(self, pattern):
        while self._child.expect([WHERE_IS_THE_CURSOR, pattern]) == 0:
            self._child.send("\x1b[1;1R")

    def type(self, text):
        self._child.send(f"{text}\r")

    def matched(self, group):
        return self._child.match[group]

    def close(self):
        self._child.close(force=True)
