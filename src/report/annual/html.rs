//! A report as one HTML file that prints on A4: nothing is fetched, nothing runs.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser};

use super::{Block, Card, Report, Section, Table};
use crate::chart;

const STYLE: &str = "\
:root{--ink:#1a1c20;--soft:#f3f5f7;--line:#c3c9cf;--quiet:#4a525b;--main:#1b5e8c;--second:#8fb8d4;--target:#b3261e}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:1rem;max-width:52rem;color:var(--ink);background:#fff;font:1rem/1.45 'Liberation Sans',Arial,Helvetica,sans-serif;overflow-wrap:break-word}\
h1{font-size:1.6rem;line-height:1.2;margin:0}h2{font-size:1.25rem;margin:1.6rem 0 .4rem;border-bottom:2px solid var(--main);break-after:avoid}\
h3{font-size:1.05rem;margin:1rem 0 .3rem;break-after:avoid}p{margin:.4rem 0}\
.about,.small,caption{color:var(--quiet)}.small{font-size:.85rem}\
.cards{list-style:none;margin:.6rem 0;padding:0;display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}\
.cards li{padding:.6rem .7rem;border:1px solid var(--line);border-top:.25rem solid var(--main);background:var(--soft);break-inside:avoid}\
.cards h3{margin:0;font-size:.95rem}.figure{font-size:1.25rem;line-height:1.2;font-weight:600;margin:.25rem 0}.verdict{font-weight:600}\
.cards p{font-size:.88rem;margin:.2rem 0}.cards .figure{font-size:1.25rem}\
ul{margin:.3rem 0;padding-left:1.2rem}li{margin:.15rem 0}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums;margin:.5rem 0}\
caption{text-align:left;padding:.2rem 0;break-inside:avoid;break-after:avoid}th,td{padding:.2rem .4rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
thead th{background:var(--soft)}.n{text-align:right}tbody th{font-weight:400}tfoot{font-weight:600;display:table-row-group}.one{white-space:nowrap}tr{break-inside:avoid}\
.written{border-left:.2rem solid var(--second);padding-left:.7rem}\
footer{margin-top:1.5rem;border-top:1px solid var(--line)}\
@page{size:A4;margin:14mm 14mm 16mm;@bottom-right{content:counter(page);font:8pt sans-serif}}\
@media print{body{max-width:none;padding:0;font-size:9.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}.wide{overflow:visible}.whole{break-inside:avoid}\
#summary{break-after:page}#summary h3{margin:.5rem 0 .15rem}#summary ul li{margin:.05rem 0}\
.cards{grid-template-columns:repeat(3,1fr);gap:.4rem;margin:.3rem 0}.cards li{padding:.35rem .5rem}.cards p{font-size:.8rem;margin:.1rem 0}#summary .cards h3{margin:0}.cards .figure{font-size:1.15rem}\
nav{display:none}h2{margin-top:1.1rem}}";

/// Writes it.
pub fn html(report: &Report) -> String {
    let lang = report.lang;
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.title) ", " (report.entity.1) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) (PreEscaped(chart::STYLE)) }
            }
            body {
                header {
                    h1 { (report.title) }
                    p.about { (report.about) }
                    nav aria-label=(lang.pick("Sommaire", "Contents")) {
                        ul { @for section in &report.sections { li { a href=(format!("#{}", section.id)) { (section.title) } } } }
                    }
                }
                main { @for section in &report.sections { (self::section(section)) } }
            }
        }
    };
    page.into_string()
}

fn section(section: &Section) -> Markup {
    html! {
        section id=(section.id) {
            h2 { (section.title) }
            @for block in &section.blocks { (self::block(block)) }
        }
    }
}

/// A block, for a page that has its own frame.
pub fn block(block: &Block) -> Markup {
    match block {
        Block::Heading(text) => html! { h3 { (text) } },
        Block::Text(text) => html! { p { (text) } },
        Block::Small(text) => html! { p.small { (text) } },
        Block::Cards(cards) => html! { ul.cards { @for card in cards { li { (self::card(card)) } } } },
        Block::List(points) => html! { ul { @for point in points { li { (point) } } } },
        Block::Table(table) => self::table(table),
        Block::Chart(chart) => chart.draw(),
        Block::Written(markdown) => html! { div.written { (PreEscaped(written(markdown))) } },
    }
}

fn card(card: &Card) -> Markup {
    html! {
        h3 { (card.title) }
        p.figure { (card.figure) }
        @if !card.verdict.is_empty() { p.verdict { (card.verdict) } }
        @for line in &card.lines { p { (line) } }
    }
}

/// Rows of a table that stays on one page.
const WHOLE: usize = 6;
/// Letters of a cell that stays on one line: of a figure, and of a line's head.
const ONE: usize = 22;

/// A table.
pub fn table(table: &Table) -> Markup {
    let is_figure = |at: usize| table.heads.get(at).is_some_and(|(_, is_figure)| *is_figure);
    let class = |at: usize, text: &str| {
        let one = (at == 0 || is_figure(at)) && text.chars().count() <= ONE;
        let class = [(is_figure(at), "n"), (one, "one")].into_iter().filter(|(is, _)| *is).map(|(_, name)| name);
        Some(class.collect::<Vec<_>>().join(" ")).filter(|class| !class.is_empty())
    };
    let cells = |row: &[String]| {
        html! { tr { @for (at, cell) in row.iter().enumerate() {
            @if at == 0 { th scope="row" class=[class(at, cell)] { (cell) } } @else { td class=[class(at, cell)] { (cell) } }
        } } }
    };
    html! {
        // It scrolls by itself where it is too wide: the keyboard must reach it.
        div.wide.whole[table.rows.len() <= WHOLE] tabindex="0" role="group" aria-label=(label(table)) {
            table {
                @if !table.caption.is_empty() { caption { (table.caption) } }
                thead { tr { @for (at, (head, _)) in table.heads.iter().enumerate() {
                    th scope="col" class=[is_figure(at).then_some("n")] { (head) }
                } } }
                tbody { @for row in &table.rows { (cells(row)) } }
                @if !table.foot.is_empty() { tfoot { (cells(&table.foot)) } }
            }
        }
    }
}

/// What a table is called, for those who hear it: what it tells, else what its first column is of.
fn label(table: &Table) -> &str {
    let first = table.heads.first().map_or("", |(head, _)| head);
    if table.caption.is_empty() { first } else { &table.caption }
}

/// What a person wrote. HTML in it is shown as it is written, never run; its headings stand below the report's own, and
/// its pictures, which would be fetched, are told by their text alone.
fn written(markdown: &str) -> String {
    use pulldown_cmark::{HeadingLevel, Tag, TagEnd};
    let below = |level: HeadingLevel| if level == HeadingLevel::H1 { HeadingLevel::H3 } else { HeadingLevel::H4 };
    let safe = |link: &str| ["https://", "http://", "mailto:", "#"].iter().any(|start| link.starts_with(start));
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let events = events.filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, .. }) => {
            Some(Event::Start(Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if safe(&dest_url) { dest_url } else { "#".into() };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        other => Some(other),
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}
