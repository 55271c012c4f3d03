//! Paths that a Network Access Analyzer scope matches.
//!
//! Looks at all pairs of ends that an entry of `MatchPaths` may mean, and keeps
//! the flows that match it and no entry of `ExcludePaths`. May use the graph;
//! what a scope says and this program does not follow leaves the answer open.
//! <https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/working-with-vaa.html>

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::judge::{Ruling, way, with_reason};
use super::pattern::{self, Match};
use super::places;
use super::{Addresses, Components, Header, Intent, Pattern, Scope};
use crate::findings::{Reason, Verdict};
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::answer::{self, Answer};
use crate::graph::reach::flow::{Assume, End, Flow, Outcome, Protocol, Traffic, Verdict as Reach};
use crate::graph::reach::place::{Finder, NoPlace, Place};
use crate::rules::{calls, paths};
use crate::snapshot::record::Kind;

/// Pairs of ends that one scope looks at.
const MAX_PAIRS: usize = 50_000;

/// What one scope turned up.
struct Search<'s> {
    graph: &'s Graph,
    scope: &'s Scope,
    finder: Finder<'s>,
    found: Vec<(Flow, Ports)>,
    reasons: Vec<Reason>,
    pairs: usize,
}

/// Looks for the paths of a scope: one ruling for each, and one for what was
/// not seen, or for all being well.
pub(super) fn search(graph: &Graph, intent: &Intent, scope: &Scope) -> Vec<Ruling> {
    let mut reasons = Vec::new();
    let blocks = pattern::blocks(graph, scope, &mut reasons);
    let mut search = Search {
        graph,
        scope,
        finder: Finder::cut_at(graph, &blocks),
        found: Vec::new(),
        reasons,
        pairs: 0,
    };
    for wanted in &scope.matches {
        search.pattern(wanted);
    }
    search.rulings(intent)
}

