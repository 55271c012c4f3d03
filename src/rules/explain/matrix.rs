//! A matrix as reports want it: names for rows, and what is missing.
//!
//! Puts classes together into the groups that people asked for and gives codes
//! their texts. May use the graph; outcomes are those of the engine, and nothing
//! is judged again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::path::{reach, spans};
use crate::findings::Reason;
use crate::findings::matrix::{CodeText, Question, Row, Target, Totals};
use crate::findings::path::{Assumed, PairCounts, PortsAcross, Reach};
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::{End, Outcome as CheckOutcome, Verdict};
use crate::graph::reach::matrix::{self, Class, Codes, Column, Matrix, Outcome};
use crate::graph::{Graph, Node};
use crate::rules::calls;
use crate::snapshot::record::Kind;

/// Reasons that are named; what else is missing is of the same kind.
const REASONS: usize = 24;
/// Pairs that are looked at again for what is missing.
const LOOKS: usize = 2000;

/// How clients are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// One group a VPC
    Vpc,
    /// One group a subnet
    Subnet,
    /// Clients that nothing tells apart
    Class,
    /// Each by itself
    Interface,
}

impl By {
    const fn name(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::Class => "class",
            Self::Interface => "interface",
        }
    }
}

/// Makes rows of columns, and remembers what is to be said at the end.
#[derive(Debug)]
pub struct Rows<'m, 'g> {
    graph: &'g Graph,
    matrix: &'m Matrix<'g>,
    by: By,
    pairs: PairCounts,
    codes: Codes,
    assumed: matrix::Assumed,
    reasons: BTreeSet<Reason>,
    looks: usize,
}

/// What clients of one row have in common: their group, and what becomes of
/// their ports.
type Key = (u32, Reverse<Rank>, Reverse<Vec<PortsKey>>);
type PortsKey = Vec<(u16, u16)>;

/// Verdicts, by how much passes.
type Rank = (bool, bool, bool);

const fn rank(verdict: Verdict) -> Rank {
    (
        matches!(verdict, Verdict::Reachable),
        matches!(verdict, Verdict::Partial),
        matches!(verdict, Verdict::Unknown),
    )
}

struct Group<'a> {
    class: usize,
    example: u32,
    clients: u64,
    outcome: &'a Outcome,
    fails: Codes,
    doubts: Codes,
}

impl<'m, 'g> Rows<'m, 'g> {
    /// For one matrix.
    pub fn new(graph: &'g Graph, matrix: &'m Matrix<'g>, by: By) -> Self {
        Self {
            graph,
            matrix,
            by,
            pairs: PairCounts::default(),
            codes: Codes::default(),
            assumed: matrix::Assumed::default(),
            reasons: BTreeSet::new(),
            looks: 0,
        }
    }

    /// The question.
    pub fn question(&self) -> Question {
        let question = self.matrix.question();
        let traffic = &question.traffic;
        let has_ports = traffic.protocol.has_ports();
        Question {
            protocol: traffic.protocol.name(),
            ports: spans(&traffic.ports),
            client_ports: if has_ports {
                spans(&traffic.client_ports)
            } else {
                Vec::new()
            },
            by: self.by.name(),
            clients: question.clients.len() as u64,
            classes: self.matrix.classes().len() as u64,
            targets: question.targets.len() as u64,
        }
    }

