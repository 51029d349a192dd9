#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// Whoever came first and keeps silent makes room; whoever is being answered does not.
#[tokio::test]
async fn the_silent_make_room_for_those_who_come() {
    let room = Arc::new(Room::of(3));
    let answered = room.enter().unwrap();
    let under_way = answered.answering();
    let silent = room.enter().unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    let late = room.enter().unwrap();
    let next = room.enter().unwrap();
    timeout(Duration::from_secs(1), silent.leave.notified()).await.unwrap();
    let busy = (late.answering(), next.answering());
    assert!(room.enter().is_none(), "all of them are being answered");
    drop((silent, under_way));
    assert!(room.enter().is_some(), "the first answer has ended");
    timeout(Duration::from_secs(1), answered.leave.notified()).await.unwrap();
    drop((busy, answered, late, next));
    assert_eq!(room.guests().1.len(), 0, "every place is given back");
}
