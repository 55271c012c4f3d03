//! Protocols and ports as people write them: `tcp/443`, `tcp/10000-19999`.
//!
//! Text to values; may use the sets of ports and nothing of the files that the
//! text stands in.

use crate::graph::ports::Ports;
use crate::graph::reach::flow::{Protocol, Traffic};

/// The forms that are understood.
pub(super) const FORMS: &str =
    "write tcp/443, tcp/10000-19999, udp/53, tcp (all ports), icmp, icmp/8 or protocol/50";

/// Reads a protocol with ports.
pub(super) fn parse(text: &str) -> Option<Traffic> {
    let (name, ports) = match text.split_once('/') {
        Some((name, ports)) => (name, Some(ports)),
        None => (text, None),
    };
    let all = Ports::range(0, u16::MAX);
    let name = name.trim();
    if name.eq_ignore_ascii_case("protocol") {
        let number: u8 = ports?.trim().parse().ok()?;
        return Some(Traffic::new(Protocol::from_number(number), all));
    }
    // A bare number would be a protocol, and whoever writes one means a port.
    if name.starts_with(|c: char| !c.is_ascii_alphabetic()) {
        return None;
    }
    let protocol = Protocol::parse(name)?;
    let ports = match ports {
        None => all,
        Some(ports) if protocol.has_ports() => range(ports)?,
        // The type of an ICMP message, with any code.
        Some(kind) if protocol.is_icmp() => {
            let kind: u8 = kind.trim().parse().ok()?;
            Ports::range(u16::from(kind) * 256, u16::from(kind) * 256 + 255)
        }
        Some(_) => return None,
    };
    Some(Traffic::new(protocol, ports))
}

/// Reads `443` or `10000-19999`.
pub(super) fn range(text: &str) -> Option<Ports> {
    let port = |text: &str| text.trim().parse::<u16>().ok();
    let (low, high) = match text.split_once('-') {
        Some((low, high)) => (port(low)?, port(high)?),
        None => (port(text)?, port(text)?),
    };
    (low <= high).then(|| Ports::range(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_and_nonsense_is_not() {
        for (text, ports) in [
            ("tcp/443", "443"),
            ("TCP/10000-19999", "10000-19999"),
            ("udp/53", "53"),
            ("tcp", "0-65535"),
            ("icmp/8", "2048-2303"),
            ("icmp", "0-65535"),
            ("protocol/50", "0-65535"),
        ] {
            assert_eq!(parse(text).unwrap().ports.to_string(), ports, "{text}");
        }
        for text in [
            "",
            "tcp/",
            "tcp/70000",
            "tcp/5-4",
            "tpc/443",
            "443",
            "icmp/300",
            "tcp/1/2",
            "-1",
            "tcp/-5",
            "50/1",
            "53",
            "protocol",
            "protocol/256",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
