//! Drawings of figures, made here as SVG: nothing runs in the reader's browser. Each stands beside a table that tells
//! the same, and names itself for those who do not see it.

mod curve;
mod kinds;

use maud::{Markup, html};

pub use curve::{Curve, Point};
pub use kinds::kinds;

/// How drawings look, for the style of a page that defines the colours `--ink --main --second --target`.
pub const STYLE: &str = "\
.chart{margin:.6rem 0;break-inside:avoid}.chart svg{width:100%;height:auto}.chart text{font-size:11px;fill:var(--ink)}\
figcaption{color:var(--quiet)}.axis,.bound{stroke:var(--ink)}.target{stroke:var(--target);stroke-width:2;stroke-dasharray:5 3}\
rect.p0{fill:var(--main)}rect.p1{fill:var(--second)}span.p0{color:var(--main)}span.p1{color:var(--second)}\
.line{fill:none;stroke:var(--main);stroke-width:2}.band{fill:var(--second);opacity:.5}\
@media screen and (max-width:40rem){.bars text{font-size:15px}}\
.charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}";

/// A drawing of bars.
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Which way bars go.
    pub shape: Shape,
    /// The bars, in order.
    pub bars: Vec<Bar>,
    /// The parts that bars are made of, where there are several.
    pub legend: Vec<String>,
    /// A level that is asked for: at which value each bar has it.
    pub targets: Vec<Option<f64>>,
}

/// Which way bars go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Upward, one after the other: time.
    Columns,
    /// To the right, one below the other: kinds.
    Rows,
}

/// One bar.
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// Its parts, from the axis on; none where it is not known.
    pub parts: Vec<f64>,
    /// Its value, in words.
    pub told: String,
    /// Bounds of its value.
    pub bounds: Option<(f64, f64)>,
}

impl Bar {
    /// Up to where something of it is drawn; its value stands beyond.
    fn top(&self) -> f64 {
        let end = parts(self).last().map_or(0.0, |(_, to)| to);
        self.bounds.map_or(end, |(_, high)| high.max(end))
    }
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 190.0;
/// Above the columns, for their values; below them, for their labels.
const MARGIN: f64 = 18.0;
/// A row, and what stands at its left and right.
const ROW: f64 = 22.0;
const NAMES: f64 = 190.0;
const VALUES: f64 = 110.0;

impl Chart {
    /// The largest value that is to be shown; `None` where there is nothing to draw.
    fn most(&self) -> Option<f64> {
        let bars = self.bars.iter().filter(|bar| !bar.parts.is_empty());
        let most = bars.map(Bar::top).chain(self.targets.iter().flatten().copied()).fold(0.0, f64::max);
        (most.is_finite() && most > 0.0).then_some(most)
    }

    /// The drawing; nothing where there is nothing to draw.
    pub fn draw(&self) -> Markup {
        let Some(most) = self.most() else { return html! {} };
        let told: Vec<String> = self.bars.iter().map(|bar| format!("{} {}", bar.label, bar.told)).collect();
        let height = match self.shape {
            Shape::Columns => HEIGHT,
            Shape::Rows => ROW * self.bars.len() as f64,
        };
        html! {
            figure.chart {
                figcaption { (self.title)
                    @for (at, part) in self.legend.iter().enumerate() { " " span.key { span class=(format!("p{at}")) { "\u{25a0}" } " " (part) } }
                }
                svg.bars viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(format!("{}. {}.", self.title, told.join(", "))) {
                    @match self.shape {
                        Shape::Columns => (self.columns(most)),
                        Shape::Rows => (self.rows(most)),
                    }
                }
            }
        }
    }

    fn columns(&self, most: f64) -> Markup {
        let base = HEIGHT - MARGIN;
        let y = |value: f64| base - value / most * (base - MARGIN);
        let step = WIDTH / self.bars.len() as f64;
        let width = (step * 0.6).min(60.0);
        html! {
            line.axis x1="0" y1=(px(base)) x2=(px(WIDTH)) y2=(px(base)) {}
            @for (at, bar) in self.bars.iter().enumerate() {
                @let middle = (at as f64 + 0.5) * step;
                @for (part, (from, to)) in parts(bar).enumerate() {
                    rect class=(format!("p{part}")) x=(px(middle - width / 2.0)) y=(px(y(to))) width=(px(width)) height=(px(y(from) - y(to))) {}
                }
                @if let Some((low, high)) = bar.bounds {
                    line.bound x1=(px(middle)) y1=(px(y(low))) x2=(px(middle)) y2=(px(y(high))) {}
                }
                @if let Some(target) = self.targets.get(at).copied().flatten() {
                    line.target x1=(px(middle - step / 2.0)) y1=(px(y(target))) x2=(px(middle + step / 2.0)) y2=(px(y(target))) {}
                }
                text x=(px(middle)) y=(px(y(bar.top()) - 4.0)) text-anchor="middle" { (bar.told) }
                text x=(px(middle)) y=(px(HEIGHT - 4.0)) text-anchor="middle" { (bar.label) }
            }
        }
    }

