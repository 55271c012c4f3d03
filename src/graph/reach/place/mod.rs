//! What a text such as `sg-0a…`, `10.0.1.0/24@vpc-0b…` or `internet` stands for.
//!
//! [`source`] and [`destination`] turn a text into ends that traffic can begin
//! or stop at, grouped into classes that are treated alike, or say what was
//! expected. Uses the model and the graph; whether traffic gets through is not
//! asked here, and what is left out is said.

mod addresses;
mod classes;
mod members;
mod named;
mod offered;
mod spec;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::code::Assumption;
use super::flow::{Check, End, Verdict};
use crate::graph::admission::Need;
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;
pub use classes::Index;
use classes::Sorter;
pub use spec::FORMS;
use spec::Spec;

/// Classes that a place is divided into at most.
pub const MAX_CLASSES: usize = 256;

/// Where traffic is to begin, or to end.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The text that named it.
    pub text: String,
    /// The resource, if the text names one.
    pub node: Option<Node>,
    /// What it is, in a few words: `4 interfaces`.
    pub what: String,
    /// Ends that are treated alike, together.
    pub classes: Vec<Class>,
    /// Classes that are more than [`MAX_CLASSES`].
    pub left_out: usize,
    /// What else a reader must know: what does not count as part of it.
    pub notes: Vec<String>,
    /// What was not seen, so that more ends may belong to it.
    pub needs: Vec<Need>,
    /// The kind it would be of, if it was not seen and not all were listed.
    pub unlisted: Option<Kind>,
    /// Steps of the resolution, if the text is a name.
    pub checks: Vec<Check>,
    /// What became of the name, for each VPC that asks: reachable where it leads
    /// to ends.
    pub names: Vec<Verdict>,
    /// What was taken for granted in finding the ends.
    pub assumptions: BTreeSet<Assumption>,
}

/// Ends that are treated alike.
#[derive(Debug, Clone, Default)]
pub struct Class {
    /// The ends: interfaces all, of ranges of addresses the first ones.
    pub ends: Vec<End>,
    /// How many there are.
    pub count: u64,
    /// The addresses, where the ends are ranges of them.
    pub ranges: Option<String>,
    /// The VPC that it is an end for: where names lead depends on who asks.
    pub only_from: Option<u32>,
}

/// Interfaces that a text stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interfaces {
    /// The resource, if the text names one.
    pub node: Option<Node>,
    /// The interfaces, by row.
    pub rows: Vec<u32>,
    /// Whether there may be more that were not seen.
    pub unseen: bool,
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPlace {
    /// What was seen.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl NoPlace {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// On which side of the question a place stands.
#[derive(Debug, Clone, Copy)]
enum Side<'p> {
    From,
    /// Where to, asked by those.
    To(&'p Place),
}

/// Reads where traffic begins.
///
/// # Errors
/// What the text names is not there, or it names nothing, or too much.
pub fn source(graph: &Graph, text: &str) -> Result<Place, NoPlace> {
    Finder::new(graph).source(text)
}

/// Reads where traffic ends, for those at the source.
///
/// # Errors
/// What the text names is not there, or it names nothing, or too much.
pub fn destination(graph: &Graph, text: &str, source: &Place) -> Result<Place, NoPlace> {
    Finder::new(graph).destination(text, source)
}

/// Keeps the ends of one family of addresses: IPv4 where both places have it.
/// Says so where a family is not asked about.
pub fn one_family(from: &mut Place, to: &mut Place) {
    let has = |place: &Place, v6: bool| place.ends().any(|end| end.address().is_ipv6() == v6);
    let both = |v6: bool| has(from, v6) && has(to, v6);
    let v6 = match (both(false), both(true)) {
        (true, with_v6) => {
            if with_v6 {
                from.notes.push(
                    "IPv6 is not asked about; name an IPv6 address or block to ask".to_owned(),
                );
            }
            false
        }
        (false, true) => true,
        // No family in common: what each has is asked about, and blocked.
        (false, false) => return,
    };
    for place in [from, to] {
        place
            .classes
            .retain(|class| class.is_v6().is_none_or(|is_v6| is_v6 == v6));
    }
}

impl Place {
    /// All ends that are named one by one.
    pub fn ends(&self) -> impl Iterator<Item = &End> {
        self.classes.iter().flat_map(|class| &class.ends)
    }

    /// The VPCs of its ends, by row, ascending.
    pub fn vpcs(&self, graph: &Graph) -> Vec<u32> {
        let mut vpcs: Vec<u32> = self
            .ends()
            .filter_map(|end| graph.network().vpc_of(end))
            .collect();
        vpcs.sort_unstable();
        vpcs.dedup();
        vpcs
    }
}

impl Class {
    /// Whether its addresses are IPv6; the ends of a class are of one family.
    pub fn is_v6(&self) -> Option<bool> {
        self.ends.first().map(|end| end.address().is_ipv6())
    }

    /// One end for traffic to another class: not the same interface on both
    /// sides, if there is another.
    pub fn pair<'c>(&'c self, other: &'c Self) -> Option<(&'c End, &'c End)> {
        let interface = |end: &End| match end {
            End::Interface(node, _) => Some(*node),
            _ => None,
        };
        let first = self.ends.first()?;
        let apart = |end: &&End| interface(end).is_none() || interface(end) != interface(first);
        other.ends.iter().find(apart).map(|end| (first, end))
    }
}

