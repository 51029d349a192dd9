//! Answers that were made lately, whole. Who asks the same of the same edition again is told the same: what its strong
//! `ETag` and its address promise.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::answer::typed;

/// Bytes of all answers that are kept, as they are sent.
const ROOM: usize = 32 * 1024 * 1024;
/// Bytes of the largest answer that is kept.
const LARGEST: usize = ROOM / 4;
/// No smaller body is compressed: there is nothing to be gained.
const SMALL: usize = 1024;

/// A body, plain and compressed. Each form is made once.
pub struct Made {
    kind: &'static str,
    file: Option<String>,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Made {
    /// A text of this type, as a file where it has a name.
    pub fn of(kind: &'static str, file: Option<String>, text: String) -> Self {
        Self { kind, file, plain: Bytes::from(text), gzip: OnceLock::new() }
    }

    /// Makes the compressed form, so that nobody waits for it later.
    pub fn compress(&self) {
        if self.plain.len() >= SMALL {
            self.gzip.get_or_init(|| gzip(&self.plain));
        }
    }

    /// The response, to someone who takes gzip or not.
    pub fn response(&self, gzip: bool) -> Response {
        let packed = self.gzip.get().filter(|_| gzip);
        let body = packed.unwrap_or(&self.plain).clone();
        let mut response = typed(body, self.kind, self.file.as_deref());
        if packed.is_some() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn size(&self) -> usize {
        self.plain.len() + self.gzip.get().map_or(0, Bytes::len)
    }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::new(4));
    // A compressor in memory has no error to tell.
    let _in_memory = encoder.write_all(plain);
    Bytes::from(encoder.finish().unwrap_or_default())
}

/// What answers: the edition's number, and what tells one answer from another within it.
pub type Question = (u64, String);

/// The answers of one edition that were asked for last.
#[derive(Default)]
pub struct Kept(Mutex<Vec<(Question, Arc<Made>)>>);

impl Kept {
    /// The answer, if it was made before.
    pub fn of(&self, question: &Question) -> Option<Arc<Made>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == question)?;
        let found = kept.remove(at);
        let made = found.1.clone();
        kept.push(found);
        Some(made)
    }

    /// Keeps an answer. Those of earlier editions go, and so do the oldest when there is no room.
    pub fn keep(&self, question: Question, made: &Arc<Made>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = kept.iter().any(|((edition, _), _)| *edition > question.0);
        if late || made.size() > LARGEST {
            return;
        }
        kept.retain(|(known, _)| known.0 == question.0 && *known != question);
        kept.push((question, made.clone()));
        let mut size: usize = kept.iter().map(|(_, made)| made.size()).sum();
        while size > ROOM {
            size -= kept.remove(0).1.size();
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn made(bytes: usize) -> Arc<Made> {
        Arc::new(Made::of("text/csv", None, "x".repeat(bytes)))
    }

    fn question(edition: u64, asked: &str) -> Question {
        (edition, asked.to_owned())
    }

    #[test]
    fn an_edition_takes_the_place_of_the_one_before() {
        let kept = Kept::default();
        kept.keep(question(1, "a"), &made(10));
        assert!(kept.of(&question(1, "a")).is_some() && kept.of(&question(2, "a")).is_none());
        kept.keep(question(2, "b"), &made(10));
        assert!(kept.of(&question(1, "a")).is_none() && kept.of(&question(2, "b")).is_some());
        // Who began before and ends after changes nothing.
        kept.keep(question(1, "a"), &made(10));
        assert!(kept.of(&question(1, "a")).is_none());
    }

    #[test]
    fn what_was_asked_longest_ago_makes_room() {
        let kept = Kept::default();
        for asked in ["a", "b", "c", "d"] {
            kept.keep(question(1, asked), &made(LARGEST));
        }
        assert!(kept.of(&question(1, "a")).is_some());
        kept.keep(question(1, "e"), &made(LARGEST));
        kept.keep(question(1, "f"), &made(LARGEST + 1));
        let there = |asked| kept.of(&question(1, asked)).is_some();
        assert_eq!(["a", "b", "c", "d", "e", "f"].map(there), [true, false, true, true, true, false]);
    }

    #[test]
    fn both_forms_are_one_body() {
        let long = made(5000);
        long.compress();
        let packed = long.gzip.get().unwrap();
        let mut told = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut told).unwrap();
        assert_eq!(told.as_bytes(), long.plain);
        assert!(packed.len() < 200);
        let short = made(10);
        short.compress();
        assert!(short.gzip.get().is_none());
    }
}
