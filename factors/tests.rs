//! What ships is right, models are found, and a wrong row is named.

use domain::factor::{Tier, Wanted};

use super::*;

/// Which model a maker's name and model are found as.
fn found(
    factors: &Factors,
    manufacturer: &str,
    model: &str,
    screen_inches: Option<f64>,
    year: Option<i16>,
) -> (Option<String>, Tier) {
    let wanted = Wanted {
        kind: Some(if model.starts_with("P2") { Kind::Monitor } else { Kind::Laptop }),
        manufacturer: Some(manufacturer),
        model: Some(model),
        screen_inches,
        year,
    };
    let choice = factors.choose(Criterion::Co2e, &wanted);
    (choice.row.and_then(|row| factors.rows[row].model.as_deref().map(str::to_owned)), choice.tier)
}

#[test]
fn models_are_found_by_their_names() -> anyhow::Result<()> {
    let factors = load(&[] as &[&Path])?;
    let check = |maker: &str, told: &str, expected: &str| {
        assert_eq!(
            found(&factors, maker, told, None, None),
            (Some(expected.to_owned()), Tier::Model),
            "{maker} {told}"
        );
    };
    check("Dell Inc.", "Latitude 5490", "Latitude 5490");
    check("DELL", "Dell Latitude 5490 14\"", "Latitude 5490");
    check("Dell Inc.", "P2422H", "P2422H");
    check("LENOVO", "ThinkPad T480", "ThinkPad T480");
    check("Lenovo", "ThinkCentre M720q", "ThinkCentre M720 Tiny");
    check("Apple Inc.", "iPad (9e génération)", "iPad (9th generation) 64GB");
    check("HP Inc.", "HP Pro Mini 400 G9 Desktop PC", "Pro Mini 400 G9");
    // Another maker's, a neighbour in the list and one that tells more are not it.
    for (maker, told) in [("Philips", "P2422H"), ("Dell", "Latitude 5491x"), ("Dell", "Latitude 5490 Rugged Extreme")]
    {
        assert_eq!(found(&factors, maker, told, None, None), (None, Tier::Kind), "{maker} {told}");
    }
    Ok(())
}

/// Dell sold a Latitude 5450 in 2015 and another one in 2024: the document of 2018 speaks of the first.
#[test]
fn a_name_that_was_used_again_is_another_model() -> anyhow::Result<()> {
    let factors = load(&[] as &[&Path])?;
    let tier = |year| found(&factors, "Dell", "Latitude 5450", None, year).1;
    assert_eq!((tier(Some(2016)), tier(None), tier(Some(2024))), (Tier::Model, Tier::Model, Tier::Kind));
    Ok(())
}

#[test]
fn a_model_of_several_sizes_is_chosen_by_its_screen_or_not_at_all() -> anyhow::Result<()> {
    let factors = load(&[] as &[&Path])?;
    let of = |screen| {
        let wanted = Wanted {
            kind: Some(Kind::Laptop),
            manufacturer: Some("Microsoft Corporation"),
            model: Some("Surface Book 3"),
            screen_inches: screen,
            year: None,
        };
        factors.choose(Criterion::Co2e, &wanted)
    };
    let grams = |screen| of(screen).row.map(|row| factors.rows[row].embodied().0);
    assert_ne!(grams(Some(13.5)), grams(Some(15.0)));
    assert_eq!((of(Some(13.5)).tier, of(Some(15.0)).tier), (Tier::Model, Tier::Model));
    let unsettled = of(None);
    assert_eq!((unsettled.tier, unsettled.rivals.len()), (Tier::Kind, 2));
    Ok(())
}

#[test]
fn shipped_sets_are_right() -> anyhow::Result<()> {
    let factors = load(&[] as &[&Path])?;
    assert_eq!(factors.sets.len(), ALL.len());
    let embodied = |kind: Kind| {
        let wanted = Wanted { kind: Some(kind), ..Wanted::default() };
        let row = factors.choose(Criterion::Co2e, &wanted).row?;
        Some((factors.rows[row].embodied().0 / 10.0).round() / 100.0)
    };
    // Sums of the published stages, in kilograms.
    assert_eq!(embodied(Kind::Laptop), Some(185.09));
    assert_eq!(embodied(Kind::Monitor), Some(69.84));
    assert_eq!(embodied(Kind::Desktop), Some(211.46));
    assert_eq!(embodied(Kind::Switch), None);
    let year = |year| factors.electricity("FR", year, Criterion::Co2e).map(|row| row.year);
    assert_eq!((year(2022), year(2026), year(2010)), (Some(2022), Some(2025), Some(2021)));
    Ok(())
}

