//! DNS names as destinations.
//!
//! Where a name leads depends on the VPC that asks, so each VPC of the source
//! has ends of its own. Uses the resolution of `graph::dns`; decides nothing
//! about traffic.

use super::{Finder, NoPlace, Place, Side};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Aspect, Check, End, Outcome};
use crate::snapshot::record::Kind;

/// What a name leads to, for one VPC.
struct Resolved {
    /// Addresses, with the interface that has it where it is known.
    addresses: Vec<(std::net::IpAddr, Option<Node>)>,
    /// The steps that led there.
    checks: Vec<Check>,
}

impl Finder<'_> {
    pub(super) fn name(&self, name: &str, side: Side<'_>) -> Result<Place, NoPlace> {
        let Side::To(source) = side else {
            return Err(NoPlace::new(
                format!("`{name}` is a DNS name, and traffic does not begin at a name"),
                "name the interface, instance, subnet or address that sends",
            ));
        };
        let vpcs = source.vpcs(self.graph);
        if vpcs.is_empty() && !source.classes.is_empty() {
            return Err(NoPlace::new(
                format!("which servers resolve `{name}` outside of a VPC is not known"),
                "name the destination by its id or address",
            ));
        }
        let mut place = Place {
            what: "DNS name".to_owned(),
            ..Place::default()
        };
        for vpc in vpcs {
            let resolved = self.resolve(Node::new(Kind::Vpc, vpc), name);
            place.checks.extend(resolved.checks);
            for (address, interface) in resolved.addresses {
                let ends = match interface {
                    Some(node) => vec![End::Interface(node, address)],
                    None => self.ends_at(address, vpc),
                };
                for mut class in self.alike(ends) {
                    class.only_from = Some(vpc);
                    place.classes.push(class);
                }
            }
        }
        Ok(place)
    }

    /// Resolves a name inside a VPC.
    fn resolve(&self, vpc: Node, name: &str) -> Resolved {
        let shown = format!("{name} in {}", self.graph.id(vpc));
        Resolved {
            addresses: Vec::new(),
            checks: vec![Check {
                aspect: Aspect::Name,
                outcome: Outcome::Unknown,
                code: Some(Code::DnsNotModelled),
                ports: Ports::default(),
                evidence: Vec::new(),
                needs: vec![Need::Sense(format!("what {shown} resolves to"))],
                detail: format!("{shown} is not resolved; name the destination by id or address"),
            }],
        }
    }
}
