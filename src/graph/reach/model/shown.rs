//! Rules in words, for evidence.
//!
//! Says what a rule of a group or an entry of an ACL is about. Uses the model;
//! decides nothing.

use super::Network;
use super::access::AclEntry;
use super::group::{PeerKind, Span};
use crate::graph::reach::filter::Decided;
use crate::graph::reach::flow::Protocol;

impl Network {
    /// A rule of a security group, by what decided: `tcp 443 from 10.0.0.0/16`.
    pub fn shown_rule(&self, decided: Decided, ingress: bool) -> String {
        let rule = self.groups.get(decided.group as usize).and_then(|group| {
            let rules = if ingress {
                &group.ingress
            } else {
                &group.egress
            };
            Some((group, rules.as_ref()?.get(decided.permission)?))
        });
        let Some((group, rule)) = rule else {
            return String::new();
        };
        let peer = rule.peers.iter().find(|peer| peer.at == decided.peer);
        let peer = peer.map_or_else(String::new, |peer| match &peer.kind {
            PeerKind::Block(block) => block.to_string(),
            PeerKind::List(_, id) | PeerKind::Group { id, .. } => id.clone(),
            PeerKind::Unreadable => "(unreadable)".to_owned(),
        });
        let way = if ingress { "from" } else { "to" };
        format!("{}: {} {way} {peer}", group.id, span(rule.span))
    }
}

/// An entry of an ACL: `rule 100: allow tcp 443 from 10.0.0.0/16`.
pub fn shown_entry(entry: &AclEntry, ingress: bool) -> String {
    let what = match entry.allow {
        Some(true) => "allow",
        Some(false) => "deny",
        None => "(unreadable)",
    };
    let block = entry
        .block
        .map_or_else(|| "(unreadable)".to_owned(), |block| block.to_string());
    let way = if ingress { "from" } else { "to" };
    format!(
        "rule {}: {what} {} {way} {block}",
        entry.number,
        span(entry.span)
    )
}

fn span(span: Span) -> String {
    match span {
        Span::All => "all".to_owned(),
        Span::Nothing => "nothing".to_owned(),
        Span::Unreadable => "(unreadable)".to_owned(),
        Span::Range(protocol, 0, u16::MAX) => protocol.name(),
        Span::Range(protocol @ (Protocol::Icmp | Protocol::Icmpv6), low, high) => {
            let (kind, code) = (low >> 8, low & 0xff);
            if low == high {
                format!("{} type {kind} code {code}", protocol.name())
            } else {
                format!("{} type {kind}", protocol.name())
            }
        }
        Span::Range(protocol, low, high) if low == high => format!("{} {low}", protocol.name()),
        Span::Range(protocol, low, high) => format!("{} {low}-{high}", protocol.name()),
    }
}
