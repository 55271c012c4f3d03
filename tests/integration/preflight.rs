//! What is said before a connection exists: what serves, what does not, and
//! commands that a shell takes.
//!
//! Networks are written by hand here. The commands are run by a shell against a
//! program called `aws` that writes down what it was given.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Outcome, plaudit, root};

/// A VPC with subnets in four zones: good, without VPC Lattice, small, and one
/// whose zone was not recorded.
fn network() -> Value {
    let subnet = |id: &str, zone: Option<&str>, block: &str, free: u32| {
        let mut subnet = json!({"SubnetId": id, "VpcId": "vpc-1", "State": "available", "CidrBlock": block,
            "AvailableIpAddressCount": free, "OwnerId": "111122223333"});
        if let Some(zone) = zone {
            subnet["AvailabilityZoneId"] = json!(zone);
        }
        subnet
    };
    let group = |id: &str, ports: (u16, u16), block: &str| {
        json!({"GroupId": id, "GroupName": id, "VpcId": "vpc-1", "OwnerId": "111122223333", "IpPermissionsEgress": [],
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": ports.0, "ToPort": ports.1, "IpRanges": [{"CidrIp": block}]}]})
    };
    json!({
        "Vpcs": [
            {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333",
             "CidrBlockAssociationSet": [{"AssociationId": "vpc-cidr-assoc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}],
             "EnableDnsSupport": {"Value": true}, "EnableDnsHostnames": {"Value": true}},
        ],
        "Subnets": [
            subnet("subnet-good", Some("use1-az1"), "10.0.1.0/24", 200),
            subnet("subnet-more", Some("use1-az1"), "10.0.4.0/24", 240),
            subnet("subnet-dark", Some("use1-az3"), "10.0.2.0/24", 200),
            subnet("subnet-small", Some("use1-az2"), "10.0.3.0/28", 15),
            subnet("subnet-blind", None, "10.0.5.0/24", 200),
        ],
        "SecurityGroups": [
            group("sg-narrow", (6379, 6379), "10.0.0.0/16"),
            group("sg-world", (0, 65535), "0.0.0.0/0"),
            group("sg-fits", (8000, 20000), "10.0.0.0/8"),
        ],
    })
}

fn ask(network: &Value, args: &[&str]) -> Outcome {
    plaudit(["preflight"])
        .args(args)
        .args(&["--vpc", "vpc-1", "-q", "-"])
        .stdin(network.to_string())
        .run()
}

fn find<'a>(list: &'a Value, id: &str) -> &'a Value {
    let mut items = list.as_array().unwrap().iter();
    items.find(|item| item["id"] == id).unwrap_or(&Value::Null)
}

#[test]
fn every_subnet_has_its_reason() {
    let target =
        "arn:aws:vpc-lattice:us-east-1:444455556666:resourceconfiguration/rcfg-0123456789abcdef0";
    let run = ask(
        &network(),
        &["redis-cloud", "--target", target, "-f", "json"],
    );
    let answer = run.json();
    let fit = |id: &str| {
        find(&answer["subnets"], id)["fit"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(fit("subnet-good"), "fits");
    assert_eq!(fit("subnet-more"), "fits");
    assert_eq!(fit("subnet-dark"), "does-not-fit");
    assert_eq!(fit("subnet-small"), "does-not-fit");
    assert_eq!(fit("subnet-blind"), "unknown");
    assert!(
        find(&answer["subnets"], "subnet-dark")["why"][0]
            .as_str()
            .unwrap()
            .contains("no VPC Lattice")
    );
    assert!(
        find(&answer["subnets"], "subnet-small")["why"][0]
            .as_str()
            .unwrap()
            .contains("wanted: 16")
    );
    let blind = &find(&answer["subnets"], "subnet-blind")["reasons"][0];
    assert!(
        blind["what"]
            .as_str()
            .unwrap()
            .contains("AvailabilityZoneId"),
        "{blind}"
    );
    // One subnet a zone: the one with most room.
    assert_eq!(
        find(&answer["subnets"], "subnet-more")["chosen"],
        json!(true)
    );
    assert_eq!(
        find(&answer["subnets"], "subnet-good")["chosen"],
        json!(false)
    );
    assert_eq!(find(&answer["groups"], "sg-fits")["chosen"], json!(true));
    assert_eq!(find(&answer["groups"], "sg-world")["chosen"], json!(false));
    assert_eq!(find(&answer["groups"], "sg-narrow"), &Value::Null);
    assert_eq!(answer["groups_left"], json!(1));
    assert_eq!(answer["verdict"], "ready", "{answer:#}");
    assert_eq!((run.code, &answer["exit"]), (0, &json!(0)));
}

#[test]
fn the_answer_is_as_the_schema_says() {
    let text = fs::read_to_string(root().join("docs/schema/preflight.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    for provider in ["redis-cloud", "zilliz", "emqx", "elasticache"] {
        let answer = ask(&network(), &[provider, "-f", "json"]).json();
        let wrong: Vec<String> = schema
            .iter_errors(&answer)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{provider}: {}", wrong.join("\n"));
    }
}

#[test]
fn what_nobody_listed_is_not_taken_to_be_missing() {
    let only_vpc = json!({"Vpcs": network()["Vpcs"]});
    let run = ask(&only_vpc, &["elasticache", "-f", "json"]);
    let answer = run.json();
    assert_eq!(
        (run.code, answer["verdict"].as_str()),
        (3, Some("unknown")),
        "{answer:#}"
    );
    assert!(
        find(&answer["subnets"], "*")["reasons"][0]["call"]
            .as_str()
            .unwrap()
            .contains("describe-subnets")
    );
}

#[test]
fn settings_that_are_off_are_turned_on_and_said() {
    let mut network = network();
    network["Vpcs"][0]["EnableDnsHostnames"]["Value"] = json!(false);
    let run = ask(&network, &["elasticache", "-f", "json"]);
    let answer = run.json();
    assert_eq!(
        (run.code, answer["verdict"].as_str()),
        (1, Some("not-ready"))
    );
    let first = answer["commands"][0].as_str().unwrap();
    assert!(
        first.contains("modify-vpc-attribute") && first.contains("--enable-dns-hostnames"),
        "{first}"
    );
    assert!(
        answer["terraform"]
            .as_str()
            .unwrap()
            .contains("enable_dns_hostnames = true")
    );
    network["Vpcs"][0]
        .as_object_mut()
        .unwrap()
        .remove("EnableDnsHostnames");
    let run = ask(&network, &["elasticache", "-f", "json"]);
    assert_eq!(run.code, 3, "{:#}", run.json());
}

#[test]
fn zones_that_a_deployment_has_are_demanded() {
    let args = [
        "emqx",
        "--az-ids",
        "use1-az1,use1-az4",
        "--port",
        "5432",
        "--principal",
        "arn:aws:iam::444455556666:root",
    ];
    let run = ask(&network(), &[&args[..], &["-f", "json"]].concat());
    let answer = run.json();
    assert_eq!(
        (run.code, answer["verdict"].as_str()),
        (1, Some("not-ready")),
        "{answer:#}"
    );
    let missing = answer["missing"].to_string();
    assert!(
        missing.contains("a subnet in use1-az4 that fits"),
        "{missing}"
    );
    let terraform = answer["terraform"].as_str().unwrap();
    assert!(
        terraform.contains("acceptance_required        = true"),
        "{terraform}"
    );
}

#[cfg(unix)]
#[test]
fn a_shell_takes_the_commands_as_they_are_meant() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let aws = folder.path().join("aws");
    fs::write(
        &aws,
        "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" >>\"$CALLS\"\necho made-$2\n",
    )
    .unwrap();
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).unwrap();
    let hostile = "link'; $(touch escaped) \".example";
    let providers: [&[&str]; 4] = [
        &["redis-cloud", "--client", "sg-fits"],
        &[
            "zilliz",
            "--az-ids",
            "use1-az1",
            "--port",
            "19530",
            "--domain",
            hostile,
            "--target",
            "com.amazonaws.vpce.us-east-1.vpce-svc-1`id`",
        ],
        &[
            "emqx",
            "--port",
            "5432,5433",
            "--az-ids",
            "use1-az1",
            "--principal",
            "arn:aws:iam::444455556666:root",
        ],
        &[
            "elasticache",
            "--client",
            "fd00::/8",
            "--client",
            "10.9.0.0/16",
        ],
    ];
    for args in providers {
        let commands = ask(&network(), &[args, &["-f", "cli"]].concat());
        let calls = folder.path().join(args[0]);
        let run = Command::new("sh")
            .arg("-euc")
            .arg(String::from_utf8(commands.out).unwrap())
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .env("CALLS", &calls)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let told = fs::read_to_string(&calls).unwrap();
        assert!(!folder.path().join("escaped").exists());
        match args[0] {
            "zilliz" => {
                assert!(told.contains(&format!("\n{hostile}\n")), "{told}");
                let batch = told
                    .lines()
                    .find(|line| line.starts_with("{\"Changes\""))
                    .unwrap();
                let batch: Value = serde_json::from_str(batch).unwrap();
                let set = &batch["Changes"][0]["ResourceRecordSet"];
                assert_eq!(set["Name"], hostile);
                assert_eq!(set["AliasTarget"]["DNSName"], "made-describe-vpc-endpoints");
                assert_eq!(set["AliasTarget"]["EvaluateTargetHealth"], json!(false));
            }
            "emqx" => assert!(
                told.contains("\n--acceptance-required\n") && told.contains("\nsubnet-more\n"),
                "{told}"
            ),
            "redis-cloud" => assert!(
                told.contains("UserIdGroupPairs=[{GroupId=sg-fits}]"),
                "{told}"
            ),
            _ => assert!(
                told.contains("Ipv6Ranges=[{CidrIpv6=fd00::/8}]")
                    && told.contains("\nmade-create-security-group\n"),
                "{told}"
            ),
        }
    }
}

#[test]
fn mistakes_are_said_all_at_once() {
    let run = ask(
        &network(),
        &[
            "redis-cloud",
            "--client",
            "10.0.0.0/99",
            "--client",
            "everybody",
            "--name=-a b-",
        ],
    );
    assert_eq!(run.code, 2);
    for part in [
        "`10.0.0.0/99` is neither",
        "`everybody` is neither",
        "is no name for all",
    ] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    let run = plaudit(["preflight", "redis-cloud", "--vpc", "vpc-2", "-q", "-"])
        .stdin(network().to_string())
        .run();
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("there is no VPC `vpc-2`") && run.err.contains("vpc-1"),
        "{}",
        run.err
    );
}

#[test]
fn what_stands_in_the_way_is_said() {
    let args = ["redis-cloud", "-f", "json", "--target"];
    let arn =
        "arn:aws:vpc-lattice:eu-west-1:444455556666:resourceconfiguration/rcfg-0123456789abcdef0";
    let mut network = network();
    network["VpcEndpoints"] = json!([{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "OwnerId": "111122223333",
        "ServiceName": "com.amazonaws.us-east-1.kms"}]);
    network["HostedZones"] = json!([{"Id": "/hostedzone/Z1", "Name": "in01-1.example.", "Config": {"PrivateZone": true}}]);
    let healthy = plaudit(["preflight"])
        .args(&[&args[..], &[arn]].concat())
        .args(&[
            "--vpc",
            "vpc-0ac0d9169b5f9f591",
            "-q",
            "fixtures/redis-cloud-healthy",
        ])
        .run()
        .json();
    assert!(
        healthy["missing"]
            .to_string()
            .contains("a VPC in eu-west-1"),
        "{healthy:#}"
    );
    let zilliz = [
        "zilliz",
        "-f",
        "json",
        "--port",
        "19530",
        "--domain",
        "IN01-1.example",
        "--target",
        "com.amazonaws.vpce.us-east-1.vpce-svc-1",
    ];
    let run = ask(&network, &zilliz);
    let answer = run.json();
    assert!(
        answer["missing"].to_string().contains("the zone Z1"),
        "{answer:#}"
    );
    // Nobody listed the zones of the service.
    assert_eq!(
        (run.code, answer["verdict"].as_str()),
        (3, Some("unknown")),
        "{answer:#}"
    );
    let said = ask(&network, &[&zilliz[..], &["--az-ids", "use1-az1"]].concat()).json();
    assert_eq!(find(&said["subnets"], "subnet-more")["chosen"], json!(true));
    network.as_object_mut().unwrap().remove("SecurityGroups");
    let run = ask(&network, &["elasticache", "-f", "json"]);
    assert_eq!(run.code, 3, "{:#}", run.json());
    let run = ask(&network, &["emqx", "--principal", "*"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("lets every account"), "{}", run.err);
}
