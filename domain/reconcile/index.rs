//! Assets by what lines call them.

use std::collections::HashMap;

use crate::identity;
use crate::packed::Packed;
use crate::record::Text;
use crate::snapshot::Asset;
use crate::testimony::{SourceId, Testimony};

use super::assemble::teller;

/// Assets by serial and by tag, for lines that speak of them.
#[derive(Default)]
pub(crate) struct Index {
    serials: HashMap<String, Option<usize>>,
    tags: HashMap<(Text, String), Option<usize>>,
    realms: Vec<Text>,
}

impl Index {
    pub fn of(assets: &[Asset], testimonies: &[Testimony]) -> Self {
        let realms: Vec<Text> = testimonies.iter().map(|testimony| testimony.source.realm.clone()).collect();
        let (mut serials, mut tags) = (HashMap::new(), HashMap::new());
        let mut room = String::new();
        for (at, asset) in assets.iter().enumerate() {
            if let Some(serial) = asset.told(Packed::serial).and_then(|told| identity::serial_in(told, &mut room)) {
                // A serial on several things names none of them.
                serials.entry(serial.to_owned()).and_modify(|known| *known = None).or_insert(Some(at));
            }
            if let Some(tag) = asset.told(Packed::asset_tag).and_then(|told| identity::asset_tag_in(told, &mut room))
            {
                let source = teller(&asset.voices, "asset_tag", |said| said.asset_tag().is_some());
                let realm = realms[usize::from(source.0)].clone();
                tags.entry((realm, tag.to_owned())).and_modify(|known| *known = None).or_insert(Some(at));
            }
        }
        Self { serials, tags, realms }
    }

    /// The one asset that a serial, else a tag, names.
    pub fn find(&self, source: SourceId, serial: Option<&str>, tag: Option<&str>) -> Option<usize> {
        let mut room = String::new();
        let by_serial = serial.and_then(|told| self.serials.get(identity::serial_in(told, &mut room)?).copied()?);
        by_serial.or_else(|| {
            let tag = tag.and_then(|told| identity::asset_tag_in(told, &mut room))?.to_owned();
            self.tags.get(&(self.realms[usize::from(source.0)].clone(), tag)).copied()?
        })
    }
}
