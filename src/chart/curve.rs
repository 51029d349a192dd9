//! A share that falls in steps, with its band.

use maud::{Markup, html};

use super::px;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 200.0;
/// Where the axes are: at the left the shares, below the years.
const LEFT: f64 = 40.0;
/// The last year is written below it, with its unit.
const RIGHT: f64 = WIDTH - 24.0;
const BASE: f64 = 180.0;
const TOP: f64 = 8.0;

/// One step of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From here on, in years.
    pub years: f64,
    /// The share, 0 to 1.
    pub share: f64,
    /// Its bounds, 0 to 1.
    pub bounds: (f64, f64),
}

/// A share over years: 1 at first, then as its points tell.
pub struct Curve {
    /// What it shows.
    pub title: String,
    /// What a reader who does not see it is told.
    pub told: String,
    /// Its steps, the earliest first.
    pub points: Vec<Point>,
    /// Shares at which a line is drawn, in words.
    pub levels: Vec<(f64, String)>,
    /// The word for years.
    pub unit: String,
}

impl Curve {
    /// The drawing; nothing where there is nothing to draw.
    pub fn draw(&self) -> Markup {
        let Some(last) = self.points.last().filter(|last| last.years.is_finite() && last.years > 0.0) else {
            return html! {};
        };
        let years = last.years.ceil();
        let x = |year: f64| LEFT + year / years * (RIGHT - LEFT);
        let y = |share: f64| BASE - share.clamp(0.0, 1.0) * (BASE - TOP);
        let steps = |of: fn(&Point) -> f64| {
            let mut at = vec![(x(0.0), y(1.0))];
            for point in &self.points {
                let before = at.last().map_or(y(1.0), |(_, before)| *before);
                at.extend([(x(point.years), before), (x(point.years), y(of(point)))]);
            }
            at
        };
        let path = |at: &[(f64, f64)]| {
            at.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect::<Vec<_>>().join(" ")
        };
        let (mut band, low) = (steps(|point| point.bounds.1), steps(|point| point.bounds.0));
        band.extend(low.into_iter().rev());
        // At most ten years are written out.
        let every = (years / 10.0).ceil().max(1.0);
        html! {
            figure.chart {
                figcaption { (self.title) }
                svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(format!("{}. {}", self.title, self.told)) {
                    @for (share, told) in &self.levels {
                        line.axis x1=(px(LEFT)) y1=(px(y(*share))) x2=(px(RIGHT)) y2=(px(y(*share))) stroke-opacity=".25" {}
                        text x=(px(LEFT - 4.0)) y=(px(y(*share) + 4.0)) text-anchor="end" { (told) }
                    }
                    polygon.band points=(path(&band)) {}
                    polyline.line points=(path(&steps(|point| point.share))) {}
                    line.axis x1=(px(LEFT)) y1=(px(BASE)) x2=(px(RIGHT)) y2=(px(BASE)) {}
                    @let mut year = 0.0;
                    @while year <= years {
                        text x=(px(x(year))) y=(px(HEIGHT - 4.0)) text-anchor="middle" {
                            (year) @if year + every > years { " " (self.unit) }
                        }
                        @let () = year += every;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_steps_down_to_scale() {
        let point = |years, share| Point { years, share, bounds: (share - 0.1, share + 0.1) };
        let curve = |points| Curve {
            title: "Vie".to_owned(),
            told: String::new(),
            points,
            levels: vec![(0.5, "50".to_owned())],
            unit: "ans".to_owned(),
        };
        let drawn = curve(vec![point(2.0, 0.5), point(4.0, 0.0)]).draw().into_string();
        // From the upper left, level for two of four years, down to one half, level, down to the axis.
        let (middle, right, half) = (LEFT + (RIGHT - LEFT) / 2.0, RIGHT, BASE - (BASE - TOP) / 2.0);
        let points = [(LEFT, TOP), (middle, TOP), (middle, half), (right, half), (right, BASE)];
        let points = points.map(|(x, y)| format!("{},{}", px(x), px(y))).join(" ");
        assert!(drawn.contains(&format!("points=\"{points}\"")), "{points}: {drawn}");
        assert!(drawn.contains("0</text>") && drawn.contains("4 ans</text>"), "{drawn}");
        for points in [Vec::new(), vec![point(f64::NAN, 0.5)], vec![point(0.0, 0.5)]] {
            assert_eq!(curve(points).draw().into_string(), "");
        }
    }
}
