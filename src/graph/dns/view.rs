//! What the resolver of one VPC knows: zones, rules, hidden zones of endpoints,
//! and what may be there besides.
//!
//! The most specific domain decides, and of a rule and a zone for the same
//! domain the rule
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html#hosted-zone-private-considerations-resolver-rules>).
//! Uses the index; it chooses who answers, and does not ask them.

use super::hidden::{self, Hidden, Refused};
use super::index::{Force, Index, at, force};
use super::name::Name;
use super::profile;
use crate::graph::admission::Need;
use crate::graph::reach::flow::At;
use crate::graph::{Graph, Listing, Node, Target};
use crate::snapshot::record::Kind;

/// Somebody who answers for a domain.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) domain: Name,
    pub(super) what: What,
    /// The profile that it comes with, if it is not the VPC's own.
    pub(super) profile: Option<Node>,
    pub(super) force: Force,
    /// Where it stands that this VPC asks it.
    pub(super) evidence: Vec<At>,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A resolver rule.
    Rule(Node),
    /// A private zone, by id.
    Zone(String),
    /// The hidden zone of an endpoint, by its position in the view.
    Hidden(usize),
}

/// Something that may be there and was not seen.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) over: Over,
    pub(super) under: Under,
    pub(super) need: Need,
}

/// What may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Zones,
    Rules,
    /// Both: a profile.
    Both,
}

/// Which names it may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Under {
    Anything,
    /// Names of AWS's own domains.
    Aws,
    /// Names below a domain.
    Domain(Name),
}

/// The view.
#[derive(Debug)]
pub(super) struct View {
    pub(super) candidates: Vec<Candidate>,
    pub(super) hidden: Vec<Hidden>,
    /// Private names that endpoints do not have, and why.
    pub(super) refused: Vec<Refused>,
    pub(super) doubts: Vec<Doubt>,
    /// Associations of DNS Firewall.
    pub(super) firewalls: Vec<Node>,
    /// The attributes of the VPC.
    pub(super) support: Option<bool>,
    pub(super) hostnames: Option<bool>,
}

