//! What is gathered on the way beyond an interface: hops, checks, ports.
//!
//! A check that fails takes ports away and the way goes on, so that an answer
//! names every blocker. Plain bookkeeping over the types of answers; what is
//! checked is decided elsewhere.

use std::collections::BTreeSet;

use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::{Log, Way};
use crate::graph::reach::flow::{
    Admitted, Aspect, At, Check, Component, Flow, Header, Hop, Outcome, Verdict,
};
use crate::graph::reach::model::{Interface, Network};
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// A way, and what passes along it.
#[derive(Debug, Clone)]
pub(super) struct Course {
    /// What was asked.
    asked: Ports,
    /// The packet here.
    header: Header,
    /// The way there.
    pub(super) forward: Vec<Hop>,
    /// The way of the replies.
    pub(super) back: Vec<Hop>,
    /// What passes.
    pub(super) admitted: Admitted,
    /// Ports among the open ones that pass on some of several ways only.
    pub(super) sometimes: Ports,
    /// What was taken for granted.
    pub(super) assumptions: BTreeSet<Assumption>,
}

/// What a check rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Grounds {
    pub(super) evidence: Vec<At>,
    pub(super) needs: Vec<Need>,
    pub(super) detail: String,
}

impl Grounds {
    /// In words only.
    pub(super) fn words(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// A field of a resource with its value.
    pub(super) fn field(node: Node, path: &str, shown: impl Into<String>) -> Self {
        Self::default().and(node, path, shown)
    }

    /// One more field.
    pub(super) fn and(mut self, node: Node, path: &str, shown: impl Into<String>) -> Self {
        self.evidence.push(At {
            node,
            path: path.to_owned(),
            shown: shown.into(),
        });
        self
    }

    /// The particulars.
    pub(super) fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// What was not seen.
    pub(super) fn needing(mut self, need: Need) -> Self {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
        self
    }
}

impl Course {
    /// A way on which all that was asked passes so far.
    pub(super) fn new(header: Header, asked: &Ports) -> Self {
        Self {
            asked: asked.clone(),
            header,
            forward: Vec::new(),
            back: Vec::new(),
            admitted: Admitted {
                open: asked.clone(),
                unknown: Ports::default(),
            },
            sometimes: Ports::default(),
            assumptions: BTreeSet::new(),
        }
    }

    /// What was asked.
    pub(super) const fn asked(&self) -> &Ports {
        &self.asked
    }

    /// The packet here.
    pub(super) const fn header(&self) -> &Header {
        &self.header
    }

    /// Goes on to a resource.
    pub(super) fn at(&mut self, node: Node) {
        self.reach(Component::Resource(node));
    }

    /// Goes on to something.
    pub(super) fn reach(&mut self, component: Component) {
        self.forward.push(Hop {
            component,
            header: self.header.clone(),
            checks: Vec::new(),
        });
    }

    /// A check that all passes.
    pub(super) fn pass(&mut self, aspect: Aspect, grounds: Grounds) {
        self.check(aspect, Outcome::Pass, None, Ports::default(), grounds);
    }

    /// Something to know.
    pub(super) fn note(&mut self, code: Option<Code>, grounds: Grounds) {
        let ports = Ports::default();
        self.check(Aspect::Provider, Outcome::Note, code, ports, grounds);
    }

    /// A check that nothing passes.
    pub(super) fn fail(&mut self, aspect: Aspect, code: Code, grounds: Grounds) {
        let asked = self.asked.clone();
        self.fail_ports(aspect, code, asked, grounds);
    }

    /// A check that some ports do not pass.
    pub(super) fn fail_ports(
        &mut self,
        aspect: Aspect,
        code: Code,
        ports: Ports,
        grounds: Grounds,
    ) {
        self.admitted.open = self.admitted.open.difference(&ports);
        self.admitted.unknown = self.admitted.unknown.difference(&ports);
        self.sometimes = self.sometimes.difference(&ports);
        self.check(aspect, Outcome::Fail, Some(code), ports, grounds);
    }

