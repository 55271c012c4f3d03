//! Our answers held against those of AWS's Reachability Analyzer.
//!
//! Analyses that somebody let AWS make are asked again of our own engine, and
//! verdicts, reasons and components are laid side by side. Uses the graph and
//! findings; reads texts and no files, and never takes AWS's answer for ours.

mod code;
mod question;
mod read;

use std::collections::BTreeSet;

use super::calls;
use super::insights::{found, insights};
use crate::findings::comparison::{Agreement, Compared, Comparison, Way};
use crate::findings::insights::{Analysis, PathComponent};
use crate::graph::Graph;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Component, End, Flow, Outcome, Traffic, Verdict};
use crate::snapshot::record::Kind;
use question::Question;
pub use read::Asked;

/// The engine: what becomes of traffic between two ends.
pub type Ask<'a> = dyn Fn(&End, &End, &Traffic) -> Flow + 'a;

/// Asks everything again and compares.
pub fn compare(graph: &Graph, asked: &Asked, ask: &Ask<'_>) -> Comparison {
    let mut comparison = Comparison::default();
    for (number, (file, analysis)) in asked.analyses.iter().enumerate() {
        let mut row = Compared {
            analysis: analysis
                .network_insights_analysis_id
                .clone()
                .unwrap_or_else(|| format!("analysis {}", number + 1)),
            file: file.clone(),
            question: String::new(),
            outcome: Agreement::NotComparable,
            theirs: analysis.network_path_found,
            ours: None,
            codes_of_both: Vec::new(),
            codes_only_theirs: Vec::new(),
            codes_only_ours: Vec::new(),
            ways: Vec::new(),
            differences: Vec::new(),
            notes: Vec::new(),
        };
        match question::question(graph, asked, analysis) {
            Ok(question) => answer(graph, analysis, &question, ask, &mut row),
            Err(why) => row.notes.push(why),
        }
        *match row.outcome {
            Agreement::Agrees => &mut comparison.agree,
            Agreement::Differs => &mut comparison.differ,
            Agreement::NotComparable => &mut comparison.not_comparable,
        } += 1;
        comparison.analyses.push(row);
    }
    comparison
}

fn answer(
    graph: &Graph,
    analysis: &Analysis,
    question: &Question,
    ask: &Ask<'_>,
    row: &mut Compared,
) {
    row.question.clone_from(&question.shown);
    row.notes.extend(question.notes.iter().cloned());
    let flows: Vec<Flow> = question
        .pairs
        .iter()
        .map(|(from, to)| ask(from, to, &question.traffic))
        .collect();
    let ours_found = together(&flows);
    row.ours = Some(verdict(&flows).name().to_owned());
    let (Some(theirs), Some(ours)) = (analysis.network_path_found, ours_found) else {
        if analysis.network_path_found.is_none() {
            row.notes.push("The analysis has no verdict.".to_owned());
        } else {
            row.notes.push(missing(graph, &flows));
        }
        return;
    };
    if theirs && ours && verdict(&flows) == Verdict::Partial {
        row.notes.push(
            "AWS asks whether some packet passes; here some do not, and plaudit reach says which."
                .to_owned(),
        );
    }
    if theirs != ours {
        let word = |found| if found { "reachable" } else { "not reachable" };
        row.differences
            .push(format!("AWS: {}; we: {}", word(theirs), word(ours)));
        row.notes.extend(limits(&flows, theirs));
    }
    let their_codes: BTreeSet<&str> = analysis
        .explanations
        .iter()
        .filter_map(|told| told.explanation_code.as_deref())
        .collect();
    let our_codes: BTreeSet<Code> = if ours {
        BTreeSet::new()
    } else {
        flows.iter().flat_map(Flow::blockers).collect()
    };
    codes(&their_codes, &our_codes, row);
    if theirs && ours {
        ways(graph, analysis, &flows, row);
    }
    if !theirs && !ours && !row.codes_only_theirs.is_empty() {
        row.differences
            .push(format!("AWS blames {}", row.codes_only_theirs.join(", ")));
    }
    row.outcome = if row.differences.is_empty() {
        Agreement::Agrees
    } else {
        Agreement::Differs
    };
}

/// Whether some packet passes between any of the ends: AWS asks for one.
fn together(flows: &[Flow]) -> Option<bool> {
    let each: Vec<Option<bool>> = flows.iter().map(found).collect();
    if each.contains(&Some(true)) {
        Some(true)
    } else if each.contains(&None) || each.is_empty() {
        None
    } else {
        Some(false)
    }
}

/// The verdict over all ends.
fn verdict(flows: &[Flow]) -> Verdict {
    let mut verdicts: Vec<Verdict> = flows.iter().map(|flow| flow.verdict).collect();
    verdicts.sort_unstable();
    verdicts.dedup();
    match verdicts.as_slice() {
        [only] => *only,
        [] => Verdict::Unknown,
        several if several.contains(&Verdict::Unknown) => Verdict::Unknown,
        _ => Verdict::Partial,
    }
}

/// What an unknown verdict of ours would need.
fn missing(graph: &Graph, flows: &[Flow]) -> String {
    let needs: BTreeSet<String> = flows
        .iter()
        .flat_map(|flow| flow.checks(Outcome::Unknown))
        .flat_map(|(_, check)| &check.needs)
        .map(|need| {
            let reason = calls::reason(graph, need);
            match reason.call {
                Some(call) => format!("{} ({call})", reason.what),
                None => reason.what,
            }
        })
        .collect();
    if needs.is_empty() {
        "We do not know: what decides is not in the snapshot.".to_owned()
    } else {
        let needs: Vec<String> = needs.into_iter().collect();
        format!("We do not know; not in the snapshot: {}.", needs.join("; "))
    }
}

