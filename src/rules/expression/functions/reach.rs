//! Who reaches whom.
//!
//! The decisions are in [`graph::reach`](crate::graph::reach); this gives them
//! to expressions, and what decided to the evidence. A rule judges; here it is
//! only asked.

use super::kinds::NETWORK;
use super::{Accepts, Call, Function, Gives, senseless};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::answer;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Assume, Flow, Outcome, Protocol, Traffic, Verdict};
use crate::graph::reach::outside;
use crate::graph::reach::place::{Class, Finder, Place};
use crate::graph::{Graph, Listing};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::rules::paths;
use crate::snapshot::record::Kind;

/// Flows whose evidence one call leaves; a finding would show no more.
const MAX_TOLD: usize = 4;

/// What has clients around it.
const AMID: &[Kind] = &[Kind::VpcEndpoint, Kind::Vpc];

/// Where to or from, the protocol, and the first and last port.
const WAY: &[Accepts] = &[Accepts::Place, Accepts::Text, Accepts::Int, Accepts::Int];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "reachable",
        receiver: Some(Accepts::AnyResource),
        args: WAY,
        gives: Gives::Bool,
        doc: "Whether all of the resource reaches all of a place (a resource, or a text as `plaudit reach` takes it) on every port of the range, and replies come back; partly is false, unknown if what decides was not seen.",
        example: "instance.reachable(\"redis.example.com\", \"tcp\", 6379, 6379)",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: reachable,
    },
    Function {
        name: "reaches_some",
        receiver: Some(Accepts::AnyResource),
        args: WAY,
        gives: Gives::Bool,
        doc: "Whether anything of the resource reaches anything of a place on at least one port of the range, and replies come back; false only if that is proven for all of both.",
        example: "subnet.reaches_some(\"internet\", \"tcp\", 443, 443)",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: |call, frame| some(call, frame, Way::Out),
    },
    Function {
        name: "reached_from",
        receiver: Some(Accepts::AnyResource),
        args: WAY,
        gives: Gives::Bool,
        doc: "Whether anything from a place arrives at the resource on at least one port of the range, whether or not replies come back; false only if that is proven for all of both.",
        example: "endpoint.reached_from(\"internet\", \"tcp\", 0, 65535)",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: |call, frame| some(call, frame, Way::In),
    },
    Function {
        name: "blockers",
        receiver: Some(Accepts::AnyResource),
        args: WAY,
        gives: Gives::Texts,
        doc: "What stops traffic from the resource to a place on some of the ports: codes with the resource that decides, in order; none if all passes, and there may be more where what decides was not seen.",
        example: "instance.blockers(\"vpce-0a1b2c3d4e5f60718\", \"tcp\", 443, 443).join(\", \")",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: blockers,
    },
    Function {
        name: "clients",
        receiver: Some(Accepts::ResourceOf(AMID)),
        args: &[],
        gives: Gives::Resources(Kind::NetworkInterface),
        doc: "Interfaces that may use the endpoint, or what else stands in the VPC, one of each class that is treated alike: of the VPC, and of VPCs that its routes lead to. There may be more where interfaces, route tables, peerings or attachments were not listed.",
        example: "endpoint.clients().exists(c, c.reaches_some(endpoint, \"tcp\", 443, 443))",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: clients,
    },
    Function {
        name: "joins_premises",
        receiver: Some(Accepts::ResourceOf(AMID)),
        args: &[],
        gives: Gives::Bool,
        doc: "Whether a route of the VPC, or of the endpoint's VPC, leads to a virtual private gateway, or to a transit gateway with a VPN, Direct Connect or Connect attachment, so that clients may be outside of all VPCs.",
        example: "endpoint.joins_premises()",
        reads: &[],
        follows: &[],
        whole: NETWORK,
        call: |call, frame| match around(call) {
            Some(around) if around.premises => Value::Bool(true),
            Some(around) if around.needs.is_empty() => Value::Bool(false),
            Some(around) => {
                around.needs.iter().for_each(|need| {
                    frame.missed(need.clone());
                });
                Value::Unknown
            }
            None => no_vpc(call, frame),
        },
    },
];

