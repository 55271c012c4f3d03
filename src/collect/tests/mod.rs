//! Reading as a whole: cases and properties.
//!
//! Each works on files that it writes itself. What belongs to one module is
//! tested there.

#![expect(
    clippy::use_debug,
    reason = "dumps are compared and not shown to people"
)]

mod answers;
mod files;
mod foreign;
mod kinds;
mod properties;
mod redis_cloud;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::snapshot::column::Column;
use crate::snapshot::column::Presence;
use crate::snapshot::layout::{ColumnShape, Level as Columns};
use crate::snapshot::ledger::{CallOutcome, Scope};
use crate::snapshot::packed::Packed;
use crate::snapshot::provenance::Locate as _;
use crate::snapshot::record::Kind;

/// Everything that a snapshot holds, as text.
fn dump(collected: &Collected) -> String {
    let snapshot = &collected.snapshot;
    let mut out = String::new();
    for &kind in Kind::ALL {
        let table = snapshot.table(kind);
        for row in 0..table.rows() {
            let origin = table.origins[row];
            let run = &snapshot.runs[origin.run as usize];
            let scope = &snapshot.scopes[usize::from(run.scope)];
            let at = run.base + u64::from(origin.offset);
            write!(
                out,
                "{} {}/{} source {} partial {} at {at}",
                kind.spec().name,
                scope.account,
                scope.region,
                run.source,
                run.partial
            )
            .unwrap();
            writeln!(
                out,
                " {} parent {:?}",
                run.pointer_of(origin.ordinal),
                run.parent
            )
            .unwrap();
            row_text(snapshot, Columns::of(kind), table, row, "  ", &mut out);
        }
    }
    for ((kind, row), views) in &snapshot.views {
        let views: Vec<_> = views
            .iter()
            .map(|view| {
                (
                    snapshot.runs[view.origin.run as usize].pointer.clone(),
                    view.columns.clone(),
                )
            })
            .collect();
        writeln!(out, "view {} {row} {views:?}", kind.spec().name).unwrap();
    }
    for (scope, (service, operation), call) in snapshot.ledger.iter() {
        writeln!(
            out,
            "call {}/{} {service}:{operation} {call:?}",
            scope.account, scope.region
        )
        .unwrap();
    }
    writeln!(out, "ignored {:?}", snapshot.ignored).unwrap();
    out
}

fn row_text(
    snapshot: &Snapshot,
    level: &'static Columns,
    table: &Table,
    row: usize,
    indent: &str,
    out: &mut String,
) {
    let symbols = &snapshot.symbols;
    let packed = |value: Packed, shape| match shape {
        ColumnShape::Id(kind) | ColumnShape::Ids(kind) => {
            value.id_text(kind.spec().id_prefix, symbols)
        }
        _ => value.network_text(symbols),
    };
    for (index, spec) in level.columns.iter().enumerate() {
        let column = table.column(index).unwrap();
        if column.presence(row) != Presence::Present {
            if column.presence(row) == Presence::Unknown {
                writeln!(out, "{indent}{} unknown", spec.path).unwrap();
            }
            continue;
        }
        write!(out, "{indent}{} = ", spec.path).unwrap();
        match column {
            Column::Text(values) => writeln!(out, "{}", symbols.text(values[row])),
            Column::Int(values) => writeln!(out, "{}", values[row]),
            Column::Bool(values) => writeln!(out, "{:?}", values[row]),
            Column::Packed(values) => writeln!(out, "{}", packed(values[row], spec.shape)),
            Column::Texts(lists) => writeln!(
                out,
                "{:?}",
                lists
                    .get(row)
                    .iter()
                    .map(|text| symbols.text(*text))
                    .collect::<Vec<_>>()
            ),
            Column::Ids(lists) => writeln!(
                out,
                "{:?}",
                lists
                    .get(row)
                    .iter()
                    .map(|id| packed(*id, spec.shape))
                    .collect::<Vec<_>>()
            ),
            Column::Tags(lists) => {
                writeln!(
                    out,
                    "{:?}",
                    lists
                        .get(row)
                        .iter()
                        .map(|(key, value)| (symbols.text(*key), symbols.text(*value)))
                        .collect::<Vec<_>>()
                )
            }
            Column::List(lists, entries) => {
                writeln!(out, "{} entries", lists.range(row).len()).unwrap();
                for entry in lists.range(row) {
                    row_text(
                        snapshot,
                        spec.level.as_ref().unwrap(),
                        entries,
                        entry,
                        &format!("{indent}  "),
                        out,
                    );
                    writeln!(out, "{indent}  -").unwrap();
                }
                Ok(())
            }
        }
        .unwrap();
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn collected(path: &Path) -> Collected {
    with(path, &Options::default())
}

fn with(path: &Path, options: &Options) -> Collected {
    read(&[path.to_owned()], options, &()).unwrap()
}

fn rows(collected: &Collected, kind: Kind) -> usize {
    collected.snapshot.table(kind).rows()
}

fn text(collected: &Collected, kind: Kind, row: usize, path: &str) -> String {
    let level = Columns::of(kind);
    let mut out = String::new();
    row_text(
        &collected.snapshot,
        level,
        collected.snapshot.table(kind),
        row,
        "",
        &mut out,
    );
    let line = out
        .lines()
        .find(|line| line.starts_with(path))
        .unwrap_or_default();
    line.split_once(" = ")
        .map_or_else(|| line.to_owned(), |(_, value)| value.to_owned())
}

fn messages(collected: &Collected) -> Vec<String> {
    collected
        .problems
        .iter()
        .map(|problem| {
            format!(
                "{:?} {} {}",
                problem.level,
                problem.pointer.as_deref().unwrap_or("-"),
                problem.message
            )
        })
        .collect()
}

fn outcome(
    collected: &Collected,
    scope: (&str, &str),
    service: &str,
    operation: &str,
) -> Option<CallOutcome> {
    let scope = Scope {
        account: scope.0.to_owned(),
        region: scope.1.to_owned(),
    };
    collected
        .snapshot
        .ledger
        .call(&scope, service, operation)
        .map(|call| call.outcome)
}

const ESTATE: &str = r#"{
    "Vpcs": [{"VpcId": "vpc-0aaaaaaaaaaaaaaa1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16", "IsDefault": false}],
    "Subnets": [
        {"SubnetId": "subnet-0aaaaaaaaaaaaaaa1", "VpcId": "vpc-0aaaaaaaaaaaaaaa1", "AvailabilityZone": "eu-west-1a",
         "AvailableIpAddressCount": 251, "Tags": [{"Key": "Name", "Value": "a \"quoted\" name"}]},
        {"SubnetId": "subnet-0aaaaaaaaaaaaaaa2", "VpcId": "vpc-0aaaaaaaaaaaaaaa1", "AvailabilityZone": "eu-west-1b"}
    ],
    "Reservations": [{"OwnerId": "111122223333", "Instances": [{"InstanceId": "i-0aaaaaaaaaaaaaaa1",
        "NetworkInterfaces": [{"NetworkInterfaceId": "eni-0aaaaaaaaaaaaaaa1", "Status": "in-use"}]}]}],
    "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}], "IpPermissionsEgress": []}],
    "Buckets": [{"Name": "b"}]
}"#;
