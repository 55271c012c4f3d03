//! Who can reach what on which ports: all clients and all endpoints at once.
//!
//! Clients are sorted into classes that nothing tells apart, ways are found
//! between stations instead of interfaces, and filters are functions of an
//! address; so the answer for ten thousand interfaces takes seconds. The answers
//! are those of [`Network::flow`], which is the reference; a matrix is given out
//! target by target and never held as a whole. Uses the model, the walk and the
//! filters; how it is shown is not decided here.

mod address;
mod admit;
mod beyond;
mod column;
mod gates;
mod outcome;
mod passage;
mod reasons;
mod sets;
mod sheet;
mod source;
mod station;
mod target;

use std::net::Ipv4Addr;

use hashbrown::HashMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

pub use column::{Column, ITSELF};
pub use outcome::Outcome;
pub use reasons::{Assumed, Codes};
pub use source::{Class, addresses};
pub use target::{Target, begins, clients, endpoints, of_interfaces};

use super::endpoint;
use super::evaluate::Asking;
use super::flow::{Assume, End, Traffic};
use super::model::{Hop, Network};
use crate::graph::Graph;
use crate::graph::ports::Ports;
use gates::{All, Gates};
use passage::{Load, Passage};
use sets::{Parties, Sets};
use sheet::Sheet;
use source::first;
use station::{Ground, Stand, Stations};

/// Targets that are worked on together.
const BATCH: usize = 64;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is sent.
    pub traffic: Traffic,
    /// What may be taken for granted.
    pub assume: Assume,
    /// Interfaces that send it, by row.
    pub clients: Vec<u32>,
    /// What it is meant for.
    pub targets: Vec<Target>,
}

/// A question, prepared.
#[derive(Debug)]
pub struct Matrix<'g> {
    graph: &'g Graph,
    network: &'g Network,
    question: Question,
    /// Filters of the traffic, of replies, and of replies to NAT gateways.
    there: Gates,
    back: Gates,
    nat: Gates,
    sets: Sets,
    /// The ICMP request that is answered, if any is asked about.
    echo: Option<Ports>,
    sources: Stations,
    destinations: Stations,
    classes: Vec<Class>,
    /// Of each interface of a target, by row: where it stands in each family.
    landings: HashMap<u32, [Option<(u32, Stand)>; 2], FxBuildHasher>,
    /// Of each endpoint, by row, the load balancers behind it that look at
    /// clients.
    client_filters: HashMap<u32, Vec<u32>, FxBuildHasher>,
}

/// Targets in the same VPC, and the ways to them.
struct Ways {
    /// Different ways.
    passages: Vec<Passage>,
    /// By station of the destination, of the source: the number of the way.
    numbers: HashMap<u32, Vec<u32>, FxBuildHasher>,
}

/// Stands for a pair of stations between which nobody sends.
const NO_WAY: u32 = u32::MAX;

impl<'g> Matrix<'g> {
    /// Sorts clients and prepares filters.
    pub fn new(graph: &'g Graph, mut question: Question) -> Self {
        let network = graph.network();
        question.clients.sort_unstable();
        question.clients.dedup();
        let mut landing: Vec<u32> = question
            .targets
            .iter()
            .flat_map(|target| target.interfaces.iter().copied())
            .collect();
        landing.sort_unstable();
        landing.dedup();
        let appliances = appliances(network);
        let parties = Parties {
            senders: &question.clients,
            receivers: &landing,
            appliances: &appliances,
        };
        let All {
            there,
            back,
            nat,
            sets,
            echo,
        } = gates::build(graph, network, &question, parties);
        let all = question.clients.iter().chain(&landing);
        let ground = Ground::new(network, &appliances, all.copied());
        let mut client_filters: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
        for row in &landing {
            let interface = network.interfaces.get(*row as usize);
            if let Some(endpoint) = interface.and_then(|interface| interface.endpoint)
                && let Some(about) = network.endpoints.get(endpoint as usize)
            {
                client_filters
                    .entry(endpoint)
                    .or_insert_with(|| endpoint::client_filters(network, about));
            }
        }
        let mut destinations = Stations::default();
        let mut landings: HashMap<_, _, FxBuildHasher> = HashMap::default();
        let mut with_v6 = false;
        for row in &landing {
            let Some(interface) = network.interfaces.get(*row as usize) else {
                continue;
            };
            let v4 = first(interface, false);
            with_v6 |= v4.is_none();
            let stands = [v4, first(interface, true)].map(|address| {
                let stand = (*row, address?);
                Some((destinations.enter(&ground, stand), stand))
            });
            landings.insert(*row, stands);
        }
        let mut receivers: Vec<u32> = landing.iter().chain(&appliances).copied().collect();
        receivers.sort_unstable();
        receivers.dedup();
        let ends = (question.clients.as_slice(), receivers.as_slice());
        let (sources, classes) = source::sort(network, (&there, &sets), &ground, ends, with_v6);
        Self {
            graph,
            network,
            question,
            there,
            back,
            nat,
            sets,
            echo,
            sources,
            destinations,
            classes,
            landings,
            client_filters,
        }
    }

