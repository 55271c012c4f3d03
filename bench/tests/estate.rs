//! What a benchmark must be able to rely on: the same seed gives the same
//! bytes, the manifest is right, and ids join up.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plaudit_bench::estate::{Made, Options, generate};
use serde_json::Value;

fn made(out: &Path, seed: u64, indent: bool) -> Made {
    let out = out.to_owned();
    generate(&Options {
        resources: 3_000,
        seed,
        indent,
        out,
    })
    .unwrap()
}

/// The objects of all files of one operation.
fn objects(root: &Path, made: &Made, operation: &str) -> Vec<Value> {
    let files = made
        .files
        .iter()
        .filter(|file| file.path.contains(&format!("/{operation}.")));
    files
        .flat_map(|file| {
            let value: Value =
                serde_json::from_slice(&fs::read(root.join(&file.path)).unwrap()).unwrap();
            match value {
                Value::Object(answer) => answer
                    .into_iter()
                    .flat_map(|(_, list)| list.as_array().unwrap().clone())
                    .collect(),
                list => list.as_array().unwrap().clone(),
            }
        })
        .collect()
}

fn ids(objects: &[Value], key: &str) -> BTreeSet<String> {
    let ids: BTreeSet<_> = objects
        .iter()
        .map(|object| object[key].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), objects.len(), "{key} is not unique");
    ids
}

fn texts<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    object[key]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

#[test]
fn same_seed_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = made(one.path(), 42, false).files;
    assert_eq!(first, made(two.path(), 42, false).files);
    let third = tempfile::tempdir().unwrap();
    assert_ne!(first, made(third.path(), 43, false).files);
}

#[test]
fn indentation_changes_nothing_else() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (compact, indented) = (made(one.path(), 42, false), made(two.path(), 42, true));
    for operation in [
        "ec2.DescribeSubnets",
        "ec2.DescribeVpcAttribute",
        "route53.ListResourceRecordSets",
    ] {
        assert_eq!(
            objects(one.path(), &compact, operation),
            objects(two.path(), &indented, operation)
        );
    }
}

#[test]
fn ids_join() {
    let root = tempfile::tempdir().unwrap();
    let made = made(root.path(), 42, false);
    let of = |operation| objects(root.path(), &made, operation);
    let vpcs = ids(&of("ec2.DescribeVpcs"), "VpcId");
    let subnets = ids(&of("ec2.DescribeSubnets"), "SubnetId");
    let groups = ids(&of("ec2.DescribeSecurityGroups"), "GroupId");
    let tables = ids(&of("ec2.DescribeRouteTables"), "RouteTableId");
    let interfaces = of("ec2.DescribeNetworkInterfaces");
    let endpoints = of("ec2.DescribeVpcEndpoints");
    let (interface_ids, endpoint_ids) = (
        ids(&interfaces, "NetworkInterfaceId"),
        ids(&endpoints, "VpcEndpointId"),
    );
    let groups_of = |object: &Value| object["Groups"].as_array().unwrap().clone();

    for object in interfaces.iter().chain(&endpoints) {
        assert!(vpcs.contains(object["VpcId"].as_str().unwrap()));
        for group in groups_of(object) {
            assert!(groups.contains(group["GroupId"].as_str().unwrap()));
        }
    }
    for interface in &interfaces {
        assert!(subnets.contains(interface["SubnetId"].as_str().unwrap()));
    }
    for endpoint in &endpoints {
        assert!(texts(endpoint, "SubnetIds").all(|id| subnets.contains(id)));
        assert!(texts(endpoint, "NetworkInterfaceIds").all(|id| interface_ids.contains(id)));
        assert!(texts(endpoint, "RouteTableIds").all(|id| tables.contains(id)));
    }
    for association in of("ec2.DescribeVpcEndpointAssociations") {
        assert!(endpoint_ids.contains(association["VpcEndpointId"].as_str().unwrap()));
    }
    for attribute in of("ec2.DescribeVpcAttribute") {
        assert!(vpcs.contains(attribute["VpcId"].as_str().unwrap()));
    }
    let zones: BTreeSet<_> = of("route53.ListHostedZones")
        .iter()
        .map(|zone| zone["Id"].as_str().unwrap().to_owned())
        .collect();
    for answer in of("route53.ListResourceRecordSets") {
        assert!(zones.contains(&format!(
            "/hostedzone/{}",
            answer["HostedZoneId"].as_str().unwrap()
        )));
    }
}

#[test]
fn the_manifest_names_every_file() {
    let root = tempfile::tempdir().unwrap();
    let made = made(root.path(), 42, true);
    let manifest: Value =
        serde_json::from_slice(&fs::read(root.path().join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["format"], "plaudit-snapshot/1");
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len(), made.files.len());
    for file in listed {
        let size = fs::metadata(root.path().join(file["path"].as_str().unwrap()))
            .unwrap()
            .len();
        assert_eq!(file["bytes"].as_u64(), Some(size));
    }
}