/// Which side the receiver is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Out,
    In,
}

/// Both places and the traffic of a question.
struct Question {
    from: Place,
    to: Place,
    traffic: Traffic,
    shown: String,
}

/// Reads the arguments; what makes no sense goes to the trace.
fn question(call: &Call<'_, '_>, frame: &mut Frame<'_>, way: Way) -> Option<Question> {
    let protocol = Protocol::parse(&call.text(2));
    let (low, high) = (u16::try_from(call.int(3)), u16::try_from(call.int(4)));
    let (Some(protocol), Ok(low), Ok(high)) = (protocol, low, high) else {
        senseless(
            frame,
            format!(
                "traffic of `{}` to ports {} to {}",
                call.text(2),
                call.int(3),
                call.int(4)
            ),
        );
        return None;
    };
    let traffic = Traffic::new(protocol, Ports::range(low, high));
    let (source, end) = match way {
        Way::Out => (0, 1),
        Way::In => (1, 0),
    };
    let finder = Finder::new(call.graph);
    let from = place(call, &finder, source, None, frame)?;
    let to = place(call, &finder, end, Some(&from), frame)?;
    let to = outside::as_named_by(call.graph.network(), &from, to);
    let shown = format!(
        "{} to {} on {}",
        name_of(call, source),
        name_of(call, end),
        paths::shown_traffic(&traffic)
    );
    Some(Question {
        from,
        to,
        traffic,
        shown,
    })
}

fn name_of(call: &Call<'_, '_>, position: usize) -> String {
    let value = call.args.get(position);
    value.map_or_else(String::new, |value| value.display(call.graph))
}

/// An argument as a place; `source` is there for destinations.
fn place(
    call: &Call<'_, '_>,
    finder: &Finder<'_>,
    position: usize,
    source: Option<&Place>,
    frame: &mut Frame<'_>,
) -> Option<Place> {
    match call.args.get(position) {
        Some(Value::Node(node)) => {
            if node.row().is_none() {
                frame.missed(Need::Resource(*node));
                return None;
            }
            let found = match source {
                None => finder.source_at(*node),
                Some(_) => finder.destination_at(*node),
            };
            if found.is_none() {
                let id = call.graph.id(*node);
                senseless(
                    frame,
                    format!("{id} as a place where traffic begins or ends"),
                );
            }
            found
        }
        Some(Value::Text(text)) => {
            let text = text.read(call.graph);
            let found = match source {
                None if text == "internet" => Ok(call.graph.clients().internet().clone()),
                None => finder.source(&text),
                Some(source) => finder.destination(&text, source),
            };
            match found {
                Ok(place) => Some(place),
                Err(nothing) => {
                    senseless(frame, nothing.message);
                    None
                }
            }
        }
        _ => None,
    }
}

/// What was not seen of a place goes to the trace; whether there is any.
fn doubts(place: &Place, frame: &mut Frame<'_>) -> bool {
    for need in &place.needs {
        frame.missed(need.clone());
    }
    if let Some(kind) = place.unlisted {
        let what = format!("{}, of which not all were listed", kind.spec().name);
        frame.missed(Need::Sense(format!("{} as a {what}", place.text)));
    }
    if place.left_out > 0 {
        let what = format!("{} more classes of ends of {}", place.left_out, place.text);
        frame.missed(Need::Sense(what));
    }
    let steps = place.checks.iter();
    let unknown = steps.filter(|check| check.outcome == Outcome::Unknown);
    let mut found = !place.needs.is_empty() || place.unlisted.is_some() || place.left_out > 0;
    for check in unknown {
        found = true;
        for need in &check.needs {
            frame.missed(need.clone());
        }
    }
    found
}

/// Leaves what decided a flow in the trace.
fn tell(frame: &mut Frame<'_>, reads: Vec<Read>) {
    for read in reads {
        frame.saw(read);
    }
}

