"""A time stamp of a seal: proof by a third party that the manifest existed at a time (RFC 3161).

In: a manifest, or an authority's answer. Out: the request to send, and the answer kept beside the manifest. Never sends
anything; that an answer belongs to this manifest is checked here, the authority's signature is checked with
``openssl ts -verify``.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.case.evidence import MANIFEST, STAMP, TAGS, line
from pipeline.case.files import hash_file, write_atomic
from pipeline.errors import EvidenceError, InputError

# TimeStampReq (RFC 3161, section 2.4.1) in DER: version 1, SHA-256 and the hash, the authority's certificate wanted.
# There is no nonce: the hash is of one manifest only, and the same manifest gives the same request.
_BEFORE_HASH = bytes.fromhex("3039 020101 3031 300d 0609608648016503040201 0500 0420")
_AFTER_HASH = bytes.fromhex("0101ff")
_GRANTED = (0, 1)  # PKIStatus: granted, granted with modifications
_HINT = "get an answer to the request that voxquote seal --timestamp-request writes"


def request(folder: Path) -> bytes:
    """The request for a time stamp of the case's manifest, as ``openssl ts -query`` would make it."""
    return _BEFORE_HASH + bytes.fromhex(hash_file(folder / MANIFEST)) + _AFTER_HASH


def keep_response(folder: Path, path: Path) -> None:
    """Keep the authority's answer in the file ``path`` beside the manifest, under the seal's own hashes.

    Raises InputError when it cannot be read, was refused, or is about something else than this manifest.
    """
    try:
        response = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "check its name and permissions") from error
    if not (folder / MANIFEST).is_file():
        raise EvidenceError(f"case {folder.name} is not sealed", "seal it first: voxquote seal --case DIR")
    sha256 = hash_file(folder / MANIFEST)
    if _status(response) not in _GRANTED:
        raise InputError(f"{path.name} is no time stamp that an authority granted", _HINT)
    if b"\x04\x20" + bytes.fromhex(sha256) not in response:
        raise InputError(f"{path.name} is a time stamp of something else than this seal", _HINT)
    write_atomic(folder / STAMP, response)
    write_atomic(folder / TAGS, line(sha256, MANIFEST) + line(hash_file(folder / STAMP), STAMP))


def _status(response: bytes) -> int | None:
    """TimeStampResp.status.status: the first integer of the first sequence of the sequence; None for anything else."""
    place = 0
    for expected in (0x30, 0x30):
        if response[place : place + 1] != bytes([expected]) or len(response) < place + 2:
            return None
        long_form = response[place + 1] & 0x80
        place += 2 + (response[place + 1] & 0x7F if long_form else 0)
    return response[place + 2] if response[place : place + 2] == b"\x02\x01" and len(response) > place + 2 else None