    /// What decides was not seen.
    pub(super) fn doubt(&mut self, aspect: Aspect, code: Code, grounds: Grounds) {
        let asked = self.asked.clone();
        self.doubt_ports(aspect, code, asked, grounds);
    }

    /// What decides about some ports was not seen.
    pub(super) fn doubt_ports(
        &mut self,
        aspect: Aspect,
        code: Code,
        ports: Ports,
        grounds: Grounds,
    ) {
        let moved = self.admitted.open.intersection(&ports);
        self.admitted.open = self.admitted.open.difference(&ports);
        self.sometimes = self.sometimes.difference(&ports);
        self.admitted.unknown = std::mem::take(&mut self.admitted.unknown).union(&moved);
        self.check(aspect, Outcome::Unknown, Some(code), ports, grounds);
    }

    /// A filter's answer about the asked ports.
    pub(super) fn filter(
        &mut self,
        aspect: Aspect,
        code: Code,
        admitted: &Admitted,
        grounds: Grounds,
    ) {
        let closed = self
            .asked
            .difference(&admitted.open)
            .difference(&admitted.unknown);
        if closed.is_empty() && admitted.unknown.is_empty() {
            self.pass(aspect, grounds);
            return;
        }
        if !closed.is_empty() {
            let mut grounds = grounds.clone();
            grounds.needs.clear();
            self.fail_ports(aspect, code, closed, grounds);
        }
        if !admitted.unknown.is_empty() {
            let ports = admitted.unknown.clone();
            self.doubt_ports(aspect, Code::SnapshotMissing, ports, grounds);
        }
    }

    /// Adds a check to where the way is.
    fn check(
        &mut self,
        aspect: Aspect,
        outcome: Outcome,
        code: Option<Code>,
        ports: Ports,
        grounds: Grounds,
    ) {
        let check = Check {
            aspect,
            outcome,
            code,
            ports,
            evidence: grounds.evidence,
            needs: grounds.needs,
            detail: grounds.detail,
        };
        if let Some(hop) = self.forward.last_mut() {
            hop.checks.push(check);
        }
    }

    /// Keeps these ports of what passes.
    pub(super) fn confine(&mut self, ports: &Ports) {
        self.asked = self.asked.intersection(ports);
        self.admitted.open = self.admitted.open.intersection(ports);
        self.admitted.unknown = self.admitted.unknown.intersection(ports);
        self.sometimes = self.sometimes.intersection(ports);
    }

    /// Goes on along one of several ways, and it is not ours to say along
    /// which: what passes on all of them passes, what passes on some of them
    /// passes sometimes. No way at all changes nothing.
    pub(super) fn one_of(&mut self, ways: Vec<Self>) {
        let Some(together) = Together::of(&ways) else {
            return;
        };
        self.narrow(&together);
        self.extend(ways);
    }

    /// Goes on along several ways at once, each with its own share of the
    /// ports: what passes on any of them passes. What was decided about before
    /// stays as it is.
    pub(super) fn any_of(&mut self, ways: Vec<Self>, decided: &Ports) {
        let mut together = Together {
            open: self.admitted.open.intersection(decided),
            unknown: self.admitted.unknown.intersection(decided),
            ..Together::default()
        };
        for way in &ways {
            let Together { open, unknown, .. } = &mut together;
            *open = std::mem::take(open).union(&way.admitted.open);
            *unknown = std::mem::take(unknown).union(&way.admitted.unknown);
        }
        together.unknown = together.unknown.difference(&together.open);
        // A port that one way stops and another lets pass depends on which of
        // them is meant.
        for way in &ways {
            let stopped = way
                .asked
                .difference(&way.admitted.open)
                .difference(&way.admitted.unknown);
            let some = stopped.union(&way.sometimes).intersection(&together.open);
            together.sometimes = std::mem::take(&mut together.sometimes).union(&some);
        }
        self.narrow(&together);
        self.extend(ways);
    }

