//! Cases of the oracle as values: where from, where to, what, and what other
//! tools answered.
//!
//! Reads the three shapes of the file and nothing else; what cannot be read is
//! an error that says so, never a case that is left out.

use std::net::IpAddr;

use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::flow::{Aspect, Protocol, Traffic, Verdict};
use serde::Deserialize;
use serde_json::Value;

/// One question with its answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub id: String,
    /// The folder or file of the network.
    pub snapshot: String,
    pub from: Place,
    pub to: Place,
    pub asked: Asked,
}

/// Where traffic begins or ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// An instance, by id; with another source address than its own.
    Instance(String, Option<IpAddr>),
    /// An interface or subnet, by id; with another address than its own.
    Resource(String, Option<IpAddr>),
    /// Something by its name and address.
    Named(String, IpAddr),
    /// An address of a subnet, which need not be that of an interface.
    InSubnet(IpAddr),
    /// Whoever has an address.
    Address(IpAddr),
    /// The internet, or one address of it.
    Internet(Option<IpAddr>),
    /// Behind a virtual private gateway.
    VpnGateway(Option<String>, Option<IpAddr>),
    /// A network on premises.
    OnPremises(Option<IpAddr>),
}

/// What is asked and expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// About one kind of traffic.
    One {
        traffic: Traffic,
        verdict: Verdict,
        /// Why, or where it ends.
        reason: Option<Reason>,
        /// Whether the verdict is about replies too.
        both_ways: bool,
    },
    /// About everything.
    Everything(Connections),
}

/// Why a flow ends, or where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The first thing that fails.
    Fails(Code, Option<Aspect>),
    /// It leaves for the internet.
    ToInternet,
    /// It leaves for a network on premises.
    ToPremises,
}

/// What passes between two ends, by protocol.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Connections {
    /// Ports of clients and destinations.
    pub tcp: Option<(Ports, Ports)>,
    pub udp: Option<(Ports, Ports)>,
    /// All of it.
    pub icmp: bool,
}

/// Reads the whole file.
pub(crate) fn read(text: &str) -> Result<Vec<Case>, String> {
    let file: serde_json::Map<String, Value> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut cases = Vec::new();
    let mut wrong = Vec::new();
    for (key, value) in &file {
        let read = match key.as_str() {
            "note" => continue,
            "batfish_forward" => forward,
            "batfish_more" => more,
            "npguard_matrix" => cell,
            other => {
                wrong.push(format!("`{other}` is no shape of cases that is known"));
                continue;
            }
        };
        let Value::Array(list) = value else {
            wrong.push(format!("`{key}` is no list of cases"));
            continue;
        };
        for (position, case) in list.iter().enumerate() {
            match read(case) {
                Ok(case) => cases.push(case),
                Err(error) => wrong.push(format!("{key}/{position}: {error}: {case}")),
            }
        }
    }
    if wrong.is_empty() {
        Ok(cases)
    } else {
        Err(wrong.join("\n"))
    }
}

#[derive(Deserialize)]
struct Forward {
    id: String,
    snapshot: String,
    source: String,
    destination: String,
    protocol: u8,
    #[serde(default)]
    dst_port: u16,
    #[serde(default)]
    src_override: Option<String>,
    expected_verdict: String,
    #[serde(default)]
    expected_code: Option<String>,
    #[serde(default)]
    batfish_disposition: String,
}

fn forward(case: &Value) -> Result<Case, String> {
    let case = Forward::deserialize(case).map_err(|error| error.to_string())?;
    let other = case.src_override.as_deref().map(address).transpose()?;
    Ok(Case {
        from: resource(&case.source, other)?,
        to: Place::Address(address(&case.destination)?),
        asked: Asked::One {
            traffic: traffic(Protocol::from_number(case.protocol), case.dst_port),
            verdict: verdict(&case.expected_verdict)?,
            reason: case.expected_code.as_deref().map(reason).transpose()?,
            both_ways: case.batfish_disposition.contains("bidirectional"),
        },
        id: case.id,
        snapshot: case.snapshot,
    })
}

#[derive(Deserialize)]
struct More {
    id: String,
    snapshot: String,
    query: String,
    expected_verdict: String,
    #[serde(default)]
    expected_code: Option<String>,
    #[serde(default)]
    batfish: String,
}

fn more(case: &Value) -> Result<Case, String> {
    let case = More::deserialize(case).map_err(|error| error.to_string())?;
    let (from, to, traffic) = query(&case.query)?;
    Ok(Case {
        from,
        to,
        asked: Asked::One {
            traffic,
            verdict: verdict(&case.expected_verdict)?,
            reason: case.expected_code.as_deref().map(reason).transpose()?,
            both_ways: case.batfish.contains("bidirectional"),
        },
        id: case.id,
        snapshot: case.snapshot,
    })
}

#[derive(Deserialize)]
struct Cell {
    snapshot: String,
    src: String,
    dst: String,
    expected: Vec<Value>,
}

