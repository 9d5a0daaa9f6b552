"""What is installed is what is tested: every lock is cut out of one resolution, with hashes and without addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = sorted(set(PROJECT["optional-dependencies"]) - {"dev"})
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))?(?: \\)?$",
    flags=re.MULTILINE,
)


def pins(name: str) -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
    """Version and hashes of each package of a lock; a package may stand twice, with a marker each."""
    text = (ROOT / name).read_text("utf-8")
    found = {}
    for one in PIN.finditer(text):
        rest = text[one.end() :]
        following = PIN.search(rest)
        block = rest[: following.start()] if following else rest
        hashes = frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
        found[one["name"], one["marker"] or ""] = (one["version"], hashes)
    return found


LOCKS = ("requirements.lock", *(f"requirements-{extra}.lock" for extra in EXTRAS))
DEV = pins("requirements-dev.lock")


def test_every_extra_has_a_lock_and_the_makefile_knows_it() -> None:
    assert {path.name for path in ROOT.glob("requirements*.lock")} == {
        *LOCKS,
        "requirements-dev.lock",
    }
    (known,) = re.findall(
        r"^KNOWN_EXTRAS := (.+)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE
    )
    assert sorted(known.split()) == EXTRAS
    (with_all,) = [r for r in PROJECT["optional-dependencies"]["dev"] if r.startswith("golive[")]
    assert Requirement(with_all).extras == set(EXTRAS)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_tests_run_on_the_packages_that_are_installed(lock: str) -> None:
    for (name, marker), pinned in pins(lock).items():
        where = f"{name}{f' ({marker})' if marker else ''}"
        assert (name, marker) in DEV, f"{lock} installs {where}, which the tests do not have"
        assert DEV[name, marker] == pinned, (
            f"{lock} installs {where} {pinned[0]}, the tests run on {DEV[name, marker][0]}"
        )


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-dev.lock"])
def test_every_package_has_hashes_and_no_line_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert pins(lock)
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=", ""), flags=re.MULTILINE)
    assert all(hashes for _, hashes in pins(lock).values())


def test_the_locks_hold_what_the_project_asks_for() -> None:
    asked = {
        "requirements.lock": PROJECT["dependencies"],
        "requirements-dev.lock": PROJECT["optional-dependencies"]["dev"],
    }
    asked |= {
        f"requirements-{extra}.lock": PROJECT["optional-dependencies"][extra] for extra in EXTRAS
    }
    application = pins("requirements.lock")
    for lock, requirements in asked.items():
        held = application | pins(lock)
        for requirement in map(Requirement, requirements):
            if requirement.name == "golive":
                continue
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            versions = [version for (pinned, _), (version, _) in held.items() if pinned == name]
            assert versions, f"{lock} lacks {name}"
            assert all(requirement.specifier.contains(Version(v)) for v in versions), (
                f"{lock}: {name} {versions}"
            )
