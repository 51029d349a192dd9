//! What was published before: the read-only side of the store that the page and the API may see.

use std::collections::HashMap;

use domain::indicator::Reading;
use jiff::civil::Date;

pub use crate::store::Past;
use crate::store::Store;

/// Stored readings.
#[derive(Clone)]
pub struct History(Store);

impl History {
    /// The history that a store keeps.
    pub fn of(store: Store) -> Self {
        Self(store)
    }

    /// The readings of one family between two days, both included, oldest first.
    pub async fn readings(&self, name: &str, from: Date, to: Date) -> anyhow::Result<Vec<Past>> {
        self.0.history(name, from, to).await
    }

    /// Does the store answer?
    pub async fn ping(&self) -> anyhow::Result<()> {
        self.0.ping().await
    }
}

/// One slice on one day: as it was published then, and as it is computed from what is known now.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Label and value, sorted by label.
    pub slice: Vec<(String, String)>,
    /// What was published; none where nothing was of this slice.
    pub published: Option<Past>,
    /// What today's inventory, factors and method tell of that day; none where they tell of no such slice.
    pub restated: Option<Reading>,
}

/// What was published of a family on a day beside what is computed of it now: the slices of the day in the order in
/// which they were published, then those that are told only now.
///
/// Either may lack a slice: an asset learnt of later, an entity that was renamed, a cell that was folded then and is
/// not now. No slice is matched with another one in its stead: sums over slices compare all the same.
pub fn beside(published: Vec<Past>, restated: Vec<Reading>) -> Vec<Point> {
    let slice_of = |reading: &Reading| {
        let mut slice: Vec<(String, String)> =
            reading.slice.iter().map(|(label, told)| ((*label).to_owned(), told.to_string())).collect();
        slice.sort();
        slice
    };
    let order: Vec<Vec<(String, String)>> = restated.iter().map(slice_of).collect();
    let mut told: HashMap<&Vec<(String, String)>, Reading> = order.iter().zip(restated).collect();
    let mut points: Vec<Point> = published
        .into_iter()
        .map(|past| Point { slice: past.slice.clone(), restated: told.remove(&past.slice), published: Some(past) })
        .collect();
    for slice in &order {
        let restated = told.remove(slice);
        points.extend(restated.map(|reading| Point {
            slice: slice.clone(),
            published: None,
            restated: Some(reading),
        }));
    }
    points
}
