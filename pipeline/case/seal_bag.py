"""A sealed case with its recordings and articles as one BagIt bag (RFC 8493), to hand over or to put away.

In: a sealed case. Out: a new folder that any BagIt program validates. Folders lie below ``data/`` as they lay towards
each other, so that the case in the bag still finds its recordings. Never changes the case, never leaves half a bag.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from pipeline.case.evidence import MANIFEST, TAGS, Change, listed, verify
from pipeline.case.files import hash_file
from pipeline.errors import EvidenceError

_CHUNK_BYTES = 1 << 20
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ESCAPES = (("%", "%25"), ("\n", "%0A"), ("\r", "%0D"))  # RFC 8493, section 2.1.3


def write_bag(folder: Path, target: Path, facts: Mapping[str, str]) -> int:
    """Copy the case and its inputs into the new bag ``target``; returns how many files it carries.

    ``facts`` go into ``bag-info.txt``. Raises EvidenceError when a sealed file is gone or changed or when ``target``
    exists.
    """
    case = folder.resolve()
    if differing := verify(folder):
        name = PurePath(differing[0].path).name
        state = "was made after the seal" if differing[0].change is Change.LATER else f"is {differing[0].change}"
        raise EvidenceError(
            f"{name} {state}: the bag would not be what was sealed",
            "voxquote verify names every such file; put them back, or seal again",
        )
    if os.path.lexists(target):
        raise EvidenceError(f"{target.name} exists already", "name a folder that does not exist yet")
    if target.resolve().is_relative_to(case):
        raise EvidenceError("a bag cannot lie inside the case that it holds", "name a folder outside the case")
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        count = _fill(building, case, facts)
        building.chmod(0o755)
        os.replace(building, target)
    except OSError as error:
        message = f"{target.name} could not be written: {error.strerror or error}"
        raise EvidenceError(message, "free some space or name another folder") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return count


def _fill(bag: Path, case: Path, facts: Mapping[str, str]) -> int:
    """Write payload and tag files into the empty folder ``bag``."""
    sealed = dict(listed(case))
    own = {name: hash_file(case / name) for name in (MANIFEST, TAGS) if (case / name).is_file()}
    files = {Path(os.path.normpath(case / path)): sha256 for path, sha256 in (sealed | own).items()}
    top = Path(os.path.commonpath([case.parent, *(path.parent for path in files)]))
    payload = {}
    for path, sha256 in files.items():
        name = _utf8(f"data/{path.relative_to(top).as_posix()}")
        _copy(path, bag / name, sha256)
        payload[name] = sha256
    sizes = [(bag / name).stat().st_size for name in payload]
    info = {
        **facts,
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
        "Voxquote-Case": _escaped(f"data/{case.relative_to(top).as_posix()}"),
    }
    tags = {
        "bagit.txt": _DECLARATION,
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in info.items()).encode("utf-8"),
        "manifest-sha256.txt": _manifest(payload),
    }
    for name, content in tags.items():
        (bag / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in tags.items()}
    (bag / "tagmanifest-sha256.txt").write_bytes(_manifest(hashes))
    return len(payload)


def _manifest(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{hashes[name]}  {_escaped(name)}\n" for name in sorted(hashes)).encode("utf-8")


def _escaped(name: str) -> str:
    for plain, written in _ESCAPES:
        name = name.replace(plain, written)
    return name


def _utf8(name: str) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        hint = "put it under a plain name and run the case again"
        raise EvidenceError("a file's name is not UTF-8, which a bag cannot hold", hint) from error
    return name


def _copy(source: Path, copy: Path, sha256: str) -> None:
    """Copy one file; raises EvidenceError when what arrives is not what was sealed."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reader, copy.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    if hash_file(copy) != sha256:
        raise EvidenceError(f"{source.name} changed while it was copied", "make the bag again when nothing is writing")
