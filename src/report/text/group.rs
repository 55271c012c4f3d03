//! Findings gathered by verdict and rule, a few of each.
//!
//! May use only [`findings`](crate::findings); writes nothing. What is kept is
//! bounded by the number of rules, whatever the number of findings.

use std::collections::BTreeMap;
use std::io;

use super::super::visible;
use crate::findings::{Finding, Findings, Reason, ReasonCode, Verdict};

/// Findings of a rule that are shown in full.
pub(super) const SHOWN: usize = 10;

/// One rule's findings with one verdict.
pub(super) struct Group {
    pub(super) rule_index: usize,
    pub(super) verdict: Verdict,
    /// How many there are.
    pub(super) count: u64,
    /// The first of them, at most [`SHOWN`].
    pub(super) shown: Vec<Finding>,
    /// For unknown: reasons by class and IAM action.
    pub(super) reasons: BTreeMap<(ReasonCode, String), Missing>,
}

/// What is missing for one class of reason and one IAM action.
pub(super) struct Missing {
    pub(super) count: u64,
    /// The first such reason, as the example.
    pub(super) first: Reason,
}

/// All groups, in the order in which the findings first show them.
pub(super) struct Groups(Vec<Group>);

impl Groups {
    pub(super) fn read(findings: &dyn Findings) -> io::Result<Self> {
        let mut groups: Vec<Group> = Vec::new();
        let mut places = BTreeMap::new();
        findings.each(&mut |finding| {
            let key = (finding.verdict, finding.rule_index);
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Group {
                    rule_index: finding.rule_index,
                    verdict: finding.verdict,
                    count: 0,
                    shown: Vec::new(),
                    reasons: BTreeMap::new(),
                });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.add(finding);
            }
            Ok(())
        })?;
        Ok(Self(groups))
    }

    pub(super) fn of(&self, verdict: Verdict) -> impl Iterator<Item = &Group> {
        self.0.iter().filter(move |group| group.verdict == verdict)
    }
}

impl Group {
    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(finding.clone());
        }
        for reason in &finding.reasons {
            let action = visible::line(reason.action.as_deref().unwrap_or_default());
            self.reasons
                .entry((reason.code, action.into_owned()))
                .and_modify(|missing| missing.count += 1)
                .or_insert_with(|| Missing {
                    count: 1,
                    first: reason.clone(),
                });
        }
    }

    /// Those that are not shown.
    pub(super) fn hidden(&self) -> u64 {
        self.count.saturating_sub(self.shown.len() as u64)
    }
}
