//! Blocks by length, so that those that hold an address are found without
//! asking all of them.
//!
//! Gives positions in the order of the list that it was made of, so that who
//! asked every entry before gets the same answers. Uses nothing but blocks; what
//! an entry means, and which one wins, must not be in it.

use std::net::IpAddr;

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

/// Lists up to this long are quicker to ask as a whole.
const SHORT: usize = 8;

/// Positions of a list by the blocks of its entries.
#[derive(Debug, Clone, Default)]
pub struct Prefixes {
    /// Looked up, never iterated.
    blocks: HashMap<IpNet, Vec<u32>, FxBuildHasher>,
    /// Lengths that occur, of IPv4 and of IPv6.
    lengths: [Vec<u8>; 2],
    /// Entries of which blocks do not say all.
    apart: Vec<u32>,
}

impl Prefixes {
    /// Of a list: the blocks of each entry, or `None` if it is always to be
    /// asked.
    pub fn new<B>(entries: impl ExactSizeIterator<Item = Option<B>>) -> Self
    where
        B: IntoIterator<Item = IpNet>,
    {
        let mut prefixes = Self::default();
        let is_short = entries.len() <= SHORT;
        for (position, blocks) in (0_u32..).zip(entries) {
            let Some(blocks) = blocks.filter(|_| !is_short) else {
                prefixes.apart.push(position);
                continue;
            };
            for block in blocks {
                prefixes.add(block.trunc(), position);
            }
        }
        for lengths in &mut prefixes.lengths {
            lengths.sort_unstable();
            lengths.dedup();
        }
        prefixes
    }

    fn add(&mut self, block: IpNet, position: u32) {
        let [v4, v6] = &mut self.lengths;
        let lengths = if block.addr().is_ipv4() { v4 } else { v6 };
        lengths.push(block.prefix_len());
        self.blocks.entry(block).or_default().push(position);
    }

    /// Positions of the entries that hold an address, and of those that are
    /// always to be asked, in the order of the list.
    pub fn at(&self, address: IpAddr) -> Vec<u32> {
        let [v4, v6] = &self.lengths;
        let lengths = if address.is_ipv4() { v4 } else { v6 };
        let mut found = self.apart.clone();
        for length in lengths {
            let block = IpNet::new(address, *length).ok().map(|block| block.trunc());
            found.extend(
                block
                    .and_then(|block| self.blocks.get(&block))
                    .into_iter()
                    .flatten(),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn block(last: u8, length: u8) -> IpNet {
        IpNet::new(Ipv4Addr::new(10, 0, 0, last).into(), length).unwrap()
    }

    #[test]
    fn families_are_apart() {
        let all = ["0.0.0.0/0", "::/0"].map(|text| Some(vec![text.parse::<IpNet>().unwrap()]));
        let many = all.iter().cycle().take(10).cloned().collect::<Vec<_>>();
        let prefixes = Prefixes::new(many.into_iter());
        assert_eq!(prefixes.at("10.0.0.1".parse().unwrap()), [0, 2, 4, 6, 8]);
        assert_eq!(prefixes.at("fd00::1".parse().unwrap()), [1, 3, 5, 7, 9]);
    }

    proptest! {
        #[test]
        fn the_same_as_asking_all(
            entries in proptest::collection::vec(
                proptest::option::of(proptest::collection::vec((0_u8..=255, 22_u8..=32), 0..3)), 0..24),
            last in 0_u8..=255,
        ) {
            let entries: Vec<Option<Vec<IpNet>>> = entries
                .into_iter()
                .map(|blocks| blocks.map(|blocks| blocks.into_iter().map(|(last, length)| block(last, length)).collect()))
                .collect();
            let address: IpAddr = Ipv4Addr::new(10, 0, 0, last).into();
            let is_short = entries.len() <= SHORT;
            let asked: Vec<u32> = (0_u32..)
                .zip(&entries)
                .filter(|(_, blocks)| is_short || blocks.as_ref().is_none_or(|blocks| blocks.iter().any(|block| block.contains(&address))))
                .map(|(position, _)| position)
                .collect();
            prop_assert_eq!(Prefixes::new(entries.into_iter()).at(address), asked);
        }
    }
}
