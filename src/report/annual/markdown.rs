//! A report as Markdown (CommonMark with tables), to be worked on further.

use super::{Block, Report, Table};

/// Writes it. Drawings are left out: the tables beside them tell the same.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n\n{}\n", plain(&report.title), plain(&report.about));
    for section in &report.sections {
        text += &format!("\n## {}\n", plain(&section.title));
        for block in &section.blocks {
            let block = self::block(block, report.lang.colon());
            if !block.is_empty() {
                text += &format!("\n{}\n", block.trim_end());
            }
        }
    }
    text
}

fn block(block: &Block, colon: &str) -> String {
    match block {
        Block::Heading(text) => format!("### {}", plain(text)),
        Block::Text(text) | Block::Small(text) => plain(text),
        Block::List(points) => points.iter().map(|point| format!("- {}\n", plain(point))).collect(),
        Block::Cards(cards) => cards
            .iter()
            .map(|card| {
                let verdict = if card.verdict.is_empty() { String::new() } else { format!(" ({})", card.verdict) };
                let lines = card.lines.iter().map(|line| format!(" {}", plain(line))).collect::<String>();
                format!("- **{}**{colon}{}{}.{lines}\n", plain(&card.title), plain(&card.figure), plain(&verdict))
            })
            .collect(),
        Block::Table(table) => self::table(table),
        Block::Chart(_) => String::new(),
        Block::Written(markdown) => markdown.clone(),
    }
}

fn table(table: &Table) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    let cell = |text: &String| plain(text).replace('\n', " ");
    let mut text = String::new();
    if !table.caption.is_empty() {
        text += &format!("{}\n\n", plain(&table.caption));
    }
    text += &line(&mut table.heads.iter().map(|(head, _)| cell(head)));
    text += &line(&mut table.heads.iter().map(|(_, is_figure)| if *is_figure { "--:" } else { "---" }.to_owned()));
    for row in &table.rows {
        text += &line(&mut row.iter().map(cell));
    }
    if !table.foot.is_empty() {
        text += &line(&mut table.foot.iter().map(|text| format!("**{}**", cell(text))));
    }
    text
}

/// A text in which nothing is taken for Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}