impl super::model::Network {
    /// The VPC that an end is in, by row.
    pub fn vpc_of(&self, end: &End) -> Option<u32> {
        match end {
            End::Interface(node, _) => self.interfaces.get(node.row()? as usize)?.vpc,
            End::Subnet(node, _) => self.subnets.get(node.row()? as usize)?.vpc,
            End::Internet(_) | End::Address(_) | End::OnPremises(..) | End::Offered(..) => None,
        }
    }
}

/// Looks for places. Making one takes time in proportion to the network, so that
/// who has many questions keeps it.
#[derive(Debug)]
pub struct Finder<'g> {
    graph: &'g Graph,
    network: &'g super::model::Network,
    sorter: Sorter<'g>,
}

impl<'g> Finder<'g> {
    /// Prepares for questions about a network.
    pub fn new(graph: &'g Graph) -> Self {
        Self::with(graph, graph.ends())
    }

    /// Prepares for questions in which these blocks tell ends apart too. Takes
    /// time in proportion to the network.
    pub fn cut_at(graph: &'g Graph, blocks: &[ipnet::IpNet]) -> Self {
        Self::with(graph, Arc::new(Index::build(graph.network(), blocks)))
    }

    fn with(graph: &'g Graph, index: Arc<Index>) -> Self {
        let network = graph.network();
        Self {
            graph,
            network,
            sorter: Sorter::new(graph, network, index),
        }
    }

    /// Reads where traffic begins.
    ///
    /// # Errors
    /// As [`source`].
    pub fn source(&self, text: &str) -> Result<Place, NoPlace> {
        self.place(text, Side::From)
    }

    /// Reads where traffic ends, for those at the source.
    ///
    /// # Errors
    /// As [`destination`].
    pub fn destination(&self, text: &str, source: &Place) -> Result<Place, NoPlace> {
        self.place(text, Side::To(source))
    }

    /// A resource as the place where traffic begins; `None` if it is not one.
    pub fn source_at(&self, node: Node) -> Option<Place> {
        self.at(node, Side::From)
    }

    /// A resource as the place where traffic ends; `None` if it is not one.
    pub fn destination_at(&self, node: Node) -> Option<Place> {
        self.at(node, Side::To(&Place::default()))
    }

    fn at(&self, node: Node, side: Side<'_>) -> Option<Place> {
        let place = spec::is_place(node.kind).then(|| self.resource(node, side))?;
        let place = place.ok()?;
        Some(cut(Place {
            text: self.graph.id(node),
            ..place
        }))
    }

    fn place(&self, text: &str, side: Side<'_>) -> Result<Place, NoPlace> {
        self.whole(text, side).map(cut)
    }

    /// The interfaces that a text stands for, all of them, by row, ascending.
    ///
    /// # Errors
    /// As [`source`]; also where the text names something that is no interface.
    pub fn interfaces(&self, text: &str, begin: bool) -> Result<Interfaces, NoPlace> {
        let nobody = Place::default();
        let side = if begin { Side::From } else { Side::To(&nobody) };
        let place = self.whole(text, side)?;
        let rows = place.ends().filter_map(|end| match end {
            End::Interface(node, _) => node.row(),
            _ => None,
        });
        let mut rows: Vec<u32> = rows.collect();
        rows.sort_unstable();
        rows.dedup();
        if rows.is_empty() && place.needs.is_empty() && place.unlisted.is_none() {
            return Err(NoPlace::new(
                format!("`{text}` names no interface"),
                "name an interface, an instance, a subnet, a security group, a VPC, an endpoint, \
                 a cache or a load balancer",
            ));
        }
        Ok(Interfaces {
            node: place.node,
            rows,
            unseen: !place.needs.is_empty() || place.unlisted.is_some(),
        })
    }

