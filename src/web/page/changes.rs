//! What changed since a day, cause by cause.

use domain::indicator::footprint::{Comparison, compare, is_known};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::Sheet;
use super::tables::{heads, table};
use crate::wording::{co2e, date, effects, signed};

/// A day to compare today with, and what lies between them.
pub fn page(sheet: &Sheet) -> Markup {
    let (lang, today) = (sheet.lang, sheet.edition.today);
    let asked = sheet.ask("since").map(str::parse::<Date>);
    let since = match &asked {
        Some(Ok(day)) => *day,
        _ => today.saturating_sub(1.year()),
    };
    let wrong = match asked {
        Some(Err(_)) => Some(sheet.say("Ce n'est pas une date.", "This is no date.")),
        Some(Ok(day)) if day > today => Some(sheet.say("Cette date est à venir.", "This day is to come.")),
        _ => None,
    };
    html! {
        form method="get" action="/changes" {
            p {
                label for="since" { (sheet.say("Comparer aujourd'hui avec le", "Compare today with")) }
                input type="date" id="since" name="since" value=(since) max=(today) required
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "wrong")];
                button { (sheet.say("Comparer", "Compare")) }
            }
        }
        @match wrong {
            Some(wrong) => p.alert id="wrong" role="alert" { (wrong) },
            None => {
                @let before = sheet.world.basis(since);
                @if !is_known(&before) {
                    p role="status" { (sheet.say("Rien n'est encore connu de ce jour.", "Nothing is known of that day yet.")) }
                } @else {
                    @match compare(&before, &sheet.world.basis(today), |_, _| true) {
                        Some(told) => (causes(sheet, since, &told)),
                        None => p role="status" { (sheet.say(
                            "L'un de ces jours, aucun matériel n'a de facteur publié.",
                            "On one of these days nothing has a published factor.",
                        )) }
                    }
                    p.note { (date(lang, since)) " – " (date(lang, today)) ". "
                        a href=(format!("/api/v1/compare?from={since}")) { (sheet.say("Détail", "Detail")) } "."
                    }
                }
            }
        }
    }
}

/// The same for the first page, since a year ago.
pub fn since_a_year(sheet: &Sheet) -> Markup {
    html! { @if let Some(told) = sheet.world.changes() {
        (causes(sheet, sheet.edition.today.saturating_sub(1.year()), told))
    } }
}

fn causes(sheet: &Sheet, since: Date, told: &Comparison) -> Markup {
    let lang = sheet.lang;
    let least = |end: usize| sheet.least(told.coverage[end] < 1.0);
    let change = |grams: f64| signed(grams, |grams| co2e(lang, grams));
    let difference = told.difference;
    let inside = html! {
        (heads(sheet, &[("Cause", "Cause", false), ("CO₂e par an", "CO₂e a year", true)]))
        tbody {
            tr {
                th scope="row" { (sheet.say("Empreinte annuelle au ", "Annual footprint on ")) (date(lang, since)) }
                td.n { (least(0)) (co2e(lang, told.from.0)) }
            }
            @for (effect, impact) in &told.effects { tr {
                th scope="row" { (effects::name(lang, *effect)) br; span.note { (effects::about(lang, *effect)) } }
                td.n { (change(impact.0)) }
            } }
        }
        tfoot { tr {
            th scope="row" { (sheet.say("Empreinte annuelle aujourd'hui", "Annual footprint today")) br;
                span.note { (sheet.say("différence\u{a0}: ", "difference: ")) (change(difference.value.0)) ", "
                    (super::cards::bounds(sheet, &change(difference.low.0), &change(difference.high.0)))
                }
            }
            td.n { (least(1)) (sheet.figure("/footprint", &co2e(lang, told.to.0))) }
        } }
    };
    let title = ("Ce qui a changé dans l'empreinte", "What changed in the footprint");
    let caption = (
        "Les causes, prises dans cet ordre, font exactement la différence. Les bornes de la différence ne comptent pas les erreurs communes aux deux jours.",
        "The causes, taken in this order, make exactly the difference. Its bounds leave out the errors that both days share.",
    );
    table(sheet, "changes", title, caption, inside)
}
