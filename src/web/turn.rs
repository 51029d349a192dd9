//! The places where answers are computed, shared out between clients: one question of each at a time, in turn. One with
//! many heavy questions waits for itself, and leaves the other places to the others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::auth::Viewer;
use super::guard::Client;
use super::problem::Problem;

/// So many answers are computed at once: over a million assets one may hold hundreds of megabytes.
const AT_ONCE: usize = 2;
/// Questions of one client that wait at most: as many as a connection of HTTP/2 may ask.
const WAITING: usize = 64;
/// A question waits so long at most: half of what a request may take is left for its answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Whoever is sent away comes back after this.
const LATER: Duration = Duration::from_secs(5);

/// Who asks: from where, and in which session or by which token.
pub type Asker = (Client, String);

/// Whom a question is counted for. Those whom nothing tells apart are one.
pub fn asker(client: Client, viewer: &Viewer) -> Asker {
    (client, viewer.csrf.as_ref().unwrap_or(&viewer.name).clone())
}

/// Who computes, and who waits for it.
#[derive(Default)]
pub struct Turns(Mutex<Line>);

#[derive(Default)]
struct Line {
    computing: Vec<Asker>,
    waiting: VecDeque<Waiting>,
}

/// One client's questions, in the order in which they came.
struct Waiting {
    asker: Asker,
    questions: VecDeque<oneshot::Sender<Turn>>,
}

/// A place to compute, until it is dropped.
pub struct Turn {
    turns: Arc<Turns>,
    asker: Asker,
}

impl Turns {
    /// A place for a question, once it is its turn.
    ///
    /// # Errors
    /// 503 with `Retry-After` where the client has too many waiting already, or where no place came free.
    pub async fn take(self: &Arc<Self>, asker: Asker) -> Result<Turn, Problem> {
        let busy = |detail: &str| Problem::unavailable(detail).after(LATER);
        let turn = self.ask(asker).ok_or_else(|| busy("too many of your questions are being answered already"))?;
        match timeout(PATIENCE, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(busy("other questions are being answered")),
        }
    }

    /// Takes a place where there is one, else stands in line; nothing where too many of this client do.
    fn ask(self: &Arc<Self>, asker: Asker) -> Option<oneshot::Receiver<Turn>> {
        let (waits, turn) = oneshot::channel();
        let mut line = self.line();
        if line.computing.len() < AT_ONCE && !line.computing.contains(&asker) {
            line.computing.push(asker.clone());
            // Outside the line, which a turn that nobody takes would want to enter.
            drop(line);
            let _unless_gone = waits.send(Turn { turns: self.clone(), asker });
            return Some(turn);
        }
        match line.waiting.iter_mut().find(|waiting| waiting.asker == asker) {
            Some(waiting) => {
                waiting.questions.retain(|waits| !waits.is_closed());
                if waiting.questions.len() >= WAITING {
                    return None;
                }
                waiting.questions.push_back(waits);
            }
            None => line.waiting.push_back(Waiting { asker, questions: VecDeque::from([waits]) }),
        }
        Some(turn)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// The next question: of whoever has none computed now and stands in line longest since its last turn.
    fn next(&mut self) -> Option<(Asker, oneshot::Sender<Turn>)> {
        self.waiting.retain_mut(|waiting| {
            waiting.questions.retain(|waits| !waits.is_closed());
            !waiting.questions.is_empty()
        });
        let at = self.waiting.iter().position(|waiting| !self.computing.contains(&waiting.asker))?;
        let mut waiting = self.waiting.remove(at)?;
        let waits = waiting.questions.pop_front()?;
        let asker = waiting.asker.clone();
        if !waiting.questions.is_empty() {
            self.waiting.push_back(waiting);
        }
        Some((asker, waits))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut line = self.turns.line();
        if let Some(at) = line.computing.iter().position(|asker| *asker == self.asker) {
            line.computing.swap_remove(at);
        }
        let Some((asker, waits)) = line.next() else { return };
        line.computing.push(asker.clone());
        drop(line);
        // Whoever left meanwhile drops it, and so it is the next one's.
        let _unless_gone = waits.send(Turn { turns: self.turns.clone(), asker });
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn who(last: u8) -> Asker {
        (Client(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))), String::new())
    }

    /// Its turn, where it has come.
    fn come(waits: &mut oneshot::Receiver<Turn>) -> Option<Turn> {
        waits.try_recv().ok()
    }

    #[test]
    fn whoever_asks_much_waits_for_itself() {
        let turns = Arc::new(Turns::default());
        let ask = |last| turns.ask(who(last)).unwrap();
        let first = come(&mut ask(1)).unwrap();
        let mut many: Vec<_> = (0..WAITING).map(|_| ask(1)).collect();
        assert!(many.iter_mut().all(|waits| come(waits).is_none()), "one of each client at a time");
        assert!(turns.ask(who(1)).is_none(), "no more of one client wait");
        let other = come(&mut ask(2)).expect("another finds a place at once");
        let (mut second, mut third) = (ask(2), ask(3));
        // Places come free: whoever stands in line longest, and has none computed.
        drop(other);
        let second = come(&mut second).expect("the first client has one computed");
        drop(first);
        let next = come(&mut many[0]).expect("it came before the third client");
        drop(second);
        let third = come(&mut third).unwrap();
        drop(next);
        let next = come(&mut many[1]).unwrap();
        drop((third, next));
        assert_eq!(turns.line().computing, [who(1)], "the third of its questions alone");
    }

    #[test]
    fn a_question_that_was_given_up_holds_nothing() {
        let turns = Arc::new(Turns::default());
        let ask = |last| turns.ask(who(last)).unwrap();
        let computing = [1, 2].map(|last| come(&mut ask(last)).unwrap());
        drop((0..WAITING).map(|_| ask(1)).collect::<Vec<_>>());
        let mut waits = turns.ask(who(1)).expect("what was given up waits no longer");
        // Its turn came, and it left before it took it.
        let left = ask(3);
        drop(computing);
        drop(left);
        drop(come(&mut waits).unwrap());
        let line = turns.line();
        assert!(line.computing.is_empty() && line.waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let turns = Arc::new(Turns::default());
        let first = turns.take(who(1)).await.unwrap();
        let _second = turns.take(who(2)).await.unwrap();
        let refused = turns.take(who(3)).await.err().unwrap();
        assert_eq!(refused.kind(), "unavailable");
        let waits = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(who(3)).await.is_ok() }
        });
        tokio::time::sleep(PATIENCE / 2).await;
        drop(first);
        assert!(waits.await.unwrap());
    }
}
