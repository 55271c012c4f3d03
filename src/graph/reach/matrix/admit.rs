//! What filters admit, by number, and how filters in a row or side by side add up.
//!
//! A network has few different sets of ports, and pairs of places are many: a
//! set is kept once, and what two of them make together is worked out once.
//! Plain arithmetic on ports; which filters stand where is not known here.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::graph::ports::Ports;
use crate::graph::reach::flow::Admitted;

/// The number of an [`Admitted`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Admit(u32);

/// How a filter comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// All that was asked passes.
    Pass,
    /// Some of it surely does not.
    Fail,
    /// Some of it perhaps does not.
    Unknown,
}

/// Sets that are known before the first pair is looked at.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    asked: Ports,
    values: Vec<(Admitted, Mood)>,
    /// Looked up, never iterated.
    numbers: HashMap<Admitted, Admit, FxBuildHasher>,
    /// Everything.
    pub(super) all: Admit,
    /// Nothing.
    pub(super) none: Admit,
    /// Perhaps everything.
    pub(super) maybe: Admit,
}

impl Pool {
    pub(super) fn new(asked: &Ports) -> Self {
        let mut pool = Self {
            asked: asked.clone(),
            values: Vec::new(),
            numbers: HashMap::default(),
            all: Admit(0),
            none: Admit(0),
            maybe: Admit(0),
        };
        pool.all = pool.number(Admitted {
            open: asked.clone(),
            unknown: Ports::default(),
        });
        pool.none = pool.number(Admitted::default());
        pool.maybe = pool.number(Admitted {
            open: Ports::default(),
            unknown: asked.clone(),
        });
        pool
    }

    /// What was asked.
    pub(super) const fn asked(&self) -> &Ports {
        &self.asked
    }

    /// The number of a set.
    pub(super) fn number(&mut self, admitted: Admitted) -> Admit {
        if let Some(known) = self.numbers.get(&admitted) {
            return *known;
        }
        let number = Admit(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        self.values
            .push((admitted.clone(), mood(&self.asked, &admitted)));
        self.numbers.insert(admitted, number);
        number
    }
}

fn mood(asked: &Ports, admitted: &Admitted) -> Mood {
    let shut = asked.difference(&admitted.open);
    if shut.is_empty() {
        Mood::Pass
    } else if shut.difference(&admitted.unknown).is_empty() {
        Mood::Unknown
    } else {
        Mood::Fail
    }
}

/// A pair of numbers and what they make.
type Known = HashMap<(Admit, Admit), Admit, FxBuildHasher>;

/// Sums over a pool, remembered. Each thread has its own; numbers of sets that
/// are not in the pool mean nothing outside of it.
#[derive(Debug)]
pub(super) struct Sums<'p> {
    pool: &'p Pool,
    more: Vec<(Admitted, Mood)>,
    numbers: HashMap<Admitted, Admit, FxBuildHasher>,
    both: Known,
    either: Known,
}

impl<'p> Sums<'p> {
    pub(super) fn new(pool: &'p Pool) -> Self {
        Self {
            pool,
            more: Vec::new(),
            numbers: HashMap::default(),
            both: HashMap::default(),
            either: HashMap::default(),
        }
    }

    pub(super) const fn pool(&self) -> &'p Pool {
        self.pool
    }

    fn entry(&self, admit: Admit) -> Option<&(Admitted, Mood)> {
        let number = admit.0 as usize;
        let known = self.pool.values.len();
        if number < known {
            self.pool.values.get(number)
        } else {
            self.more.get(number - known)
        }
    }

    /// The set with a number.
    pub(super) fn value(&self, admit: Admit) -> Admitted {
        self.entry(admit)
            .map(|(admitted, _)| admitted.clone())
            .unwrap_or_default()
    }

    /// How a filter that admits this comes out.
    pub(super) fn mood(&self, admit: Admit) -> Mood {
        self.entry(admit).map_or(Mood::Fail, |(_, mood)| *mood)
    }

    /// The number of a set.
    pub(super) fn number(&mut self, admitted: Admitted) -> Admit {
        if let Some(known) = self.pool.numbers.get(&admitted) {
            return *known;
        }
        if let Some(known) = self.numbers.get(&admitted) {
            return *known;
        }
        let number = self.pool.values.len() + self.more.len();
        let number = Admit(u32::try_from(number).unwrap_or(u32::MAX));
        let mood = mood(&self.pool.asked, &admitted);
        self.more.push((admitted.clone(), mood));
        self.numbers.insert(admitted, number);
        number
    }

    /// Two filters in a row.
    pub(super) fn both(&mut self, one: Admit, other: Admit) -> Admit {
        if one == other || other == self.pool.all {
            return one;
        }
        if one == self.pool.all || other == self.pool.none {
            return other;
        }
        if one == self.pool.none {
            return one;
        }
        let pair = (one.min(other), one.max(other));
        if let Some(known) = self.both.get(&pair) {
            return *known;
        }
        let (first, second) = (self.value(one), self.value(other));
        let open = first.open.intersection(&second.open);
        let first = first.open.union(&first.unknown);
        let second = second.open.union(&second.unknown);
        let unknown = first.intersection(&second).difference(&open);
        let sum = self.number(Admitted { open, unknown });
        self.both.insert(pair, sum);
        sum
    }

    /// Two filters side by side, of which one suffices.
    pub(super) fn either(&mut self, one: Admit, other: Admit) -> Admit {
        if one == other || other == self.pool.none || one == self.pool.all {
            return one;
        }
        if one == self.pool.none || other == self.pool.all {
            return other;
        }
        let pair = (one.min(other), one.max(other));
        if let Some(known) = self.either.get(&pair) {
            return *known;
        }
        let (first, second) = (self.value(one), self.value(other));
        let open = first.open.union(&second.open);
        let unknown = first.unknown.union(&second.unknown).difference(&open);
        let sum = self.number(Admitted { open, unknown });
        self.either.insert(pair, sum);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_add_up() {
        let asked = Ports::range(1, 100);
        let mut pool = Pool::new(&asked);
        let some = pool.number(Admitted {
            open: Ports::range(1, 50),
            unknown: Ports::range(51, 60),
        });
        let other = pool.number(Admitted {
            open: Ports::range(40, 55),
            unknown: Ports::default(),
        });
        let mut sums = Sums::new(&pool);
        let both = sums.both(some, other);
        let value = sums.value(both);
        assert_eq!(value.open.to_string(), "40-50");
        assert_eq!(value.unknown.to_string(), "51-55");
        assert_eq!(sums.both(other, some), both);
        let either = sums.either(some, other);
        let value = sums.value(either);
        assert_eq!(value.open.to_string(), "1-55");
        assert_eq!(value.unknown.to_string(), "56-60");
        assert_eq!(sums.mood(either), Mood::Fail);
        assert_eq!(sums.mood(pool.maybe), Mood::Unknown);
        assert_eq!(sums.mood(pool.all), Mood::Pass);
        assert_eq!(sums.both(some, pool.none), pool.none);
        assert_eq!(sums.either(some, pool.all), pool.all);
    }
}
