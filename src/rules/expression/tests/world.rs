//! Snapshots made by hand, without files and collectors.
//!
//! Objects are written as the API gives them: what is left out is absent, and
//! `null` is a value that the source does not know.

use serde_json::{Value, json};

use crate::graph::{Graph, Node};
use crate::snapshot::Snapshot;
use crate::snapshot::column::{Column, Flag, Presence};
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::ledger::{Call, CallOutcome, Scope};
use crate::snapshot::packed::Packed;
use crate::snapshot::provenance::{Origin, Run};
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::Symbols;
use crate::snapshot::table::Table;

/// A snapshot of one account and region; the first object is what expressions
/// are about.
pub(super) struct World {
    snapshot: Snapshot,
    subject: Option<Kind>,
}

impl World {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        let mut snapshot = Snapshot::new();
        snapshot.scopes.push(scope());
        Self {
            snapshot,
            subject: None,
        }
    }

    /// An endpoint with two subnets that the account shows, of which there may
    /// be more.
    pub(super) fn endpoint() -> Self {
        Self::new()
            .with(
                Kind::VpcEndpoint,
                &json!({
                    "VpcEndpointId": "vpce-0a",
                    "VpcEndpointType": "Interface",
                    "State": "available",
                    "VpcId": "vpc-0a",
                    "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0a",
                    "SubnetIds": ["subnet-0a", "subnet-0b"],
                    "Groups": [{"GroupId": "sg-0a", "GroupName": "redis"}, {"GroupId": "sg-0b"}],
                    "PrivateDnsEnabled": true,
                    "Tags": {"Team": "data", "empty": ""},
                }),
            )
            .with(
                Kind::Vpc,
                &json!({"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16"}),
            )
            .with(
                Kind::Subnet,
                &json!({"SubnetId": "subnet-0a", "VpcId": "vpc-0a", "AvailableIpAddressCount": 10}),
            )
            .with(
                Kind::Subnet,
                &json!({"SubnetId": "subnet-0b", "VpcId": "vpc-0a", "AvailableIpAddressCount": 20}),
            )
            .listed("ec2", "DescribeVpcs")
            .listed("ec2", "DescribeVpcEndpoints")
    }

    /// Adds a resource.
    pub(super) fn with(mut self, kind: Kind, object: &Value) -> Self {
        let Snapshot {
            tables,
            symbols,
            runs,
            ..
        } = &mut self.snapshot;
        let table = &mut tables[kind.index()];
        fill(Level::of(kind), table, object, symbols);
        table.origins.push(Origin {
            run: u32::try_from(runs.len()).unwrap(),
            ordinal: 0,
            offset: 0,
        });
        runs.push(Run {
            file: 0,
            scope: 0,
            kind,
            source: 0,
            partial: false,
            narrowed: "",
            base: 0,
            pointer: String::new(),
            array: false,
            parent: None,
        });
        self.subject.get_or_insert(kind);
        self
    }

    /// A call that answered completely.
    pub(super) fn listed(mut self, service: &str, operation: &str) -> Self {
        let call = Call {
            outcome: CallOutcome::Complete,
            items: 0,
            files: 1,
            asserted: false,
            detail: String::new(),
        };
        self.snapshot.ledger.add(&scope(), service, operation, call);
        self
    }

    /// The network, and the resource that was added first.
    pub(super) fn build(self) -> (Graph, Node) {
        let subject = Node::new(self.subject.unwrap(), 0);
        (Graph::build(self.snapshot), subject)
    }
}

fn scope() -> Scope {
    Scope {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
    }
}

fn fill(level: &'static Level, table: &mut Table, object: &Value, symbols: &mut Symbols) {
    for (index, spec) in level.columns.iter().enumerate() {
        let pointer = format!("/{}", spec.path.replace('.', "/"));
        let Some(value) = object.pointer(&pointer) else {
            continue;
        };
        let column = table.column_mut(index).unwrap();
        if value.is_null() {
            column.push_missing(Presence::Unknown);
            continue;
        }
        let text = || value.as_str().unwrap();
        let texts = || {
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_str().unwrap())
        };
        match (column, spec.shape) {
            (Column::Text(values), _) => values.push(symbols.intern(text())),
            (Column::Int(values), _) => values.push(value.as_i64().unwrap()),
            (Column::Bool(values), _) => {
                let value = value.as_bool().unwrap();
                values.push(if value { Flag::True } else { Flag::False });
            }
            (Column::Packed(values), ColumnShape::Id(kind)) => {
                values.push(Packed::id(text(), kind.spec().id_prefix, symbols));
            }
            (Column::Packed(values), _) => values.push(Packed::network(text(), symbols)),
            (Column::Texts(lists), _) => {
                texts().for_each(|text| lists.push(symbols.intern(text)));
                lists.end(Presence::Present);
            }
            (Column::Ids(lists), ColumnShape::Ids(kind)) => {
                let prefix = kind.spec().id_prefix;
                texts().for_each(|text| lists.push(Packed::id(text, prefix, symbols)));
                lists.end(Presence::Present);
            }
            (Column::Tags(lists), _) => {
                for (key, value) in value.as_object().unwrap() {
                    let value = symbols.intern(value.as_str().unwrap());
                    lists.push((symbols.intern(key), value));
                }
                lists.end(Presence::Present);
            }
            (column @ Column::List(..), _) => {
                if let Column::List(_, entries) = column {
                    for entry in value.as_array().unwrap() {
                        fill(spec.level.as_ref().unwrap(), entries, entry, symbols);
                    }
                }
                column.end_list();
            }
            (column, shape) => panic!("{}: {column:?} of {shape:?}", spec.path),
        }
    }
    table.end_row();
}
