//! Whatever harvests come, the store says what a simple model says.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Ids that databases are known to stumble over.
const NATIVES: [&str; 8] = ["a", "A", "a\0", "é", "\u{10348}", "\"',\u{1}", "10", ""];

/// Status, way out, told an entity, told a holder, model.
type Told = (Option<Status>, Option<Disposal>, bool, bool, u8);

#[derive(Clone, Debug)]
enum Step {
    /// A complete harvest: for each id, nothing or something; lines; days since the last step.
    Harvest { source: usize, told: Vec<Option<Told>>, lines: u8, days: i64 },
    /// A failed one.
    Fail { source: usize },
    /// A restart.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let status = prop::option::of(prop::sample::select(vec![Status::InUse, Status::Retired]));
    let way = prop::option::of(prop::sample::select(vec![Disposal::Donation, Disposal::Unknown]));
    let told = prop::option::of((status, way, any::<bool>(), any::<bool>(), 0_u8..2));
    let harvest = (0_usize..2, prop::collection::vec(told, NATIVES.len()), 0_u8..3, -2_i64..3)
        .prop_map(|(source, told, lines, days)| Step::Harvest { source, told, lines, days });
    prop_oneof![8 => harvest, 1 => (0_usize..2).prop_map(|source| Step::Fail { source }), 1 => Just(Step::Restart)]
}

/// What one source said, in a map.
#[derive(Default)]
struct Model {
    harvested: Option<Moment>,
    kept: BTreeMap<String, Kept>,
    lines: Lines,
}

impl Model {
    fn record(&mut self, told: &[Observation], lines: &Lines, at: Moment, today: Date) {
        for kept in self.kept.values_mut() {
            if !told.iter().any(|told| told.native == kept.observation.native) {
                kept.unlisted_since = kept.unlisted_since.or(Some(at));
            }
        }
        for told in told {
            let kept = self.kept.entry(told.native.to_string()).or_insert_with(|| Kept {
                observation: told.clone(),
                first_seen: today,
                arrived: self.harvested.is_some(),
                unlisted_since: None,
                spells: vec![],
            });
            kept.observation = told.clone();
            kept.unlisted_since = None;
            let given = told.facts.disposal == Some(Disposal::Donation);
            let now = Spell {
                since: today,
                status: told.facts.status.unwrap_or(if given { Status::Disposed } else { Status::InUse }),
                entity: told.facts.entity.clone(),
                user: told.facts.user.clone(),
            };
            let differs =
                |spells: &[Spell]| spells.last().is_none_or(|last| Spell { since: today, ..last.clone() } != now);
            if differs(&kept.spells) {
                kept.spells.retain(|spell| spell.since < today);
                if differs(&kept.spells) {
                    kept.spells.push(now);
                }
            }
        }
        self.lines = lines.clone();
        self.harvested = Some(at);
    }

    fn testimony(&self, name: &str) -> Option<Testimony> {
        Some(Testimony {
            source: source(name),
            harvested: self.harvested?,
            observations: self.kept.values().cloned().map(Into::into).collect(),
            lines: self.lines.clone(),
            power: vec![],
        })
    }
}

async fn agree(home: &Home, steps: &[Step]) {
    let mut store = home.open().await;
    // What PostgreSQL takes in no text is taken out of ids where they come in (`src/collect.rs`).
    let natives = NATIVES.map(|native| match home.server {
        Some(_) => native.replace('\0', "\u{fffd}"),
        None => native.to_owned(),
    });
    let mut models = [Model::default(), Model::default()];
    let mut today = date(2026, 1, 1);
    for (at, step) in steps.iter().cloned().enumerate() {
        match step {
            Step::Harvest { source, told, lines, days } => {
                today = today.checked_add(jiff::ToSpan::days(days)).unwrap();
                let told: Vec<Observation> = natives
                    .iter()
                    .zip(told)
                    .filter_map(|(native, told)| {
                        let (status, way, entity, user, model) = told?;
                        let mut told = seen(native, status, if entity { "CCAS" } else { "" });
                        told.facts.disposal = way;
                        told.facts.user = user.then(|| "5f3a".into());
                        told.facts.model = Text::of(&model.to_string());
                        told.anonymous = model == 1;
                        Some(told)
                    })
                    .collect();
                let lines = purchases(&NATIVES[..lines.into()]);
                record(&store, ["x", "y"][source], &told, &lines, at as i64, today).await;
                models[source].record(&told, &lines, Moment(at as i64), today);
            }
            Step::Fail { source } => {
                let missed =
                    Missed { outcome: Outcome::Refused, class: "other", message: "shrank", took: Duration::ZERO };
                store.failed(["x", "y"][source], Moment(at as i64), &missed).await.unwrap();
            }
            Step::Restart => {
                store.close().await;
                store = home.open().await;
            }
        }
        for (model, name) in models.iter().zip(["x", "y"]) {
            assert_eq!(store.testimony(&source(name)).await.unwrap(), model.testimony(name));
        }
    }
    store.close().await;
}

/// One server for all stories: making a database takes longer than a story.
async fn anew(home: &Home) {
    if home.server.is_some() {
        let store = home.open().await;
        let mut tx = store.write().await.unwrap();
        tx.run("TRUNCATE source CASCADE", &[]).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
    }
}

#[test]
fn the_store_says_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let on_server = Home::server();
    let mut stories = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(48));
    let told = stories.run(&prop::collection::vec(step(), 1..12), |steps| {
        let in_a_file = Home::file();
        runtime.block_on(agree(&in_a_file, &steps));
        runtime.block_on(anew(&on_server));
        runtime.block_on(agree(&on_server, &steps));
        Ok(())
    });
    told.unwrap();
}
