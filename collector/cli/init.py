"""`collector init`: a new policy with its assessments, ready to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.model.errors import InputError, StorageError

app = typer.Typer(help="Write a commented policy with its assessments beside it.")


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="Name of the collection; a path puts the files elsewhere.")],
) -> None:
    """Write NAME.toml, NAME-assessment.md and NAME-dpia.md; never over a file that is there."""
    from collector.lists.match import Action
    from collector.lists.taxonomy import taxonomy
    from collector.policy.blank import blanks, is_collection_id, new_policy

    target = Path(name.removesuffix(".toml"))
    if not is_collection_id(target.name):
        raise InputError(
            f"{target.name!r} cannot name a collection", mend="lower-case letters, digits and hyphens: my-corpus"
        )
    denied = tuple(category.id for category in taxonomy().values() if category.default is Action.DENY)
    files = {target.parent / file: text for file, text in new_policy(target.name, denied).items()}
    present = [str(path) for path in files if path.exists()]
    if present:
        raise InputError(f"{', '.join(present)} is there already", mend="choose another name, or remove it")
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:  # x: a file that came meanwhile is not overwritten
                file.write(text)
        except OSError as exc:
            raise StorageError(f"cannot be written: {exc.strerror or exc}", where=str(path)) from exc
        print(f"written: {path}")
    policy, assessment, dpia = files
    print(f"\nFill in {policy}: {', '.join(blanks(files[policy]))}")
    print(f"Answer the questions in {assessment}; an untouched one is refused.")
    print(f"Read {dpia}: it tells whether a data protection impact assessment is owed.")
    print(f"Then: collector policy check {policy}")
