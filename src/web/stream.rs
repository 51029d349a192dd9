//! Bodies too long to be made whole: they are made while they are sent, a little ahead of their reader, whose pace is
//! theirs. What they hold meanwhile is an edition, which all readers share.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};
use tokio_stream::Stream;

/// What is made piece by piece; a piece may be empty.
pub type Steps = Box<dyn Iterator<Item = String> + Send>;

/// Bytes gathered before they are sent.
const CHUNK: usize = 64 * 1024;
/// Pieces made before other tasks have their turn: some hundreds take less than a millisecond.
const TURN: usize = 128;
/// Chunks made ahead of the reader.
const AHEAD: usize = 2;
/// A reader who takes nothing for so long is given up: the edition of their body may be replaced long since.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long may a body take at most: a million assets at a slow line's pace.
const LONGEST: Duration = Duration::from_secs(3600);

/// A body that is made while it is sent.
pub fn streamed(steps: Steps) -> Body {
    patiently(steps, PATIENCE)
}

fn patiently(steps: Steps, patience: Duration) -> Body {
    let (send, receive) = channel(AHEAD);
    tokio::spawn(make(steps, send, patience));
    Body::from_stream(Parts { receive, over: false })
}

enum Part {
    More(Bytes),
    Last(Bytes),
}

async fn make(mut steps: Steps, send: Sender<Part>, patience: Duration) {
    let end = Instant::now() + LONGEST;
    let mut chunk = String::with_capacity(CHUNK);
    loop {
        let mut whole = false;
        for _ in 0..TURN {
            let Some(piece) = steps.next() else {
                whole = true;
                break;
            };
            chunk.push_str(&piece);
            if chunk.len() >= CHUNK {
                break;
            }
        }
        if whole || chunk.len() >= CHUNK {
            let full = Bytes::from(std::mem::replace(&mut chunk, String::with_capacity(CHUNK)));
            let sent = send.send(if whole { Part::Last(full) } else { Part::More(full) });
            let taken = timeout_at(end.min(Instant::now() + patience), sent).await;
            // The reader went away, or might as well have.
            if whole || !matches!(taken, Ok(Ok(()))) {
                return;
            }
        } else if send.is_closed() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Chunks as they come. Without the last one the body breaks off, and its reader learns that it is not whole.
struct Parts {
    receive: Receiver<Part>,
    over: bool,
}

impl Stream for Parts {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let part = ready!(self.receive.poll_recv(context));
        self.over = !matches!(part, Some(Part::More(_)));
        Poll::Ready(Some(match part {
            Some(Part::More(chunk) | Part::Last(chunk)) => Ok(chunk),
            None => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader took too long")),
        }))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tokio_stream::StreamExt;

    use super::*;

    fn pieces(count: usize) -> Steps {
        Box::new((0..count).map(|at| format!("{at:09}\n")))
    }

    fn wait<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.unwrap().block_on(future)
    }

    #[test]
    fn whole_and_in_order() {
        let body = wait(async { axum::body::to_bytes(streamed(pieces(50_000)), usize::MAX).await.unwrap() });
        assert_eq!(body, pieces(50_000).collect::<String>().as_bytes());
    }

    #[test]
    fn never_far_ahead_of_its_reader() {
        wait(async {
            let (told, mut made) = tokio::sync::watch::channel(0);
            let steps = (0..1_000_000).map(move |at| {
                told.send_replace(at * 10);
                format!("{at:09}\n")
            });
            let mut body = streamed(Box::new(steps)).into_data_stream();
            let mut read = 0;
            for _ in 0..20 {
                read += body.next().await.unwrap().unwrap().len();
                tokio::time::sleep(Duration::from_millis(5)).await;
                let ahead = *made.borrow_and_update() - read;
                assert!(ahead <= (AHEAD + 1) * (CHUNK + 10), "{ahead} bytes ahead");
            }
        });
    }

    #[test]
    fn who_takes_nothing_is_given_up_and_told_so() {
        wait(async {
            let patience = Duration::from_millis(100);
            let mut body = patiently(pieces(1_000_000), patience).into_data_stream();
            assert!(body.next().await.unwrap().is_ok());
            tokio::time::sleep(patience * 5).await;
            let mut rest = Vec::new();
            while let Some(part) = body.next().await {
                rest.push(part.is_ok());
            }
            assert_eq!(rest.pop(), Some(false), "a body that breaks off is no whole one");
            assert_eq!(rest, vec![true; AHEAD]);
        });
    }

    #[test]
    fn a_reader_who_leaves_ends_it() {
        wait(async {
            let (alive, mut gone) = tokio::sync::watch::channel(());
            let steps = std::iter::repeat_with(move || {
                alive.send_replace(());
                String::new()
            });
            drop(streamed(Box::new(steps)));
            while gone.changed().await.is_ok() {}
        });
    }
}
