//! Spreadsheets, put together here part by part.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Write};

use domain::observation::Facts;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::tests::{context, told};
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
