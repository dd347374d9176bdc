"""Article files that the press tests make: a Word document, a PDF file, archives that are traps."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pypdf


def word_document(path: Path) -> Path:
    document = docx.Document()
    document.add_heading("Town votes", 0)
    document.add_paragraph("“We will rebuild,” said Linda Grove.")
    document.add_table(1, 2).cell(0, 1).text = "“It will take years,” she said."
    document.add_paragraph("Tom Ashby called it “absurd”.")
    document.add_paragraph("Nobody will be left behind.", style="Quote")
    document.save(str(path))
    return path


def pdf_bytes(lines: list[str], password: str | None = None) -> bytes:
    """A PDF file of one page, written by hand so that no other program is needed; "\\f" begins another page."""
    pages = "\n".join(lines).split("\f")
    objects = [b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    for page in pages:
        shown = " T* ".join(f"({line}) Tj" for line in page.strip("\n").split("\n"))
        stream = f"BT /F1 11 Tf 14 TL 50 750 Td {shown} ET".encode("cp1252")
        objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
        tree = 2 * len(pages) + 2
        page_object = (
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 1 0 R>>>>>>"
        )
        objects.append(page_object % (tree, len(objects)))
    kids = b" ".join(b"%d 0 R" % (2 * number + 3) for number in range(len(pages)))
    objects.append(b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)))
    objects.append(b"<</Type/Catalog/Pages %d 0 R>>" % len(objects))
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(objects), data.rindex(b"endobj\n") + 7,
    )  # fmt: skip
    if password is None:
        return data
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