/// Who answers for a name.
#[derive(Debug)]
pub(super) enum Pick<'v> {
    Nobody,
    One(&'v Candidate),
    /// One of several, and nobody says which.
    Tie(Vec<&'v Candidate>),
    /// The most specific one may not be in force.
    Maybe(&'v Candidate, &'v [Need]),
}

impl View {
    pub(super) fn build(graph: &Graph, index: &Index, vpc: Node) -> Self {
        let entry = graph.entry(vpc);
        let mut view = Self {
            candidates: Vec::new(),
            hidden: Vec::new(),
            refused: Vec::new(),
            doubts: Vec::new(),
            firewalls: of(&index.firewalls_of, vpc).to_vec(),
            support: entry.and_then(|vpc| vpc.bool("EnableDnsSupport.Value")),
            hostnames: entry.and_then(|vpc| vpc.bool("EnableDnsHostnames.Value")),
        };
        view.zones(graph, index, vpc);
        view.rules(graph, index, vpc);
        profile::add(graph, index, vpc, &mut view);
        hidden::add(graph, index, vpc, &mut view);
        view
    }

    /// Adds a private zone.
    pub(super) fn zone(
        &mut self,
        index: &Index,
        id: &str,
        profile: Option<Node>,
        force: Force,
        evidence: At,
    ) {
        let Some(zone) = index.zones.get(id) else {
            let need = Need::Sense(format!("the name of the private zone {id}"));
            self.doubt(Over::Zones, Under::Anything, need);
            return;
        };
        if zone.private == Some(false) {
            return;
        }
        self.candidates.push(Candidate {
            domain: zone.name.clone(),
            what: What::Zone(id.to_owned()),
            profile,
            force,
            evidence: vec![evidence],
        });
    }

    fn zones(&mut self, graph: &Graph, index: &Index, vpc: Node) {
        let known = vpc.row().and_then(|row| index.zones_of.get(&row));
        for (id, evidence) in known.into_iter().flatten() {
            self.zone(index, id, None, Force::Yes, evidence.clone());
        }
        if !graph.asked_for(Kind::HostedZoneSummary, vpc) {
            let need = Need::Listing(Kind::HostedZoneSummary, vpc);
            self.doubt(Over::Zones, Under::Anything, need);
        }
    }

    /// Adds a resolver rule.
    pub(super) fn rule(
        &mut self,
        graph: &Graph,
        rule: Node,
        profile: Option<Node>,
        mut in_force: Force,
        mut evidence: Vec<At>,
    ) {
        let Some(entry) = graph.entry(rule) else {
            return;
        };
        in_force = both(
            in_force,
            force(&entry, "Status", &["COMPLETE"], &["FAILED"]),
        );
        // What AWS's own recursive rule does is what happens without it, and
        // what a DELEGATE rule takes is found in the zone that delegates it.
        let elsewhere = entry.is("RuleType", "RECURSIVE") || entry.is("RuleType", "DELEGATE");
        if in_force == Force::No || elsewhere {
            return;
        }
        if entry.text("RuleType").is_none() {
            in_force = both(in_force, Force::Maybe(vec![Need::Field(rule, "RuleType")]));
        }
        let Some(domain) = Name::read(entry.text("DomainName")) else {
            let need = Need::Field(rule, "DomainName");
            self.doubt(Over::Rules, Under::Anything, need);
            return;
        };
        evidence.push(at(rule, "DomainName", domain.to_string()));
        self.candidates.push(Candidate {
            domain,
            what: What::Rule(rule),
            profile,
            force: in_force,
            evidence,
        });
    }

    fn rules(&mut self, graph: &Graph, index: &Index, vpc: Node) {
        for &node in of(&index.rules_of, vpc) {
            let Some(entry) = graph.entry(node) else {
                continue;
            };
            let in_force = force(&entry, "Status", &["COMPLETE"], &["FAILED", "OVERRIDDEN"]);
            if in_force == Force::No {
                continue;
            }
            let id = entry.text("ResolverRuleId").unwrap_or_default();
            let evidence = vec![at(node, "ResolverRuleId", id)];
            match entry.target("ResolverRuleId") {
                Target::Here(rule) => self.rule(graph, rule, None, in_force, evidence),
                // AWS's own rule for everything else: no account lists it
                // everywhere.
                Target::Elsewhere(id) if id == INTERNET_RULE => {}
                Target::Elsewhere(_) | Target::Nothing => {
                    let need = Need::Listing(Kind::ResolverRule, node);
                    self.doubt(Over::Rules, Under::Anything, need);
                }
            }
        }
        if graph.listing(Kind::ResolverRuleAssociation, vpc) != Listing::Complete {
            let need = Need::Listing(Kind::ResolverRuleAssociation, vpc);
            self.doubt(Over::Rules, Under::Anything, need);
        }
    }

    pub(super) fn doubt(&mut self, over: Over, under: Under, need: Need) {
        self.doubts.push(Doubt { over, under, need });
    }

    /// Who answers for a name. Without `rules` only zones are considered, as a
    /// SYSTEM rule says; without `zones` only rules, as a VPC without DNS
    /// hostnames does.
    pub(super) fn pick(&self, name: &Name, filter: Filter<'_>) -> Pick<'_> {
        let mut best: Vec<&Candidate> = Vec::new();
        for one in &self.candidates {
            if !self.counts(one, name, filter) {
                continue;
            }
            let labels = one.domain.labels();
            match best.first().map(|first| first.domain.labels()) {
                Some(most) if labels < most => {}
                Some(most) if labels == most => best.push(one),
                _ => best = vec![one],
            }
        }
        choose(best)
    }

    fn counts(&self, one: &Candidate, name: &Name, filter: Filter<'_>) -> bool {
        if one.force == Force::No || !name.is_within(&one.domain) {
            return false;
        }
        match &one.what {
            What::Rule(_) => filter.rules,
            What::Zone(id) => filter.zones && filter.without != Some(id.as_str()),
            What::Hidden(position) => {
                let hidden = self.hidden.get(*position);
                filter.zones && hidden.is_some_and(|one| filter.inbound || !one.inbound_only)
            }
        }
    }

    /// What may be there unseen and would come before an answer of this domain.
    pub(super) fn doubts(
        &self,
        name: &Name,
        best: usize,
        is_rule: bool,
        filter: Filter<'_>,
    ) -> Vec<Need> {
        let exact = best == name.labels();
        let mut needs: Vec<Need> = self
            .doubts
            .iter()
            .filter(|doubt| match doubt.over {
                // A VPC has at most one zone of a name, and one rule.
                Over::Zones => filter.zones && !exact,
                Over::Rules => filter.rules && !(exact && is_rule),
                Over::Both => filter.rules || filter.zones,
            })
            .filter(|doubt| match &doubt.under {
                Under::Anything => true,
                Under::Aws => is_aws(name),
                Under::Domain(domain) => name.is_within(domain),
            })
            .map(|doubt| doubt.need.clone())
            .collect();
        needs.sort();
        needs.dedup();
        needs
    }
}

/// What of a view counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filter<'n> {
    pub(super) rules: bool,
    pub(super) zones: bool,
    /// Whether the question came in through an inbound resolver endpoint.
    pub(super) inbound: bool,
    /// A zone that is left out, to see what it hides.
    pub(super) without: Option<&'n str>,
}

/// The rule under which all names are resolved that nobody else answers for.
const INTERNET_RULE: &str = "rslvr-autodefined-rr-internet-resolver";

/// Among those for one domain: a rule before zones. Two of the same rank are a
/// tie; what a profile brings has a rank of its own that is not documented.
fn choose(mut best: Vec<&Candidate>) -> Pick<'_> {
    best.sort_by(|a, b| (&a.evidence, a.profile).cmp(&(&b.evidence, b.profile)));
    let is_rule = |one: &&Candidate| matches!(one.what, What::Rule(_));
    let rules: Vec<&Candidate> = best.iter().copied().filter(is_rule).collect();
    let own_zones = best
        .iter()
        .any(|one| !is_rule(one) && one.profile.is_none());
    if let Some(first) = rules.first() {
        let own = rules.iter().any(|one| one.profile.is_none());
        // The VPC's own zone against a rule of a profile.
        if own_zones && !own {
            return Pick::Tie(best);
        }
        if rules.iter().any(|one| one.what != first.what) {
            return Pick::Tie(rules);
        }
        // A rule that may not be in force, before a zone or nobody.
        return one_of(&rules);
    }
    match best.first() {
        None => Pick::Nobody,
        Some(first) if best.iter().any(|one| one.what != first.what) => Pick::Tie(best),
        Some(_) => one_of(&best),
    }
}

