//! Which assets are alike: what factors and systems are looked up by is looked up once for all of them.

use std::collections::HashMap;
use std::sync::Arc;

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

/// All that a factor is looked for with: kind, maker, model, inches, the years of its dates, whether it came from reuse
/// and after how many years, and what a server is made of.
type Key = (Option<Kind>, [Option<Shared>; 2], Option<u64>, [Option<i16>; 2], bool, Option<u64>, Option<String>);

/// Assets that are looked through in one go, at least, and how many such pieces there are at most: each finds most
/// classes again.
const PIECE: usize = 65_536;
const PIECES: usize = 8;

/// Tells every asset its class and its system; returns the classes, in the order of their first assets.
pub(super) fn classify(assets: &mut [Asset]) -> Arc<Vec<Alike>> {
    let piece = assets.len().div_ceil(PIECES).max(PIECE);
    // Of each piece: its classes and the first asset of each.
    let pieces: Vec<Vec<(Key, usize)>> = assets
        .par_chunks_mut(piece)
        .enumerate()
        .map(|(number, assets)| {
            let (mut known, mut found, mut systems) = (FxHashMap::default(), Vec::new(), FxHashMap::default());
            for (at, asset) in assets.iter_mut().enumerate() {
                asset.system = system_of(asset, &mut systems);
                asset.class = *known.entry(key(asset)).or_insert_with_key(|key: &Key| {
                    found.push((key.clone(), number * piece + at));
                    found.len() as u32 - 1
                });
            }
            found
        })
        .collect();
    let (mut known, mut firsts) = (FxHashMap::default(), Vec::new());
    let mut classes: Vec<Vec<u32>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let of_piece = piece.into_iter().map(|(key, first)| {
            *known.entry(key).or_insert_with(|| {
                firsts.push(first);
                firsts.len() as u32 - 1
            })
        });
        classes.push(of_piece.collect());
    }
    assets.par_chunks_mut(piece).zip(classes).for_each(|(piece, classes)| {
        for asset in piece {
            asset.class = classes[asset.class as usize];
        }
    });
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

fn key(asset: &Asset) -> Key {
    let number = |of: fn(&Packed) -> Option<f64>| asset.told(of).map(f64::to_bits);
    let service = [asset.bought, asset.told(Packed::delivery_date), asset.told(Packed::in_service_date)];
    let specification = (asset.kind == Some(Kind::Server))
        .then(|| Specification::of(&asset.facts()))
        .flatten()
        .map(|made| made.text());
    (
        asset.kind,
        [asset.told(Packed::manufacturer), asset.told(Packed::model)],
        number(Packed::screen_inches),
        [asset.told(Packed::manufacture_date), service.into_iter().flatten().min()].map(|day| Some(day?.year())),
        asset.condition.is_some_and(Condition::is_reuse),
        number(Packed::upstream_years),
        specification,
    )
}

/// The place in `system::SYSTEMS` of what an asset runs.
fn system_of(asset: &Asset, known: &mut FxHashMap<(Shared, Option<Shared>), Option<u8>>) -> Option<u8> {
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
