//! Properties: whatever the input, whatever its order.

use proptest::prelude::*;

use super::*;

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
