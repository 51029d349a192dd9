use super::*;

fn concern(key: &str) -> Concern {
    Concern { key: key.to_owned(), about: About::Law, what: format!("what {key}") }
}

fn notice(key: &str, told: i64) -> Notice {
    Notice { concern: key.to_owned(), what: format!("told {key}"), told }
}

#[test]
fn each_thing_is_told_once_and_once_more_when_it_is_over() {
    let now = Timestamp::from_second(1000).expect("a moment");
    let (a, b) = (concern("a"), concern("b"));
    let told = |concerns: &[&Concern], known: &[Notice]| {
        let messages = due(concerns, known, now);
        let told = messages.into_iter().map(|message| (message.concern, message.over, message.since.as_second()));
        told.collect::<Vec<_>>()
    };
    let of = |key: &str, over, since| (key.to_owned(), over, since);
    assert_eq!(told(&[&a, &b], &[]), [of("a", false, 1000), of("b", false, 1000)]);
    assert_eq!(told(&[&a, &b], &[notice("a", 5), notice("b", 5)]), []);
    assert_eq!(told(&[&b], &[notice("a", 5), notice("b", 5)]), [of("a", true, 5)]);
    // What is over is told in the words in which it was told.
    assert_eq!(due(&[], &[notice("a", 5)], now)[0].what, "told a");
    assert_eq!(told(&[], &[]), []);
}
