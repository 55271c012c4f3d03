//! Before a connection is made: what of a VPC serves, what is missing, and how
//! to make the rest.
//!
//! Asks the graph about subnets, security groups and settings, with the facts
//! that rules use. What exists already is judged by rules, not here.

mod commands;
mod groups;
mod settings;
mod subnets;
mod terraform;

use super::rule::{Datum, FactValue, RuleSet};
use crate::findings::{Candidate, Fit, Preflight};
use crate::graph::ports::Ports;
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// Whom a connection is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// A resource endpoint for Redis Cloud.
    RedisCloud,
    /// An interface endpoint for Zilliz Cloud, with a private hosted zone.
    Zilliz,
    /// An endpoint service of ours for EMQX, behind a Network Load Balancer.
    Emqx,
    /// An ElastiCache replication group.
    ElastiCache,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::RedisCloud,
        Self::Zilliz,
        Self::Emqx,
        Self::ElastiCache,
    ];

    /// As it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RedisCloud => "redis-cloud",
            Self::Zilliz => "zilliz",
            Self::Emqx => "emqx",
            Self::ElastiCache => "elasticache",
        }
    }

    /// What is made, in words.
    const fn title(self) -> &'static str {
        match self {
            Self::RedisCloud => "a resource endpoint for Redis Cloud",
            Self::Zilliz => "an interface endpoint for Zilliz Cloud, with its private hosted zone",
            Self::Emqx => "an endpoint service for EMQX, behind an internal Network Load Balancer",
            Self::ElastiCache => "an ElastiCache replication group",
        }
    }

    /// The ports if nobody says others.
    ///
    /// Redis Cloud: databases and metrics
    /// (<https://redis.io/docs/latest/operate/rc/security/aws-privatelink/>).
    /// ElastiCache: the default of the engine
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/elasticache-vpc-accessing.html>).
    fn ports(self) -> Ports {
        match self {
            Self::RedisCloud => Ports::range(8070, 8070).union(&Ports::range(10000, 19999)),
            Self::ElastiCache => Ports::range(6379, 6379),
            Self::Zilliz | Self::Emqx => Ports::default(),
        }
    }
}

/// What is asked.
#[derive(Debug)]
pub struct Ask {
    /// Whom the connection is made with.
    pub provider: Provider,
    /// Where.
    pub vpc: Node,
    /// The zones that it must have; any if empty.
    pub az_ids: Vec<String>,
    /// Ports; those of the provider if not given.
    pub ports: Option<Ports>,
    /// Who connects: blocks, `sg-…`; the VPC's blocks if empty.
    pub clients: Vec<String>,
    /// Resource configuration or service to connect to.
    pub target: Option<String>,
    /// The private link, for a hosted zone.
    pub domain: Option<String>,
    /// Who may connect to a service of ours.
    pub principals: Vec<String>,
    /// What new things are called.
    pub name: String,
}

/// What was decided, for the commands.
struct Plan<'a> {
    ask: &'a Ask,
    region: String,
    vpc: String,
    ports: Ports,
    clients: Vec<String>,
    subnets: Vec<String>,
    /// A group that fits; a new one is made if there is none.
    group: Option<String>,
    /// DNS attributes that are off, as the CLI spells them.
    attributes: Vec<&'static str>,
    /// Invitations to accept first.
    invitations: Vec<String>,
}

/// Looks at a VPC.
pub fn preflight(graph: &Graph, set: &RuleSet, ask: &Ask) -> Preflight {
    let mut inferred = Vec::new();
    let mut missing = Vec::new();
    let ports = ask.ports.clone().unwrap_or_else(|| {
        let ports = ask.provider.ports();
        if !ports.is_empty() {
            inferred.push(format!("ports: {ports}, the provider's documented ones"));
        }
        ports
    });
    if ports.is_empty() {
        missing.push("the port: give --port".to_owned());
    }
    let clients = clients(graph, ask, &mut inferred, &mut missing);
    inputs(ask, &mut missing);
    elsewhere(graph, ask, &mut missing);
    let (settings, attributes) = settings::judge(graph, ask, &mut missing);
    let subnets = subnets::judge(graph, set, ask, &mut missing);
    let chosen: Vec<String> = subnets
        .iter()
        .filter(|subnet| subnet.chosen)
        .map(|subnet| subnet.id.clone())
        .collect();
    let (groups, groups_left) = groups::judge(graph, ask, &ports, &clients, &chosen);
    let plan = Plan {
        ask,
        region: graph.scope(ask.vpc).region,
        vpc: graph.id(ask.vpc),
        ports: ports.clone(),
        clients: clients.clone(),
        subnets: chosen,
        group: groups
            .iter()
            .find(|group| group.chosen)
            .map(|group| group.id.clone()),
        attributes,
        invitations: settings::invitations(graph, ask, &mut missing),
    };
    let open = [&settings, &subnets]
        .into_iter()
        .flatten()
        .any(|one| one.fit == Fit::Unknown && !one.chosen);
    let unlisted = groups.iter().any(|group| group.id == "*");
    let unlisted = unlisted && !groups.iter().any(|group| group.chosen);
    let none = !subnets.iter().any(|subnet| subnet.chosen);
    if subnets.iter().filter(|subnet| subnet.chosen).count() == 1 {
        inferred.push("one zone is enough, since no other has a subnet that fits".to_owned());
    }
    let verdict = match (
        missing.is_empty(),
        unlisted || open && (none || settings_open(&settings)),
    ) {
        (_, true) => "unknown",
        (true, false) => "ready",
        (false, false) => "not-ready",
    };
    Preflight {
        provider: ask.provider.name().to_owned(),
        title: ask.provider.title().to_owned(),
        vpc: graph.id(ask.vpc),
        vpc_name: graph.tag(ask.vpc, "Name").map(str::to_owned),
        account: graph.account(ask.vpc),
        region: plan.region.clone(),
        verdict: verdict.to_owned(),
        ports: ports.to_string(),
        clients,
        inferred,
        settings,
        subnets,
        groups,
        groups_left,
        missing,
        commands: commands::of(&plan),
        terraform: terraform::of(&plan),
        exit: 0,
    }
}

