//! People who are forgotten.

use domain::account::Account;

use super::*;

const GONE: &str = "00112233445566778899aabbccddeeff";
const STAYS: &str = "ffeeddccbbaa99887766554433221100";

fn held(native: &str, by: Option<&str>) -> Observation {
    let mut held = seen(native, Some(Status::InUse), "Mairie");
    held.facts.user = by.map(Text::from);
    held
}

/// A directory of so many accounts.
fn accounts(users: impl Iterator<Item = String>) -> Lines {
    let line = |user: String| Line {
        native: Text::from(&*user),
        told: Account { user: Some(Text::from(user)), department: Some("Voirie".into()), ..Account::default() },
    };
    Lines { accounts: users.map(line).collect(), ..Lines::default() }
}

/// Everything that is kept, as bytes.
fn everything(home: &Home) -> Vec<u8> {
    match &home.server {
        None => {
            let files = std::fs::read_dir(&home.folder.0).unwrap();
            files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
        }
        Some(server) => {
            let mut dump = Command::new("pg_dump");
            dump.args(["-h", "127.0.0.1", "-p", &server.port, "-U", "ecoparc", "--inserts", &server.database]);
            let output = dump.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        }
    }
}

fn holds(home: &Home, text: &str) -> bool {
    everything(home).windows(text.len()).any(|bytes| bytes == text.as_bytes())
}

#[tokio::test]
async fn a_pseudonym_is_dropped_everywhere_and_nothing_else() {
    for home in Home::both() {
        let store = home.open().await;
        let (first, second) = (date(2026, 1, 1), date(2026, 1, 2));
        let none = Lines::default();
        let before = [held("a", Some(GONE)), held("b", Some(STAYS)), held("c", Some(GONE))];
        record(&store, "glpi", &before, &none, 1, first).await;
        // One passes on, another is no longer listed: history and what is unlisted tell of them too.
        record(&store, "glpi", &[held("a", Some(STAYS)), held("b", Some(STAYS))], &none, 2, second).await;
        // More accounts than one page, and the one that goes is not the last.
        let users = (0..5_000).map(|number| if number == 7 { GONE.to_owned() } else { format!("{number:032x}") });
        let directory = accounts(users);
        record(&store, "annuaire", &[], &directory, 3, second).await;
        let known = read(&store, "glpi").await;
        assert!(holds(&home, GONE));
        // A transaction of before must not keep the bytes alive: one that reads now is over by the end.
        let reader = store.read().await.unwrap();
        reader.commit().await.unwrap();

        let forgotten = store.forget(GONE).await.unwrap();
        let sources = vec!["glpi".to_owned(), "annuaire".to_owned()];
        assert_eq!(forgotten, Forgotten { sources, assets: 1, spells: 2, accounts: 1 });
        assert!(!holds(&home, GONE));
        assert!(holds(&home, STAYS));

        let told = read(&store, "glpi").await;
        assert_eq!(kept(&told, "b"), kept(&known, "b"));
        let (was, is) = (kept(&known, "c"), kept(&told, "c"));
        let without = Facts { user: None, ..was.observation.facts };
        assert_eq!((is.observation.facts, is.unlisted_since), (without, was.unlisted_since));
        let holders = kept(&told, "a").spells.into_iter().map(|spell| spell.user).collect::<Vec<_>>();
        assert_eq!(holders, [None, Some(Text::from(STAYS))]);
        let left = read(&store, "annuaire").await.lines.accounts;
        assert_eq!(left.len(), 4_999);
        assert!(left.iter().zip(directory.accounts.iter().filter(|line| &*line.native != GONE)).all(|(a, b)| a == b));
        assert_eq!(store.forget(GONE).await.unwrap(), Forgotten::default());

        // A source that never told the person finds nothing changed; one that still does brings them back.
        let mut without = held("c", None);
        let again = [held("a", Some(STAYS)), held("b", Some(STAYS)), without.clone()];
        let recorded = record(&store, "glpi", &again, &none, 4, second).await;
        assert_eq!(recorded, Recorded { unchanged: 3, returned: 1, ..Recorded::default() });
        without.facts.user = Some(GONE.into());
        assert_eq!(record(&store, "glpi", &[without], &none, 5, second).await.changed, 1);
        assert!(record(&store, "annuaire", &[], &directory, 6, second).await.lines_changed);
    }
}

#[tokio::test]
async fn what_is_no_pseudonym_is_refused() {
    let home = Home::file();
    let store = home.open().await;
    for text in ["", "%", "j.martin"] {
        assert!(format!("{:#}", store.forget(text).await.unwrap_err()).contains("hexadecimal"), "{text}");
    }
}

#[tokio::test]
async fn who_held_what_is_forgotten_with_the_history() {
    for home in Home::both() {
        let store = home.open().await;
        let none = Lines::default();
        let midnight = |day: Date| jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap().as_second();
        let days = [date(2020, 1, 1), date(2021, 1, 1), date(2026, 1, 1)];
        let say = async |held: &[Observation], day| {
            record(&store, "glpi", held, &none, midnight(day), day).await;
        };
        // `a` has had one holder since 2020, `b` passed on in 2021, `c` is unlisted since 2021, `d` since 2026.
        say(&["a", "b", "c", "d"].map(|native| held(native, Some(GONE))), days[0]).await;
        say(&[held("a", Some(GONE)), held("b", Some(STAYS)), held("d", Some(GONE))], days[1]).await;
        say(&[held("a", Some(GONE)), held("b", Some(STAYS))], days[2]).await;
        store.purge(date(2022, 1, 1)).await.unwrap();
        let told = read(&store, "glpi").await;
        let holders = |native| {
            let kept = kept(&told, native);
            let spells = kept.spells.iter().map(|spell| spell.user.clone()).collect::<Vec<_>>();
            (kept.observation.facts.user, spells)
        };
        let (gone, stays) = (Some(Text::from(GONE)), Some(Text::from(STAYS)));
        assert_eq!(holders("a"), (gone.clone(), vec![gone.clone()]));
        assert_eq!(holders("b"), (stays.clone(), vec![None, stays]));
        assert_eq!(holders("c"), (None, vec![None]));
        assert_eq!(holders("d"), (gone.clone(), vec![gone]));
        assert_eq!(kept(&told, "c").unlisted_since, Some(Moment(midnight(days[1]))));
    }
}
