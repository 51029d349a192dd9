//! The question, the answer, what is left open, and how a batch goes on.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::observation::Facts;
use domain::quantity::{Estimate, Impact};
use domain::word::Kind;
use serde_json::{Value, json};

use super::*;
use crate::store::Place;

fn server() -> Facts {
    Facts {
        kind: Some(Kind::Server),
        cpu: Some("Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz".into()),
        cpu_count: Some(2.0),
        ram_gb: Some(384.0),
        ram_modules: Some(12.0),
        ssd_gb: Some(960.0),
        ssd_count: Some(2.0),
        hdd_gb: Some(9600.0),
        hdd_count: Some(4.0),
        ..Facts::default()
    }
}

fn asked(facts: Facts) -> Value {
    read::question(&Specification::of(&facts).unwrap())["configuration"].take()
}

#[test]
fn the_question_is_the_specification() {
    assert_eq!(
        read::question(&Specification::of(&server()).unwrap()),
        json!({
            "model": { "type": "rack" },
            "configuration": {
                "cpu": { "units": 2, "name": "XEON E5-2690 V4" },
                "ram": [{ "units": 12, "capacity": 32 }],
                "disk": [{ "units": 2, "type": "ssd", "capacity": 480 }, { "units": 4, "type": "hdd" }],
                "power_supply": { "units": 2 },
            },
            "usage": {},
        })
    );
    // Neither a duration nor a life: all of its life is meant. Criteria by name.
    assert_eq!(read::PATH, "v1/server/?verbose=false&criteria=gwp&criteria=pe");
    // Whole numbers, whatever was told.
    let odd = Facts { cpu: None, ram_gb: Some(47.2), ram_modules: Some(5.4), ssd_gb: Some(0.2), ..server() };
    let odd = asked(Facts { hdd_gb: None, hdd_count: None, ..odd });
    assert_eq!(odd["cpu"], json!({ "units": 2 }));
    assert_eq!(odd["ram"], json!([{ "units": 5, "capacity": 9 }]));
    assert_eq!(odd["disk"], json!([{ "units": 2, "type": "ssd", "capacity": 1 }]));
    // No drive told is none, in words that it understands; one without a size has its usual one.
    let none = Facts { ssd_gb: None, ssd_count: None, hdd_gb: None, hdd_count: None, ..server() };
    assert_eq!(asked(none.clone())["disk"], json!([{ "units": 0, "type": "ssd", "capacity": 1 }]));
    let one = asked(Facts { ssd_count: Some(1.0), ..none });
    assert_eq!(one["disk"], json!([{ "units": 1, "type": "ssd", "capacity": 960 }]));
}

/// The answer of boaviztapi 2.5.0 to that question.
const ANSWER: &str = include_str!("fixtures/server-2.5.0.json");

fn changed(pointer: &str, value: Value) -> Vec<(Criterion, Result<Estimate, String>)> {
    let mut told: Value = serde_json::from_str(ANSWER).unwrap();
    *told.pointer_mut(pointer).unwrap() = value;
    read::answer(&told).unwrap()
}

