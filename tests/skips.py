"""No skip hides a hole: the only reasons for which a test may be skipped, and the end of a run that holds every skip to them.

A run ends with what was skipped and why. It fails where a reason is not written here, and where a test is expected to fail, which
is a skip by another name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

NO_REFERENCE = "the reference data (../shared) are not beside this checkout"
NOT_FULL = "the full benchmark was not asked for (GOLIVE_FULL=1)"
NO_JAVA = "Spark needs Java, which this machine does not have"

ALLOWED = {
    NO_REFERENCE: "They belong to others and never come with the repository.",
    NOT_FULL: "It takes hours. The routine run plants the same faults once.",
    NO_JAVA: "The locks bring all that Python can bring. Java they cannot.",
}


class Watch:
    """Hears of every test and file of a run, also of those that other processes ran (pytest-xdist tells the first process)."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = defaultdict(
            dict
        )  # reason → tests, or files that were skipped whole

    def unlisted(self) -> list[str]:
        return [reason for reason in self.found if reason not in ALLOWED]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected = getattr(report, "wasxfail", None)
        if expected is not None:
            self.found[f"expected to fail: {expected}"][report.nodeid] = None
        elif report.skipped:
            self._skipped(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped(report)

    def _skipped(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        told = report.longrepr[2] if isinstance(report.longrepr, tuple | list) else report.longrepr
        self.found[str(told).removeprefix("Skipped: ")][report.nodeid] = None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # A run in which every file was skipped whole ends with "nothing collected".
        if self.unlisted() and session.exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # so it prints after everyone else
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        yield
        if not self.found:
            return
        terminalreporter.section("skipped and why")
        for reason in ALLOWED:
            files = Counter(test.split("::")[0] for test in self.found.get(reason, ()))
            if files:
                terminalreporter.line(f"{files.total():5} {reason}")
            for file, count in files.items():
                terminalreporter.line(f"{count:11} {file}")
        for reason in self.unlisted():
            terminalreporter.line(f"{len(self.found[reason]):5} NOT ALLOWED: {reason}", red=True)
            for test in self.found[reason]:
                terminalreporter.line(f"{'':11} {test}", red=True)
        if self.unlisted():
            terminalreporter.line(
                "This run fails: tests/skips.py lists the reasons that a skip may have.", red=True
            )
