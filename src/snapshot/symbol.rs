//! Texts that occur often, kept once and compared as numbers.
//!
//! A file is read with symbols of its own; they are translated when the files
//! are put together, in the order of the files, so that the numbers never
//! depend on threads. No other data belongs here.

use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// A text of a [`Symbols`] table, or one of the two ways to have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// The source does not contain the field.
    pub const ABSENT: Self = Self(u32::MAX);
    /// The source says that the value is not known yet, or it is unreadable.
    pub const UNKNOWN: Self = Self(u32::MAX - 1);
    const LIMIT: u32 = u32::MAX - 2;

    /// Whether it stands for a text.
    pub const fn is_text(self) -> bool {
        self.0 <= Self::LIMIT
    }

    /// The number behind it.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The symbol with this number; the number must come from [`number`](Self::number).
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

/// A table of distinct texts.
#[derive(Debug, Default, Clone)]
pub struct Symbols {
    text: String,
    ends: Vec<u32>,
    index: HashTable<u32>,
}

impl Symbols {
    /// The symbol of a text, new if need be. A table holds at most 4 GiB of
    /// distinct text; what comes after that is [`Symbol::UNKNOWN`].
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = FxBuildHasher.hash_one(text);
        if let Some(&found) = self.index.find(hash, |&number| self.slice(number) == text) {
            return Symbol(found);
        }
        let (Ok(number), Ok(end)) = (
            u32::try_from(self.ends.len()),
            u32::try_from(self.text.len() + text.len()),
        ) else {
            return Symbol::UNKNOWN;
        };
        if number > Symbol::LIMIT {
            return Symbol::UNKNOWN;
        }
        self.text.push_str(text);
        self.ends.push(end);
        let (all, ends) = (&self.text, &self.ends);
        self.index.insert_unique(hash, number, |&other| {
            FxBuildHasher.hash_one(slice(all, ends, other))
        });
        Symbol(number)
    }

    /// The symbol of a text, if the table has it.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = FxBuildHasher.hash_one(text);
        self.index
            .find(hash, |&number| self.slice(number) == text)
            .map(|&number| Symbol(number))
    }

    /// The text of a symbol; empty for the two that have none.
    pub fn text(&self, symbol: Symbol) -> &str {
        if symbol.is_text() {
            self.slice(symbol.0)
        } else {
            ""
        }
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.slice(u32::try_from(number).unwrap_or(u32::MAX)))
    }

    /// Adds all texts of another table; returns the translation from its
    /// numbers to ours.
    pub fn absorb(&mut self, other: &Self) -> Translation {
        Translation(other.iter().map(|text| self.intern(text)).collect())
    }

    fn slice(&self, number: u32) -> &str {
        slice(&self.text, &self.ends, number)
    }
}

fn slice<'t>(text: &'t str, ends: &[u32], number: u32) -> &'t str {
    let index = number as usize;
    let start = index
        .checked_sub(1)
        .and_then(|before| ends.get(before))
        .copied()
        .unwrap_or(0);
    let end = ends.get(index).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// From the symbols of one table to those of another.
#[derive(Debug)]
pub struct Translation(Vec<Symbol>);

impl Translation {
    /// The other table's symbol for the same text.
    pub fn apply(&self, symbol: Symbol) -> Symbol {
        if symbol.is_text() {
            self.0
                .get(symbol.0 as usize)
                .copied()
                .unwrap_or(Symbol::UNKNOWN)
        } else {
            symbol
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_symbols() {
        let mut symbols = Symbols::default();
        let first = symbols.intern("available");
        let other = symbols.intern("pending");
        assert_eq!(first, symbols.intern("available"));
        assert_ne!(first, other);
        assert_eq!(symbols.text(other), "pending");
        assert_eq!(symbols.find("nothing"), None);
        assert_eq!(symbols.text(Symbol::ABSENT), "");
    }

    #[test]
    fn absorbing_translates() {
        let mut ours = Symbols::default();
        ours.intern("b");
        let mut theirs = Symbols::default();
        let (a, b) = (theirs.intern("a"), theirs.intern("b"));
        let translation = ours.absorb(&theirs);
        assert_eq!(ours.text(translation.apply(a)), "a");
        assert_eq!(translation.apply(b), ours.find("b").unwrap());
        assert_eq!(translation.apply(Symbol::ABSENT), Symbol::ABSENT);
    }
}
