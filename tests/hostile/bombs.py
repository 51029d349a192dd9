#!/usr/bin/env python3
"""Spreadsheets and tables that would take all memory, or all time, of a careless reader: bombs.py FOLDER. Written by
hand rather than by `zipfile`, since they lie about their lengths."""

import struct
import sys
import zlib
from pathlib import Path

MIB = 1 << 20
folder = Path(sys.argv[1])


def part(name, *pieces, told=None):
    """A part of an archive. A piece is a text, or a text and how often it comes: it is packed once, and what is packed is
    repeated, which takes a moment for gigabytes."""
    packed, size, check = b"", 0, 0
    for piece in pieces:
        text, times = piece if isinstance(piece, tuple) else (piece, 1)
        text = text.encode()
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed += (packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)) * times
        size += len(text) * times
        if times <= 256:
            for _ in range(times):
                check = zlib.crc32(text, check)
    return name, packed + b"\x03\x00", size if told is None else told, check


def archive(file, parts, listed=None):
    """An archive of these parts; `listed` names more that lie where the last of them does."""
    body, directory, count = b"", b"", 0
    for name, packed, size, check in parts:
        stored = name == "mimetype"
        packed = b"application/vnd.oasis.opendocument.spreadsheet" if stored else packed
        method, size = (0, len(packed)) if stored else (8, size)
        check = zlib.crc32(packed) if stored else check
        about = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, check, len(packed), size, len(name), 0)
        entry = b"PK\x01\x02" + struct.pack("<H", 20) + about + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += entry + name.encode()
        body += b"PK\x03\x04" + about + name.encode() + packed
        count += 1
    for more in listed or []:
        directory += entry[:28] + struct.pack("<H", len(more)) + entry[30:] + more.encode()
        count += 1
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, min(count, 65535), min(count, 65535), len(directory), len(body), 0)
    (folder / file).write_bytes(body + directory + end)


RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
HEADINGS = "<row r=\"1\">" + CELL.format("A1", "id") + CELL.format("B1", "kind") + CELL.format("C1", "note") + "</row>"


def xlsx(file, *more, rows=("",), listed=None, told=None):
    archive(file, [
        part("_rels/.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             f'<Relationship Id="r1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        part("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
             '<sheet name="Parc" sheetId="1" r:id="r1"/></sheets></workbook>'),
        part("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
             f'relationships"><Relationship Id="r1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
             "</Relationships>"),
        part("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{HEADINGS}', *rows,
             "</sheetData></worksheet>", told=told),
        *more,
    ], listed)


def strings(*pieces, count=1, told=None, before=""):
    return part("xl/sharedStrings.xml", f'{before}<sst xmlns="{MAIN}" uniqueCount="{count}">', *pieces, "</sst>",
                told=told)


SPACES = "urn:oasis:names:tc:opendocument:xmlns:"


def ods(file, *rows, before="", after="</table:table></office:spreadsheet></office:body></office:document-content>",
        told=None):
    head = "".join(f"<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
                   for text in ("id", "kind"))
    archive(file, [
        part("mimetype"),
        part("META-INF/manifest.xml", "<manifest:manifest/>"),
        part("content.xml", f'{before}<office:document-content xmlns:office="{SPACES}office:1.0"><office:body>'
             f'<office:spreadsheet><table:table table:name="Parc"><table:table-row>{head}</table:table-row>',
             *rows, after, told=told),
    ])


def cell(text, attributes=""):
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def row(*cells, attributes=""):
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


LAUGHS = "<!DOCTYPE a [<!ENTITY a0 \"ha\">" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30)) + "]>"
ONE = '<row r="2">' + CELL.format("A2", "1") + CELL.format("B2", "laptop") + "</row>"
TEXTS = "<si><t>aaaaaaaaaa</t></si>" * 40000
LONG = "x" * 500_000

xlsx("fine.xlsx", strings("<si><t>a</t></si>"), rows=(ONE,))
ods("fine.ods", row(cell("1"), cell("laptop")),
    row(cell("", 'table:number-columns-repeated="999999999999999"'), attributes='table:number-rows-repeated="999999999999999"'))
# What they say of themselves.
xlsx("zeros.xlsx", strings((TEXTS, 300)))
ods("zeros.ods", (row(cell("1"), cell("laptop")) * 10000, 100))
xlsx("members.xlsx", *[part(f"xl/media/{n}.png", "x") for n in range(20000)])
xlsx("overlapping.xlsx", part("xl/media/x.xml", (" " * MIB, 15)), listed=[f"xl/media/{n}.xml" for n in range(1000)])
# What they do not.
xlsx("lies.xlsx", strings((TEXTS, 100), told=1000))
xlsx("lies-rows.xlsx", rows=((ONE * 10000, 100),), told=1000)
ods("lies.ods", (row(cell("")) * 10000, 200), told=1000)
# What XML can do.
xlsx("entities.xlsx", strings("<si><t>&a29;</t></si>", before=LAUGHS))
ods("entities.ods", row(cell("&a29;"), cell("laptop")), before=LAUGHS)
xlsx("event.xlsx", strings("<!--", ("x" * MIB, 10), "-->"))
ods("event.ods", row(cell("x" * 3 * MIB)))
xlsx("deep.xlsx", rows=("<a>" * 100_000, "</a>" * 100_000))
ods("deep.ods", row("<text:p>" * 100_000))
ods("unended.ods", row(cell("1"), cell("laptop")), after="")
# What numbers can ask for.
xlsx("promised.xlsx", strings("<si><t>a</t></si>", count=10**10))
xlsx("promised-more.xlsx", strings("<si><t>a</t></si>", count=10**18))
xlsx("far.xlsx", rows=('<row r="2">' + CELL.format("XFE2", "x") + "</row>",))
ods("columns.ods", row(cell("x", 'table:number-columns-repeated="9999999999999"')))
ods("rows.ods", row(cell("1"), cell("laptop"), attributes='table:number-rows-repeated="9999999999999"'))
ods("both.ods", row(cell("x", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048575"'))
ods("spaces.ods", row(cell('<text:s text:c="9999999999999"/>'), cell("laptop")))
# One text that stands in many cells.
xlsx("shared.xlsx", strings(f"<si><t>{LONG}</t></si>"), rows=tuple(
    f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{n}</t></is></c><c r="C{n}" t="s"><v>0</v></c></row>'
    for n in range(2, 1500)))
# Tables.
with open(folder / "large.csv", "wb") as file:
    file.write(b"id;kind\n")
    file.truncate(9 << 30)
(folder / "faults.csv").write_bytes(b"id;kind\n" + b";;;x\n" * 1_100_000)
