//! Spreadsheets, put together here part by part.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Write};

use domain::observation::Facts;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::tests::{context, read_as, told};
use super::{read, sheet};

fn part(book: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, content: &[u8]) {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    book.start_file(name, options).unwrap();
    book.write_all(content).unwrap();
}

/// The assets of a workbook, as text.
fn assets(book: Vec<u8>) -> String {
    let context = context("");
    let mut reader = read::Reader::<Facts>::new(&context, &[]);
    let mut table = reader.file("f", true);
    match sheet::rows(Cursor::new(book), None, &mut |line, cells| table.row(line, cells)) {
        Ok(()) => {
            table.end().unwrap();
            told(reader.finish())
        }
        Err(failure) => told(Err(failure)),
    }
}

/// A workbook of these parts, in this order.
fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut book = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        part(&mut book, name, content.as_bytes());
    }
    book.finish().unwrap().into_inner()
}

/// Power Query keeps its questions in a part of UTF-16, which is none of the table. What is UTF-8 behind the mark, and
/// would be read all the same without having been looked at, is refused.
#[test]
fn parts_in_utf_16() {
    let plain = include_bytes!("fixtures/assets.xlsx").to_vec();
    let with_part = |name: &str, content: &[u8]| {
        let mut book = ZipWriter::new_append(Cursor::new(plain.clone())).unwrap();
        part(&mut book, name, content);
        assets(book.finish().unwrap().into_inner())
    };
    let with = |content: &[u8]| with_part("customXml/item1.xml", content);
    let query =
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><DataMashup sqmid=\"1\"><!-- м -->AAEC<b/></DataMashup>";
    let little: Vec<u8> = query.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = query.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let whole = assets(plain.clone());
    assert!(whole.contains("serial=5CD0001"), "{whole}");
    assert_eq!(with(&little), whole);
    assert_eq!(with(&big), whole);
    assert_eq!(with(query.as_bytes()), whole);
    assert_eq!(with_part("xl/media/sound.bin", b"\xff\xfeletters"), whole, "no XML by its name");
    let refused = "protocol: it is no spreadsheet that can be read: ";
    for mark in [b"\xff\xfe", b"\xfe\xff"] {
        for tag in ["<sst", "<\0:sst", "<é:sst", "<!DOCTYPE a><sst"] {
            let promised =
                [&mark[..], format!("{tag} uniqueCount=\"18446744073709551615\"></sst>").as_bytes()].concat();
            assert!(with(&promised).starts_with(refused), "{tag}: {}", with(&promised));
        }
    }
    assert!(with(b"\xff\xff<a></a>").starts_with(refused));
}

/// Else all rows whose formula failed would be one thing, of the serial number `#REF!`.
#[test]
fn formulas_that_failed_say_nothing() {
    let errors = "#REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! #NOM? #VALEUR! #NOMBRE! #NUL! #SPILL! #CALC! Err:508";
    for error in errors.split(' ').chain(["#VALEUR !", "#NOM\u{a0}?", "Err :520"]) {
        let table = format!("serial;model;ram_gb\n{error};A;{error}\n");
        let harvest = read_as::<Facts>(table.as_bytes(), &context(""), &[]).unwrap();
        assert_eq!(harvest.rejects, [], "{error}");
        let seen = &harvest.observations[0];
        assert!(seen.is_anonymous() && seen.facts().serial.is_none(), "{error}: {seen:?}");
    }
    for serial in ["#REF", "#1234", "Err:", "Err:A1", "Error:508"] {
        let table = format!("serial;model\n{serial};A\n");
        let harvest = read_as::<Facts>(table.as_bytes(), &context(""), &[]).unwrap();
        assert_eq!(harvest.observations[0].facts().serial.as_deref(), Some(serial));
    }
}

/// Its cell says so: what is shown is in the language of whoever saved it, and may be a 0.
#[test]
fn cells_of_formulas_that_failed() {
    let xlsx = book(&[
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
             relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
             relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
             <sheet name=\"Parc\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData>\
             <row r=\"1\"><c r=\"A1\" t=\"str\"><v>serial</v></c><c r=\"B1\" t=\"str\"><v>model</v></c></row>\
             <row r=\"2\"><c r=\"A2\" t=\"e\"><v>#REF!</v></c><c r=\"B2\" t=\"str\"><v>A</v></c></row>\
             <row r=\"3\"><c r=\"A3\" t=\"str\"><v>S3</v></c><c r=\"B3\" t=\"e\"><v>#N/A</v></c></row>\
             </sheetData></worksheet>",
        ),
    ]);
    let failed = "<table:table-cell table:formula=\"of:=[.Z1]\" office:value-type=\"string\" office:string-value=\"\" \
                  calcext:value-type=\"error\"><text:p>#RÉF !</text:p></table:table-cell>";
    let text = |told: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{told}</text:p></table:table-cell>")
    };
    let rows = [
        [text("serial"), text("model")],
        [failed.to_owned(), text("A")],
        [text("S3"), failed.replace("#RÉF !", "Err:508")],
    ];
    let rows: String =
        rows.iter().map(|cells| format!("<table:table-row>{}</table:table-row>", cells.concat())).collect();
    let content = format!(
        "<office:document-content><office:spreadsheet><table:table table:name=\"Parc\">{rows}</table:table>\
         </office:spreadsheet></office:document-content>"
    );
    let ods = book(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest></manifest:manifest>"),
        ("content.xml", &content),
    ]);
    for book in [xlsx, ods] {
        let told = assets(book);
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with('#') && lines[0].ends_with("-1 model=A"), "{told}");
        assert_eq!(lines[1], "S3 serial=S3");
    }
}