fn miss(frame: &mut Frame<'_>, flow: &Flow) {
    if frame.tracing() {
        for need in paths::needs(flow) {
            frame.missed(need);
        }
    }
}

fn answered<'g>(
    call: &Call<'_, 'g>,
    frame: &mut Frame<'g>,
    name: &str,
    shown: &str,
    value: Value<'g>,
) -> Value<'g> {
    if frame.tracing() && !value.is_unknown() {
        let label = format!("{name}({shown})");
        let actual = value.display(call.graph);
        frame.saw(Read::seen(frame.subject, "", label, actual));
    }
    value
}

fn reachable<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(Question {
        from,
        to,
        traffic,
        shown,
    }) = question(call, frame, Way::Out)
    else {
        return Value::Unknown;
    };
    let Ok(answer) = answer::answer(call.graph, from, to, traffic, Assume::default()) else {
        return senseless(
            frame,
            format!("traffic from {shown}: both are one interface"),
        );
    };
    let flows = || answer.pairs.iter().map(|pair| &pair.flow);
    let stopped = |flow: &&Flow| matches!(flow.verdict, Verdict::Blocked | Verdict::Partial);
    let unresolved = answer
        .to
        .checks
        .iter()
        .any(|check| check.outcome == Outcome::Fail);
    // One part that does not get through is enough, whatever was not seen.
    if unresolved || flows().any(|flow| stopped(&flow)) {
        if frame.tracing() {
            for flow in flows().filter(stopped).take(MAX_TOLD) {
                tell(frame, paths::deciding(flow));
            }
        }
        return answered(call, frame, "reachable", &shown, Value::Bool(false));
    }
    if answer.verdict == Verdict::Reachable {
        if frame.tracing() {
            for flow in flows().take(MAX_TOLD) {
                tell(frame, paths::deciding(flow));
            }
        }
        return answered(call, frame, "reachable", &shown, Value::Bool(true));
    }
    unknown(frame, &answer)
}

fn unknown<'g>(frame: &mut Frame<'g>, answer: &answer::Answer) -> Value<'g> {
    doubts(&answer.from, frame);
    doubts(&answer.to, frame);
    if answer.left_out > 0 {
        frame.missed(Need::Sense(format!(
            "{} more pairs of ends",
            answer.left_out
        )));
    }
    for pair in &answer.pairs {
        if pair.flow.verdict == Verdict::Unknown {
            miss(frame, &pair.flow);
        }
    }
    Value::Unknown
}

fn blockers<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(Question {
        from,
        to,
        traffic,
        shown,
    }) = question(call, frame, Way::Out)
    else {
        return Value::Unknown;
    };
    let Ok(answer) = answer::answer(call.graph, from, to, traffic, Assume::default()) else {
        return senseless(
            frame,
            format!("traffic from {shown}: both are one interface"),
        );
    };
    let mut found = Vec::new();
    for pair in &answer.pairs {
        for blocker in paths::blockers(call.graph, &pair.flow) {
            if !found.contains(&blocker) {
                found.push(blocker);
            }
        }
        if frame.tracing() && pair.flow.verdict == Verdict::Blocked {
            tell(frame, paths::deciding(&pair.flow));
        }
    }
    let open = answer.verdict == Verdict::Unknown;
    if open {
        unknown(frame, &answer);
    }
    Value::list(found.into_iter().map(Value::text).collect(), open)
}