    fn whole(&self, text: &str, side: Side<'_>) -> Result<Place, NoPlace> {
        let mut place = match spec::read(self.graph, text)? {
            Spec::Resource(node) => self.resource(node, side)?,
            Spec::Unseen(kind) => Place {
                what: format!("{} that is not in the snapshot", kind.spec().name),
                unlisted: Some(kind),
                ..Place::default()
            },
            Spec::Block(block, single, near) => self.block(block, single, near, side)?,
            Spec::Internet(block) => self.internet(block),
            Spec::OnPremises(block, way_in) => self.on_premises(block, way_in),
            Spec::Name(name) => self.name(&name, side)?,
        };
        text.trim().clone_into(&mut place.text);
        Ok(place)
    }

    /// The first address of each family of an interface.
    fn first_addresses(&self, row: u32) -> impl Iterator<Item = (u32, IpAddr)> + use<'g> {
        let interface = self.network.interfaces.get(row as usize);
        let addresses = interface.map_or(&[][..], |interface| &interface.addresses);
        [false, true].into_iter().filter_map(move |v6| {
            let address = addresses.iter().find(|address| address.is_ipv6() == v6)?;
            Some((row, *address))
        })
    }
}

/// Leaves out the smallest classes of a place that has too many, and says so.
fn cut(mut place: Place) -> Place {
    place.left_out = place.classes.len().saturating_sub(MAX_CLASSES);
    if place.left_out > 0 {
        place
            .classes
            .sort_by_key(|class| std::cmp::Reverse(class.count));
        place.classes.truncate(MAX_CLASSES);
    }
    place
}

/// The id with the `Name` tag: `sg-0a… (web)`.
pub fn named(graph: &Graph, node: Node) -> String {
    let id = graph.id(node);
    match graph.tag(node, "Name").filter(|name| !name.is_empty()) {
        Some(name) => format!("{id} ({name})"),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(row: u32, addresses: &[&str]) -> Class {
        let node = |at: usize| Node::new(Kind::NetworkInterface, row + u32::try_from(at).unwrap());
        Class {
            ends: addresses
                .iter()
                .enumerate()
                .map(|(at, address)| End::Interface(node(at), address.parse().unwrap()))
                .collect(),
            count: addresses.len() as u64,
            ..Class::default()
        }
    }

    fn place(classes: &[Class]) -> Place {
        Place {
            classes: classes.to_vec(),
            ..Place::default()
        }
    }

    fn families(place: &Place) -> Vec<Option<bool>> {
        place.classes.iter().map(Class::is_v6).collect()
    }

    #[test]
    fn ipv4_is_asked_about_where_both_have_it_and_ipv6_is_not_dropped_in_silence() {
        let both = place(&[class(0, &["10.0.0.1"]), class(0, &["fd00::1"])]);
        let four = place(&[class(5, &["10.0.0.5"])]);
        let six = place(&[class(6, &["fd00::6"])]);
        let (mut from, mut to) = (both.clone(), both.clone());
        one_family(&mut from, &mut to);
        assert_eq!(families(&from), [Some(false)]);
        assert_eq!(families(&to), [Some(false)]);
        assert_eq!(from.notes.len(), 1);
        let (mut from, mut to) = (both.clone(), six.clone());
        one_family(&mut from, &mut to);
        assert_eq!(families(&from), [Some(true)]);
        assert!(from.notes.is_empty());
        // Nothing in common: both stay, and the answer says so.
        let (mut from, mut to) = (four, six);
        one_family(&mut from, &mut to);
        assert_eq!(families(&from), [Some(false)]);
        assert_eq!(families(&to), [Some(true)]);
    }

    #[test]
    fn a_pair_is_not_one_interface_twice() {
        let two = class(0, &["10.0.0.1", "10.0.0.2"]);
        let (from, to) = two.pair(&two).unwrap();
        assert_ne!(from, to);
        let one = class(0, &["10.0.0.1"]);
        assert_eq!(one.pair(&one), None);
        assert!(one.pair(&class(7, &["10.0.0.7"])).is_some());
    }

    #[test]
    fn what_is_too_much_is_cut_from_the_small_end_and_counted() {
        let mut many: Vec<Class> = (0..300).map(|row| class(row, &["10.0.0.1"])).collect();
        many[299].count = 9;
        let cut = cut(place(&many));
        assert_eq!((cut.classes.len(), cut.left_out), (MAX_CLASSES, 44));
        assert_eq!(cut.classes[0].count, 9);
    }
}
