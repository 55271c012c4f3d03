//! The smallest changes, as reports want them.
//!
//! Says in words whose move a change is. Uses the graph's plan; which change
//! opens what is decided there.

use std::collections::BTreeSet;

use super::path::{Way, code_name};
use crate::findings::path::Change;
use crate::graph::Graph;
use crate::graph::reach::answer::Answer;
use crate::graph::reach::change::{self, Party};
use crate::graph::reach::flow::{Component, End, Flow};
use crate::snapshot::schema::Cloud;

/// The changes that would open what an answer says is blocked, and what to say
/// besides.
pub fn changes(graph: &Graph, answer: &Answer) -> (Vec<Change>, Vec<String>) {
    let flows: Vec<&Flow> = answer.pairs.iter().map(|pair| &pair.flow).collect();
    let classes = || answer.from.classes.iter().chain(&answer.to.classes);
    let besides: Vec<End> = classes()
        .flat_map(|class| class.ends.iter().cloned())
        .collect();
    let plan = change::plan(graph, &flows, &besides);
    let scopes = &graph.snapshot().scopes;
    let accounts: BTreeSet<&String> = scopes
        .iter()
        .filter(|scope| scope.cloud() == Some(Cloud::Aws))
        .map(|scope| &scope.account)
        .filter(|account| !account.is_empty())
        .collect();
    let mut notes = Vec::new();
    if plan.checks_left_out > 0 {
        notes.push(format!(
            "{} more checks failed for which no change is shown",
            plan.checks_left_out
        ));
    }
    if !plan.changes.is_empty() && classes().any(|class| class.ranges.is_some() && class.count > 1)
    {
        notes.push("of a range of addresses, changes name the first one".to_owned());
    }
    let changes = plan.changes.into_iter();
    let changes = changes.map(|change| shown(graph, change, accounts.len() > 1));
    (changes.collect(), notes)
}

fn shown(graph: &Graph, change: change::Change, several_accounts: bool) -> Change {
    let way = |back| if back { Way::Back } else { Way::There };
    let codes = change.codes.iter();
    let whose = match &change.party {
        Party::Owner(account) if several_accounts && !account.is_empty() => {
            format!("Account {account} makes it.")
        }
        Party::Owner(_) | Party::Nobody => String::new(),
        Party::Provider => "The provider of the service makes it.".to_owned(),
        Party::OnPremises => "Whoever runs the network on premises makes it.".to_owned(),
    };
    let notes: Vec<String> = [change.note, whose]
        .into_iter()
        .filter(|note| !note.is_empty())
        .collect();
    Change {
        title: change.title,
        resource: match &change.target {
            Component::Resource(node) => graph.id(*node),
            Component::Named(name) => name.clone(),
            Component::Internet | Component::OnPremises => String::new(),
        },
        codes: codes
            .map(|(code, back)| code_name(*code, way(*back)))
            .collect(),
        cli: change.cli,
        terraform: change.terraform,
        note: notes.join(" "),
    }
}
