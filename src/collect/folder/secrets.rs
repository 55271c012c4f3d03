//! Takes secrets out of an answer before anything is written.
//!
//! Values in, values out; knows names of fields and nothing of files. A secret
//! is found by the name of its field wherever it stands, so that an answer of a
//! call that nobody thought of loses its secrets too. Must not shorten lists or
//! drop fields: what was there stays to be seen.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Redaction;

/// What stands in the place of a secret.
pub const REDACTED: &str = "(redacted)";

/// Fields of calls that are known to answer with secrets: service, operation,
/// field, and what is in it.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnection.html
    (
        "ec2",
        "DescribeVpnConnections",
        "CustomerGatewayConfiguration",
        "holds the pre-shared keys of the tunnels",
    ),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TunnelOption.html
    (
        "ec2",
        "DescribeVpnConnections",
        "PreSharedKey",
        "the pre-shared key of a tunnel",
    ),
    // https://docs.aws.amazon.com/directconnect/latest/APIReference/API_VirtualInterface.html
    (
        "directconnect",
        "",
        "customerRouterConfig",
        "holds the BGP authentication key",
    ),
    ("directconnect", "", "authKey", "the BGP authentication key"),
    // https://docs.aws.amazon.com/directconnect/latest/APIReference/API_MacSecKey.html
    (
        "directconnect",
        "",
        "macSecKeys",
        "names the MACsec keys and where they are kept",
    ),
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
    (
        "elasticloadbalancing",
        "",
        "ClientSecret",
        "the secret of an OpenID Connect client",
    ),
];

/// Why a field that is not in [`KNOWN`] is taken for a secret.
const BY_NAME: &str = "its name is that of a secret";
const BY_TEXT: &str = "its text holds a key";

/// Whole names of fields, without case, dashes and underscores.
pub(in crate::collect) const NAMES: &[&str] = &[
    "authkey",
    "customergatewayconfiguration",
    "customerrouterconfig",
    "macseckeys",
    "primarykey",
    "secondarykey",
    "secretkey",
    "sessiontoken",
    "sharedkey",
    "userdata",
];

/// Ends of names of fields, without case, dashes and underscores.
pub(in crate::collect) const ENDS: &[&str] = &[
    "accesskey",
    "accesskeys",
    "apikey",
    "authtoken",
    "clientsecret",
    "connectionstring",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "presharedkey",
    "privatekey",
    "secretaccesskey",
    "secretstring",
];

/// Fields that were blanked in one answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Removed {
    /// `VpnConnections[].Options.TunnelOptions[].PreSharedKey`.
    pub field: String,
    /// How many values.
    pub count: u64,
    /// What is in it.
    pub reason: &'static str,
}

impl Removed {
    /// As the manifest lists it.
    pub fn in_file(&self, file: &str) -> Redaction {
        Redaction {
            file: file.to_owned(),
            field: self.field.clone(),
            count: self.count,
            reason: self.reason.to_owned(),
        }
    }
}

/// Blanks every secret in the answer to a call, and says which fields and how
/// many values. An answer that was treated already gives nothing.
///
/// Truth values, empty texts and `null` are kept: whether there is a password is
/// evidence and no secret.
pub fn remove(answer: &mut Value, service: &str, operation: &str) -> Vec<Removed> {
    let mut found = Found {
        service,
        operation,
        counts: BTreeMap::new(),
    };
    found.walk(answer, &mut String::new(), None);
    let counts = found.counts.into_iter();
    counts
        .map(|((field, reason), count)| Removed {
            field,
            count,
            reason,
        })
        .collect()
}

struct Found<'c> {
    service: &'c str,
    operation: &'c str,
    counts: BTreeMap<(String, &'static str), u64>,
}

impl Found<'_> {
    /// Goes through a value; `secret` is the reason if all of it is one.
    fn walk(&mut self, value: &mut Value, path: &mut String, secret: Option<&'static str>) {
        let length = path.len();
        match value {
            Value::Object(object) => {
                let tag = secret_tag(object);
                for (key, value) in object {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                    let named = || self.reason(key);
                    let tagged = || (tag && is_value(key)).then_some(BY_NAME);
                    let secret = secret.or_else(named).or_else(tagged);
                    self.walk(value, path, secret);
                    path.truncate(length);
                }
            }
            Value::Array(items) => {
                path.push_str("[]");
                for item in items {
                    self.walk(item, path, secret);
                }
                path.truncate(length);
            }
            Value::String(text) => {
                let secret = secret.or_else(|| holds_key(text).then_some(BY_TEXT));
                if let Some(reason) = secret
                    && !text.is_empty()
                    && text != REDACTED
                {
                    REDACTED.clone_into(text);
                    *self.counts.entry((path.clone(), reason)).or_default() += 1;
                }
            }
            Value::Number(_) => {
                if let Some(reason) = secret {
                    *value = Value::String(REDACTED.to_owned());
                    *self.counts.entry((path.clone(), reason)).or_default() += 1;
                }
            }
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn reason(&self, key: &str) -> Option<&'static str> {
        let of_call = |(service, operation, ..): &&(&str, &str, &str, &str)| {
            *service == self.service && (operation.is_empty() || *operation == self.operation)
        };
        let known = KNOWN
            .iter()
            .filter(of_call)
            .find(|(_, _, field, _)| field.eq_ignore_ascii_case(key));
        known
            .map(|(.., reason)| *reason)
            .or_else(|| is_secret_name(key).then_some(BY_NAME))
    }
}