    /// One target with its rows, groups in the order of the snapshot, in each
    /// what passes first.
    pub fn target(&mut self, column: &Column) -> Option<(Target, Vec<Row>)> {
        let target = self.matrix.question().targets.get(column.target)?;
        self.assumed = self.assumed.with(column.assumed);
        self.look_again(column, &target.interfaces);
        let mut groups: BTreeMap<Key, Group<'_>> = BTreeMap::new();
        let cells = self.matrix.classes().iter().zip(&column.cells).enumerate();
        for (class, (about, cell)) in cells {
            let Some(outcome) = column.outcomes.get(*cell as usize) else {
                continue;
            };
            let members = about.members.iter();
            let others = members.filter(|member| target.interfaces != [**member]);
            if self.by == By::Interface {
                for member in others {
                    add(&mut groups, *member, (class, *member, 1), outcome);
                }
                continue;
            }
            let clients = others.clone().count() as u64;
            let Some(example) = others.into_iter().next() else {
                continue;
            };
            let group = self.group(class, about);
            add(&mut groups, group, (class, *example, clients), outcome);
        }
        let rows: Vec<Row> = groups
            .into_iter()
            .map(|((group, ..), found)| self.row(group, &found))
            .collect();
        for row in &rows {
            let count = match row.verdict {
                Reach::Reachable => &mut self.pairs.reachable,
                Reach::Partial => &mut self.pairs.partial,
                Reach::Blocked => &mut self.pairs.blocked,
                Reach::Unknown => &mut self.pairs.unknown,
            };
            *count += row.clients;
        }
        Some((self.about(target), rows))
    }

    /// What is left to be said.
    pub fn totals(self) -> Totals {
        let codes = self.codes.iter().map(|code| CodeText {
            code: code.name(),
            text: code.text(),
        });
        let assumed = Assumption::ALL.iter().copied();
        let assumed = assumed.filter(|assumption| self.assumed.has(*assumption));
        Totals {
            pairs: self.pairs,
            codes: codes.collect(),
            assumptions: assumed
                .map(|assumption| Assumed {
                    name: assumption.name().to_owned(),
                    text: assumption.text().to_owned(),
                })
                .collect(),
            reasons: self.reasons.into_iter().take(REASONS).collect(),
        }
    }

    /// The number of the group that a class belongs to.
    fn group(&self, class: usize, about: &Class) -> u32 {
        match self.by {
            By::Vpc => about.vpc.unwrap_or(u32::MAX),
            By::Subnet => about.subnet.unwrap_or(u32::MAX),
            By::Class | By::Interface => u32::try_from(class).unwrap_or(u32::MAX),
        }
    }

    fn row(&mut self, group: u32, found: &Group<'_>) -> Row {
        let class = self.matrix.classes().get(found.class);
        let node = |kind: Kind, row: u32| (row != u32::MAX).then(|| Node::new(kind, row));
        let vpc = class.and_then(|class| class.vpc);
        let vpc = vpc.and_then(|row| node(Kind::Vpc, row));
        let from = match self.by {
            By::Vpc => node(Kind::Vpc, group),
            By::Subnet => node(Kind::Subnet, group),
            By::Class => None,
            By::Interface => node(Kind::NetworkInterface, group),
        };
        let outcome = found.outcome;
        let asked = &self.matrix.question().traffic.ports;
        // Where everything passes, what failed elsewhere is no reason.
        let told = outcome.verdict != Verdict::Reachable;
        let (fails, doubts) = if told {
            (found.fails, found.doubts)
        } else {
            (Codes::default(), Codes::default())
        };
        self.codes = self.codes.with(fails).with(doubts);
        let names = |codes: Codes| codes.iter().map(Code::name).collect();
        Row {
            from: match (from, self.by) {
                (Some(node), _) => self.graph.id(node),
                (None, By::Class) => format!("class {}", group.saturating_add(1)),
                (None, _) => "(not known)".to_owned(),
            },
            name: from.and_then(|node| self.tag(node)),
            vpc: vpc.map(|vpc| self.graph.id(vpc)),
            clients: found.clients,
            example: self
                .graph
                .id(Node::new(Kind::NetworkInterface, found.example)),
            verdict: reach(outcome.verdict),
            ports: PortsAcross {
                open: spans(&outcome.open),
                partly: spans(&outcome.partly),
                unknown: spans(&outcome.unknown),
                blocked: spans(&outcome.blocked(asked)),
            },
            blocked_by: names(fails),
            unknown_by: names(doubts),
        }
    }

