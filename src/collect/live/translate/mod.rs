//! From the bytes of an AWS answer to the JSON that the AWS CLI prints for it.
//!
//! AWS speaks XML in three dialects, JSON in three and CBOR; the CLI prints one
//! shape for all, and that shape is the snapshot. Uses the generated shapes of
//! the answers and knows no operation; what a shape does not know is kept under
//! the name it came with, so that a field that AWS adds tomorrow is not lost.

mod cbor;
mod json;
mod shape;
mod time;
mod xml;

use serde_json::Value;

use self::shape::Shapes;
use crate::collect::aws::service::Service;

/// Deepest nesting of an answer; the deepest known one has nine levels.
const DEPTH: usize = 64;

/// The answer as the AWS CLI prints it, page tokens included.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub(super) fn translate(
    service: Service,
    operation: &str,
    content_type: &str,
    body: &[u8],
) -> Result<Value, String> {
    let shapes = Shapes::of(service);
    let shape = shapes
        .operation(operation)
        .ok_or_else(|| format!("there is no shape for {operation}"))?;
    if content_type.contains("cbor") {
        return cbor::value(body).map(|value| json::shaped(shapes, shape, value, DEPTH));
    }
    let text = std::str::from_utf8(body).map_err(|error| format!("not UTF-8: {error}"))?;
    let first = text.trim_start().as_bytes().first();
    match first {
        Some(b'{') => serde_json::from_str(text)
            .map(|value| json::shaped(shapes, shape, value, DEPTH))
            .map_err(|error| format!("not JSON: {error}")),
        Some(b'<') => xml::value(shapes, shape, operation, text),
        None => Err("empty".to_owned()),
        Some(_) => Err("neither JSON nor XML".to_owned()),
    }
}

/// Code and message of an answer that is an error, as far as they can be told.
pub(super) fn error(
    content_type: &str,
    headers_type: Option<&str>,
    body: &[u8],
) -> (String, String) {
    let header = headers_type.map(code_of).unwrap_or_default();
    if content_type.contains("cbor") {
        let value = cbor::value(body).unwrap_or(Value::Null);
        return json_error(&value, header);
    }
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with('{') {
        let value = serde_json::from_str(&text).unwrap_or(Value::Null);
        return json_error(&value, header);
    }
    let (code, message) = xml::error(&text);
    (
        if code.is_empty() {
            header.to_owned()
        } else {
            code
        },
        message,
    )
}

fn json_error(value: &Value, header: &str) -> (String, String) {
    let text = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| value.get(name)?.as_str());
        found.next().unwrap_or_default().to_owned()
    };
    let code = if header.is_empty() {
        code_of(&text(&["__type", "code", "Code"])).to_owned()
    } else {
        header.to_owned()
    };
    (code, text(&["message", "Message", "errorMessage"]))
}

