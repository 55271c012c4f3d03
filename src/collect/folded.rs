//! Sections of other collectors that hold the answers of many calls, one a
//! parent: which call they are of, and whether it was made with a filter.
//!
//! Batfish knows these keys
//! (<https://github.com/batfish/batfish/blob/master/projects/batfish/src/main/java/org/batfish/representation/aws/AwsVpcEntity.java>).
//! Data and reading by what it says; what is in an answer is for `answer`.

use serde_json::value::RawValue;

use crate::snapshot::FileFormat;

use super::answer::{Envelope, Part};
use super::problem::Level;
use super::reader::Reader;

/// A section whose items are answers.
#[derive(Debug)]
pub(super) struct Folded {
    key: &'static str,
    service: &'static str,
    operation: &'static str,
    /// The part that was asked for; empty where it is all.
    narrowed: &'static str,
}

impl Folded {
    const fn all(key: &'static str, service: &'static str, operation: &'static str) -> Self {
        Self {
            key,
            service,
            operation,
            narrowed: "",
        }
    }
}

const SECTIONS: &[Folded] = &[
    // As the key says: propagated routes are missing.
    Folded {
        key: "TransitGatewayStaticRoutes",
        service: "ec2",
        operation: "SearchTransitGatewayRoutes",
        narrowed: "static",
    },
    Folded::all(
        "TransitGatewayPropagations",
        "ec2",
        "GetTransitGatewayRouteTablePropagations",
    ),
    Folded::all(
        "LoadBalancerListeners",
        "elasticloadbalancing",
        "DescribeListeners",
    ),
    Folded::all(
        "LoadBalancerAttributes",
        "elasticloadbalancing",
        "DescribeLoadBalancerAttributes",
    ),
    Folded::all(
        "LoadBalancerTargetHealth",
        "elasticloadbalancing",
        "DescribeTargetHealth",
    ),
];

impl<'de> Reader<'de> {
    /// The section of answers that stands under a key. One answer alone may
    /// stand there too; but classic load balancers have an object of other
    /// things under one of the keys.
    pub(super) fn folded_section(&self, part: &Part<'de>) -> Option<&'static Folded> {
        let section = SECTIONS.iter().find(|section| section.key == part.key)?;
        (part.raw.starts_with('[') || self.is_answer(part.raw)).then_some(section)
    }

    /// Reads the answers of a section. None at all are no answer: a call that
    /// is made once a parent was made for nobody then.
    pub(super) fn folded(
        &mut self,
        section: &Folded,
        part: &Part<'de>,
        pointer: &str,
        envelope: &mut Envelope<'de>,
        depth: u8,
    ) {
        envelope.recognised = true;
        self.batch.format = FileFormat::AwsCli;
        let alone = part.raw.starts_with('{');
        // The text was read once already, so that it has no errors but depth.
        let answers: Vec<&'de RawValue> = if alone {
            serde_json::from_str(part.raw).into_iter().collect()
        } else {
            serde_json::from_str(part.raw).unwrap_or_default()
        };
        let hint = self.hint.replace((section.service, section.operation));
        let narrowed = std::mem::replace(&mut self.narrowed, section.narrowed);
        let first = self
            .resumed
            .as_ref()
            .filter(|(array, _)| array == pointer)
            .map_or(0, |(_, position)| u64::from(*position));
        for (position, answer) in (first..).zip(answers) {
            let place = if alone {
                pointer.to_owned()
            } else {
                format!("{pointer}/{position}")
            };
            let known = self.nested(answer.get(), &place, depth);
            if known != Some(true) {
                self.at = self.offset(answer.get());
                self.batch
                    .issues
                    .add(Level::Incomplete, "not an answer", Some(self.at), || {
                        format!(
                            "`{}` has an item that is no answer of {}.{}; it is left out",
                            section.key, section.service, section.operation
                        )
                    });
            }
        }
        self.hint = hint;
        self.narrowed = narrowed;
    }
}