impl Search<'_> {
    fn pattern(&mut self, wanted: &Pattern) {
        if !wanted.unsupported.is_empty() {
            let unsupported = wanted.unsupported.iter();
            self.reasons.extend(
                unsupported.map(|what| calls::sense(format!("{what}, which is not followed"))),
            );
            return;
        }
        let sources = self.texts(
            &wanted.source.resources,
            side_blocks(&wanted.source.header, true),
            true,
        );
        let ends = self.texts(
            &wanted.destination.resources,
            side_blocks(&wanted.destination.header, false),
            false,
        );
        for source in sources {
            let Some(source) = self.place(self.finder.source(&source)) else {
                continue;
            };
            for end in &ends {
                let Some(end) = self.place(self.finder.destination(end, &source)) else {
                    continue;
                };
                for traffic in traffic(wanted) {
                    self.ask(wanted, &source, &end, &traffic);
                }
            }
        }
    }

    /// A place, its doubts noted; what names nothing is noted too.
    fn place(&mut self, found: Result<Place, NoPlace>) -> Option<Place> {
        match found {
            Ok(place) => {
                places::doubts(self.graph, &place, &mut self.reasons);
                Some(place)
            }
            Err(nothing) => {
                self.reasons.push(places::not_here(format!(
                    "{}; {}",
                    nothing.message, nothing.help
                )));
                None
            }
        }
    }

    /// The places that a statement may mean, as texts. What it leaves out is
    /// sorted out when flows are matched.
    fn texts(&mut self, wanted: &Components, blocks: Option<&[IpNet]>, from: bool) -> Vec<String> {
        let mut texts = BTreeSet::new();
        match wanted {
            Components::Any => {
                self.all(Kind::Vpc, &mut texts);
                internet(blocks, &mut texts);
                self.on_premises(None, blocks, &mut texts);
            }
            Components::Types(types) => {
                for ty in types {
                    match ty.as_str() {
                        "AWS::EC2::InternetGateway" => internet(blocks, &mut texts),
                        "AWS::EC2::VPNGateway" | "AWS::EC2::TransitGatewayAttachment" => {
                            self.on_premises(None, blocks, &mut texts);
                        }
                        "AWS::EC2::VPCEndpoint" if !from => {
                            self.all(Kind::VpcEndpoint, &mut texts);
                        }
                        "AWS::EC2::NetworkInterface"
                        | "AWS::EC2::Instance"
                        | "AWS::EC2::SecurityGroup"
                        | "AWS::EC2::Subnet"
                        | "AWS::EC2::VPC" => self.all(Kind::Vpc, &mut texts),
                        _ => self.not_an_end(ty, from),
                    }
                }
            }
            Components::Ids(ids) => {
                for id in ids {
                    if id.starts_with("igw-") {
                        internet(blocks, &mut texts);
                    } else if id.starts_with("vgw-") || id.starts_with("tgw-attach-") {
                        self.on_premises(Some(id), blocks, &mut texts);
                    } else if pattern::is_end(id, from) {
                        texts.insert(id.clone());
                    } else {
                        self.not_an_end(id, from);
                    }
                }
            }
        }
        texts.into_iter().collect()
    }

    fn not_an_end(&mut self, what: &str, from: bool) {
        let side = if from { "source" } else { "destination" };
        self.reasons.push(calls::sense(format!(
            "paths with {what} as {side}, which is not followed"
        )));
    }

    /// All resources of a kind; there may be more that were not listed.
    fn all(&mut self, kind: Kind, texts: &mut BTreeSet<String>) {
        texts.extend(self.graph.nodes(kind).map(|node| self.graph.id(node)));
        for (scope, listing) in self.graph.unlisted(kind) {
            self.reasons.push(calls::unlisted(kind, &scope, listing));
        }
    }

    /// Networks on premises behind one gateway or all.
    fn on_premises(
        &mut self,
        id: Option<&str>,
        blocks: Option<&[IpNet]>,
        texts: &mut BTreeSet<String>,
    ) {
        let gateways: Vec<String> = if let Some(id) = id {
            vec![id.to_owned()]
        } else {
            let network = self.graph.network();
            let vpn = network.vpn_gateways.iter();
            let attachments = network.attachments.iter();
            let outer = attachments.filter(|known| pattern::leads_outside(known));
            vpn.map(|gateway| self.graph.id(gateway.node))
                .chain(outer.map(|known| known.id.clone()))
                .collect()
        };
        let world = crate::graph::admission::world();
        for gateway in gateways {
            for block in blocks.unwrap_or(&world) {
                texts.insert(format!("onprem:{block}@{gateway}"));
            }
        }
    }

    fn ask(&mut self, wanted: &Pattern, source: &Place, end: &Place, traffic: &Traffic) {
        for (source, end) in places::families(source, end) {
            if self.pairs >= MAX_PAIRS {
                self.reasons.push(calls::sense(format!(
                    "more than {MAX_PAIRS} pairs of ends; narrow the scope"
                )));
                return;
            }
            let asked = answer::answer(self.graph, source, end, traffic.clone(), Assume::default());
            // One interface alone has no path to itself.
            let Ok(answer) = asked else {
                continue;
            };
            self.pairs += answer.pairs.len();
            self.sift(wanted, answer);
        }
    }

    /// Keeps what matches, and notes what may.
    fn sift(&mut self, wanted: &Pattern, answer: Answer) {
        if answer.left_out > 0 {
            self.reasons.push(calls::sense(format!(
                "{} pairs of ends from {} to {}, which are too many to look at",
                answer.left_out, answer.from.text, answer.to.text
            )));
        }
        let steps = answer.to.checks.iter();
        for check in steps.filter(|check| check.outcome == Outcome::Unknown) {
            self.needs(&check.needs);
        }
        for pair in answer.pairs {
            let flow = pair.flow;
            if flow.there == Reach::Blocked || self.is_pretended(&flow) {
                continue;
            }
            match pattern::matches(self.graph, wanted, &flow) {
                Match::No => continue,
                Match::Yes => {}
                Match::Unknown(why) => {
                    self.reasons.push(calls::sense(why));
                    continue;
                }
            }
            let mut open = arriving(&flow);
            let mut doubtful = Vec::new();
            for excluded in &self.scope.excludes {
                match pattern::matches(self.graph, excluded, &flow) {
                    Match::No => {}
                    Match::Yes => open = open.difference(&pattern::ports(excluded)),
                    Match::Unknown(why) => doubtful.push(why),
                }
            }
            if open.is_empty() {
                continue;
            }
            if flow.there == Reach::Unknown {
                let needs = paths::needs(&flow);
                self.needs(&needs);
            } else if doubtful.is_empty() {
                self.found.push((flow, open));
            } else {
                self.reasons.extend(doubtful.into_iter().map(calls::sense));
            }
        }
    }

    /// A network on premises that has the addresses of a VPC is none.
    fn is_pretended(&self, flow: &Flow) -> bool {
        [&flow.from, &flow.to].into_iter().any(|end| {
            let mut blocks = self.graph.network().vpcs.iter().flat_map(|vpc| &vpc.blocks);
            matches!(end, End::OnPremises(..)) && blocks.any(|block| block.contains(&end.address()))
        })
    }

    fn needs(&mut self, needs: &[Need]) {
        let graph = self.graph;
        self.reasons
            .extend(needs.iter().map(|need| calls::reason(graph, need)));
    }

    fn rulings(mut self, intent: &Intent) -> Vec<Ruling> {
        self.reasons.sort();
        self.reasons.dedup();
        let name = &intent.name;
        let mut seen = BTreeSet::new();
        let mut rulings = Vec::new();
        for (flow, open) in &self.found {
            let traffic = Traffic {
                ports: open.clone(),
                ..flow.traffic.clone()
            };
            let (from, to) = (
                paths::shown_end(self.graph, &flow.from),
                paths::shown_end(self.graph, &flow.to),
            );
            let asked = paths::shown_traffic(&traffic);
            let about = format!("{from}|{to}|{}", flow.traffic.protocol.name());
            // Two entries of `MatchPaths` may mean the same path.
            if !seen.insert((about.clone(), asked.clone())) {
                continue;
            }
            let message = format!("{name}: {from} reaches {to} on {asked}");
            rulings.push(Ruling {
                verdict: Verdict::Fail,
                message: with_reason(message, intent, Verdict::Fail),
                about: format!("{about}|{asked}"),
                ways: vec![way(self.graph, flow)],
                reads: paths::passing(flow),
                reasons: Vec::new(),
            });
        }
        if !self.reasons.is_empty() {
            rulings.push(Ruling {
                verdict: Verdict::Unknown,
                message: format!("{name}: whether there are other paths cannot be decided"),
                about: "other paths".to_owned(),
                ways: Vec::new(),
                reads: Vec::new(),
                reasons: self.reasons,
            });
        } else if rulings.is_empty() {
            rulings.push(Ruling {
                verdict: Verdict::Pass,
                message: format!("{name}: no path matches"),
                about: String::new(),
                ways: Vec::new(),
                reads: Vec::new(),
                reasons: Vec::new(),
            });
        }
        rulings
    }
}

