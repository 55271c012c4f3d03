//! Properties of reading as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
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

#[test]
fn sections_become_rows() {
    let all = read_text("estate.json", ESTATE);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Subnet), 2);
    assert_eq!(
        text(&all, Kind::Subnet, 0, "Tags"),
        r#"[("Name", "a \"quoted\" name")]"#
    );
    assert_eq!(rows(&all, Kind::NetworkInterface), 1);
    assert_eq!(all.snapshot.ignored["Buckets"].items, 1);
    let scope = &all.snapshot.scopes[usize::from(all.snapshot.scope(Kind::SecurityGroup, 0))];
    assert_eq!(
        (scope.account.as_str(), scope.region.as_str()),
        ("111122223333", "eu-west-1")
    );
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "eu-west-1"),
            "ec2",
            "DescribeInstances"
        ),
        Some(CallOutcome::Complete)
    );
    // Interfaces inside instances are no listing of interfaces.
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "eu-west-1"),
            "ec2",
            "DescribeNetworkInterfaces"
        ),
        None
    );
}

#[test]
fn places_are_found_again() {
    let folder = folder(&[("estate.json", ESTATE.as_bytes())]);
    let all = collected(folder.path());
    let origin = all.snapshot.table(Kind::NetworkInterface).origins[0];
    let places = all.locator.locate(
        origin,
        &["Status".to_owned(), String::new(), "VpcId".to_owned()],
    );
    assert_eq!(
        places[0].as_ref().unwrap().pointer,
        "/Reservations/0/Instances/0/NetworkInterfaces/0/Status"
    );
    assert_eq!(places[0].as_ref().unwrap().line, 9);
    assert_eq!(
        places[1].as_ref().unwrap().pointer,
        "/Reservations/0/Instances/0/NetworkInterfaces/0"
    );
    assert_eq!(places[2], None);
    let origin = all.snapshot.table(Kind::Subnet).origins[0];
    let place = all
        .locator
        .locate(origin, &["Tags/0/Value".to_owned()])
        .remove(0)
        .unwrap();
    assert_eq!(
        (place.pointer.as_str(), place.line, place.excerpt_line),
        ("/Subnets/0/Tags/0/Value", 5, 2)
    );
    std::fs::write(folder.path().join("estate.json"), "{}").unwrap();
    assert_eq!(all.locator.locate(origin, &[String::new()]), [None]);
}

#[test]
fn answers_about_one_resource_are_one_row() {
    let all = read_text(
        "x.json",
        r#"[{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
            {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": true}},
            {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": false}}]"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Vpc), 1);
    assert_eq!(text(&all, Kind::Vpc, 0, "EnableDnsSupport"), "True");
    assert_eq!(text(&all, Kind::Vpc, 0, "EnableDnsHostnames"), "False");
    let views = &all.snapshot.views[&(Kind::Vpc, 0)];
    assert_eq!(
        views
            .iter()
            .map(|view| view.columns.len())
            .collect::<Vec<_>>(),
        [1, 1]
    );
}

#[test]
fn contradictions_and_repetitions_are_told_apart() {
    let all = read_text(
        "x.json",
        r#"{"Subnets": [{"SubnetId": "subnet-1", "State": "available"}, {"SubnetId": "subnet-1", "State": "available"},
                        {"SubnetId": "subnet-1", "State": "pending"}]}"#,
    );
    assert_eq!(rows(&all, Kind::Subnet), 1);
    assert_eq!(text(&all, Kind::Subnet, 0, "State"), "available");
    let found = messages(&all);
    assert!(
        found[0].contains("/Subnets/2") && found[0].contains("different content")
            || found[1].contains("different content"),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
}

