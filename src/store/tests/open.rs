//! Files that are, and are not, a store.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::*;

async fn refused(folder: &Folder, url: &str) -> String {
    let error = format!("{:#}", Store::open(&folder.place(url)).await.unwrap_err());
    assert!(!error.contains('\n'), "{error}");
    error
}

#[tokio::test]
async fn a_file_is_made_for_its_owner_alone() {
    let folder = Folder::new();
    let store = folder.open().await;
    record(&store, "glpi", &[seen("a", None, "")], &Lines::default(), 1, date(2026, 1, 1)).await;
    let before = read(&store, "glpi").await;
    let copy = folder.0.join("copy.db");
    store.backup(&copy).await.unwrap();
    #[cfg(unix)]
    for file in ["ecoparc.db", "ecoparc.db-wal", "copy.db"] {
        let mode = std::os::unix::fs::MetadataExt::mode(&folder.0.join(file).metadata().unwrap());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let again = format!("{:#}", store.backup(&copy).await.unwrap_err());
    assert!(again.starts_with("cannot copy the store to ") && again.contains("exists"), "{again}");

    // The copy is a store; the original goes on after its schema was looked at again.
    let copied = Store::open(&folder.place("sqlite://copy.db")).await.unwrap();
    assert_eq!(read(&copied, "glpi").await, before);
    store.ping().await.unwrap();
    store.close().await;
    assert_eq!(read(&folder.open().await, "glpi").await, before);
}

#[tokio::test]
async fn what_is_no_store_is_refused() {
    let folder = Folder::new();
    let path = |name: &str| folder.0.join(name);

    std::fs::write(path("damaged.db"), "not a database".repeat(1_000)).unwrap();
    let error = refused(&folder, "sqlite://damaged.db").await;
    assert!(error.starts_with("the store's file is damaged: put a copy made by `ecoparc backup`"), "{error}");
    assert!(error.contains(&format!("cannot open the store {}", path("damaged.db").display())), "{error}");

    let store = folder.open().await;
    store.close().await;
    std::fs::copy(path("ecoparc.db"), path("newer.db")).unwrap();
    let newer = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path("newer.db"))).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, true, x'00', 0)")
        .execute(&newer)
        .await
        .unwrap();
    newer.close().await;
    let error = refused(&folder, "sqlite://newer.db").await;
    assert!(error.ends_with("it was written by a newer release of ecoparc (schema 9999)"), "{error}");

    let other = SqliteConnectOptions::new().filename(path("other.db")).create_if_missing(true);
    let other = SqlitePool::connect_with(other).await.unwrap();
    sqlx::query("CREATE TABLE guest (name TEXT)").execute(&other).await.unwrap();
    other.close().await;
    assert!(refused(&folder, "sqlite://other.db").await.ends_with("it is another program's database"));

    assert!(refused(&folder, "sqlite://nowhere/ecoparc.db").await.contains("nowhere"));
    assert!(!refused(&folder, "postgres://ecoparc:secret@db/ecoparc").await.contains("secret"));
    for url in ["ecoparc.db", "sqlite://", "sqlite://:memory:", "sqlite://a.db?mode=ro"] {
        refused(&folder, url).await;
    }
}