fn codes(theirs: &BTreeSet<&str>, ours: &BTreeSet<Code>, row: &mut Compared) {
    for code in theirs {
        let known = ours.iter().any(|own| code::same(code, own.name()));
        let list = if known {
            &mut row.codes_of_both
        } else {
            &mut row.codes_only_theirs
        };
        list.push((*code).to_owned());
    }
    for own in ours {
        if !theirs.iter().any(|code| code::same(code, own.name())) {
            row.codes_only_ours.push(own.name().to_owned());
        }
    }
}

/// Compares the components of the ways. Of several flows that which resembles
/// AWS's most is taken, since AWS shows one path of many.
fn ways(graph: &Graph, analysis: &Analysis, flows: &[Flow], row: &mut Compared) {
    let theirs = [
        shown(&analysis.forward_path_components),
        shown(&analysis.return_path_components),
    ];
    let open = flows.iter().filter(|flow| found(flow) == Some(true));
    let candidates = open.map(|flow| {
        let own = insights(graph, flow);
        [
            shown(&own.forward_path_components),
            shown(&own.return_path_components),
        ]
    });
    let likeness = |ours: &[Vec<String>; 2]| {
        let pairs = ours.iter().zip(&theirs);
        pairs.filter(|(ours, theirs)| ours == theirs).count()
    };
    // The first of the best: `max_by_key` would take the last.
    let best = candidates.reduce(|best, next| {
        if likeness(&next) > likeness(&best) {
            next
        } else {
            best
        }
    });
    let Some(ours) = best else {
        return;
    };
    let directions = ["forward", "return"];
    for ((direction, theirs), ours) in directions.into_iter().zip(theirs).zip(ours) {
        if theirs.is_empty() {
            continue;
        }
        let same = theirs == ours;
        if !same {
            row.differences.push(format!("the {direction} way"));
        }
        row.ways.push(Way {
            direction: direction.to_owned(),
            same,
            theirs,
            ours,
        });
    }
    if theirs_forward_only(analysis, flows) {
        row.notes.push(FORWARD_ONLY.to_owned());
    }
}

/// The components that both tools show, by id. Security groups are left out:
/// of several that admit, either tool shows one.
fn shown(components: &[PathComponent]) -> Vec<String> {
    let mut ids: Vec<String> = components
        .iter()
        .filter_map(|component| component.component.as_ref()?.id.clone())
        .filter(|id| {
            let kinds = [
                "eni-",
                "acl-",
                "rtb-",
                "pcx-",
                "igw-",
                "nat-",
                "vgw-",
                "eigw-",
                "tgw-attach-",
                "tgw-rtb-",
            ];
            kinds.iter().any(|kind| id.starts_with(kind))
        })
        .collect();
    ids.dedup();
    ids
}

const FORWARD_ONLY: &str =
    "With TCP through a transit gateway, Reachability Analyzer analyses the forward way only.";

fn crosses_transit(flow: &Flow) -> bool {
    flow.forward.iter().any(|hop| {
        matches!(&hop.component, Component::Resource(node) if matches!(
            node.kind,
            Kind::TransitGateway
                | Kind::TransitGatewayAttachment
                | Kind::TransitGatewayVpcAttachment
                | Kind::TransitGatewayPeeringAttachment
                | Kind::TransitGatewayRouteTable
        ))
    })
}

fn theirs_forward_only(analysis: &Analysis, flows: &[Flow]) -> bool {
    analysis.return_path_components.is_empty()
        && flows.iter().any(crosses_transit)
        && flows
            .iter()
            .any(|flow| flow.traffic.protocol == crate::graph::reach::flow::Protocol::Tcp)
}

/// What AWS does not look at
/// (<https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html>),
/// where it may explain that the verdicts differ.
fn limits(flows: &[Flow], theirs: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let any = |codes: &[Code]| {
        flows
            .iter()
            .any(|flow| flow.blockers().iter().any(|code| codes.contains(code)))
    };
    if flows.iter().any(|flow| flow.to.address().is_ipv6()) {
        notes.push("Reachability Analyzer sees IPv4 only.".to_owned());
    }
    if !theirs {
        return notes;
    }
    let only_back = |flow: &Flow| matches!(flow.there, Verdict::Reachable | Verdict::Partial);
    if flows
        .iter()
        .any(|flow| crosses_transit(flow) && only_back(flow))
    {
        notes.push(format!(
            "{FORWARD_ONLY} It is the reply that does not arrive."
        ));
    }
    if any(&[Code::Elbv2NoTargetsInAz, Code::ElbNotCrosszone]) {
        notes.push("Reachability Analyzer does not look at the health of targets.".to_owned());
    }
    if any(&[
        Code::RcfgPortNotAllowed,
        Code::RcfgInaccessible,
        Code::RgwNoAzOverlap,
        Code::RgwSgEgress,
        Code::SnvaNotTransitive,
        Code::SnvaSgMismatch,
    ]) {
        notes.push(
            "Reachability Analyzer does not look behind endpoints of VPC Lattice.".to_owned(),
        );
    }
    notes
}