/// The ports on which a flow arrives, whatever becomes of replies.
fn arriving(flow: &Flow) -> Ports {
    match flow.there {
        Reach::Partial if !flow.ports.open.is_empty() => flow.ports.open.clone(),
        _ => flow.traffic.ports.clone(),
    }
}

/// The addresses that a header demands of one side, if it names blocks.
fn side_blocks(header: &Header, from: bool) -> Option<&[IpNet]> {
    let addresses = if from {
        &header.sources
    } else {
        &header.destinations
    };
    match addresses {
        Some(Addresses::Blocks(blocks)) => Some(blocks),
        _ => None,
    }
}

fn internet(blocks: Option<&[IpNet]>, texts: &mut BTreeSet<String>) {
    match blocks {
        Some(blocks) => texts.extend(blocks.iter().map(|block| format!("internet:{block}"))),
        None => {
            texts.insert("internet".to_owned());
        }
    }
}

/// What an entry speaks about: each protocol with its ports.
fn traffic(wanted: &Pattern) -> Vec<Traffic> {
    let clients = pattern::client_ports(wanted);
    let protocols = pattern::protocols(wanted);
    protocols
        .into_iter()
        .map(|protocol: Protocol| {
            let mut traffic = Traffic::new(protocol, pattern::ports(wanted));
            if let Some(clients) = &clients {
                traffic.client_ports.clone_from(clients);
            }
            traffic
        })
        .collect()
}
