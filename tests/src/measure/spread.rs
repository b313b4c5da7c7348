//! Many measurements of one thing, in a few numbers.

use std::fmt;

/// How measurements are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// The least.
    pub min: i64,
    /// Half are no greater.
    pub p50: i64,
    /// Ninety-five of a hundred are no greater.
    pub p95: i64,
    /// The greatest.
    pub max: i64,
}

impl Spread {
    /// Of these measurements; all noughts if there are none.
    #[must_use]
    pub fn of(mut measured: Vec<i64>) -> Self {
        measured.sort_unstable();
        let count = measured.len();
        // The least that so many of a hundred are no greater than.
        let percentile = |percent: usize| measured.get((count * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default();
        let min = measured.first().copied().unwrap_or_default();
        Self { count, min, p50: percentile(50), p95: percentile(95), max: percentile(100) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6} {:>8} {:>8} {:>8}", self.count, self.p50, self.p95, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measurements_that_were_made() {
        let spread = |measured: &[i64]| {
            let Spread { count, min, p50, p95, max } = Spread::of(measured.to_vec());
            (count, min, p50, p95, max)
        };
        assert_eq!(spread(&[]), (0, 0, 0, 0, 0));
        assert_eq!(spread(&[7]), (1, 7, 7, 7, 7));
        assert_eq!(spread(&[3, 1, 2]), (3, 1, 2, 3, 3));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(spread(&hundred), (100, 1, 50, 95, 100));
    }
}