#[test]
fn the_answer_is_what_making_costs() {
    let told = read::answer(&serde_json::from_str(ANSWER).unwrap()).unwrap();
    // Grams and joules; the figure has two digits, its bounds four.
    let gwp = Estimate { value: Impact(1_300_000.0), low: Impact(879_600.0), high: Impact(2_182_000.0) };
    let pe = Estimate { value: Impact(17e9), low: Impact(11_120e6), high: Impact(27_690e6) };
    assert_eq!(told, [(Criterion::Co2e, Ok(gwp)), (Criterion::PrimaryEnergy, Ok(pe))]);
    // Its electricity is not looked at.
    assert_eq!(changed("/impacts/gwp/use", json!("not implemented")), told);
    let refused = [
        ("/impacts/pe", json!({}), "pe: it has no `value`"),
        ("/impacts/pe/embedded", json!("not implemented"), "pe: `not implemented` in place of a figure"),
        ("/impacts/pe/embedded/value", json!("not implemented"), "pe: `not implemented` in place of `value`"),
        ("/impacts/pe/embedded/max", Value::Null, "pe: it has no `max`"),
        ("/impacts/pe/unit", json!("kWh"), "pe: in `kWh`, not in MJ"),
        ("/impacts/pe/embedded/min", json!(17_001), "pe: 17000 is not between its own bounds, 17001 and 27690"),
        ("/impacts/pe/embedded/max", json!(16_999), "pe: 17000 is not between its own bounds, 11120 and 16999"),
        ("/impacts/pe/embedded/value", json!(0), "pe: 0 (at least 11120) cannot be"),
        ("/impacts/pe/embedded/min", json!(-1), "pe: 17000 (at least -1) cannot be"),
    ];
    for (pointer, value, reason) in refused {
        // One criterion without a figure takes nothing from the other.
        let told = changed(pointer, value);
        assert_eq!(told, [(Criterion::Co2e, Ok(gwp)), (Criterion::PrimaryEnergy, Err(reason.to_owned()))]);
    }
    for nonsense in [json!([]), json!({ "impacts": "none" }), json!(null)] {
        assert!(read::answer(&nonsense).is_err(), "{nonsense}");
    }
    assert_eq!(read::version(&json!("2.5.0")).unwrap(), "2.5.0");
    assert!(read::version(&json!({ "version": 2 })).is_err());
}

#[test]
fn what_is_open_is_asked_once() {
    let asset = |id: &str, facts: Facts| (id.to_owned(), facts);
    let snapshot = snapshot(&[
        asset("a", server()),
        asset("b", server()),
        asset("c", Facts { ram_gb: Some(64.0), ..server() }),
        asset("d", Facts { kind: Some(Kind::Laptop), ..server() }),
        asset("e", Facts { ram_gb: None, ..server() }),
    ]);
    let text = |ram_gb: f64| Specification::of(&Facts { ram_gb: Some(ram_gb), ..server() }).unwrap().text();
    let kept = |ram_gb, criterion, told: Result<Estimate, String>, asked| Appraised {
        specification: text(ram_gb),
        criterion,
        told,
        version: "2.5.0".to_owned(),
        asked: Moment(asked),
    };
    let figure = || Ok(Estimate { value: Impact(2.0), low: Impact(1.0), high: Impact(3.0) });
    let texts = |kept: &[Appraised]| {
        let open = open(&snapshot, kept, Moment(10 * DAY));
        open.iter().map(Specification::text).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[]), [text(384.0), text(64.0)]);
    let first = kept(384.0, Criterion::Co2e, figure(), 0);
    assert_eq!(texts(std::slice::from_ref(&first)), [text(384.0), text(64.0)], "half of it is told");
    let second = |told, asked| kept(384.0, Criterion::PrimaryEnergy, told, asked);
    assert_eq!(texts(&[first.clone(), second(figure(), 0)]), [text(64.0)], "an answer holds for ever");
    let refused = |asked| second(Err("pe: `not implemented`".to_owned()), asked);
    assert_eq!(texts(&[first.clone(), refused(9 * DAY + 1)]), [text(64.0)], "a refusal holds for a day");
    assert_eq!(texts(&[first.clone(), refused(9 * DAY)]), [text(384.0), text(64.0)]);
    assert_eq!(texts(&[first, refused(11 * DAY)]), [text(384.0), text(64.0)], "a clock was ahead");
}

fn snapshot(assets: &[(String, Facts)]) -> Snapshot {
    use domain::observation::Observation;
    use domain::testimony::{Kept, Lines, Source, Testimony};
    let day = jiff::civil::date(2026, 1, 1);
    let kept = |(native, facts): &(String, Facts)| Kept {
        observation: Observation { native: Text::from(native.as_str()), anonymous: false, facts: facts.clone() },
        first_seen: day,
        arrived: false,
        unlisted_since: None,
        spells: Vec::new(),
    };
    let source = Source {
        name: "parc".into(),
        creates: true,
        realm: "ville".into(),
        entity: None,
        unlisted_after: 90 * DAY,
        exits_recorded_since: None,
    };
    let testimony = Testimony {
        source,
        harvested: Moment(0),
        observations: assets.iter().map(kept).map(Into::into).collect(),
        lines: Lines::default(),
        power: Vec::new(),
    };
    let rules = domain::reconcile::Rules {
        entities: domain::entity::EntityTree { nodes: vec![domain::entity::Entity::default()] },
        rooms: Vec::new(),
        time_zone: jiff::tz::TimeZone::UTC,
        filings: Vec::new(),
        appraisals: Vec::new(),
    };
    domain::reconcile::reconcile(&[testimony], &rules)
}

