//! What only a server has: passwords, certificates, releases side by side, characters that it refuses.

use secrecy::SecretString;
use sqlx::postgres::PgPool;

use super::*;

async fn refused(place: &Place) -> String {
    let error = format!("{:#}", Store::open(place).await.unwrap_err());
    assert!(!error.contains('\n') && !error.contains("secret"), "{error}");
    error
}

#[tokio::test]
async fn a_password_is_told_beside_the_url_and_nowhere_else() {
    let (folder, server) = (Folder::new(), Server::new());
    server.administer(&format!("ALTER DATABASE \"{}\" OWNER TO guarded", server.database));
    let mut place = folder.place(&server.url("guarded"));
    refused(&place).await;
    place.password = Some(SecretString::from("another-secret"));
    let error = refused(&place).await;
    assert!(error.starts_with("cannot open the store postgres://guarded@127.0.0.1:"), "{error}");
    assert!(error.contains("password authentication failed"), "{error}");
    place.password = Some(SecretString::from("guarded-secret"));
    let store = Store::open(&place).await.unwrap();
    store.ping().await.unwrap();
    assert!(!format!("{store:?} {place:?}").contains("guarded-secret"));
    let copy = format!("{:#}", store.backup(&folder.0.join("copy.db")).await.unwrap_err());
    assert!(copy.ends_with("use pg_dump") && !folder.0.join("copy.db").exists(), "{copy}");
    store.close().await;
    for url in ["postgres://a:secret@db/e", "postgres://db/e?user=a&password=secret", "postgres://db?password=secret"]
    {
        assert_eq!(refused(&folder.place(url)).await, "the store's url holds a password: tell it as `password_file`");
    }
}

#[tokio::test]
async fn a_certificate_is_checked_where_that_is_asked() {
    let (folder, server) = (Folder::new(), Server::new());
    let binary = std::env::current_exe().unwrap();
    let authority = binary.ancestors().nth(3).unwrap().join("servers/postgres/tls/ca.pem");
    let url = server.url("ecoparc");
    let checked = format!("{url}?sslmode=verify-full&sslrootcert={}", authority.display());
    let store = Store::open(&folder.place(&checked)).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let secure: Vec<(bool,)> =
        tx.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await.unwrap();
    assert_eq!(secure, [(true,)]);
    tx.commit().await.unwrap();
    store.close().await;
    // An authority that is not the system's.
    let error = refused(&folder.place(&format!("{url}?sslmode=verify-full"))).await;
    assert!(error.contains("certificate"), "{error}");
}

#[tokio::test]
async fn what_a_server_refuses_in_a_text_loses_no_harvest() {
    let (folder, server) = (Folder::new(), Server::new());
    let store = Store::open(&folder.place(&(server.url("ecoparc") + "?sslmode=disable"))).await.unwrap();
    let told = [seen("a", Some(Status::InStock), "Mai\0rie")];
    let day = date(2026, 1, 1);
    let rejects = [Reject { place: "parc\0.csv:1".to_owned(), column: None, reason: "\0".to_owned() }];
    let said = Said {
        observations: &[Packed::from(&told[0])],
        last: None,
        lines: &purchases(&["f\0:1"]),
        power: None,
        tells_arrivals: true,
        rejects: &rejects,
        took: Duration::ZERO,
    };
    store.record("glpi", &said, Moment(1), day).await.unwrap();
    let kept = read(&store, "glpi").await;
    // Facts are kept to the letter, and so is the stretch that says what they do; beside them the character shows that
    // there was one.
    assert_eq!(kept.observations[0].observation(), told[0]);
    assert_eq!(kept.observations[0].spells(), [spell(day, Status::InStock, "Mai\0rie")]);
    assert_eq!(&*kept.lines.purchases[0].native, "f\u{fffd}:1");
    assert_eq!(store.rejects("glpi", 1).await.unwrap()[0].place, "parc\u{fffd}.csv:1");
    assert_eq!(store.record("glpi", &said, Moment(2), day).await.unwrap().unchanged, 1);
    let missed = Missed { outcome: Outcome::Failed, class: "server", message: "it said \0", took: Duration::ZERO };
    store.failed("glpi", Moment(3), &missed).await.unwrap();
    record(&store, "glpi", &[seen("a", None, "CCAS")], &Lines::default(), 4, date(2026, 1, 2)).await;
    let former = &read(&store, "glpi").await.observations[0].spells()[0];
    assert_eq!(former.entity.as_deref(), Some("Mai\u{fffd}rie"));
    store.close().await;
}

#[tokio::test]
async fn replicas_that_start_together_migrate_once() {
    let (folder, server) = (Folder::new(), Server::new());
    let place = folder.place(&(server.url("ecoparc") + "?sslmode=disable"));
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let place = place.clone();
            tokio::spawn(async move { Store::open(&place).await })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap().close().await;
    }
}

#[tokio::test]
async fn a_step_of_a_later_release_is_taken_only_where_it_says_so() {
    let (folder, server) = (Folder::new(), Server::new());
    let place = folder.place(&(server.url("ecoparc") + "?sslmode=disable"));
    let store = Store::open(&place).await.unwrap();
    record(&store, "glpi", &[seen("a", None, "")], &Lines::default(), 1, date(2026, 1, 1)).await;
    let before = read(&store, "glpi").await;
    let later = PgPool::connect(&place.url).await.unwrap();
    sqlx::query("ALTER TABLE observation ADD COLUMN later BIGINT").execute(&later).await.unwrap();
    for (reader, taken) in [(9999_i64, false), (1, true)] {
        sqlx::query("DELETE FROM schema_step WHERE version = 9999").execute(&later).await.unwrap();
        let told = "INSERT INTO schema_step (version, hash, reader) VALUES (9999, '', $1)";
        sqlx::query(told).bind(reader).execute(&later).await.unwrap();
        if !taken {
            let error = refused(&place).await;
            assert!(error.ends_with("it was written by a newer release of ecoparc (schema 9999)"), "{error}");
        } else {
            let older = Store::open(&place).await.unwrap();
            assert_eq!(read(&older, "glpi").await, before);
            assert_eq!(record(&older, "glpi", &[], &Lines::default(), 2, date(2026, 1, 2)).await.vanished, 1);
            older.close().await;
        }
    }
    later.close().await;
    store.close().await;
}

#[tokio::test]
async fn another_programs_database_is_refused() {
    let (folder, server) = (Folder::new(), Server::new());
    let place = folder.place(&(server.url("ecoparc") + "?sslmode=disable"));
    let guest = PgPool::connect(&place.url).await.unwrap();
    sqlx::query("CREATE TABLE guest (name TEXT)").execute(&guest).await.unwrap();
    guest.close().await;
    assert!(refused(&place).await.ends_with("it is another program's database"));
}