/// `com.amazonaws.ram#UnknownResourceException:http://…` as its last name.
fn code_of(text: &str) -> &str {
    let text = text.split(':').next().unwrap_or_default();
    text.rsplit('#').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::collect::aws::table::{OPENING, OPERATIONS};

    #[test]
    fn every_operation_has_a_shape() {
        for operation in OPENING.iter().chain(OPERATIONS) {
            let shapes = Shapes::of(operation.service);
            let shape = shapes.operation(operation.name);
            let shape = shape.unwrap_or_else(|| panic!("{} has none", operation.name));
            for list in operation.lists {
                let field = shapes.field(shape, list);
                assert!(field.is_some(), "{} has no {list}", operation.name);
            }
        }
    }

    #[test]
    fn xml_of_ec2() {
        let body = br#"<?xml version="1.0" encoding="UTF-8"?>
            <DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>7</requestId>
              <subnetSet><item>
                <subnetId>subnet-1</subnetId><availableIpAddressCount>251</availableIpAddressCount>
                <mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>
                <tagSet><item><key>Name</key><value>a &amp; b</value></item></tagSet>
                <ipv6CidrBlockAssociationSet/>
                <someNewThing>on</someNewThing>
                <someNewSet><item><a>1</a></item><item><a>2</a></item></someNewSet>
              </item></subnetSet>
              <nextToken>t</nextToken>
            </DescribeSubnetsResponse>"#;
        let value = translate(Service::Ec2, "DescribeSubnets", "text/xml", body).unwrap();
        assert_eq!(
            value,
            json!({"NextToken": "t", "Subnets": [{
                "SubnetId": "subnet-1", "AvailableIpAddressCount": 251,
                "MapPublicIpOnLaunch": false, "Tags": [{"Key": "Name", "Value": "a & b"}],
                "Ipv6CidrBlockAssociationSet": [],
                "SomeNewThing": "on", "SomeNewSet": [{"A": "1"}, {"A": "2"}],
            }]})
        );
    }

    #[test]
    fn xml_with_a_wrapper_and_flat_times() {
        let body = br"<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers>
            <member><LoadBalancerArn>arn:1</LoadBalancerArn><CreatedTime>2026-01-02T03:04:05.120Z</CreatedTime>
            <State><Code>active</Code></State></member></LoadBalancers></DescribeLoadBalancersResult>
            <ResponseMetadata><RequestId>7</RequestId></ResponseMetadata></DescribeLoadBalancersResponse>";
        let value = translate(
            Service::ElasticLoadBalancing,
            "DescribeLoadBalancers",
            "text/xml",
            body,
        );
        assert_eq!(
            value.unwrap(),
            json!({"LoadBalancers": [{"LoadBalancerArn": "arn:1",
                "CreatedTime": "2026-01-02T03:04:05.120000+00:00", "State": {"Code": "active"}}]})
        );
    }

    #[test]
    fn json_with_epochs_and_new_fields() {
        let body = br#"{"resourceShares":[{"name":"a","creationTime":1767323045.5,"later":{"x":1},"tags":null}],"nextToken":null}"#;
        let value = translate(Service::Ram, "GetResourceShares", "application/json", body);
        assert_eq!(
            value.unwrap(),
            json!({"resourceShares": [{"name": "a",
                "creationTime": "2026-01-02T03:04:05.500000+00:00", "later": {"x": 1}}]})
        );
    }

    #[test]
    fn nonsense_is_an_error_and_never_empty() {
        let ask = |body: &[u8]| translate(Service::Ec2, "DescribeVpcs", "text/html", body);
        for body in [
            &b"<!doctype html><html><body>500</body></html>"[..],
            b"<html></html>",
            b"",
            b"Internal Server Error",
            b"\xff\xfe",
            b"<DescribeVpcsResponse><vpcSet>",
            b"<DescribeSubnetsResponse/>",
        ] {
            assert!(ask(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        let deep = format!(
            "<DescribeVpcsResponse>{}{}</DescribeVpcsResponse>",
            "<a>".repeat(900),
            "</a>".repeat(900)
        );
        let _either_is_fine = ask(deep.as_bytes());
        assert!(translate(Service::Ec2, "CreateVpc", "", b"{}").is_err());
    }

    #[test]
    fn codes_of_errors() {
        let ec2 = b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>";
        assert_eq!(
            error("text/xml", None, ec2),
            ("UnauthorizedOperation".to_owned(), "no".to_owned())
        );
        let query = b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        assert_eq!(error("text/xml", None, query).0, "AccessDenied");
        let json = br#"{"__type":"com.amazonaws.ram#ServerInternalException","message":"m"}"#;
        assert_eq!(
            error("application/json", None, json),
            ("ServerInternalException".to_owned(), "m".to_owned())
        );
        assert_eq!(
            error("", Some("AccessDeniedException:http://x/"), b"{}").0,
            "AccessDeniedException"
        );
        assert_eq!(error("text/html", None, b"<html>x</html>").0, "");
    }
}