/// A program that answers in turn what it is given, and then the last of it for ever.
async fn fake(answers: Vec<(u16, Value)>) -> Asked {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let next = Arc::new(AtomicUsize::new(0));
    let answer = move || {
        let at = next.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let (status, body) = answers[at].clone();
        std::future::ready((axum::http::StatusCode::from_u16(status).unwrap(), axum::Json(body)))
    };
    let routes = axum::Router::new()
        .route("/boavizta/v1/utils/version", axum::routing::get(|| std::future::ready(axum::Json("2.5.0"))))
        .route("/boavizta/v1/server/", axum::routing::post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(axum::serve(listener, routes).into_future());
    Asked { client: Client::new(&url, None, PATIENCE).unwrap(), base: format!("{url}boavizta") }
}

#[tokio::test]
async fn one_that_cannot_be_answered_holds_up_no_other() {
    let folder = std::env::temp_dir().join(format!("ecoparc-appraise-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = Store::open(&Place::file(&folder)).await.unwrap();
    let sizes = [16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
    let assets = sizes.map(|ram_gb| (ram_gb.to_string(), Facts { ram_gb: Some(ram_gb), ..server() }));
    let snapshot = snapshot(&assets);
    let good: Value = serde_json::from_str(ANSWER).unwrap();
    let failed = (500, json!("Internal Server Error"));

    // A refusal and a failure, and all others are answered.
    let first = fake(vec![(422, json!({})), failed.clone(), (200, good.clone())]).await;
    let batch = first.batch(&store, &snapshot).await;
    assert_eq!((batch.answers, batch.unanswered), (4, 2));
    assert!(format!("{:#}", batch.refusal.unwrap()).ends_with("it refuses the question (status 422)"));
    assert_eq!(format!("{:#}", batch.failure.unwrap()), "it answered with the status 500");
    // The refused one waits a day; the failed one is asked, in vain.
    let batch = fake(vec![failed.clone()]).await.batch(&store, &snapshot).await;
    assert_eq!((batch.answers, batch.unanswered, batch.refusal.is_none()), (0, 1, true));
    let batch = fake(vec![(200, good.clone())]).await.batch(&store, &snapshot).await;
    assert_eq!((batch.answers, batch.unanswered, batch.failure.is_none()), (1, 0, true));
    // Nothing is open: nothing is asked.
    let nobody = Asked { client: first.client.clone(), base: "http://127.0.0.1:1".to_owned() };
    assert!(nobody.batch(&store, &snapshot).await.failure.is_none());

    let kept = appraisals(&store).await.unwrap();
    assert_eq!(kept.len(), 10);
    let told = kept.iter().find(|told| told.criterion == Criterion::Co2e).unwrap();
    assert_eq!((told.impact, &*told.by), (Impact(1_300_000.0), BY));
    // (2182 - 879.6) / 3.92 / 1300 = 0.25557, and 0.30 for what the bounds leave out.
    assert!((told.r - 0.394_10).abs() < 1e-4, "{}", told.r);

    // Three failures in a row end a batch.
    let more = sizes.map(|ram_gb| (ram_gb.to_string(), Facts { ram_gb: Some(ram_gb + 1.0), ..server() }));
    let snapshot = self::snapshot(&more);
    let batch = fake(vec![failed.clone(), failed.clone(), failed, (200, good)]).await.batch(&store, &snapshot).await;
    assert_eq!((batch.answers, batch.unanswered), (0, 6));
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