    fn rows(&self, most: f64) -> Markup {
        let x = |value: f64| NAMES + value / most * (WIDTH - NAMES - VALUES);
        html! {
            @for (at, bar) in self.bars.iter().enumerate() {
                @let top = at as f64 * ROW;
                text x=(px(NAMES - 6.0)) y=(px(top + 15.0)) text-anchor="end" { (bar.label) }
                @for (part, (from, to)) in parts(bar).enumerate() {
                    rect class=(format!("p{part}")) x=(px(x(from))) y=(px(top + 3.0)) width=(px(x(to) - x(from))) height=(px(ROW - 6.0)) {}
                }
                @if let Some((low, high)) = bar.bounds {
                    line.bound x1=(px(x(low))) y1=(px(top + ROW / 2.0)) x2=(px(x(high))) y2=(px(top + ROW / 2.0)) {}
                }
                text x=(px(x(bar.top()) + 5.0)) y=(px(top + 15.0)) { (bar.told) }
            }
        }
    }
}

/// From where to where each part of a bar goes.
fn parts(bar: &Bar) -> impl Iterator<Item = (f64, f64)> {
    bar.parts.iter().scan(0.0, |sum, part| {
        let from = *sum;
        // Credit notes can make a rate negative: that has no bar.
        *sum += part.max(0.0);
        Some((from, *sum))
    })
}

/// A length, to the tenth of a pixel.
fn px(length: f64) -> String {
    format!("{length:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(parts: &[f64], bounds: Option<(f64, f64)>) -> Bar {
        Bar { label: "2026".to_owned(), parts: parts.to_vec(), told: "3 <t>".to_owned(), bounds }
    }

    fn chart(shape: Shape, bars: Vec<Bar>) -> String {
        let chart = Chart { title: "T".to_owned(), shape, bars, legend: Vec::new(), targets: vec![Some(4.0)] };
        chart.draw().into_string()
    }

    #[test]
    fn bars_are_to_scale_and_named() {
        // The highest is the bound, 8: it reaches the upper margin; the bar of 1 + 3 is half as high.
        let drawn = chart(Shape::Columns, vec![bar(&[1.0, 3.0], Some((2.0, 8.0)))]);
        let base = HEIGHT - MARGIN;
        let unit = (base - MARGIN) / 8.0;
        for (class, from, to) in [("p0", 0.0, 1.0), ("p1", 1.0, 4.0)] {
            let rect = format!(
                "<rect class=\"{class}\" x=\"290.0\" y=\"{}\" width=\"60.0\" height=\"{}\">",
                px(base - unit * to),
                px(unit * (to - from))
            );
            assert!(drawn.contains(&rect), "{rect} in {drawn}");
        }
        assert!(drawn.contains(&format!("y2=\"{}\"", px(MARGIN))), "{drawn}");
        assert!(drawn.contains("aria-label=\"T. 2026 3 &lt;t&gt;.\""), "{drawn}");
    }

    #[test]
    fn a_value_below_nothing_stands_on_the_axis() {
        let drawn = chart(Shape::Columns, vec![bar(&[-1.0], None)]);
        let text = format!("y=\"{}\" text-anchor=\"middle\">3 &lt;t&gt;<", px(HEIGHT - MARGIN - 4.0));
        assert!(drawn.contains(&text), "{text} in {drawn}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        for shape in [Shape::Columns, Shape::Rows] {
            let of =
                |bars| Chart { title: String::new(), shape, bars, legend: Vec::new(), targets: Vec::new() }.draw();
            assert_eq!(of(Vec::new()).into_string(), "");
            assert_eq!(of(vec![bar(&[], None)]).into_string(), "");
            assert_eq!(of(vec![bar(&[f64::NAN], None)]).into_string(), "");
        }
    }
}
