"""What is printed: a line for each step, and the count at the end."""


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def _say(self, outcome, text):
        print(f"{outcome:<8} {text}", flush=True)

    def step(self, subject, outcome, step):
        """A step that a client told about; its outcome is `passed` or `failed`."""
        if outcome == "passed":
            self.passed += 1
        else:
            self.failed += 1
        self._say(outcome, f"{subject}: {step}")

    def skip(self, subject, reason):
        self.skipped += 1
        self._say("skipped", f"{subject} (reason: {reason})")

    def summary(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
