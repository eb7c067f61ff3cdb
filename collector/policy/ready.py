"""The policies that travel with the program, and where the files that a policy names lie."""

from __future__ import annotations

from pathlib import Path

from collector.model.errors import PolicyError
from collector.model.resources import resource_folder
from collector.policy.explain_faults import nearest
from collector.policy.policy import Policy


def ready_policies() -> dict[str, Path]:
    """Name to path: `demo`, `strict-eu`, `research`."""
    return {path.stem: path for path in sorted(resource_folder("policies").glob("*.toml"))}


def find_policy(name: str) -> Path:
    """The path of a policy given as a path or as the name of a ready one. Raises PolicyError."""
    path = Path(name)
    try:
        if path.is_file():
            return path
    except OSError as exc:
        raise PolicyError(
            f"the policy cannot be read: {exc.strerror}", where=name, mend="give its reader the right to read it"
        ) from exc
    ready = ready_policies()
    if name in ready:
        return ready[name]
    close = nearest(name, ready) if path.suffix == "" else None
    raise PolicyError(
        "no such policy",
        where=name,
        mend=f"did you mean {close!r}?" if close else f"give a path, or one of: {', '.join(ready)}",
    )


def beside(policy: Policy, name: str) -> Path:
    """The path of a file that the policy names, relative to the policy's own file."""
    return Path(policy.path).parent / name