/// The same one, named several times: once in force is enough.
fn one_of<'v>(same: &[&'v Candidate]) -> Pick<'v> {
    if let Some(sure) = same.iter().find(|one| one.force == Force::Yes) {
        return Pick::One(sure);
    }
    match same.first() {
        Some(first) => match &first.force {
            Force::Maybe(needs) => Pick::Maybe(first, needs),
            _ => Pick::One(first),
        },
        None => Pick::Nobody,
    }
}

/// Both must be in force.
pub(super) fn both(a: Force, b: Force) -> Force {
    match (a, b) {
        (Force::No, _) | (_, Force::No) => Force::No,
        (Force::Yes, other) | (other, Force::Yes) => other,
        (Force::Maybe(mut needs), Force::Maybe(more)) => {
            needs.extend(more);
            Force::Maybe(needs)
        }
    }
}

/// What a VPC has of something.
pub(super) fn of(map: &std::collections::BTreeMap<u32, Vec<Node>>, node: Node) -> &[Node] {
    node.row()
        .and_then(|row| map.get(&row))
        .map_or(&[], Vec::as_slice)
}

/// Whether a name is in a domain under which AWS names its services' private
/// names.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
pub(super) fn is_aws(name: &Name) -> bool {
    const DOMAINS: &[&str] = &[
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.eu",
        "amazon.com",
        "amazon.dev",
        "aws",
        "aws.dev",
        "awsapps.com",
        "cloudfront.net",
    ];
    DOMAINS
        .iter()
        .filter_map(|domain| Name::parse(domain).ok())
        .any(|domain| name.is_within(&domain))
}
