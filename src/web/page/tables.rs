//! What tables have in common.

use maud::{Markup, html};

use super::Sheet;

/// A table that scrolls by itself where it is too wide for the page, so that the page never does.
pub(super) fn table(sheet: &Sheet, id: &str, title: (&str, &str), caption: (&str, &str), inside: Markup) -> Markup {
    html! {
        section {
            h2 id=(id) { (sheet.say(title.0, title.1)) }
            div.wide tabindex="0" role="region" aria-labelledby=(id) {
                table {
                    caption { (sheet.say(caption.0, caption.1)) }
                    (inside)
                }
            }
        }
    }
}

/// Column heads: French and English; a figure's stand at its right.
pub(super) fn heads(sheet: &Sheet, heads: &[(&str, &str, bool)]) -> Markup {
    html! {
        thead { tr {
            @for (french, english, is_figure) in heads {
                th scope="col" class=[is_figure.then_some("n")] { (sheet.say(french, english)) }
            }
        } }
    }
}

/// This year and the two before it, the newest first.
pub(super) fn years(sheet: &Sheet) -> [i16; 3] {
    let year = sheet.edition.today.year();
    [year, year - 1, year - 2]
}
