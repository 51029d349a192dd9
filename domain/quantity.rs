//! Quantities that carry their unit. Only the products that mean something exist.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// Days in a year: the Julian year, which counts leap years without the calendar.
pub const YEAR_DAYS: f64 = 365.25;
/// Seconds in such a year.
pub const YEAR_SECONDS: f64 = YEAR_DAYS * 86_400.0;

/// How many standard deviations a bound (95 %) lies from the mean: the 97.5 % quantile of the normal distribution,
/// 1.959 96, as it is usually rounded.
pub const BOUND_DEVIATIONS: f64 = 1.96;
/// How many lie between the two bounds: what published bounds are divided by.
pub const SPAN_DEVIATIONS: f64 = 2.0 * BOUND_DEVIATIONS;

/// Money without tax (HT), in integer cents of a euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(pub i64);

impl Cents {
    /// In euros.
    pub fn euros(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(cents: I) -> Self {
        cents.fold(Self(0), Add::add)
    }
}

/// An amount of one criterion, in that criterion's base unit: grams of CO2 equivalent, grams of antimony
/// equivalent, joules of primary energy, litres of water.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Impact(pub f64);

/// Joules in a kilowatt-hour.
const KWH_JOULES: f64 = 3.6e6;

/// Electricity, in joules.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Energy(pub f64);

impl Energy {
    /// From kilowatt-hours.
    pub fn kwh(kwh: f64) -> Self {
        Self(kwh * KWH_JOULES)
    }

    /// In kilowatt-hours.
    pub fn as_kwh(self) -> f64 {
        self.0 / KWH_JOULES
    }
}

/// Impact of one joule of electricity.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Intensity(pub f64);

impl Intensity {
    /// From a criterion's base unit (grams of CO2 equivalent…) per kilowatt-hour.
    pub fn per_kwh(amount: f64) -> Self {
        Self(amount / KWH_JOULES)
    }

    /// In that unit per kilowatt-hour.
    pub fn as_per_kwh(self) -> f64 {
        self.0 * KWH_JOULES
    }
}

/// A length of time, in years of [`YEAR_DAYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Years(pub f64);

impl Years {
    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0 * YEAR_SECONDS
    }

    /// From a number of whole days.
    pub fn from_days(days: i64) -> Self {
        Self(days as f64 / YEAR_DAYS)
    }
}

impl Add for Impact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Impact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Impact {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Impact {
    fn sum<I: Iterator<Item = Self>>(impacts: I) -> Self {
        impacts.fold(Self(0.0), Add::add)
    }
}

impl Mul<f64> for Impact {
    type Output = Self;
    fn mul(self, share: f64) -> Self {
        Self(self.0 * share)
    }
}

/// Impact spread over a lifetime: impact per year.
impl Div<Years> for Impact {
    type Output = Self;
    fn div(self, life: Years) -> Self {
        Self(self.0 / life.0)
    }
}

impl Mul<Intensity> for Energy {
    type Output = Impact;
    fn mul(self, intensity: Intensity) -> Impact {
        Impact(self.0 * intensity.0)
    }
}

impl Mul<f64> for Energy {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

impl Add for Energy {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Energy {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Add for Years {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

/// A value between its bounds (95 %): low ≤ value ≤ high, always.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Lower bound.
    pub low: Impact,
    /// The value.
    pub value: Impact,
    /// Upper bound.
    pub high: Impact,
}

impl Estimate {
    /// Log-normal bounds (2.5 % and 97.5 %) around a mean of this variance; both are 0 where the mean is 0.
    /// The value stays within its bounds even where a large variance would put the mean above the upper one.
    pub fn log_normal(mean: Impact, variance: f64) -> Self {
        let m = mean.0;
        if m <= 0.0 || variance <= 0.0 {
            return Self { low: mean, value: mean, high: mean };
        }
        let sigma2 = (1.0 + variance / (m * m)).ln();
        let (mu, sigma) = (m.ln() - sigma2 / 2.0, sigma2.sqrt());
        let reach = BOUND_DEVIATIONS * sigma;
        let (low, high) = ((mu - reach).exp(), (mu + reach).exp());
        Self { low: Impact(low.min(m)), value: mean, high: Impact(high.max(m)) }
    }

    /// Normal bounds around a mean of this variance, which may be negative: that of a difference.
    pub fn normal(mean: Impact, variance: f64) -> Self {
        let reach = Impact(BOUND_DEVIATIONS * variance.max(0.0).sqrt());
        Self { low: mean - reach, value: mean, high: mean + reach }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_one_laptop() {
        let estimate = Estimate::log_normal(Impact(37.018), (0.59 * 37.018_f64).powi(2));
        assert!((estimate.low.0 - 10.923).abs() < 5e-4, "{estimate:?}");
        assert!((estimate.high.0 - 93.061).abs() < 5e-4, "{estimate:?}");
    }

    #[test]
    fn units_lead_there_and_back() {
        assert_eq!(Intensity::per_kwh(46.1).as_per_kwh(), 46.1);
        assert_eq!((Energy::kwh(2.0).0, Energy(7_200_000.0).as_kwh()), (7_200_000.0, 2.0));
        assert_eq!(Years(2.0).seconds(), 63_115_200.0);
        assert_eq!(Years::from_days(1461), Years(4.0));
    }

    #[test]
    fn cents_read_as_euros() {
        assert_eq!(Cents(-1_205).to_string(), "-12.05");
        assert_eq!(Cents(99).to_string(), "0.99");
        assert_eq!(Cents(0).to_string(), "0.00");
    }
}
