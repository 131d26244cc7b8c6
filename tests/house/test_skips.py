"""A test that needs an absent package is skipped by name, and continuous integration skips nothing."""

import pytest

PLUGIN = ("-p", "tests.plugins.debian", "-p", "no:django", "-p", "no:xdist")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite of one test that needs a package which is not there."""
    monkeypatch.setattr("tests.plugins.debian.PACKAGES", {"wrk": pytester.path / "absent"})
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.needs_debian("wrk")
        def test_needs_wrk():
            pass
        """
    )
    return pytester


def test_an_absent_package_skips_its_test_with_the_command_to_run(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = suite.runpytest_inprocess(*PLUGIN, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not installed: wrk; run: sudo apt-get install wrk*"])


def test_on_ci_a_skipped_test_fails(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    suite.runpytest_inprocess(*PLUGIN).assert_outcomes(errors=1)


def test_on_ci_a_skipped_file_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile("import pytest; pytest.skip('not today', allow_module_level=True)")
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(errors=1)


def test_on_ci_an_expected_failure_stays_one(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile("import pytest\n@pytest.mark.xfail\ndef test_it(): assert False")
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(xfailed=1)
