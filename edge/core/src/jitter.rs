//! Spreads waits, so that what began together does not come back together. Not random: the same parts give the same number, so that a
//! wait can be worked out again.

/// A number from nought up to, and without, `outcomes`; different parts give numbers that have nothing to do with each other.
#[must_use]
pub fn spread(parts: impl IntoIterator<Item = u64>, outcomes: u64) -> i64 {
    // FNV-1a, and SplitMix64's last step to mix what FNV leaves alike.
    let hash = parts.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, part| (hash ^ part).wrapping_mul(0x0100_0000_01b3));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    i64::try_from((hash ^ (hash >> 31)) % outcomes.max(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_spread_evenly() {
        let mut counts = [0; 16];
        for part in 0..1_600 {
            counts[usize::try_from(spread([7, part], 16)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (60..=140).contains(count)), "{counts:?}");
        assert_eq!(spread([1], 0), 0);
    }
}