/// Whether anything gets through, in the order of the classes: the first that
/// does decides.
fn some<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>, way: Way) -> Value<'g> {
    let Some(asked) = question(call, frame, way) else {
        return Value::Unknown;
    };
    let name = match way {
        Way::Out => "reaches_some",
        Way::In => "reached_from",
    };
    let mut open = false;
    let mut stopped = Vec::new();
    let mut pairs = 0;
    for end in &asked.to.classes {
        for source in &asked.from.classes {
            let Some(flow) = flow(call.graph, source, end, &asked.traffic) else {
                continue;
            };
            pairs += 1;
            let verdict = match way {
                Way::Out => flow.verdict,
                Way::In => flow.there,
            };
            match verdict {
                Verdict::Reachable | Verdict::Partial => {
                    if frame.tracing() {
                        tell(frame, paths::passing(&flow));
                    }
                    return answered(call, frame, name, &asked.shown, Value::Bool(true));
                }
                Verdict::Unknown => {
                    open = true;
                    miss(frame, &flow);
                }
                Verdict::Blocked => {
                    let is_hidden = nobody_outside(&flow);
                    if stopped.len() < MAX_TOLD {
                        stopped.push(flow);
                    }
                    if is_hidden {
                        break;
                    }
                }
            }
        }
    }
    open |= doubts(&asked.from, frame);
    open |= doubts(&asked.to, frame);
    if open {
        return Value::Unknown;
    }
    if pairs == 0 {
        return senseless(
            frame,
            format!("traffic from {}: it has no two ends", asked.shown),
        );
    }
    if frame.tracing() {
        for flow in &stopped {
            tell(frame, paths::deciding(flow));
        }
    }
    answered(call, frame, name, &asked.shown, Value::Bool(false))
}

/// Whether a flow is stopped by what holds for the whole internet: nobody
/// outside can name the destination.
fn nobody_outside(flow: &Flow) -> bool {
    flow.blockers()
        .contains(&Code::IgwPrivateIpAssociationForIngress)
}

/// The flow between one end of each class; none if they cannot meet.
fn flow(graph: &Graph, source: &Class, end: &Class, traffic: &Traffic) -> Option<Flow> {
    if source.is_v6() != end.is_v6() {
        return None;
    }
    let network = graph.network();
    if end.only_from.is_some() {
        let vpc = source.ends.first().and_then(|end| network.vpc_of(end));
        if end.only_from != vpc {
            return None;
        }
    }
    let (from, to) = source.pair(end)?;
    Some(network.flow(graph, from, to, traffic, Assume::default()))
}

/// The VPC, or that of an endpoint, by row.
fn vpc(call: &Call<'_, '_>) -> Option<u32> {
    let Some(Value::Node(amid)) = call.args.first() else {
        return None;
    };
    let row = amid.row()?;
    if amid.kind == Kind::Vpc {
        return Some(row);
    }
    call.graph.network().endpoints.get(row as usize)?.vpc
}

fn around<'g>(call: &Call<'_, 'g>) -> Option<&'g crate::graph::reach::clients::Around> {
    call.graph.clients().around(vpc(call)?)
}

fn no_vpc<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    match call.args.first() {
        Some(Value::Node(amid)) if amid.row().is_some() => {
            frame.missed(Need::Field(*amid, "VpcId"))
        }
        Some(Value::Node(amid)) => frame.missed(Need::Resource(*amid)),
        _ => Value::Unknown,
    }
}

fn clients<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let graph = call.graph;
    let (Some(own), Some(around)) = (vpc(call), around(call)) else {
        return no_vpc(call, frame);
    };
    let mut open = !around.needs.is_empty();
    for need in &around.needs {
        frame.missed(need.clone());
    }
    let mut found = Vec::new();
    for vpc in std::iter::once(own).chain(around.vpcs.iter().copied()) {
        let (interfaces, more) = graph.clients().of(vpc);
        found.extend(interfaces.iter().map(|node| Value::Node(*node)));
        let node = graph.nodes(Kind::Vpc).nth(vpc as usize);
        if let Some(node) = node
            && graph.listing(Kind::NetworkInterface, node) != Listing::Complete
        {
            open = true;
            frame.missed(Need::Listing(Kind::NetworkInterface, node));
        }
        if more {
            open = true;
            frame.missed(Need::Sense(
                "more classes of interfaces than are told apart".to_owned(),
            ));
        }
    }
    Value::list(found, open)
}
