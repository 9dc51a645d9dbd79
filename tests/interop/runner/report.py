"""What is printed: a line for each step, and the count at the end."""

import threading


class Report:
    """May be told from several threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def step(self, subject, outcome, step):
        """A step that a client told about; its outcome is `passed` or `failed`."""
        with self._lock:
            if outcome == "passed":
                self.passed += 1
            else:
                self.failed += 1
            say(outcome, f"{subject}: {step}")

    def skip(self, subject, reason):
        with self._lock:
            self.skipped += 1
            say("skipped", f"{subject} (reason: {reason})")

    def summary(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def say(outcome, text):
    print(f"{outcome:<8} {text}", flush=True)
