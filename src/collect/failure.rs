//! Answers that are errors: which call failed, and why.
//!
//! Names of files are the only thing that tells the call. Looks at no other
//! answers.

use crate::snapshot::FileFormat;
use crate::snapshot::ledger::CallOutcome;

use super::answer::Envelope;
use super::batch::Reported;
use super::finish::find;
use super::peek::Peek;
use super::problem::Level;
use super::reader::Reader;

impl<'de> Reader<'de> {
    /// An answer that is an error.
    pub(super) fn failure(&mut self, envelope: &Envelope<'de>) -> bool {
        let part = |name: &str| {
            envelope
                .parts
                .iter()
                .find(|part| part.key == name)
                .map(|part| part.raw)
        };
        let recorded = part("data").map(Peek::object);
        let inner = recorded
            .as_ref()
            .and_then(|data| data.keys.iter().find(|(key, _)| key == "Error"));
        let error = part("Error")
            .or(inner.map(|(_, raw)| *raw))
            .map(Peek::object);
        let code = error
            .as_ref()
            .and_then(|error| error.scalar("Code"))
            .map(std::borrow::Cow::into_owned);
        let status = find(envelope, "status_code").and_then(|status| status.parse::<u32>().ok());
        let Some(code) = code.or_else(|| {
            status
                .filter(|status| *status >= 400)
                .map(|status| format!("HTTP {status}"))
        }) else {
            return false;
        };
        if status.is_some_and(|status| status < 400) {
            return false;
        }
        self.batch.format = FileFormat::AwsCli;
        let outcome = if is_denied(&code) {
            CallOutcome::Denied
        } else {
            CallOutcome::Failed
        };
        let named = self
            .hint
            .map(|(service, operation)| (service.to_owned(), operation.to_owned()));
        let named = named.or_else(|| self.names.iter().find_map(|name| operation_in(&name.name)));
        let Some((service, operation)) = named else {
            self.report(Level::Incomplete, "error without operation", |_| {
                format!("the answer is the error {code}, and the file's name does not tell of which call")
            });
            return true;
        };
        self.batch.calls.push(Reported {
            file: None,
            parts: 1,
            service,
            operation,
            account: String::new(),
            region: String::new(),
            outcome,
            items: 0,
            asserted: true,
            detail: code,
        });
        true
    }
}

/// Whether an error code says that the caller may not.
pub(super) fn is_denied(code: &str) -> bool {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    code.starts_with("AccessDenied")
        || matches!(
            code,
            "UnauthorizedOperation"
                | "AuthFailure"
                | "Unauthorized"
                | "NotAuthorized"
                | "UnauthorizedAccess"
                | "OptInRequired"
                | "HTTP 403"
                | "HTTP 401"
        )
}

/// What operations that change nothing begin with. Names with hyphens that
/// begin otherwise are those of regions and resources: `eu-west-1`.
const VERBS: &[&str] = &[
    "Describe", "List", "Get", "Search", "Lookup", "Batch", "Query", "Scan", "View", "Head",
];

/// `ec2.DescribeVpcs_1` and `ec2-describe-vpcs` as service and operation.
fn operation_in(name: &str) -> Option<(String, String)> {
    let (service, operation) = name.split_once('.').or_else(|| name.split_once('-'))?;
    let operation = operation
        .trim_end_matches(|char: char| char.is_ascii_digit())
        .trim_end_matches(['_', '.', '-']);
    let pascal: String = operation
        .split('-')
        .map(|word| {
            word.chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .chain(word.chars().skip(1))
                .collect::<String>()
        })
        .collect();
    let is_name = if name.contains('.') {
        operation.starts_with(|char: char| char.is_ascii_uppercase())
    } else {
        VERBS.iter().any(|verb| pascal.starts_with(verb))
    };
    (!service.is_empty() && is_name).then(|| (service.to_owned(), pascal))
}

#[cfg(test)]
mod tests {
    use super::operation_in;

    #[test]
    fn regions_and_ids_are_no_operations() {
        let named =
            |name| operation_in(name).map(|(service, operation)| service + ":" + &operation);
        assert_eq!(
            named("ec2.DescribeTags_1").as_deref(),
            Some("ec2:DescribeTags")
        );
        assert_eq!(
            named("resource-explorer-2.ListResources").as_deref(),
            Some("resource-explorer-2:ListResources")
        );
        assert_eq!(named("s3-list-buckets").as_deref(), Some("s3:ListBuckets"));
        assert_eq!(
            named("route53.DeleteHostedZone_1").as_deref(),
            Some("route53:DeleteHostedZone")
        );
        for other in ["eu-west-1", "vpc-0123", "111122223333", "x.json"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