    /// The question.
    pub const fn question(&self) -> &Question {
        &self.question
    }

    /// The filters of what is carried.
    const fn gates(&self, load: Load) -> &Gates {
        match load {
            Load::Traffic => &self.there,
            Load::Replies => &self.back,
            Load::NatReplies => &self.nat,
        }
    }

    /// Asks what single answers ask of filters.
    fn asking<T>(&self, ask: impl FnOnce(&Asking<'_>) -> T) -> T {
        let nobody = End::Internet(Ipv4Addr::UNSPECIFIED.into());
        ask(&gates::asking(
            self.graph,
            self.network,
            &self.question,
            &nobody,
        ))
    }

    /// The classes of clients.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Gives out the answers, target by target: by VPC of the first interface,
    /// then in the order of the question. Stops at the first error.
    ///
    /// # Errors
    /// That of whoever takes the answers.
    pub fn each<E>(&self, take: &mut dyn FnMut(Column) -> Result<(), E>) -> Result<(), E> {
        for positions in self.by_vpc() {
            let ways = self.ways(&positions);
            for batch in positions.chunks(BATCH) {
                let columns: Vec<Column> = batch
                    .par_iter()
                    .map_init(
                        || Sheet::new(self),
                        |sheet, position| self.column(*position, &ways, sheet),
                    )
                    .collect();
                for column in columns {
                    take(column)?;
                }
            }
        }
        Ok(())
    }

    /// Positions of targets, those of a VPC together.
    fn by_vpc(&self) -> Vec<Vec<usize>> {
        let vpc = |target: &Target| {
            let first = target.interfaces.first()?;
            self.network.interfaces.get(*first as usize)?.vpc
        };
        let targets = self.question.targets.iter().enumerate();
        let mut order: Vec<(u32, usize)> = targets
            .map(|(position, target)| (vpc(target).unwrap_or(u32::MAX), position))
            .collect();
        order.sort_unstable();
        order
            .chunk_by(|one, other| one.0 == other.0)
            .map(|chunk| chunk.iter().map(|(_, position)| *position).collect())
            .collect()
    }

    /// The ways from all stations to those of some targets.
    fn ways(&self, positions: &[usize]) -> Ways {
        let targets = positions
            .iter()
            .filter_map(|position| self.question.targets.get(*position));
        let mut stations: Vec<u32> = targets
            .flat_map(|target| &target.interfaces)
            .filter_map(|row| self.landings.get(row))
            .flat_map(|stands| stands.iter().flatten().map(|(station, _)| *station))
            .collect();
        stations.sort_unstable();
        stations.dedup();
        let mut ways = Ways {
            passages: Vec::new(),
            numbers: HashMap::default(),
        };
        let mut known: HashMap<Passage, u32, FxBuildHasher> = HashMap::default();
        let sources = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        for destination in stations {
            let found: Vec<Option<Passage>> = (0..sources)
                .into_par_iter()
                .with_min_len(32)
                .map(|source| self.between(source, destination))
                .collect();
            let mut numbers = Vec::with_capacity(found.len());
            for passage in found {
                let Some(passage) = passage else {
                    numbers.push(NO_WAY);
                    continue;
                };
                let next = u32::try_from(ways.passages.len()).unwrap_or(u32::MAX);
                let number = *known.entry(passage.clone()).or_insert(next);
                if number == next {
                    ways.passages.push(passage);
                }
                numbers.push(number);
            }
            ways.numbers.insert(destination, numbers);
        }
        ways
    }

    /// The way between two stations, if two interfaces stand there.
    fn between(&self, source: u32, destination: u32) -> Option<Passage> {
        let to = self.destinations.stand(destination, None)?;
        let (from, to) = if let Some(from) = self.sources.stand(source, Some(to.0)) {
            (from, to)
        } else {
            let from = self.sources.stand(source, None)?;
            (from, self.destinations.stand(destination, Some(from.0))?)
        };
        (from.1.is_ipv4() == to.1.is_ipv4()).then(|| self.passage(from, to))
    }
}

/// Interfaces that routes lead to.
fn appliances(network: &Network) -> Vec<u32> {
    let routes = network
        .tables
        .iter()
        .flat_map(|table| table.routes.iter().flatten());
    let mut rows: Vec<u32> = routes
        .filter_map(|route| match &route.hop {
            Hop::Interface(target) => target.row(),
            _ => None,
        })
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}