    fn narrow(&mut self, together: &Together) {
        let doubtful = self.admitted.open.intersection(&together.unknown);
        let still = self
            .admitted
            .unknown
            .intersection(&together.open.clone().union(&together.unknown));
        self.admitted.open = self.admitted.open.intersection(&together.open);
        self.admitted.unknown = still.union(&doubtful);
        self.sometimes = std::mem::take(&mut self.sometimes)
            .union(&together.sometimes)
            .intersection(&self.admitted.open);
    }

    fn extend(&mut self, ways: Vec<Self>) {
        for way in ways {
            self.forward.extend(way.forward);
            self.back.extend(way.back);
            self.assumptions.extend(way.assumptions);
        }
    }

    /// The way that an analysis of its own found. With `port` it stands for
    /// that port of ours, whatever port the other end listens on.
    pub(super) fn of_flow(flow: Flow, port: Option<&Ports>) -> Self {
        let header = Header {
            source: flow.from.address(),
            destination: flow.to.address(),
        };
        let asked = port.unwrap_or(&flow.traffic.ports).clone();
        let mut course = Self::new(header, &asked);
        let ours = |theirs: &Ports| match port {
            Some(port) if !theirs.is_empty() => port.clone(),
            Some(_) => Ports::default(),
            None => theirs.clone(),
        };
        course.admitted = Admitted {
            open: ours(&flow.ports.open),
            unknown: ours(&flow.ports.unknown),
        };
        // All ports pass, and yet not always: replies, or what lies beyond
        // another endpoint.
        let whole = flow.ports.blocked.is_empty() && flow.ports.unknown.is_empty();
        let replies = &flow.client_ports;
        let some_replies = !(replies.blocked.is_empty() && replies.unknown.is_empty());
        if some_replies || (whole && flow.verdict == Verdict::Partial) {
            course.sometimes = course.admitted.open.clone();
        }
        course.forward = flow.forward;
        course.back = flow.back;
        course.assumptions = flow.assumptions;
        course
    }
}

/// What several ways let pass together.
#[derive(Debug, Default)]
struct Together {
    open: Ports,
    unknown: Ports,
    sometimes: Ports,
}

impl Together {
    /// As one of the ways is taken, whichever.
    fn of(ways: &[Course]) -> Option<Self> {
        let mut always = ways.first()?.admitted.open.clone();
        let mut together = Self::default();
        for way in ways {
            always = always.intersection(&way.admitted.open);
            together.open = together.open.union(&way.admitted.open);
            together.unknown = together.unknown.union(&way.admitted.unknown);
            together.sometimes = together.sometimes.union(&way.sometimes);
        }
        together.open = together.open.difference(&together.unknown);
        together.sometimes = together
            .sometimes
            .union(&together.open.difference(&always))
            .intersection(&together.open);
        Some(together)
    }
}

/// What the rules of an interface's groups have to show. Where something else
/// than an interface has the groups, `field` names them.
pub(super) fn decided(
    network: &Network,
    (interface, field): (&Interface, Option<&'static str>),
    (log, admitted, asked): (&Log, &Admitted, &Ports),
    way: Way,
) -> Grounds {
    let list = match way {
        Way::In => "IpPermissions",
        Way::Out => "IpPermissionsEgress",
    };
    let mut grounds = Grounds::default();
    for rule in &log.decided {
        if let Some(group) = network.groups.get(rule.group as usize) {
            let (peers, position) = rule.peer;
            let path = format!("{list}/{}/{peers}/{position}", rule.permission);
            let shown = network.shown_rule(*rule, way == Way::In);
            grounds = grounds.and(group.node, &path, shown);
        }
    }
    if asked.difference(&admitted.open).is_empty() {
        return grounds;
    }
    let groups = interface.groups.iter().flatten();
    for group in groups.filter_map(|row| network.groups.get(*row as usize)) {
        grounds = grounds.and(group.node, list, format!("{} {list}", group.id));
    }
    let needs = log.needs.iter().cloned();
    let needs = needs.map(|need| match (&need, field) {
        (Need::Field(of, "Groups"), Some(field)) if *of == interface.node => {
            Need::Field(interface.node, field)
        }
        _ => need,
    });
    grounds.needs = needs.collect();
    grounds.needs.sort();
    grounds.needs.dedup();
    grounds
}

/// What would settle a question about something that is named and not in the
/// snapshot.
pub(super) fn absent(graph: &Graph, kind: Kind, id: &str, near: Node) -> Need {
    if graph.listing(kind, near) == crate::graph::Listing::Complete {
        Need::Sense(format!(
            "{} {id}, which is not in the snapshot",
            kind.spec().name
        ))
    } else {
        Need::Listing(kind, near)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;

    use super::*;

    fn header() -> Header {
        Header {
            source: IpAddr::V4(Ipv4Addr::LOCALHOST),
            destination: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    fn course(open: Ports, unknown: &Ports) -> Course {
        let mut course = Course::new(header(), &Ports::range(0, 7));
        course.admitted.unknown = unknown.difference(&open);
        course.admitted.open = open;
        course
    }

    fn has(ports: &Ports, port: u16) -> bool {
        !ports.intersection(&Ports::range(port, port)).is_empty()
    }

    fn some() -> impl Strategy<Value = Ports> {
        proptest::collection::vec(0_u16..8, 0..6).prop_map(|ports| {
            ports.into_iter().fold(Ports::default(), |mut all, port| {
                all.insert(port, port);
                all
            })
        })
    }

    proptest! {
        /// Port by port, from the definition.
        #[test]
        fn one_of_several_ways_is_decided_port_by_port(
            ways in proptest::collection::vec((some(), some()), 1..4),
        ) {
            let ways: Vec<Course> = ways.into_iter().map(|(open, unknown)| course(open, &unknown)).collect();
            let mut whole = Course::new(header(), &Ports::range(0, 7));
            whole.one_of(ways.clone());
            for port in 0..8 {
                let open = ways.iter().filter(|way| has(&way.admitted.open, port)).count();
                let unknown = ways.iter().any(|way| has(&way.admitted.unknown, port));
                prop_assert_eq!(has(&whole.admitted.unknown, port), unknown);
                prop_assert_eq!(has(&whole.admitted.open, port), open > 0 && !unknown);
                prop_assert_eq!(has(&whole.sometimes, port), open > 0 && open < ways.len() && !unknown);
            }
        }
    }

    #[test]
    fn what_was_decided_before_stays_as_it_is() {
        let mut whole = course(Ports::range(0, 3), &Ports::range(4, 5));
        let decided = Ports::range(2, 4);
        let mut way = Course::new(header(), &Ports::range(0, 1));
        way.admitted.open = Ports::range(1, 1);
        whole.any_of(vec![way], &decided);
        assert_eq!(whole.admitted.open, Ports::range(1, 3));
        assert_eq!(whole.admitted.unknown, Ports::range(4, 4));
        assert!(whole.sometimes.is_empty());
    }

    #[test]
    fn a_failure_outweighs_a_doubt_and_both_are_kept() {
        let mut course = Course::new(header(), &Ports::range(1, 9));
        course.reach(Component::Internet);
        course.doubt(Aspect::Provider, Code::SnapshotMissing, Grounds::default());
        course.fail_ports(
            Aspect::Provider,
            Code::BadState,
            Ports::range(5, 9),
            Grounds::default(),
        );
        course.doubt(Aspect::Provider, Code::SnapshotMissing, Grounds::default());
        assert_eq!(course.admitted.unknown, Ports::range(1, 4));
        assert!(course.admitted.open.is_empty());
        assert_eq!(course.forward.first().map(|hop| hop.checks.len()), Some(3));
    }
}
