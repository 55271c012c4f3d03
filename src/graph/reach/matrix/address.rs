//! Functions of an address that blocks decide: which are alike, and what each gets.
//!
//! Blocks nest and never overlap otherwise, so the smallest block that holds an
//! address tells all that hold it. Plain arithmetic on blocks; what they stand
//! for is not known here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::admit::Admit;

/// Addresses that the same blocks hold, by number.
#[derive(Debug, Default)]
pub(super) struct Alike {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u32)>,
}

impl Alike {
    /// Tells addresses apart by these blocks.
    pub(super) fn by(mut blocks: Vec<IpNet>) -> Self {
        for block in &mut blocks {
            *block = block.trunc();
        }
        // By first address, the larger ones first.
        blocks.sort_unstable_by_key(|block| (block.network(), block.prefix_len()));
        blocks.dedup();
        let mut alike = Self::default();
        for v6 in [false, true] {
            let family = (0_u32..).zip(&blocks);
            let family = family.filter(|(_, block)| block.addr().is_ipv6() == v6);
            for (from, smallest) in sweep(family) {
                if v6 {
                    alike.v6.push((from, smallest));
                } else if let Ok(from) = u32::try_from(from) {
                    alike.v4.push((from, smallest));
                }
            }
        }
        alike
    }

    /// The number of those that are like this address.
    pub(super) fn of(&self, address: IpAddr) -> u32 {
        match address {
            IpAddr::V4(address) => at(&self.v4, address.to_bits()),
            IpAddr::V6(address) => at(&self.v6, address.to_bits()),
        }
        .unwrap_or(u32::MAX)
    }
}

/// Where the smallest block that holds an address changes, and to which; sorted
/// blocks of one family.
fn sweep<'b>(blocks: impl Iterator<Item = (u32, &'b IpNet)>) -> Vec<(u128, u32)> {
    let mut changes: Vec<(u128, u32)> = Vec::new();
    let mut change = |from: u128, to: u32| match changes.last_mut() {
        Some((last, number)) if *last == from => *number = to,
        _ => changes.push((from, to)),
    };
    let mut open: Vec<(u128, u32)> = Vec::new();
    let close =
        |open: &mut Vec<(u128, u32)>, before: Option<u128>, change: &mut dyn FnMut(u128, u32)| {
            while let Some((end, _)) = open.last().copied() {
                if before.is_some_and(|before| end >= before) {
                    break;
                }
                open.pop();
                if let Some(next) = end.checked_add(1) {
                    change(next, open.last().map_or(u32::MAX, |(_, number)| *number));
                }
            }
        };
    for (number, block) in blocks {
        let (first, last) = bounds(*block);
        close(&mut open, Some(first), &mut change);
        change(first, number);
        open.push((last, number));
    }
    close(&mut open, None, &mut change);
    changes
}

fn at<K: Ord + Copy, V: Copy>(steps: &[(K, V)], key: K) -> Option<V> {
    let after = steps.partition_point(|(from, _)| *from <= key);
    let (_, value) = steps.get(after.checked_sub(1)?)?;
    Some(*value)
}

/// The first and the last address of a block, as numbers.
fn bounds(block: IpNet) -> (u128, u128) {
    (number(block.network()), number(block.broadcast()))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// What a filter admits for each address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Band {
    v4: Vec<(u32, Admit)>,
    v6: Vec<(u128, Admit)>,
}