#[test]
fn a_wrong_row_is_named() {
    let check = |file: &str, table: &str, expected: &str| {
        let origin = "publisher = 'us'\nedition = '1'\nlicence = 'none'\norigin = 'here'";
        let files = |name: &str| match name {
            "origin.toml" => Some(Cow::Borrowed(origin)),
            _ => (name == file).then_some(Cow::Borrowed(table)),
        };
        let error = add(&mut Factors::default(), "x", true, files).map_err(|error| format!("{error:#}"));
        assert_eq!(error, Err(expected.to_owned()));
    };
    let head = "id,kind,manufacturer,model,criterion,unit,manufacture,distribution,end_of_life,annual_kwh,r_embodied,r_energy,found";
    let row = |row: &str| format!("{head}\n{row}\n");
    let negative = row("a,laptop,,,co2e,kg,1,1,-1,,,,here");
    check("factors.csv", &negative, "factors.csv:2: end_of_life: -1 cannot be an impact");
    let twice = row("a,laptop,,,co2e,kg,1,1,1,,,,here\na,laptop,,,co2e,kg,1,1,1,,,,here");
    check("factors.csv", &twice, "factors.csv:3: id: `a` is there twice");
    let unit = row("a,laptop,,,co2e,MJ,1,1,1,,,,here");
    check("factors.csv", &unit, "factors.csv:2: unit: `MJ` is not one for co2e");
    let parts = "part,criterion,unit,base,per,size,size_low,size_high,found\n";
    let size = format!("{parts}ram,co2e,kg,1,1,3,1,2,here\n");
    check("components.csv", &size, "components.csv:2: size: 3 is not between its bounds");
    let part = format!("{parts}wheel,co2e,kg,1,1,3,1,4,here\n");
    check("components.csv", &part, "components.csv:2: part: `wheel` is no part of a server");
    check("processors.csv", "model,die_mm2\nXeon,0\n", "processors.csv:2: die_mm2: 0 cannot be");
}

/// An alias may name a model of any set, and of its own maker alone.
#[test]
fn an_alias_of_no_model_is_refused() -> anyhow::Result<()> {
    let read = |alias: &str| {
        let files = vec![
            ("origin.toml", "publisher = 'us'\nedition = '1'\nlicence = 'none'\norigin = 'here'".into()),
            ("aliases.csv", format!("manufacturer,told,model\n{alias}\n").into()),
        ];
        let own = Folder { place: "factor set x".to_owned(), name: "x", local: true, files };
        let shipped = ALL.iter().map(Folder::shipped);
        gather(&std::iter::once(own).chain(shipped).collect::<Vec<_>>())
    };
    let factors = read("Dell,P139G,Latitude 5490")?;
    assert_eq!(found(&factors, "Dell Inc.", "P139G", None, None), (Some("Latitude 5490".to_owned()), Tier::Model));
    for (alias, maker, model) in [
        ("Dell,P139G,Latitude 5491x", "Dell", "Latitude 5491x"),
        ("Philips,P139G,Latitude 5490", "Philips", "Latitude 5490"),
        // A family is no model.
        ("Dell,P139G,Latitude*", "Dell", "Latitude*"),
    ] {
        let refused = read(alias).map(|_| ()).map_err(|error| format!("{error:#}"));
        assert_eq!(refused, Err(format!("factor set x: aliases.csv:2: model: no row of {maker} has `{model}`")));
    }
    Ok(())
}

/// Quarters of an hour make its mean; a day of which fewer than twenty hours are told does not count.
#[test]
fn hours_make_days() -> anyhow::Result<()> {
    let mut table = "time,unit,per_kwh\n".to_owned();
    for hour in 0..24 {
        for quarter in [0, 15, 30, 45] {
            table += &format!("2026-01-01T{hour:02}:{quarter},g,{}\n", if hour < 12 { 20 } else { 40 + quarter });
        }
        if hour < 5 {
            table +=
                &["00", "15", "30", "45"].map(|quarter| format!("2026-01-02T{hour:02}:{quarter},g,10\n")).concat();
        }
    }
    let table = table.replace(":0,", ":00,");
    let files = |name: &str| match name {
        "origin.toml" => Some(Cow::Borrowed("publisher = 'us'\nedition = '1'\nlicence = 'none'\norigin = 'here'")),
        "hourly.csv" => Some(Cow::Borrowed(table.as_str())),
        _ => None,
    };
    let mut factors = Factors::default();
    add(&mut factors, "x", true, files)?;
    let series = factors.series.context("there is a series")?;
    // Twelve hours of 20 and twelve of 62.5.
    let days: Vec<(String, f64)> = series
        .days
        .iter()
        .map(|(day, intensity)| (day.to_string(), (intensity.0 * 3.6e6 * 100.0).round() / 100.0))
        .collect();
    assert_eq!(days, [("2026-01-01".to_owned(), 41.25)]);
    Ok(())
}

/// A row says the same whatever unit it is written in.
#[test]
fn units_are_read() -> anyhow::Result<()> {
    let read = |criterion: &str, unit: &str, value: &str| -> anyhow::Result<f64> {
        let table = format!(
            "id,kind,manufacturer,model,criterion,unit,manufacture,distribution,end_of_life,annual_kwh,r_embodied,r_energy,found\n\
             a,laptop,,,{criterion},{unit},{value},0,0,,,,here\n"
        );
        let files = |name: &str| match name {
            "origin.toml" => {
                Some(Cow::Borrowed("publisher = 'us'\nedition = '1'\nlicence = 'none'\norigin = 'here'"))
            }
            _ => (name == "factors.csv").then_some(Cow::Borrowed(table.as_str())),
        };
        let mut factors = Factors::default();
        add(&mut factors, "x", true, files)?;
        Ok(factors.rows[0].embodied().0)
    };
    assert_eq!(read("co2e", "kg", "185.5")?, read("co2e", "g", "185500")?);
    assert_eq!(read("adpe", "kg", "0.0095")?, read("adpe", "g", "9.5")?);
    assert_eq!(read("primary_energy", "MJ", "12")?, 12e6);
    assert_eq!(read("water", "L", "3")?, 3.0);
    for (criterion, unit) in [("co2e", "MJ"), ("primary_energy", "kg"), ("water", "kg"), ("adpe", "L")] {
        assert!(read(criterion, unit, "1").is_err(), "{criterion} in {unit}");
    }
    Ok(())
}
