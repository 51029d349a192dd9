//! Rooms whose electricity is measured.

use super::*;

/// A room of which little is known, and two points that were never heard of: why, in the words of readers.
#[test]
fn why_a_room_is_not_measured() {
    let room = [("room", "Salle A"), ("role", "it")];
    let mut told = [
        reading("room_energy_joules_total", &room, Some(3.6e9)),
        reading("power_watts", &room, Some(400.0)),
        reading("power_watts", &[("room", "Salle A"), ("role", "total")], None),
        reading("room_pue_ratio", &room[..1], None),
    ];
    let [nobody, partly, quiet] = [4, 6, 5].map(|at| domain::indicator::power::NOTES[at]);
    for (at, note) in [nobody, partly, quiet, "pdu-b2 was never heard of"].into_iter().enumerate() {
        told[at].1.note = Some(Text::from(note));
    }
    let [french, english] = [Lang::Fr, Lang::En].map(|lang| text(&each(lang, READ, told.to_vec(), &[]).concat()));
    for expected in [
        "1\u{202f}000\u{a0}kWhaucun matériel n'est situé dans cette salle",
        "400\u{a0}Wau moins\u{a0}: des points de mesure ne répondent pas",
        "non calculable\u{a0}: aucun point de mesure n'a indiqué sa puissance depuis 15 minutes",
        "non calculable\u{a0}: le point de mesure pdu-b2 n'a jamais répondu",
    ] {
        assert!(french.contains(expected), "{expected}\nis not in\n{french}");
    }
    for told in [nobody, partly, quiet, "cannot be computed: pdu-b2 was never heard of"] {
        assert!(english.contains(told), "{told}\nis not in\n{english}");
    }
}

#[test]
fn notes_about_rooms_are_said_in_french() {
    for note in domain::indicator::power::NOTES {
        let told = format!("pdu-b2 {note}");
        let told = if note == "was never heard of" { &told } else { note };
        assert_ne!(words::note(Lang::Fr, told), told);
        assert_eq!(words::note(Lang::En, told), told);
    }
}

/// French counts as several from two on, as it is written; English whatever is not one.
#[test]
fn days_agree_with_their_number() {
    for (days, french, english) in [
        (0.4, "sur 0 jour mesuré\u{a0};", "over 0 days measured;"),
        (1.2, "sur 1 jour mesuré\u{a0};", "over 1 day measured;"),
        (1.6, "sur 2 jours mesurés\u{a0};", "over 2 days measured;"),
    ] {
        let room = [("room", "Salle A")];
        let mut told = vec![
            reading("room_energy_joules_total", &[room[0], ("role", "it")], Some(3.6e9)),
            reading("room_pue_ratio", &room, Some(1.5)),
        ];
        told[1].1.coverage = days / 365.0;
        for (lang, expected) in [(Lang::Fr, french), (Lang::En, english)] {
            let page = text(&each(lang, READ, told.clone(), &[]).concat());
            assert!(page.contains(expected), "{expected}\nis not in\n{page}");
        }
    }
}