fn cell(case: &Value) -> Result<Case, String> {
    let case = Cell::deserialize(case).map_err(|error| error.to_string())?;
    Ok(Case {
        id: format!("{}: {} => {}", case.snapshot, case.src, case.dst),
        from: named(&case.src)?,
        to: named(&case.dst)?,
        asked: Asked::Everything(connections(&case.expected)?),
        snapshot: case.snapshot,
    })
}

/// `internet 8.8.8.8 -> 18.216.80.133 tcp/80`: two places and, if it is not
/// Batfish's default, the traffic. What is in parentheses is for people.
pub(crate) fn query(text: &str) -> Result<(Place, Place, Traffic), String> {
    let plain = without_remarks(text);
    let Some((from, to)) = plain.split_once("->") else {
        return Err(format!("`{text}` is not of the form `… -> …`"));
    };
    let words: Vec<&str> = to.split_whitespace().collect();
    // The first word that begins traffic ends the place.
    let place = words
        .iter()
        .position(|word| traffic_word(word).is_some())
        .unwrap_or(words.len());
    let (to, rest) = words.split_at(place);
    Ok((
        place_of(&from.split_whitespace().collect::<Vec<_>>())?,
        place_of(to)?,
        traffic_of(rest)?,
    ))
}

fn without_remarks(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|char| {
            match char {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// A place in words: `internet`, `subnet, spoofed src 10.0.0.92`, `vgw`,
/// `on-prem 19.168.0.1`, `i-0abc`, `10.0.0.47`.
fn place_of(words: &[&str]) -> Result<Place, String> {
    let (mut what, mut id, mut found) = (None, None, None);
    for word in words {
        let word = word.trim_matches(',');
        match word {
            "spoofed" | "src" | "source" | "from" | "at" | "" => {}
            "internet" | "subnet" | "instance" | "vgw" | "on-prem" | "onprem" | "on-premises"
                if what.is_none() =>
            {
                what = Some(word);
            }
            _ if word.starts_with("vgw-") && id.is_none() => {
                what = what.or(Some("vgw"));
                id = Some(word);
            }
            _ if ["i-", "eni-", "subnet-"]
                .iter()
                .any(|kind| word.starts_with(kind))
                && id.is_none() =>
            {
                id = Some(word);
            }
            _ if found.is_none() => found = Some(address(word)?),
            _ => {
                return Err(format!(
                    "`{word}` is not understood in `{}`",
                    words.join(" ")
                ));
            }
        }
    }
    match (what, id, found) {
        (Some("internet"), None, found) => Ok(Place::Internet(found)),
        (Some("vgw"), id, found) => Ok(Place::VpnGateway(id.map(str::to_owned), found)),
        (Some("on-prem" | "onprem" | "on-premises"), None, found) => Ok(Place::OnPremises(found)),
        (Some("subnet"), None, Some(found)) => Ok(Place::InSubnet(found)),
        (None | Some("subnet" | "instance"), Some(id), found) => resource(id, found),
        (None, None, Some(found)) => Ok(Place::Address(found)),
        _ => Err(format!("`{}` is no place that is known", words.join(" "))),
    }
}

fn resource(id: &str, other: Option<IpAddr>) -> Result<Place, String> {
    if id.starts_with("i-") {
        Ok(Place::Instance(id.to_owned(), other))
    } else if id.starts_with("eni-") || id.starts_with("subnet-") {
        Ok(Place::Resource(id.to_owned(), other))
    } else {
        Err(format!(
            "`{id}` is neither an instance, an interface nor a subnet"
        ))
    }
}

fn traffic_word(word: &str) -> Option<(Protocol, Option<&str>)> {
    let (name, ports) = match word.split_once('/') {
        Some((name, ports)) => (name, Some(ports)),
        None => (word, None),
    };
    if matches!(name, "proto" | "protocol") && ports.is_none() {
        // The number is the next word.
        return Some((Protocol::Other(0), None));
    }
    let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let numbered = name.bytes().all(|byte| byte.is_ascii_digit());
    (named && !numbered)
        .then(|| Protocol::parse(name))
        .flatten()
        .map(|protocol| (protocol, ports))
}

/// `tcp/80`, `udp/53`, `icmp`, `proto 0`; without words, Batfish's default,
/// which is protocol 0.
fn traffic_of(words: &[&str]) -> Result<Traffic, String> {
    let unknown = || format!("`{}` is no traffic that is known", words.join(" "));
    match words {
        [] => Ok(traffic(Protocol::from_number(0), 0)),
        ["proto" | "protocol", number, rest @ ..] => {
            let (number, ports) = match number.split_once('/') {
                Some((number, ports)) => (number, Some(ports)),
                None => (*number, None),
            };
            let number = number.parse().map_err(|_| unknown())?;
            let ports = match (ports, rest) {
                (ports, []) => ports,
                (None, ["port" | "dst_port", port]) => Some(*port),
                _ => return Err(unknown()),
            };
            to_ports(Protocol::from_number(number), ports).ok_or_else(unknown)
        }
        [word] => {
            let (protocol, ports) = traffic_word(word).ok_or_else(unknown)?;
            to_ports(protocol, ports).ok_or_else(unknown)
        }
        _ => Err(unknown()),
    }
}

/// Traffic to a port or a range of them, `80` or `80-90`; to all of them if none
/// are named.
fn to_ports(protocol: Protocol, ports: Option<&str>) -> Option<Traffic> {
    let Some(ports) = ports else {
        return Some(Traffic::new(protocol, everything(protocol)));
    };
    let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
    let ports = Ports::range(low.parse().ok()?, high.parse().ok()?);
    (protocol.has_ports() && !ports.is_empty()).then(|| Traffic::new(protocol, ports))
}

fn traffic(protocol: Protocol, port: u16) -> Traffic {
    let ports = if protocol.has_ports() {
        Ports::range(port, port)
    } else {
        everything(protocol)
    };
    Traffic::new(protocol, ports)
}

/// All ports, or all types and codes.
pub(crate) fn everything(protocol: Protocol) -> Ports {
    if protocol.has_ports() {
        Ports::range(1, u16::MAX)
    } else {
        Ports::range(0, u16::MAX)
    }
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no address and no word that is known"))
}

fn verdict(text: &str) -> Result<Verdict, String> {
    [
        Verdict::Reachable,
        Verdict::Partial,
        Verdict::Blocked,
        Verdict::Unknown,
    ]
    .into_iter()
    .find(|verdict| verdict.name() == text)
    .ok_or_else(|| format!("`{text}` is no verdict"))
}

/// A code in the spelling of the file, which lacks our `X_`, with the direction
/// after a colon; or where the flow ends.
fn reason(text: &str) -> Result<Reason, String> {
    match text {
        "internet" => return Ok(Reason::ToInternet),
        "onprem" | "on-prem" => return Ok(Reason::ToPremises),
        _ => {}
    }
    let (name, way) = match text.split_once(':') {
        Some((name, way)) => (name, Some(way)),
        None => (text, None),
    };
    let code = Code::ALL
        .iter()
        .find(|code| code.name() == name || code.name().strip_prefix("X_") == Some(name))
        .copied()
        .ok_or_else(|| format!("`{name}` is no code"))?;
    let acl = code == Code::SubnetAclRestriction;
    let aspect = match way {
        None => None,
        Some("ingress") if acl => Some(Aspect::AclIngress),
        Some("egress") if acl => Some(Aspect::AclEgress),
        Some("ingress") => Some(Aspect::GroupIngress),
        Some("egress") => Some(Aspect::GroupEgress),
        Some(other) => return Err(format!("`{other}` is neither ingress nor egress")),
    };
    Ok(Reason::Fails(code, aspect))
}

/// `instance1[10.0.10.50]` or `Public Internet (all ranges)`.
fn named(text: &str) -> Result<Place, String> {
    if text.starts_with("Public Internet") {
        return match text.trim_start_matches("Public Internet").trim() {
            "" | "(all ranges)" => Ok(Place::Internet(None)),
            _ => Err(format!("`{text}` is no part of the internet that is known")),
        };
    }
    let named = text
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once('['));
    match named {
        Some((name, inner)) => Ok(Place::Named(name.to_owned(), address(inner)?)),
        None => Err(format!("`{text}` is not of the form `name[address]`")),
    }
}

/// `[[1], [6, [[1, 65535]], [[9080, 9080]], true]]`: a protocol alone is all of
/// it; else ports of clients, ports of destinations, and that replies pass.
fn connections(list: &[Value]) -> Result<Connections, String> {
    let mut connections = Connections::default();
    for entry in list {
        let wrong = || format!("`{entry}` is no connection that is known");
        let items = entry.as_array().ok_or_else(wrong)?;
        let number = items.first().and_then(Value::as_u64).ok_or_else(wrong)?;
        let all = || Ports::range(1, u16::MAX);
        let ports = match &items[1..] {
            [] => (all(), all()),
            [clients, destinations, Value::Bool(true)] => (
                ranges(clients).ok_or_else(wrong)?,
                ranges(destinations).ok_or_else(wrong)?,
            ),
            _ => return Err(wrong()),
        };
        let place = match number {
            6 => &mut connections.tcp,
            17 => &mut connections.udp,
            1 if items.len() == 1 && !connections.icmp => {
                connections.icmp = true;
                continue;
            }
            _ => return Err(wrong()),
        };
        if place.replace(ports).is_some() {
            // A union of products is none, and nothing would compare it.
            return Err(format!("protocol {number} is there twice"));
        }
    }
    Ok(connections)
}

fn ranges(list: &Value) -> Option<Ports> {
    let mut ports = Ports::default();
    for range in list.as_array()? {
        let [low, high] = range.as_array()?.as_slice() else {
            return None;
        };
        let port = |value: &Value| u16::try_from(value.as_u64()?).ok();
        ports.insert(port(low)?, port(high)?);
    }
    Some(ports)
}
