//! Files in all their forms, and values that do not fit.

use super::*;

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
        "this subnet has no `SubnetId`",
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
fn what_unpacks_to_too_much_is_bounded_and_reported() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let listing = format!(
        "{{\"Subnets\": [{}{{}}]}}",
        "{\"SubnetId\": \"subnet-1\"},".repeat(10_000)
    );
    std::io::Write::write_all(&mut gzip, listing.as_bytes()).unwrap();
    let folder = folder(&[("x.json.gz", &gzip.finish().unwrap())]);
    let limits = Limits {
        whole: 1_000,
        piece: 1_000,
        unpacked: 20_000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let all = with(folder.path(), &options);
    assert!(
        all.problems
            .iter()
            .any(|problem| problem.level == Level::Incomplete)
    );
    assert_eq!(
        outcome(&all, ("", ""), "ec2", "DescribeSubnets"),
        Some(CallOutcome::Partial)
    );
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
    // Nothing was read, and the problem says why.
    let nothing = read(&[folder.path().join("pack.tar")], &bounded, &()).unwrap();
    assert!(nothing.snapshot.files.is_empty());
    assert!(
        nothing
            .problems
            .iter()
            .any(|problem| problem.level == Level::Incomplete)
    );
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
        found.contains("1 hidden") && found.contains("1 file is not JSON"),
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
fn only_wanted_fields_are_kept() {
    let folder = folder(&[("estate.json", ESTATE.as_bytes())]);
    let mut wanted = Wanted::basic();
    wanted.field(Kind::SecurityGroup, "IpPermissions[].IpRanges[].CidrIp");
    let options = Options {
        wanted: Some(Arc::new(wanted)),
        ..Options::default()
    };
    let all = with(folder.path(), &options);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Subnet), 2);
    assert_eq!(
        text(&all, Kind::Subnet, 0, "AvailabilityZone"),
        "eu-west-1a"
    );
    assert_eq!(text(&all, Kind::Subnet, 0, "Tags"), "");
    assert!(dump(&all).contains("CidrIp = 10.0.0.0/8"));
    assert!(!dump(&all).contains("FromPort"));
    let origin = all.snapshot.table(Kind::Subnet).origins[0];
    let place = all
        .locator
        .locate(origin, &["Tags/0/Value".to_owned()])
        .remove(0);
    assert_eq!(place.unwrap().line, 5);
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
