//! Sets of codes and of assumptions that fit into a number.
//!
//! A matrix has as many of them as pairs; sets of the standard library would be
//! most of its memory. Plain values, and nothing else.

use crate::graph::reach::code::{Assumption, Code};

/// A set of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Codes(u128);

const _: () = assert!(Code::ALL.len() <= 128, "codes no longer fit into a number");

impl Codes {
    /// One code.
    pub const fn of(code: Code) -> Self {
        Self(1 << code as u32)
    }

    /// Those of either.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codes, in their order.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        let all = Code::ALL.iter().copied();
        all.filter(move |code| self.0 & Self::of(*code).0 != 0)
    }
}

/// A set of assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Assumed(u32);

impl Assumed {
    /// One assumption.
    pub const fn of(assumption: Assumption) -> Self {
        Self(1 << assumption as u32)
    }

    /// Those of either.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is one of them.
    pub const fn has(self, assumption: Assumption) -> bool {
        self.0 & Self::of(assumption).0 != 0
    }
}

impl FromIterator<Assumption> for Assumed {
    fn from_iter<T: IntoIterator<Item = Assumption>>(all: T) -> Self {
        all.into_iter()
            .fold(Self::default(), |set, one| set.with(Self::of(one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_out_as_they_went_in() {
        let mut all = Codes::default();
        assert!(all.is_empty());
        for code in Code::ALL {
            assert_eq!(Codes::of(*code).iter().collect::<Vec<_>>(), [*code]);
            all = all.with(Codes::of(*code));
        }
        assert_eq!(all.iter().collect::<Vec<_>>(), Code::ALL);
        let assumed: Assumed = [Assumption::StatesFine].into_iter().collect();
        assert!(assumed.has(Assumption::StatesFine) && !assumed.has(Assumption::VpnTunnelsUp));
    }
}
