//! What weighs most in a year's footprint.

use domain::indicator::footprint::Part;
use domain::indicator::kind_label;

use super::{Bar, Chart, Shape};
use crate::wording::{Lang, co2e, words};

/// A bar a kind, manufacture and use.
pub fn kinds(lang: Lang, parts: &[Part]) -> Chart {
    let bar = |part: &Part| Bar {
        label: words::kind(lang, &kind_label(part.kind)).to_owned(),
        parts: vec![part.embodied.0, part.used.0],
        told: co2e(lang, part.total().0),
        bounds: None,
    };
    Chart {
        title: lang.pick("Ce qui pèse le plus", "What weighs most").to_owned(),
        shape: Shape::Rows,
        bars: parts.iter().map(bar).collect(),
        legend: lang.pick(["Fabrication", "Usage"], ["Manufacture", "Use"]).map(str::to_owned).to_vec(),
        targets: Vec::new(),
    }
}
