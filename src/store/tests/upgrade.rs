//! Stores as each schema that there was left them: `src/store/fixtures/`. They open, tell what they told, and end with
//! the schema of a new one.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::Executor;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::*;

/// The numbers of the files in a folder of the store's.
fn numbers(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.map(|name| name[..4].to_owned()).collect()
}

/// Every fixture of an engine, by number; each step of its schema has one.
fn fixtures(engine: &str) -> Vec<(String, String)> {
    let made = numbers(&format!("fixtures/{engine}"));
    assert_eq!(made, numbers(&format!("migrations/{engine}")), "src/store/fixtures/make writes what is missing");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/fixtures").join(engine);
    let text = |number: &String| std::fs::read_to_string(folder.join(format!("{number}.sql"))).unwrap();
    made.iter().map(|number| (number.clone(), text(number))).collect()
}

/// What every fixture tells, and that it takes a harvest.
async fn tells_what_it_told(store: &Store, number: &str) {
    let told = read(store, "glpi").await;
    assert_eq!(told.harvested, Moment(1_767_225_660), "{number}");
    assert_eq!(told.observations.len(), 2, "{number}");
    let laptop = kept(&told, "Computer/1");
    assert_eq!(laptop.observation.facts.purchase_price_ht, Some(Cents(91_181)));
    assert_eq!(laptop.observation.facts.purchase_date, Some(date(2024, 2, 29)));
    let holders: Vec<_> = laptop.spells.iter().map(|spell| spell.user.as_deref()).collect();
    assert_eq!(holders, [None, Some("00112233445566778899aabbccddeeff")]);
    assert_eq!(laptop.spells[0], spell(date(2026, 1, 1), Status::InStock, "Mairie"));
    let monitor = kept(&told, "Computer/2");
    assert_eq!(monitor.spells, [spell(date(2026, 1, 2), Status::InUse, "")]);
    assert_eq!((monitor.arrived, monitor.unlisted_since), (true, Some(Moment(1_767_398_400))));
    assert_eq!(told.lines.purchases[0].told.amount_ht, Some(Cents(91_181)));
    assert_eq!(store.testimony(&source("annuaire")).await.unwrap(), None);
    assert_eq!(store.journal("glpi", 9).await.unwrap().len(), 1);
    assert_eq!(store.rejects("glpi", 9).await.unwrap()[0].column.as_deref(), Some("purchase_date"));
    let day = date(2026, 1, 3);
    assert_eq!(store.history("assets", day, day).await.unwrap()[0].value, Some(1.0));
    // The notices, declarations, answers and days of electricity that this schema had room for.
    let since = |from: &str| usize::from(number >= from);
    assert_eq!(told.power.len(), since("0002"), "{number}");
    assert_eq!(store.filings().await.unwrap().len(), since("0003"), "{number}");
    assert_eq!(store.appraisals().await.unwrap().len(), since("0004"), "{number}");
    assert_eq!(store.notices("dsi").await.unwrap().len(), since("0005"), "{number}");

    let changed = [seen("Computer/1", None, "CCAS")];
    assert_eq!(record(store, "glpi", &changed, &Lines::default(), 2_000_000_000, day).await.changed, 1, "{number}");
    assert_eq!(kept(&read(store, "glpi").await, "Computer/1").spells[1].entity.as_deref(), Some("CCAS"));
}

async fn sqlite_schema(file: &Path) -> Vec<(String, String)> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await.unwrap();
    let read = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
                AND name <> '_sqlx_migrations' ORDER BY name";
    let schema = sqlx::query_as(read).fetch_all(&pool).await.unwrap();
    pool.close().await;
    schema
}

#[tokio::test]
async fn a_file_of_every_schema_is_understood() {
    let folder = Folder::new();
    folder.open().await.close().await;
    let new = sqlite_schema(&folder.0.join("ecoparc.db")).await;
    for (number, dump) in fixtures("sqlite") {
        let file = folder.0.join(format!("{number}.db"));
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(false);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        pool.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(dump))).await.unwrap();
        pool.close().await;
        let store = Store::open(&folder.place(&format!("sqlite://{number}.db"))).await.unwrap();
        tells_what_it_told(&store, &number).await;
        store.close().await;
        assert_eq!(sqlite_schema(&file).await, new, "{number}");
    }
}

/// What an earlier release wrote of a history, before the step or beside us, is read back also where it stands alone.
#[tokio::test]
async fn a_stretch_that_no_release_marked_is_read_back() {
    let folder = Folder::new();
    for (number, dump) in fixtures("sqlite") {
        let options =
            SqliteConnectOptions::new().filename(folder.0.join(format!("{number}.db"))).create_if_missing(true);
        let pool = SqlitePool::connect_with(options.foreign_keys(false)).await.unwrap();
        pool.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(dump))).await.unwrap();
        let written = "DELETE FROM spell WHERE native = 'Computer/2'; \
                       INSERT INTO spell (source, native, since, status, entity, holder) \
                       VALUES (1, 'Computer/2', '2025-12-31', 'in_repair', NULL, NULL)";
        pool.execute(sqlx::raw_sql(written)).await.unwrap();
        pool.close().await;
        let store = Store::open(&folder.place(&format!("sqlite://{number}.db"))).await.unwrap();
        let told = kept(&read(&store, "glpi").await, "Computer/2").spells;
        assert_eq!(told, [spell(date(2025, 12, 31), Status::InRepair, "")], "{number}");
        store.close().await;
    }
}

async fn postgres_schema(url: &str) -> Vec<(String, String, String)> {
    let pool = PgPool::connect(url).await.unwrap();
    let read = "SELECT table_name::text, column_name::text, concat(data_type, is_nullable, column_default) \
                FROM information_schema.columns WHERE table_schema = current_schema() \
                UNION ALL SELECT tablename::text, indexname::text, indexdef FROM pg_indexes \
                WHERE schemaname = current_schema() ORDER BY 1, 2";
    let schema = sqlx::query_as(read).fetch_all(&pool).await.unwrap();
    pool.close().await;
    schema
}

#[tokio::test]
async fn a_server_of_every_schema_is_understood() {
    let home = Home::server();
    home.open().await.close().await;
    let new = postgres_schema(&home.url).await;
    for (number, dump) in fixtures("postgres") {
        let home = Home::server();
        let pool = PgPool::connect(&home.url).await.unwrap();
        pool.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(dump))).await.unwrap();
        pool.close().await;
        let store = home.open().await;
        // The server's first schema is as late as the file's last.
        tells_what_it_told(&store, "9999").await;
        store.close().await;
        assert_eq!(postgres_schema(&home.url).await, new, "{number}");
    }
}
