//! What the fields of an answer are called on the wire and what they hold.
//!
//! Read once from the generated files in `shapes/`. Uses nothing else, and
//! holds no answers.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::collect::aws::service::Service;

/// The shapes of one service.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shapes {
    operations: BTreeMap<String, Type>,
    #[serde(rename = "shapes")]
    structures: BTreeMap<String, BTreeMap<String, (String, Type)>>,
    /// Of each shape: the field by its name on the wire.
    #[serde(skip)]
    wires: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a field holds.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Type {
    /// A letter for something simple, or the name of a structure.
    Named(String),
    /// Several of one type.
    List {
        list: Box<Type>,
        /// Element around each entry; `None` if the entries stand beside other
        /// fields.
        item: Option<String>,
    },
    /// Pairs.
    Map {
        map: Box<Type>,
        key: String,
        value: String,
    },
}

/// Something simple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Int,
    Float,
    Bool,
    Time,
    Bytes,
}

impl Shapes {
    /// Those of a service.
    pub(super) fn of(service: Service) -> &'static Self {
        macro_rules! services {
            ($($service:ident = $file:literal,)*) => {
                match service {
                    $(Service::$service => {
                        static SHAPES: OnceLock<Shapes> = OnceLock::new();
                        SHAPES.get_or_init(|| {
                            Shapes::read(include_str!(concat!("../shapes/", $file, ".json")))
                        })
                    })*
                }
            };
        }
        services! {
            CloudWatch = "cloudwatch",
            Ec2 = "ec2",
            ElastiCache = "elasticache",
            ElasticLoadBalancing = "elasticloadbalancing",
            Organizations = "organizations",
            Ram = "ram",
            Route53 = "route53",
            Route53Profiles = "route53profiles",
            Route53Resolver = "route53resolver",
            Sts = "sts",
            VpcLattice = "vpc-lattice",
        }
    }

    /// A file that a test has read; without it every answer would be an error.
    fn read(text: &str) -> Self {
        let mut shapes: Self = serde_json::from_str(text).unwrap_or_default();
        for (name, fields) in &shapes.structures {
            let wires = fields
                .iter()
                .map(|(field, (wire, _))| (wire.clone(), field.clone()))
                .collect();
            shapes.wires.insert(name.clone(), wires);
        }
        shapes
    }

    /// The answer of an operation.
    pub(super) fn operation(&self, name: &str) -> Option<&Type> {
        self.operations.get(name)
    }

    /// The field with this name on the wire: the AWS CLI's name, and its type.
    pub(super) fn on_wire(&self, structure: &str, wire: &str) -> Option<(&str, &Type)> {
        let name = self.wires.get(structure)?.get(wire)?;
        let (_, of) = self.structures.get(structure)?.get(name)?;
        Some((name, of))
    }

    /// The field with this name.
    #[cfg(test)]
    pub(super) fn field(&self, of: &Type, name: &str) -> Option<&Type> {
        let Type::Named(structure) = of else {
            return None;
        };
        Some(&self.structures.get(structure)?.get(name)?.1)
    }
}

impl Type {
    /// What it is, if it is simple.
    pub(super) fn scalar(&self) -> Option<Scalar> {
        let Self::Named(name) = self else {
            return None;
        };
        Some(match name.as_str() {
            "s" => Scalar::Text,
            "i" => Scalar::Int,
            "f" => Scalar::Float,
            "b" => Scalar::Bool,
            "t" => Scalar::Time,
            "B" => Scalar::Bytes,
            _ => return None,
        })
    }
}