impl Band {
    /// Asks for one address between all places where blocks begin and end.
    #[expect(
        clippy::type_complexity,
        reason = "starts and values, one list a family"
    )]
    pub(super) fn by<T: Copy + PartialEq>(
        blocks: &[IpNet],
        mut ask: impl FnMut(IpAddr) -> T,
    ) -> (Vec<(u32, T)>, Vec<(u128, T)>) {
        let (mut v4, mut v6) = (vec![0], vec![0]);
        for block in blocks {
            let (first, last) = bounds(*block);
            let (ends, most) = match block {
                IpNet::V4(_) => (&mut v4, u128::from(u32::MAX)),
                IpNet::V6(_) => (&mut v6, u128::MAX),
            };
            ends.push(first);
            ends.extend(last.checked_add(1).filter(|next| *next <= most));
        }
        for ends in [&mut v4, &mut v6] {
            ends.sort_unstable();
            ends.dedup();
        }
        let v4 = v4.into_iter().filter_map(|from| u32::try_from(from).ok());
        let v4 = v4.map(|from| (from, ask(Ipv4Addr::from_bits(from).into())));
        let v4 = without_repeats(v4.collect());
        let v6 = v6
            .into_iter()
            .map(|from| (from, ask(Ipv6Addr::from_bits(from).into())));
        (v4, without_repeats(v6.collect()))
    }

    pub(super) fn new(v4: Vec<(u32, Admit)>, v6: Vec<(u128, Admit)>) -> Self {
        Self {
            v4: without_repeats(v4),
            v6: without_repeats(v6),
        }
    }

    /// What is admitted for an address.
    pub(super) fn at(&self, address: IpAddr) -> Option<Admit> {
        match address {
            IpAddr::V4(address) => at(&self.v4, address.to_bits()),
            IpAddr::V6(address) => at(&self.v6, address.to_bits()),
        }
    }

    /// What is admitted for every address of a family, if it is one.
    pub(super) fn constant(&self, is_v6: bool) -> Option<Admit> {
        if is_v6 {
            match self.v6.as_slice() {
                [(_, only)] => Some(*only),
                _ => None,
            }
        } else {
            match self.v4.as_slice() {
                [(_, only)] => Some(*only),
                _ => None,
            }
        }
    }
}

fn without_repeats<K, V: PartialEq>(mut steps: Vec<(K, V)>) -> Vec<(K, V)> {
    steps.dedup_by(|next, last| next.1 == last.1);
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(last: u32) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 | last).into()
    }

    proptest! {
        #[test]
        fn addresses_are_alike_if_the_same_blocks_hold_them(
            nets in proptest::collection::vec((0_u32..256, 20_u8..=32), 0..10),
        ) {
            let nets: Vec<IpNet> = nets.iter()
                .map(|(last, length)| IpNet::new(address(*last), *length).unwrap().trunc())
                .collect();
            let alike = Alike::by(nets.clone());
            let holding = |last: u32| {
                let holding: Vec<usize> = (0..nets.len()).filter(|net| nets[*net].contains(&address(last))).collect();
                holding
            };
            for one in 0..256 {
                for other in [0, 5, 17, 64, 128, 255] {
                    prop_assert_eq!(
                        alike.of(address(one)) == alike.of(address(other)),
                        holding(one) == holding(other),
                        "{} {}", one, other
                    );
                }
            }
        }

        #[test]
        fn a_band_is_the_function_that_it_was_made_of(
            nets in proptest::collection::vec((0_u32..256, 20_u8..=32), 0..10),
        ) {
            let nets: Vec<IpNet> = nets.iter()
                .map(|(last, length)| IpNet::new(address(*last), *length).unwrap().trunc())
                .collect();
            let count = |address: IpAddr| nets.iter().filter(|net| net.contains(&address)).count();
            let (v4, v6) = Band::by(&nets, count);
            prop_assert_eq!(&v6, &[(0, 0)]);
            for one in 0..300 {
                let IpAddr::V4(v4_address) = address(one) else { unreachable!() };
                prop_assert_eq!(at(&v4, v4_address.to_bits()), Some(count(address(one))));
            }
        }
    }

    #[test]
    fn the_last_block_is_no_trap() {
        let alike = Alike::by(vec![
            "255.255.255.255/32".parse().unwrap(),
            "0.0.0.0/0".parse().unwrap(),
        ]);
        let one = alike.of("255.255.255.255".parse().unwrap());
        assert_ne!(one, alike.of("255.255.255.254".parse().unwrap()));
        assert_eq!(
            alike.of("1.1.1.1".parse().unwrap()),
            alike.of("9.9.9.9".parse().unwrap())
        );
    }
}
