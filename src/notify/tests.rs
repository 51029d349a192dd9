use super::*;

fn concern(key: &str, pressing: bool) -> Concern {
    Concern { key: key.to_owned(), about: About::Law, pressing, what: format!("what {key}") }
}

fn notice(key: &str, told: i64) -> Notice {
    Notice { concern: key.to_owned(), what: format!("told {key}"), told }
}

#[test]
fn each_thing_is_told_once_and_once_more_when_it_is_over() {
    let now = Timestamp::from_second(1000).expect("a moment");
    let (a, b, well) = (concern("a", true), concern("b", true), concern("a", false));
    let told = |concerns: &[&Concern], known: &[Notice]| {
        let messages = due(concerns, known, now);
        let told = messages.into_iter().map(|message| (message.concern, message.over, message.since.as_second()));
        told.collect::<Vec<_>>()
    };
    let of = |key: &str, over, since| (key.to_owned(), over, since);
    assert_eq!(told(&[&a, &b], &[]), [of("a", false, 1000), of("b", false, 1000)]);
    assert_eq!(told(&[&a, &b], &[notice("a", 5), notice("b", 5)]), []);
    assert_eq!(told(&[&well, &b], &[notice("a", 5), notice("b", 5)]), [of("a", true, 5)]);
    // What is over is told in the words in which it was told; what was never told is not told to be over.
    assert_eq!(due(&[&well], &[notice("a", 5)], now)[0].what, "told a");
    assert_eq!(told(&[&well], &[]), []);
    // Of what an edition cannot tell, nothing is said.
    assert_eq!(told(&[], &[notice("a", 5)]), []);
}
