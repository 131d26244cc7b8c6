"""Lets a test say which Debian package it needs: ``@pytest.mark.needs_debian("chromium")``.

Where the package is absent such a test is skipped by name, with the command that installs it. Continuous integration
(``CI=true``) skips nothing: there every skipped test or file is a failure.
"""

import os
from collections.abc import Generator

import pytest

from tools.debian import PACKAGES, command

CHROMIUM = PACKAGES["chromium"]


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line("markers", "needs_debian(*packages): needs Debian packages listed in tools/debian.py")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test whose package is absent, with the command to run."""
    needed = [package for mark in item.iter_markers("needs_debian") for package in mark.args]
    absent = [package for package in needed if not PACKAGES[package].exists()]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}; run: {command(*absent)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip into a failure on CI; an expected failure stays what it is."""
    report = yield
    if not hasattr(report, "wasxfail"):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file that skips itself."""
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Marks a skipped report as failed where nothing may be skipped."""
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"CI skips nothing, and this was skipped: {reason}"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Starts the system's Chromium; without its sandbox, which root and containers do not have."""
    return {"executable_path": str(CHROMIUM), "args": ["--no-sandbox", "--disable-dev-shm-usage"]}
