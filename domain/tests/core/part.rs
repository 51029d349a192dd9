//! What is seen of a part of the world.

use domain::doubt::Reason;
use domain::entity::EntityId;
use domain::law::declaration::Filing;
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::word::{Condition, Kind};
use jiff::civil::date;

use crate::identity::{doubts, facts};
use crate::world::{CCAS, ORGANISATION, bought, kept, purchases, rules, snapshot, testimony, text, told};

/// The declaration of a buyer is seen by whoever sees all of the buyer.
#[test]
fn filings_of_whole_buyers_alone() {
    let filing =
        |siret: &str| Filing { siret: Text::from(siret), year: 2025, date: date(2026, 6, 30), rows: Vec::new() };
    let line = |entity: &str| PurchaseLine {
        entity: text(entity),
        ..bought(date(2025, 3, 1), Kind::Laptop, 900, Condition::New)
    };
    let filings = [ORGANISATION, CCAS].map(filing).into();
    let whole = reconcile(&[told(purchases(["ville", "ecole"].map(line)))], &Rules { filings, ..rules() });
    let seen = |entity| -> Vec<String> {
        whole.within(&[EntityId(entity)]).filings.iter().map(|filing| filing.siret.to_string()).collect()
    };
    assert_eq!(seen(0), [ORGANISATION, CCAS]);
    assert_eq!(seen(2), [CCAS]);
    // The town is a part of its buyer.
    assert!(seen(1).is_empty());
}

#[test]
fn a_doubt_about_something_outside_is_not_seen() {
    let tagged = |serial: &str, entity: &str| Facts { entity: text(entity), ..facts(serial, "INV-1", "") };
    let fleet = vec![kept("1", tagged("SER0001", "ville")), kept("2", tagged("SER0002", "ccas"))];
    let whole = snapshot(&[testimony("fleet", fleet)]);
    let seen = |entities: &[u32]| {
        doubts(&whole.within(&entities.iter().copied().map(EntityId).collect::<Vec<_>>()), Reason::Collides)
    };
    assert_eq!([seen(&[1]), seen(&[2]), seen(&[1, 2]), seen(&[0])], [0, 0, 1, 1]);
}
