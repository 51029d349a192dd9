//! What the parts of a machine say: its chassis, memory, drives and cards, and its screens' descriptions. Pure.

use std::borrow::Cow;

use domain::record::Text;
use domain::word::Kind;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::machine::{Machine, number, text};
use crate::kind::{fold, of_word};
use crate::model::{self, Drive, drive_of};

/// Makers of panels, folded.
const PANELS: &[&str] = &[
    "au optronics",
    "auo",
    "boe",
    "lg display",
    "lgd",
    "lg philips",
    "sharp",
    "cmn",
    "chi mei",
    "chimei",
    "innolux",
    "csot",
    "cso",
    "infovision",
    "ivo",
    "samsung display",
    "sdc",
    "panda",
    "tianma",
    "ncp",
];

/// Is it a maker of panels? What is built into a laptop is no monitor.
pub fn is_panel_maker(told: &str) -> bool {
    let folded = fold(told);
    let begins =
        |panel: &str| folded.strip_prefix(panel).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    PANELS.iter().any(|panel| begins(panel))
}

/// By the family of the model, else by the chassis, else by the console's category.
pub fn kind(machine: &Machine, manufacturer: Option<&str>, model: Option<&str>) -> Option<Kind> {
    let is_machine = |kind: &Kind| kind.is_computer() || matches!(kind, Kind::Server | Kind::BladeChassis);
    let family = model.and_then(|model| model::kind_of(manufacturer, model)).filter(is_machine);
    let word = |text: Option<Cow<'_, str>>| text.and_then(|text| of_word(&text)).filter(is_machine);
    family
        .or_else(|| word(text(&machine.bios, "TYPE")))
        .or_else(|| word(machine.category.as_deref().map(Cow::Borrowed)))
}

/// Memory in all slots, in gigabytes, and the modules in them; else what the operating system sees of it.
pub fn ram(machine: &Machine) -> (Option<f64>, Option<f64>) {
    let slots = machine.memories.iter().filter_map(|slot| number(slot, "CAPACITY")).filter(|mb| *mb > 0.0);
    match slots.fold((0.0, 0.0), |(sum, count), megabytes| (sum + megabytes, count + 1.0)) {
        (sum, count) if count > 0.0 => (Some(sum / 1024.0), Some(count)),
        _ => (number(&machine.hardware, "MEMORY").filter(|mb| *mb > 0.0).map(|mb| mb / 1024.0), None),
    }
}

/// Storage of one sort, in gigabytes, and its drives. Windows tells binary megabytes, and the model in NAME; Unix
/// the decimal ones, and the model in MODEL.
pub fn storage(machine: &Machine, sort: Drive) -> (Option<f64>, Option<f64>) {
    let gigabytes = machine.storages.iter().filter_map(|row| {
        let (name, model) = (text(row, "NAME").unwrap_or_default(), text(row, "MODEL").unwrap_or_default());
        let windows = model.starts_with("\\\\.\\");
        let removable = text(row, "TYPE").is_some_and(|told| told.to_lowercase().contains("removable"));
        let size = number(row, "DISKSIZE").filter(|size| *size > 0.0 && !removable)?;
        (drive_of(if windows { &name } else { &model }) == Some(sort)).then_some(if windows {
            size * 1.048_576 / 1000.0
        } else {
            size / 1000.0
        })
    });
    let (sum, count) = gigabytes.fold((0.0, 0.0), |(sum, count), gigabytes| (sum + gigabytes, count + 1.0));
    (Some(sum).filter(|sum| *sum > 0.0), Some(count).filter(|count| *count > 0.0))
}

/// Addresses of its own network cards.
pub fn macs(machine: &Machine) -> Option<Text> {
    let own = machine.networks.iter().filter(|row| number(row, "VIRTUALDEV") != Some(1.0));
    let mut macs: Vec<String> = own.filter_map(|row| Some(text(row, "MACADDR")?.to_uppercase())).collect();
    macs.sort_unstable();
    macs.dedup();
    // Typed in by hand, an address has a mark behind it too.
    Text::of(&macs.iter().map(|mac| mac.trim_end_matches("_M")).collect::<Vec<_>>().join(" "))
}

/// The week and year of manufacture that ends what an EDID says of itself: `DEL.A0B8.4C4A3242 (12/2021)`, `12/2021`.
/// Week 0 is unknown, and 255 marks the year of a model.
pub fn made(description: &str) -> Option<Date> {
    let told = description.trim_end_matches(')');
    let (before, year) = told.rsplit_once('/')?;
    let week = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let (week, year): (i8, i16) = (week.parse().ok()?, year.parse().ok()?);
    let week = ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
    (year > 1990).then(|| week.date())
}

#[cfg(test)]
mod tests {
    use super::made;

    #[test]
    fn weeks_of_manufacture() {
        let check = |told: &str, expected: &str| {
            assert_eq!(made(told).map(|date| date.to_string()).unwrap_or_default(), expected, "{told}");
        };
        check("DEL.A0B8.4C4A3242 (12/2021)", "2021-03-22");
        check("12/2021", "2021-03-22");
        check("LEN.EDEC.02CD560F (46/2022)", "2022-11-14");
        check("0/2021", "");
        check("255/2021", "");
        check("54/2021", "");
        check("12/1970", "");
        check("", "");
        check("Écran", "");
    }
}