fn settings_open(settings: &[Candidate]) -> bool {
    settings.iter().any(|setting| setting.fit == Fit::Unknown)
}

/// Who connects: what was said, or everybody in the VPC.
fn clients(
    graph: &Graph,
    ask: &Ask,
    inferred: &mut Vec<String>,
    missing: &mut Vec<String>,
) -> Vec<String> {
    if !ask.clients.is_empty() {
        return ask.clients.clone();
    }
    let vpc = ask.vpc.row().and_then(|row| {
        let row = usize::try_from(row).ok()?;
        graph.network().vpcs.get(row)
    });
    let blocks: Vec<String> = vpc
        .map(|vpc| vpc.blocks.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    if blocks.is_empty() {
        missing.push("the clients: give --client, the VPC's blocks were not seen".to_owned());
    } else {
        inferred.push(format!("clients: the VPC's blocks, {}", blocks.join(", ")));
    }
    blocks
}

/// What the commands need and nobody can look up.
fn inputs(ask: &Ask, missing: &mut Vec<String>) {
    let mut demand = |there: bool, what: &str| {
        if !there {
            missing.push(what.to_owned());
        }
    };
    match ask.provider {
        Provider::RedisCloud => demand(
            ask.target.is_some(),
            "the resource configuration's ARN: give --target; Redis Cloud shows it under Connectivity, PrivateLink",
        ),
        Provider::Zilliz => {
            demand(
                ask.target.is_some(),
                "the service's name, com.amazonaws.vpce.…: give --target; Zilliz Cloud shows it in the command of its dialog",
            );
            demand(
                ask.domain.is_some(),
                "the private link's host name: give --domain; Zilliz Cloud shows it once it accepted the endpoint",
            );
        }
        Provider::Emqx => {
            demand(
                !ask.az_ids.is_empty(),
                "the zones of the deployment: give --az-ids; EMQX shows them in the dialog of a new PrivateLink",
            );
            demand(
                !ask.principals.is_empty(),
                "the deployment's ARN: give --principal; EMQX shows it in the dialog of a new PrivateLink",
            );
        }
        Provider::ElastiCache => {}
    }
}

/// What is there already, or lies where it cannot be reached from.
fn elsewhere(graph: &Graph, ask: &Ask, missing: &mut Vec<String>) {
    let region = graph.scope(ask.vpc).region;
    let target = ask.target.as_deref().unwrap_or_default();
    let other = match ask.provider {
        Provider::RedisCloud => target.split(':').nth(3),
        _ => None,
    };
    let differs = |other: &&str| !other.is_empty() && !region.is_empty() && *other != region;
    if let Some(other) = other.filter(differs) {
        missing.push(format!(
            "a VPC in {other}, where the resource configuration is, or one of {region}"
        ));
    }
    let Some(domain) = &ask.domain else { return };
    let wanted = format!("{}.", domain.trim_end_matches('.')).to_ascii_lowercase();
    let zones = graph.nodes(Kind::HostedZone).filter(|zone| {
        let name = graph.field_text(*zone, "Name");
        name.is_some_and(|name| name.to_ascii_lowercase() == wanted)
    });
    for zone in zones {
        let id = graph.id(zone);
        missing.push(format!(
            "a look at the zone {id}, which has that name already: another one for the same VPC is refused"
        ));
    }
}

/// A whole number that rules use.
fn number(set: &RuleSet, fact: &str) -> Option<(i64, String)> {
    let fact = set.facts.get(fact)?;
    match &fact.value {
        FactValue::One(Datum::Int(number)) => Some((*number, fact.as_of.clone())),
        _ => None,
    }
}
