//! Sets of IP addresses as CIDR blocks, with exact arithmetic.
//!
//! Thin over `ipnet`: parsing as AWS writes blocks (host bits allowed), and
//! whether a union covers a block. Nothing of AWS but the spelling belongs here.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads a block or an address; host bits are cut off, as AWS does when it
/// evaluates a rule.
pub fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>()
        .ok()
        .map(|net| net.trunc())
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether the union of `cover` holds all of `block`.
pub fn covered(block: IpNet, cover: &[IpNet]) -> bool {
    let mut inside: Vec<IpNet> = Vec::new();
    for net in cover {
        if net.contains(&block) {
            return true;
        }
        if block.contains(net) {
            inside.push(*net);
        }
    }
    inside.sort_unstable();
    inside.dedup();
    !too_small(block, &inside) && uncovered(block, &inside).is_empty()
}

/// What of `block` the union of `cover` leaves out, as blocks.
pub fn uncovered(block: IpNet, cover: &[IpNet]) -> Vec<IpNet> {
    let mut relevant: Vec<IpNet> = cover
        .iter()
        .copied()
        .filter(|net| overlaps(*net, block))
        .collect();
    if relevant.iter().any(|net| net.contains(&block)) {
        return Vec::new();
    }
    relevant.sort_unstable();
    let mut left = vec![block];
    for net in relevant {
        left = left
            .into_iter()
            .flat_map(|block| subtract(block, net))
            .collect();
    }
    left
}

/// Whether blocks inside another cannot fill it, counted without regard to
/// overlap: the quick answer to nearly all questions.
fn too_small(block: IpNet, inside: &[IpNet]) -> bool {
    let size = |net: &IpNet| 2_f64.powi(-i32::from(net.prefix_len()));
    inside.iter().map(size).sum::<f64>() < size(&block)
}

/// Whether two blocks share an address.
pub fn overlaps(one: IpNet, other: IpNet) -> bool {
    one.contains(&other) || other.contains(&one)
}

/// The blocks that remain of one when another is taken out: at most one for
/// each bit of difference in length.
fn subtract(from: IpNet, take: IpNet) -> Vec<IpNet> {
    if take.contains(&from) {
        return Vec::new();
    }
    if !from.contains(&take) {
        return vec![from];
    }
    let mut left = Vec::new();
    let mut current = from;
    while current.prefix_len() < take.prefix_len() {
        let Ok(halves) = current.subnets(current.prefix_len() + 1) else {
            return left;
        };
        let mut next = current;
        for half in halves {
            if half.contains(&take) {
                next = half;
            } else {
                left.push(half);
            }
        }
        current = next;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    fn net(text: &str) -> IpNet {
        parse(text).unwrap()
    }

    #[test]
    fn halves_cover_the_whole() {
        assert!(uncovered(net("0.0.0.0/0"), &[net("0.0.0.0/1"), net("128.0.0.0/1")]).is_empty());
        assert_eq!(
            uncovered(net("10.0.0.0/23"), &[net("10.0.0.0/24")]),
            [net("10.0.1.0/24")]
        );
        assert_eq!(
            uncovered(net("10.0.0.0/24"), &[net("::/0")]),
            [net("10.0.0.0/24")]
        );
        assert_eq!(net("1.2.3.4/20"), net("1.2.0.0/20"));
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_exactly_what_no_block_holds(
            length in 24_u8..=28,
            cover in proptest::collection::vec((0_u8..=255, 24_u8..=32), 0..6),
        ) {
            let block = IpNet::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), length).unwrap().trunc();
            let cover: Vec<IpNet> =
                cover.iter().map(|(last, length)| IpNet::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, *last)), *length).unwrap().trunc()).collect();
            let left = uncovered(block, &cover);
            prop_assert_eq!(covered(block, &cover), left.is_empty());
            for last in 0..=255 {
                let address = IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
                let expected = block.contains(&address) && !cover.iter().any(|net| net.contains(&address));
                prop_assert_eq!(left.iter().any(|net| net.contains(&address)), expected);
            }
        }
    }
}
