//! Which assets are alike: what factors and systems are looked up by is looked up once for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::identity;
use crate::model;
use crate::observation::{Facts, Observation};
use crate::packed::Packed;
use crate::record::Text;
use crate::shared::Shared;
use crate::snapshot::{Alike, Asset};
use crate::specification::Specification;
use crate::system;
use crate::word::{Condition, Kind};

use super::key::hash;

/// Numbers the classes by what their assets are known by (`key`), in the order of their first assets; returns them in it.
pub(super) fn number(assets: &mut [Asset], keys: &[u64]) -> Arc<Vec<Alike>> {
    let (mut known, mut firsts) = (FxHashMap::default(), Vec::new());
    for (at, (asset, key)) in assets.iter_mut().zip(keys).enumerate() {
        asset.class = *known.entry(key).or_insert_with(|| {
            firsts.push(at);
            firsts.len() as u32 - 1
        });
    }
    let mut models = Models::default();
    let models: Vec<u32> = firsts.iter().map(|first| models.number(&assets[*first])).collect();
    let alike = firsts.par_iter().zip(models).map(|(first, model)| {
        let facts = assets[*first].facts();
        Alike { model, facts: Packed::from(&Observation { native: Text::default(), anonymous: false, facts }) }
    });
    Arc::new(alike.collect())
}

/// Models by number, from one on.
#[derive(Default)]
struct Models {
    /// As they are told: looked for first, since few spellings are many things'.
    told: FxHashMap<(Option<Shared>, Shared), u32>,
    named: HashMap<(String, String), u32>,
}

impl Models {
    /// 0 where an asset tells no model.
    fn number(&mut self, asset: &Asset) -> u32 {
        let maker = asset.told(Packed::manufacturer);
        let Some(model) = asset.told(Packed::model) else { return 0 };
        *self.told.entry((maker, model)).or_insert_with(|| {
            let maker = maker.map(|maker| &**maker.text());
            let name = (maker.map(identity::maker).unwrap_or_default(), model::name(maker, model.text()).key);
            let next = self.named.len() as u32 + 1;
            *self.named.entry(name).or_insert(next)
        })
    }
}

/// All that a factor is looked for with, hashed: kind, maker, model, inches, the years of its dates, whether it came from
/// reuse and after how many years, and what a server is made of. Of 100 000 classes two are taken for one with a chance of
/// one in some thousand million.
pub(super) fn key(asset: &Asset) -> u64 {
    const NONE: u64 = u64::MAX;
    let shared = |of: fn(&Packed) -> Option<Shared>| asset.told(of).map_or(NONE, |told| u64::from(told.0));
    let year = |day: Option<Date>| day.map_or(NONE, |day| day.year() as u64);
    let service = [asset.bought, asset.told(Packed::delivery_date), asset.told(Packed::in_service_date)];
    let specification = (asset.kind == Some(Kind::Server))
        .then(|| Specification::of(&asset.facts()))
        .flatten()
        .map_or(NONE, |made| hash(made.text()));
    // All in one array: it is hashed as one text, of which each part touches each bit.
    hash([
        asset.kind.map_or(NONE, |kind| kind as u64),
        shared(Packed::manufacturer),
        shared(Packed::model),
        asset.told(Packed::screen_inches).map_or(NONE, f64::to_bits),
        year(asset.told(Packed::manufacture_date)),
        year(service.into_iter().flatten().min()),
        u64::from(asset.condition.is_some_and(Condition::is_reuse)),
        asset.upstream_years().map_or(NONE, f64::to_bits),
        specification,
    ])
}

/// What systems were looked up already.
pub(super) type Systems = FxHashMap<(Shared, Option<Shared>), Option<u8>>;

/// The place in `system::SYSTEMS` of what an asset runs.
pub(super) fn system_of(asset: &Asset, known: &mut Systems) -> Option<u8> {
    let told = asset.told(Packed::operating_system)?;
    let version = asset.told(Packed::operating_system_version);
    *known.entry((told, version)).or_insert_with(|| {
        let text = |told: Shared| told.text().clone();
        let facts = Facts {
            operating_system: Some(text(told)),
            operating_system_version: version.map(text),
            ..Facts::default()
        };
        let found = system::system(&facts)?;
        system::SYSTEMS.iter().position(|system| std::ptr::eq(system, found)).map(|at| at as u8)
    })
}