#[test]
fn parents_come_from_envelopes_and_names() {
    let routes = r#"{"Routes": [{"DestinationCidrBlock": "10.0.0.0/8", "Type": "static"}], "AdditionalRoutesAvailable": false}"#;
    let entries = r#"{"Entries": [{"Cidr": "10.0.0.0/8"}]}"#;
    let folder = folder(&[
        ("ec2.SearchTransitGatewayRoutes/tgw-rtb-1.json", routes.as_bytes()),
        ("ec2.GetManagedPrefixListEntries/pl-1.json", entries.as_bytes()),
        ("more.json", br#"{"TransitGatewayStaticRoutes": [{"Routes": [{"DestinationCidrBlock": "::/0"}], "TransitGatewayRouteTableId": "tgw-rtb-2"}]}"#),
        ("z.json", routes.as_bytes()),
    ]);
    let all = collected(folder.path());
    let table = |row| {
        text(
            &all,
            Kind::TransitGatewayRoute,
            row,
            "TransitGatewayRouteTableId",
        )
    };
    assert_eq!(
        (table(0), table(1), table(2)),
        (
            "tgw-rtb-1".to_owned(),
            "tgw-rtb-2".to_owned(),
            String::new()
        )
    );
    assert_eq!(
        text(&all, Kind::ManagedPrefixList, 0, "PrefixListId"),
        "pl-1"
    );
    assert!(
        messages(&all)
            .iter()
            .any(|message| message.contains("cannot tell which `TransitGatewayRouteTableId`")),
        "{:?}",
        messages(&all)
    );
}

#[test]
fn errors_are_calls() {
    let folder = folder(&[
        ("111122223333/us-east-1/ec2.DescribeVpcEndpoints_1.json", br#"{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation"}}}"#),
        ("111122223333/us-east-1/ec2.DescribeVpcs_1.json", br#"{"status_code": 200, "data": {"Vpcs": [{"VpcId": "vpc-1"}], "ResponseMetadata": {}}}"#),
        ("111122223333/us-east-1/ec2.DescribeSubnets_1.json", br#"{"status_code": 200, "data": {"Subnets": [], "NextToken": "x"}}"#),
    ]);
    let all = collected(folder.path());
    let call = |operation| outcome(&all, ("111122223333", "us-east-1"), "ec2", operation);
    assert_eq!(call("DescribeVpcEndpoints"), Some(CallOutcome::Denied));
    assert_eq!(call("DescribeVpcs"), Some(CallOutcome::Complete));
    assert_eq!(call("DescribeSubnets"), Some(CallOutcome::Partial));
}

#[test]
fn later_pages_complete_earlier_ones() {
    let page = |token: &str| {
        format!(r#"{{"Subnets": [{{"SubnetId": "subnet-{token}"}}], "NextToken": "{token}"}}"#)
    };
    let (one, two, three) = (page("a"), page("b"), r#"{"Subnets": []}"#);
    let folder = folder(&[
        ("d_1.json", one.as_bytes()),
        ("d_2.json", two.as_bytes()),
        ("d_10.json", three.as_bytes()),
    ]);
    let all = collected(folder.path());
    assert_eq!(
        outcome(&all, ("", ""), "ec2", "DescribeSubnets"),
        Some(CallOutcome::Complete)
    );
    std::fs::remove_file(folder.path().join("d_10.json")).unwrap();
    assert_eq!(
        outcome(
            &collected(folder.path()),
            ("", ""),
            "ec2",
            "DescribeSubnets"
        ),
        Some(CallOutcome::Partial)
    );
}

#[test]
fn aws_config_is_read_loosely() {
    let item = r#"{"vpcEndpointId": "vpce-1", "state": {"value": "available"}, "privateDnsEnabled": "true", "tags": {"a": "b"}}"#;
    let text_item = serde_json::to_string(r#"{"groupId":"sg-1","ipPermissions":[{"ipProtocol":"tcp","fromPort":"5","ipRanges":["10.0.0.0/8"]}]}"#).unwrap();
    let config = format!(
        r#"{{"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": [
        {{"resourceType": "AWS::EC2::VPCEndpoint", "resourceId": "vpce-1", "awsAccountId": "111122223333", "awsRegion": "us-east-1", "configuration": {item}}},
        {{"resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-1", "awsAccountId": "111122223333", "awsRegion": "us-east-1", "configuration": {text_item}}},
        {{"resourceType": "AWS::EC2::Subnet", "resourceId": "subnet-1", "configurationItemStatus": "ResourceDeleted", "configuration": {{}}}},
        {{"resourceType": "AWS::S3::Bucket", "configuration": {{}}}}]}}"#
    );
    let folder = folder(&[("snap", config.as_bytes())]);
    let all = collected(folder.path());
    assert_eq!(text(&all, Kind::VpcEndpoint, 0, "State"), "available");
    assert_eq!(
        text(&all, Kind::VpcEndpoint, 0, "PrivateDnsEnabled"),
        "True"
    );
    assert_eq!(
        text(&all, Kind::SecurityGroup, 0, "IpPermissions"),
        "1 entries"
    );
    assert!(dump(&all).contains("CidrIp = 10.0.0.0/8"));
    assert_eq!(rows(&all, Kind::Subnet), 0);
    assert!(
        messages(&all)
            .iter()
            .any(|message| message.contains("deleted")),
        "{:?}",
        messages(&all)
    );
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "us-east-1"),
            "ec2",
            "DescribeVpcEndpoints"
        ),
        Some(CallOutcome::Complete)
    );
    let locate = |kind, path: &str| {
        all.locator
            .locate(all.snapshot.table(kind).origins[0], &[path.to_owned()])
            .remove(0)
    };
    assert_eq!(
        locate(Kind::VpcEndpoint, "State").unwrap().pointer,
        "/configurationItems/0/configuration/state"
    );
    assert_eq!(
        locate(Kind::SecurityGroup, "GroupId").unwrap().pointer,
        "/configurationItems/1/configuration"
    );
}

#[test]
fn snapshots_are_checked_against_their_manifest() {
    let vpcs = br#"{"Vpcs": []}"#;
    let digest = "ab".repeat(32);
    let manifest = format!(
        r#"{{"format": "plaudit-snapshot/1", "created": "2026-11-20T00:00:00Z", "files": [{{"path": "aws/111122223333/us-east-1/ec2.DescribeVpcs.json", "bytes": {}, "sha256": "{digest}"}}]}}"#,
        vpcs.len()
    );
    let ledger = br#"{"service": "ec2", "operation": "DescribeVpcs", "account": "111122223333", "region": "us-east-1", "http_status": 200, "items": 0, "has_more": true}"#;
    let folder = folder(&[
        ("manifest.json", manifest.as_bytes()),
        ("ledger.jsonl", ledger),
        ("aws/111122223333/us-east-1/ec2.DescribeVpcs.json", vpcs),
    ]);
    let all = collected(folder.path());
    assert!(
        messages(&all)[0].contains("not the one the manifest names"),
        "{:?}",
        messages(&all)
    );
    assert_eq!(
        all.snapshot.created.as_deref(),
        Some("2026-11-20T00:00:00Z")
    );
    assert_eq!(
        outcome(&all, ("111122223333", "us-east-1"), "ec2", "DescribeVpcs"),
        Some(CallOutcome::Partial)
    );
    let trusting = with(
        folder.path(),
        &Options {
            trust_manifest: true,
            ..Options::default()
        },
    );
    assert_eq!(messages(&trusting), [""; 0]);
    assert!(
        trusting
            .snapshot
            .files
            .iter()
            .any(|file| file.sha256 == digest)
    );
}

#[test]
fn odd_values_are_reported_and_kept() {
    let all = read_text(
        "x.json",
        r#"{"Subnets": [{"SubnetId": "subnet-1", "AvailableIpAddressCount": "many", "State": "AVAILABLE"},
                        {"SubnetId": "subnet-2", "State": "sleeping", "CidrBlock": "10.0.0.0/99", "State": "pending"},
                        null, 7, {"VpcId": "vpc-1"}],
            "Subnetz": [{}], "Vpc": {"VpcId": "vpc-9", "State": "available"}}"#,
    );
    let found = messages(&all).join("\n");
    for part in [
        "/Subnets/0/AvailableIpAddressCount `AvailableIpAddressCount` is a text",
        "/Subnets/1/State `State` of subnet `sleeping` is none of the known values",
        "`CidrBlock` of subnet `10.0.0.0/99` is not an address",
        "/Subnets/1/State `State` is in the same object twice",
        "items that are not objects (2)",
        "a subnet without `SubnetId`",
        "Incomplete /Subnetz unknown section `Subnetz`",
        "Note /Vpc `Vpc` is one object and not a listing",
    ] {
        assert!(found.contains(part), "{part} is not in\n{found}");
    }
    assert!(
        all.problems
            .iter()
            .any(|problem| problem.help.as_deref() == Some("did you mean `Subnets`?"))
    );
    assert_eq!(rows(&all, Kind::Subnet), 3);
    assert_eq!(outcome(&all, ("", ""), "ec2", "DescribeVpcs"), None);
}