/// Whether a field of this name holds a secret.
pub(in crate::collect) fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|char| !matches!(char, '-' | '_' | ' ' | '.' | ':' | '/'))
        .map(|char| char.to_ascii_lowercase())
        .collect();
    NAMES.contains(&plain.as_str()) || ENDS.iter().any(|end| plain.ends_with(end))
}

fn is_value(key: &str) -> bool {
    key.eq_ignore_ascii_case("Value") || key.eq_ignore_ascii_case("ParameterValue")
}

/// `{"Key": "db-password", "Value": …}`: people put the strangest things in tags.
fn secret_tag(object: &serde_json::Map<String, Value>) -> bool {
    let name = ["Key", "key", "ParameterName", "Name"]
        .iter()
        .find_map(|key| object.get(*key)?.as_str());
    name.is_some_and(is_secret_name)
}

/// Whether a text holds a key in a spelling that cannot be anything else.
fn holds_key(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"PRIVATE KEY-----").is_some()
        || memchr::memmem::find(text.as_bytes(), b"<pre_shared_key>").is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(removed: &[Removed]) -> Vec<(&str, u64)> {
        removed
            .iter()
            .map(|removed| (removed.field.as_str(), removed.count))
            .collect()
    }

    #[test]
    fn keys_of_tunnels_are_taken_out() {
        let mut answer = json!({"VpnConnections": [
            {"VpnConnectionId": "vpn-1", "CustomerGatewayConfiguration": "<x/>", "State": "available",
             "Options": {"TunnelOptions": [{"PreSharedKey": "a", "OutsideIpAddress": "192.0.2.1"}, {"PreSharedKey": "b"}]}},
            {"VpnConnectionId": "vpn-2", "CustomerGatewayConfiguration": ""},
        ]});
        let removed = remove(&mut answer, "ec2", "DescribeVpnConnections");
        assert_eq!(
            fields(&removed),
            [
                ("VpnConnections[].CustomerGatewayConfiguration", 1),
                ("VpnConnections[].Options.TunnelOptions[].PreSharedKey", 2),
            ]
        );
        assert!(removed[0].reason.contains("pre-shared"));
        assert_eq!(removed[0].in_file("x").count, 1);
        let text = answer.to_string();
        assert!(text.contains("192.0.2.1") && text.contains("vpn-2") && !text.contains("<x/>"));
        assert!(remove(&mut answer, "ec2", "DescribeVpnConnections").is_empty());
    }

    #[test]
    fn keys_of_direct_connect_and_others_are_taken_out() {
        let mut answer = json!({
            "virtualInterfaces": [{"authKey": "k", "customerRouterConfig": "c", "asn": 65000,
                "bgpPeers": [{"authKey": "k2", "asn": 65001}]}],
            "connections": [{"macSecKeys": [{"ckn": "c", "secretARN": "arn:…", "state": "associated"}]}],
            "Actions": [{"AuthenticateOidcConfig": {"ClientId": "id", "ClientSecret": "s", "UseExistingClientSecret": true}}],
            "accessKeys": {"primaryKey": "p", "secondaryKey": "s"},
            "Authentication": {"Type": "password", "PasswordCount": 1},
            "AuthTokenEnabled": true, "NextToken": "t",
            "Redis": {"Password": 12345, "AUTH_TOKEN": "t"},
            "Tags": [{"Key": "db-password", "Value": "hunter2"}, {"Key": "Name", "Value": "password"}],
            "Note": "-----BEGIN RSA PRIVATE KEY-----\nMII",
        });
        let removed = remove(&mut answer, "directconnect", "DescribeVirtualInterfaces");
        assert_eq!(
            fields(&removed),
            [
                ("Actions[].AuthenticateOidcConfig.ClientSecret", 1),
                ("Note", 1),
                ("Redis.AUTH_TOKEN", 1),
                ("Redis.Password", 1),
                ("Tags[].Value", 1),
                ("accessKeys.primaryKey", 1),
                ("accessKeys.secondaryKey", 1),
                ("connections[].macSecKeys[].ckn", 1),
                ("connections[].macSecKeys[].secretARN", 1),
                ("connections[].macSecKeys[].state", 1),
                ("virtualInterfaces[].authKey", 1),
                ("virtualInterfaces[].bgpPeers[].authKey", 1),
                ("virtualInterfaces[].customerRouterConfig", 1),
            ]
        );
        let text = answer.to_string();
        for kept in [
            "65000",
            "\"ClientId\":\"id\"",
            "PasswordCount\":1",
            "NextToken\":\"t\"",
            "\"Value\":\"password\"",
        ] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        for gone in ["hunter2", "12345", "MII"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
    }

    #[test]
    fn no_modelled_field_is_taken_for_a_secret() {
        fn check(fields: &[crate::snapshot::schema::Field]) {
            use crate::snapshot::schema::Shape;
            for field in fields {
                assert!(!is_secret_name(field.name), "{}", field.name);
                if let Shape::Object(inner) | Shape::List(inner) = field.shape {
                    check(inner);
                }
            }
        }
        for kind in crate::snapshot::record::Kind::ALL {
            check(kind.spec().fields);
        }
    }
}