    fn about(&self, target: &matrix::Target) -> Target {
        let node = target.node;
        let scope = self.graph.scope(node);
        let network = self.graph.network();
        let first = target.interfaces.first();
        let first = first.and_then(|row| network.interfaces.get(*row as usize));
        let endpoint = (node.kind == Kind::VpcEndpoint)
            .then(|| network.endpoints.get(node.row()? as usize))
            .flatten();
        let vpc = endpoint.map_or_else(
            || first.and_then(|interface| interface.vpc),
            |endpoint| endpoint.vpc,
        );
        let behind = [
            "ServiceName",
            "ResourceConfigurationArn",
            "ServiceNetworkArn",
        ];
        let behind = behind
            .iter()
            .filter(|_| node.kind == Kind::VpcEndpoint)
            .find_map(|field| self.graph.field_text(node, field));
        Target {
            id: self.graph.id(node),
            name: self.tag(node),
            kind: node.kind.spec().name,
            service: behind,
            vpc: vpc.map(|vpc| self.graph.id(Node::new(Kind::Vpc, vpc))),
            account: scope.account,
            region: scope.region,
            interfaces: target.interfaces.len() as u64,
        }
    }

    fn tag(&self, node: Node) -> Option<String> {
        let name = self.graph.tag(node, "Name");
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// Asks for one pair of each unknown outcome in full, for what is missing.
    fn look_again(&mut self, column: &Column, interfaces: &[u32]) {
        for (number, outcome) in (0_u32..).zip(&column.outcomes) {
            let enough = self.reasons.len() >= REASONS || self.looks >= LOOKS;
            if enough || outcome.doubts.is_empty() || outcome.verdict == Verdict::Reachable {
                continue;
            }
            let cells = self.matrix.classes().iter().zip(&column.cells);
            let class = cells
                .filter(|(_, cell)| **cell == number)
                .map(|(class, _)| class);
            let Some(client) = class.into_iter().next().and_then(Class::example) else {
                continue;
            };
            for interface in interfaces {
                self.looks += 1;
                self.missing(client, *interface);
            }
        }
    }

    fn missing(&mut self, client: u32, interface: u32) {
        let question = self.matrix.question();
        let network = self.graph.network();
        let (Some(from), Some(to)) = (
            network.interfaces.get(client as usize),
            network.interfaces.get(interface as usize),
        ) else {
            return;
        };
        let Some((source, destination)) = matrix::addresses(from, to) else {
            for end in [from, to].iter().filter(|end| end.addresses.is_empty()) {
                let need = crate::graph::admission::Need::Field(end.node, "PrivateIpAddresses");
                self.reasons.insert(calls::reason(self.graph, &need));
            }
            return;
        };
        let flow = network.flow(
            self.graph,
            &End::Interface(from.node, source),
            &End::Interface(to.node, destination),
            &question.traffic,
            question.assume,
        );
        for (_, check) in flow.checks(CheckOutcome::Unknown) {
            let needs = check.needs.iter();
            self.reasons
                .extend(needs.map(|need| calls::reason(self.graph, need)));
        }
    }
}

fn add<'a>(
    groups: &mut BTreeMap<Key, Group<'a>>,
    group: u32,
    (class, example, clients): (usize, u32, u64),
    outcome: &'a Outcome,
) {
    let ports = [&outcome.open, &outcome.partly, &outcome.unknown];
    let ports = ports.map(|ports| ports.ranges().to_vec());
    // Of what passes, more comes first.
    let key = (
        group,
        Reverse(rank(outcome.verdict)),
        Reverse(ports.to_vec()),
    );
    let known = groups.entry(key).or_insert(Group {
        class,
        example,
        clients: 0,
        outcome,
        fails: Codes::default(),
        doubts: Codes::default(),
    });
    known.clients += clients;
    known.fails = known.fails.with(outcome.fails);
    known.doubts = known.doubts.with(outcome.doubts);
}
