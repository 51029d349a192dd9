#![expect(clippy::unwrap_used, reason = "tests")]
use domain::indicator::{Indicator, all};
use domain::record::Text;
use prometheus::{Encoder, GaugeVec, Opts, Registry, TextEncoder};

use super::{Format, Page, negotiate, number};

#[test]
fn gauges_are_written_as_the_prometheus_crate_writes_them() {
    let samples = [
        (["plain", "laptop"], 1.0),
        (["with \"quotes\"", "back\\slash"], 0.1 + 0.2),
        (["two\nlines", "é ünïcode > path"], 1e21),
        (["", "tiny"], 5e-324),
        (["minus", "zero"], -0.0),
        (["large", "x"], 123_456_789_012.5),
    ];
    let help = "A help with \\ and\na second line and \"quotes\".";
    let registry = Registry::new();
    let gauges = GaugeVec::new(Opts::new("ecoparc_assets", help), &["entity", "kind"]).unwrap();
    registry.register(Box::new(gauges.clone())).unwrap();
    for (labels, value) in samples {
        gauges.with_label_values(&labels).set(value);
    }
    let gathered = registry.gather();
    let mut theirs = Vec::new();
    TextEncoder::new().encode(&gathered, &mut theirs).unwrap();

    let mut page = Page::new(Format::Text);
    page.family("ecoparc_assets", help, false);
    for metric in gathered[0].get_metric() {
        let labels = metric.get_label().iter().map(|label| (label.name(), label.value()));
        page.sample("ecoparc_assets", labels, metric.get_gauge().get_value());
    }
    assert_eq!(page.out, String::from_utf8(theirs).unwrap());
}

#[test]
fn odd_numbers_are_spelled_as_the_formats_spell_them() {
    let check = |value: f64, text: &str| assert_eq!(number(value), text);
    check(f64::INFINITY, "+Inf");
    check(f64::NEG_INFINITY, "-Inf");
    check(f64::NAN, "NaN");
    check(0.1, "0.1");
}

#[test]
fn openmetrics_names_families_without_their_suffix() {
    let mut page = Page::new(Format::Open);
    page.family("ecoparc_room_energy_joules_total", "Say \"kWh\".", true);
    page.sample("ecoparc_room_energy_joules_total", [("room", "A")].into_iter(), 2.0);
    page.family("ecoparc_build_info", "Build.", false);
    page.sample("ecoparc_build_info", std::iter::empty(), 1.0);
    let expected = "# HELP ecoparc_room_energy_joules Say \\\"kWh\\\".\n\
        # TYPE ecoparc_room_energy_joules counter\n# UNIT ecoparc_room_energy_joules joules\n\
        ecoparc_room_energy_joules_total{room=\"A\"} 2\n\
        # HELP ecoparc_build Build.\n# TYPE ecoparc_build info\necoparc_build_info 1\n";
    assert_eq!(page.out, expected);
}

#[test]
fn the_format_is_the_one_that_the_scraper_prefers() {
    let check = |accept: Option<&str>, format| assert_eq!(negotiate(accept), format, "{accept:?}");
    check(None, Format::Text);
    check(Some("*/*"), Format::Text);
    check(Some("text/plain"), Format::Text);
    check(
        Some(
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
             text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        ),
        Format::Open,
    );
    check(Some("application/openmetrics-text;version=2.0.0,text/plain;q=0.5"), Format::Text);
    check(Some("application/openmetrics-text;q=0.1,text/plain"), Format::Text);
}

#[test]
fn series_beyond_the_limit_are_told_together_and_nothing_is_lost() {
    let assets: &Indicator = all().find(|indicator| indicator.name == "assets").unwrap();
    let samples: Vec<_> = (0..100)
        .map(|n| (vec![("entity", Text::from(format!("e{n}"))), ("kind", Text::from("laptop"))], f64::from(n)))
        .collect();
    let sum: f64 = samples.iter().map(|(_, value)| value).sum();
    let (kept, beyond) = super::families::fold(assets, samples, 10);
    assert_eq!((kept.len(), beyond), (10, 91));
    assert_eq!(kept.iter().map(|(_, value)| value).sum::<f64>(), sum);
    assert_eq!(&*kept[9].0[0].1, "other");
}
