#![expect(clippy::unwrap_used, reason = "tests")]

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

const ASKS: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

fn routes() -> Router {
    Router::new().route("/", axum::routing::get(|| async { "here" }))
}

async fn assert_answered(mut asks: TcpStream) {
    let mut answer = String::new();
    asks.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("here"), "{answer}");
}

/// Whoever came first and keeps silent makes room; whoever is being answered does not.
#[tokio::test(start_paused = true)]
async fn the_silent_make_room_for_those_who_come() {
    let seats = Arc::new(Seats::of(3));
    let answered = seats.enter().unwrap();
    let under_way = answered.making();
    let silent = seats.enter().unwrap();
    tokio::time::advance(Duration::from_millis(1)).await;
    let late = seats.enter().unwrap();
    let next = seats.one().await;
    timeout(Duration::from_secs(1), silent.leave.notified()).await.unwrap();
    let busy = (late.making(), next.making());
    tokio::time::advance(GRACE).await;
    assert!(seats.enter().is_none(), "all of them are being answered");
    drop((silent, under_way));
    assert!(timeout(2 * GRACE, seats.one()).await.is_ok(), "the first answer has ended");
    timeout(Duration::from_secs(1), answered.leave.notified()).await.unwrap();
    drop((busy, answered, late, next));
    assert_eq!(seats.guests().1.len(), 0, "every place is given back");
}

/// Whoever takes nothing of an answer leaves first where there is no room, and after a while anyway.
#[tokio::test(start_paused = true)]
async fn readers_who_take_nothing_leave() {
    let seats = Arc::new(Seats::of(2));
    let (slow, reader) = (seats.enter().unwrap(), seats.enter().unwrap());
    let (_body, mut read) = (slow.sending(Body::from("a")), reader.sending(Body::from("b")));
    tokio::time::advance(Duration::from_secs(1)).await;
    std::future::poll_fn(|context| Pin::new(&mut read).poll_frame(context)).await.unwrap().unwrap();
    let began = Instant::now();
    tokio::time::advance(GRACE).await;
    let next = seats.enter().unwrap();
    timeout(Duration::from_secs(1), slow.leave.notified()).await.unwrap();
    drop(next);
    reader.stuck().await;
    assert_eq!(began.elapsed(), STUCK);
    // Whoever waits for an answer that is being made is not stuck, nor is who asks nothing.
    let idle = seats.enter().unwrap();
    let waits = (reader.making(), timeout(2 * STUCK, reader.stuck()).await);
    assert!(waits.1.is_err() && timeout(2 * STUCK, idle.stuck()).await.is_err());
}

/// A large answer is handed over in pieces, whole, and told at its full length.
#[tokio::test]
async fn answers_are_sent_in_pieces() {
    let seats = Arc::new(Seats::of(1));
    let body: Vec<u8> = (0..PIECE * 2 + 5).map(|at| at as u8).collect();
    let mut sending = seats.enter().unwrap().sending(Body::from(body.clone()));
    assert_eq!(sending.size_hint().exact(), Some(body.len() as u64));
    let (mut taken, mut pieces) = (Vec::new(), 0);
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut sending).poll_frame(context)).await {
        taken.extend(frame.unwrap().into_data().unwrap());
        pieces += 1;
        assert_eq!(sending.size_hint().exact(), Some((body.len() - taken.len()) as u64));
    }
    assert!(taken == body && pieces == 3 && sending.is_end_stream());
}

/// Whoever has connected when a stop is told and asks only then is answered; whoever asks nothing does not keep it waiting.
#[tokio::test]
async fn who_came_before_the_stop_is_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stops) = watch::channel(false);
    let seats = Arc::new(Seats::of(8));
    let serving = tokio::spawn(serve(listener, routes(), None, seats.clone(), stops));
    let (mut asks, silent) = (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    while seats.guests().1.len() < 2 {
        sleep(AGAIN).await;
    }
    stop.send_replace(true);
    // There is one thread: whoever waits for the stop hears of it now, and no time passes of what is left to ask in.
    tokio::task::yield_now().await;
    asks.write_all(ASKS).await.unwrap();
    assert_answered(asks).await;
    timeout(HEAD / 2, serving).await.unwrap().unwrap();
    drop(silent);
}

/// Whoever was accepted waits for a place though a stop is told meanwhile, and is answered.
#[tokio::test]
async fn who_waits_for_a_place_is_answered_after_the_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut asks = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    asks.write_all(ASKS).await.unwrap();
    let (stop, stops) = watch::channel(false);
    let seats = Arc::new(Seats::of(1));
    let answered = seats.enter().unwrap();
    let under_way = answered.making();
    let serving = tokio::spawn(serve(listener, routes(), None, seats, stops));
    sleep(AGAIN).await;
    stop.send_replace(true);
    sleep(AGAIN).await;
    drop((under_way, answered));
    assert_answered(asks).await;
    timeout(HEAD / 2, serving).await.unwrap().unwrap();
}