#[test]
fn encodings_and_packings_read_the_same() {
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(ESTATE.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, ESTATE.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let plain = dump(&read_text("x.json", ESTATE));
    for bytes in [utf16, gzip, [b"\xef\xbb\xbf", ESTATE.as_bytes()].concat()] {
        let folder = folder(&[("x.json", &bytes)]);
        let all = collected(folder.path());
        assert_eq!(dump(&all), plain);
        let origin = all.snapshot.table(Kind::Subnet).origins[1];
        let place = all
            .locator
            .locate(origin, &["VpcId".to_owned()])
            .remove(0)
            .unwrap();
        assert_eq!(
            (place.pointer.as_str(), place.line),
            ("/Subnets/1/VpcId", 6)
        );
    }
}

#[test]
fn members_of_archives_are_files() {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(ESTATE.len() as u64);
    archive
        .append_data(
            &mut header,
            "aws/111122223333/eu-west-1/estate.json",
            ESTATE.as_bytes(),
        )
        .unwrap();
    let folder = folder(&[("pack.tar", &archive.into_inner().unwrap())]);
    let all = collected(&folder.path().join("pack.tar"));
    assert_eq!(rows(&all, Kind::Subnet), 2);
    assert!(
        all.snapshot.files[0]
            .path
            .ends_with("pack.tar!aws/111122223333/eu-west-1/estate.json")
    );
    let place = all
        .locator
        .locate(
            all.snapshot.table(Kind::Subnet).origins[1],
            &[String::new()],
        )
        .remove(0);
    assert_eq!(place.unwrap().line, 6);
    let bounded = Options {
        limits: Limits {
            unpacked: 600,
            ..Limits::default()
        },
        ..Options::default()
    };
    let error = read(&[folder.path().join("pack.tar")], &bounded, &());
    assert!(matches!(error, Err(Error::Nothing { .. })));
}

#[test]
fn identities_and_links_are_followed_once() {
    let folder = folder(&[
        ("demo/sts-get-caller-identity.json", br#"{"UserId": "x", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/x"}"#),
        ("demo/eu-west-1/ec2-describe-vpcs", br#"{"Vpcs": []}"#),
        ("demo/.hidden", b"x"),
        ("demo/readme", b"x"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("demo/loop")).unwrap();
    let all = collected(folder.path());
    assert_eq!(
        outcome(&all, ("111122223333", "eu-west-1"), "ec2", "DescribeVpcs"),
        Some(CallOutcome::Complete)
    );
    let found = messages(&all).join("\n");
    assert!(
        found.contains("1 hidden") && found.contains("1 files are not JSON"),
        "{found}"
    );
}

#[test]
fn one_file_or_many_give_the_same_rows() {
    let whole: BTreeMap<String, serde_json::Value> = serde_json::from_str(ESTATE).unwrap();
    let parts: Vec<(String, String)> = whole
        .iter()
        .map(|(key, value)| (format!("{key}.json"), format!("{{\"{key}\": {value}}}")))
        .collect();
    let files: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let (one, many) = (read_text("x", ESTATE), collected(folder(&files).path()));
    for &kind in Kind::ALL {
        let texts = |all: &Collected| {
            let mut out = String::new();
            for row in 0..rows(all, kind) {
                row_text(
                    &all.snapshot,
                    Columns::of(kind),
                    all.snapshot.table(kind),
                    row,
                    "",
                    &mut out,
                );
            }
            out
        };
        assert_eq!(texts(&one), texts(&many));
    }
}

#[test]
fn deep_and_empty_input_is_no_danger() {
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        format!("{{\"Subnets\": [{}", "{\"Tags\":[".repeat(50_000)),
    ] {
        let all = read_text("x.json", &text);
        assert!(!all.problems.is_empty());
    }
    let nothing = format!("{{\"Subnets\": [{}null]}}", "null,".repeat(100_000));
    let all = read_text("x.json", &nothing);
    assert_eq!(
        all.problems
            .iter()
            .map(|problem| problem.count)
            .sum::<u64>(),
        100_001
    );
    let folder = folder(&[("a.json", b"")]);
    assert!(messages(&collected(folder.path()))[0].contains("empty"));
}

/// A value with the keys that reading knows.
fn value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let keys = prop::sample::select(vec![
        "Vpcs",
        "Subnets",
        "SubnetId",
        "VpcId",
        "Tags",
        "Key",
        "Value",
        "Reservations",
        "Instances",
        "NetworkInterfaces",
        "items",
        "id",
        "Routes",
        "Entries",
        "data",
        "status_code",
        "Error",
        "Code",
        "NextToken",
        "configurationItems",
        "configuration",
        "resourceType",
        "HostedZone",
        "EnableDnsSupport",
        "IpPermissions",
        "IpRanges",
        "CidrIp",
        "format",
        "Attributes",
        "LoadBalancerArn",
        "Account",
        "Arn",
        "UserId",
        "PrefixLists",
        "Cidrs",
        "PrefixListId",
        "Foo",
        "State",
        "Name",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "vpc-1",
            "subnet-1",
            "10.0.0.0/8",
            "available",
            "AWS::EC2::VPC",
            "{\"vpcId\": \"vpc-1\"}",
            "é\u{7f}",
            ""
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..5).prop_map(|entries| Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read(value in value()) {
        let text = value.to_string();
        let all = read_text("a/ec2.SearchTransitGatewayRoutes/tgw-rtb-1.json", &text);
        for &kind in Kind::ALL {
            for origin in &all.snapshot.table(kind).origins {
                all.locator.locate(*origin, &[String::new(), "VpcId".to_owned(), "Tags/0/Key".to_owned()]);
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, start in prop::sample::select(vec!["", "{", "[", "{\"Vpcs\":["])) {
        let folder = folder(&[("x.json", &[start.as_bytes(), &bytes].concat())]);
        let _read = read(&[folder.path().to_owned()], &Options::default(), &());
    }

    #[test]
    fn a_file_that_breaks_off_is_reported(end in 0..ESTATE.len()) {
        let folder = folder(&[("ec2.DescribeVpcs.json", &ESTATE.as_bytes()[..end])]);
        let all = collected(folder.path());
        prop_assert!(all.problems.iter().any(|problem| problem.level == Level::Incomplete), "{:?}", messages(&all));
    }

    #[test]
    fn pieces_read_like_the_whole(target in 1_u64..400, compact: bool) {
        let text = if compact { serde_json::from_str::<serde_json::Value>(ESTATE).unwrap().to_string() } else { ESTATE.to_owned() };
        let folder = folder(&[("x.json", text.as_bytes())]);
        let tiny = Options { limits: Limits { whole: 1, piece: target, ..Limits::default() }, ..Options::default() };
        let (whole, pieces) = (collected(folder.path()), with(folder.path(), &tiny));
        prop_assert_eq!(dump(&whole), dump(&pieces));
        prop_assert_eq!(messages(&whole), messages(&pieces));
    }

    #[test]
    fn problems_in_pieces_have_the_places_of_the_whole(target in 1_u64..300) {
        let text = "{\"Subnets\": [\n{\"SubnetId\": \"subnet-1\", \"AvailableIpAddressCount\": \"x\"},\n {\"VpcId\": \"vpc-1\"},\n 3, {\"SubnetId\": \"subnet-2\",\n \"MapPublicIpOnLaunch\": []}]}";
        let folder = folder(&[("x.json", text.as_bytes())]);
        let tiny = Options { limits: Limits { whole: 1, piece: target, ..Limits::default() }, ..Options::default() };
        let places = |all: &Collected| all.problems.iter().filter(|problem| problem.message.contains("expected")).cloned().collect::<Vec<_>>();
        prop_assert_eq!(places(&collected(folder.path())), places(&with(folder.path(), &tiny)));
    }

    #[test]
    fn order_and_threads_do_not_show(order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(), threads in 1_usize..4) {
        let estates: Vec<String> = (0..5).map(|number| ESTATE.replace("aaaa1\"", &format!("aaa{}1\"", number % 3)).replace("\"b\"", "\"c\"")).collect();
        let folder = folder(&[]);
        let paths: Vec<PathBuf> = order.iter().map(|number| {
            let path = folder.path().join(format!("{number}.json"));
            std::fs::write(&path, &estates[*number]).unwrap();
            path
        }).collect();
        let mut sorted = paths.clone();
        sorted.sort();
        let options = Options { threads: Some(threads), ..Options::default() };
        let (one, other) = (read(&paths, &options, &()).unwrap(), read(&sorted, &Options::default(), &()).unwrap());
        prop_assert_eq!(dump(&one), dump(&other));
        prop_assert_eq!(one.problems, other.problems);
        prop_assert!(one.snapshot.symbols.iter().eq(other.snapshot.symbols.iter()));
    }
}
