//! A small generator of pseudo-random numbers.
//!
//! The bytes of an estate must not change when a dependency does, so the
//! generator is twenty lines of our own: `SplitMix64` (Steele, Lea, Flood, 2014).

/// A stream of numbers that depends on nothing but its seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of `seed` for one purpose. Streams of different purposes are
    /// independent, so that a change to one section leaves the others as they were.
    pub fn new(seed: u64, purpose: &str, place: u64) -> Self {
        Self(hash(seed, purpose, place, 0))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias for our small ranges is far below anything that is measured.
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// A number in `from..=to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True in so many cases of a thousand.
    pub fn permille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// One of the values, which must not be empty.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    /// The position of a weight, by weight. The sum must not be 0.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (position, &weight) in weights.iter().enumerate() {
            if left < weight {
                return position;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// Puts the values in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// 64 bits that depend on all arguments: ids are made of them, so that one part
/// of an estate can name a resource of another without having made it.
pub fn hash(seed: u64, purpose: &str, place: u64, index: u64) -> u64 {
    let purpose = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    mix(mix(mix(mix(seed) ^ purpose) ^ place) ^ index)
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // The constant keeps 0 from being its own image.
    (value ^ (value >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

/// Splits a total by weight into whole numbers that add up to it.
pub fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    let mut seen = 0_u128;
    let mut given = 0_u128;
    weights
        .iter()
        .map(|&weight| {
            seen += u128::from(weight);
            let until = (u128::from(total) * seen + sum / 2) / sum.max(1);
            let share = until - given;
            given = until;
            share as u64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        for total in [0, 1, 7, 1_000_003] {
            assert_eq!(split(total, &[5, 1, 1, 9, 2]).iter().sum::<u64>(), total);
        }
    }

    #[test]
    fn streams_differ_by_purpose_and_place() {
        let first = Random::new(42, "a", 0).bits();
        assert_ne!(first, Random::new(42, "b", 0).bits());
        assert_ne!(first, Random::new(42, "a", 1).bits());
        assert_ne!(first, Random::new(43, "a", 0).bits());
        assert_eq!(first, Random::new(42, "a", 0).bits());
    }
}
