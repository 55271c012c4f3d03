//! The vocabulary in which a read call is described: whom it asks, once or once
//! for each of something, with which arguments and in how many pages.
//!
//! Data and small questions about it; the calls themselves are in
//! [`table`](super::table). Nothing here speaks to a network.

use serde_json::Value;

use super::service::Service;

/// A call that reads.
#[derive(Debug)]
pub struct Operation {
    /// Whom it asks.
    pub service: Service,
    /// Name in the API's spelling.
    pub name: &'static str,
    /// Lists in the answer; empty if the answer is one object.
    pub lists: &'static [&'static str],
    /// What it is made once for, if not once per account and region.
    pub each: Option<Each>,
    /// Calls that differ in one argument: `Attribute` of `DescribeVpcAttribute`.
    pub variants: Option<(&'static str, &'static [&'static str])>,
    /// Arguments that are always the same: AWS CLI option and its words.
    pub arguments: &'static [&'static str],
    /// How the answer is paged.
    pub paging: Paging,
}

/// How an answer is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// Never.
    Single,
    /// By a token or marker that goes into the next question. The collector and
    /// the script turn the pages themselves: for three of these calls neither
    /// the AWS CLI nor the SDK has a paginator.
    Pages,
}

/// What a call is made once for.
#[derive(Debug)]
pub struct Each {
    /// The call that lists it.
    pub of: &'static str,
    /// The list in that call's answer.
    pub list: &'static str,
    /// The field that holds the id, or a list of ids.
    pub id: &'static str,
    /// Only those whose field has one of these values.
    pub only: Option<(&'static str, &'static [&'static str])>,
    /// Only what belongs to the account that asks: what others share with it
    /// cannot be asked about.
    pub own: bool,
    /// The parameter that takes the id.
    pub parameter: &'static str,
    /// Which part of the id the parameter takes and the file is named after.
    pub part: Part,
    /// Ids in one call.
    pub batch: usize,
}

/// Part of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it, in the question and in the name of the file.
    Whole,
    /// What follows the last slash, in both: `/hostedzone/Z1` is `Z1`.
    Tail,
    /// What follows the last slash, in the name of the file and, for resources of
    /// the account that asks, in the question. Those of other accounts are known
    /// by their ARN only.
    TailOfOwn,
}

/// Ids that an account gave, longer ones are not ids.
const ID: usize = 2048;

impl Operation {
    /// A call that lists something, page by page.
    pub const fn list(
        service: Service,
        name: &'static str,
        lists: &'static [&'static str],
    ) -> Self {
        Self {
            service,
            name,
            lists,
            each: None,
            variants: None,
            arguments: &[],
            paging: Paging::Pages,
        }
    }

    /// A call that answers at once.
    pub const fn single(
        service: Service,
        name: &'static str,
        lists: &'static [&'static str],
    ) -> Self {
        let mut operation = Self::list(service, name, lists);
        operation.paging = Paging::Single;
        operation
    }

    /// Makes the call once for each of something.
    #[must_use]
    pub const fn each(mut self, each: Each) -> Self {
        self.each = Some(each);
        self
    }

    /// Makes the call once with each of these values.
    #[must_use]
    pub const fn variants(
        mut self,
        parameter: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        self.variants = Some((parameter, values));
        self
    }

    /// Arguments that are always the same.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Service and operation as the file is called: `ec2.DescribeVpcs`.
    pub fn stem(&self) -> String {
        format!("{}.{}", self.service.name(), self.name)
    }

    /// How many things an answer, or a page of it, holds. An answer that is one
    /// object is one thing.
    pub fn items(&self, answer: &Value) -> u64 {
        if self.lists.is_empty() {
            return 1;
        }
        let lists = self.lists.iter().filter_map(|list| answer.get(list));
        lists
            .filter_map(Value::as_array)
            .map(|list| list.len() as u64)
            .sum()
    }
}

impl Each {
    /// Once for each `id` in `list` of the answer of `of`.
    pub const fn of(
        of: &'static str,
        list: &'static str,
        id: &'static str,
        parameter: &'static str,
    ) -> Self {
        Self {
            of,
            list,
            id,
            only: None,
            own: false,
            parameter,
            part: Part::Whole,
            batch: 1,
        }
    }

    /// Only those whose field has one of these values.
    #[must_use]
    pub const fn only(mut self, field: &'static str, values: &'static [&'static str]) -> Self {
        self.only = Some((field, values));
        self
    }

    /// Only what belongs to the account that asks, by the account in the ARN.
    #[must_use]
    pub const fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Which part of the id is used.
    #[must_use]
    pub const fn part(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// Several ids in one call.
    #[must_use]
    pub const fn batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// The ids in an answer to `account`, sorted, each once.
    pub fn ids(&self, answer: &Value, account: &str) -> Vec<String> {
        let list = answer.get(self.list).and_then(Value::as_array);
        let mut ids: Vec<String> = list
            .into_iter()
            .flatten()
            .filter(|object| self.takes(object))
            .filter_map(|object| object.get(self.id))
            .flat_map(|id| match id {
                Value::Array(ids) => ids.iter().collect(),
                one => vec![one],
            })
            .filter_map(Value::as_str)
            .filter(|id| !id.is_empty() && id.len() <= ID)
            .filter(|id| !self.own || owner(id) == Some(account))
            .map(|id| self.question(id, account).to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    fn takes(&self, object: &Value) -> bool {
        let Some((path, values)) = self.only else {
            return true;
        };
        let found = path
            .split('.')
            .try_fold(object, |value, name| value.get(name));
        let text = match found {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(value)) => value.to_string(),
            _ => return false,
        };
        values.iter().any(|value| value.eq_ignore_ascii_case(&text))
    }

    /// The id as the parameter takes it when `account` asks.
    fn question<'i>(&self, id: &'i str, account: &str) -> &'i str {
        match self.part {
            Part::Tail => tail(id),
            Part::TailOfOwn if owner(id) == Some(account) => tail(id),
            Part::Whole | Part::TailOfOwn => id,
        }
    }

    /// The id as the file is named after it.
    pub fn name<'i>(&self, id: &'i str) -> &'i str {
        match self.part {
            Part::Whole => id,
            Part::Tail | Part::TailOfOwn => tail(id),
        }
    }
}

/// The account in an ARN.
fn owner(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

fn tail(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Whether an operation only reads: what begins with `List`, `Describe` or
/// `Get`, and the one call that reads under another name. `Get` is not harmless
/// by itself (`GetSessionToken`), so what is called must also be in the table.
pub fn is_read_only(name: &str) -> bool {
    ["List", "Describe", "Get"]
        .iter()
        .any(|verb| name.starts_with(verb))
        // The only way to the routes of a transit gateway; IAM's access level
        // for it is List:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
        || name == "SearchTransitGatewayRoutes"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_filtered_and_sorted() {
        let answer = json!({"VpcEndpoints": [
            {"VpcEndpointType": "Resource", "SubnetIds": ["subnet-2", "subnet-1"]},
            {"VpcEndpointType": "servicenetwork", "SubnetIds": ["subnet-2"]},
            {"VpcEndpointType": "Interface", "SubnetIds": ["subnet-3"]},
            {"SubnetIds": ["subnet-4"]},
            {"VpcEndpointType": "Resource"},
            7,
        ]});
        let each = Each::of(
            "DescribeVpcEndpoints",
            "VpcEndpoints",
            "SubnetIds",
            "SubnetId",
        )
        .only("VpcEndpointType", &["Resource", "ServiceNetwork"]);
        assert_eq!(each.ids(&answer, "1"), ["subnet-1", "subnet-2"]);
        assert!(each.ids(&json!({"VpcEndpoints": 3}), "1").is_empty());
    }

    #[test]
    fn parts_of_ids() {
        let zones = json!({"HostedZones": [
            {"Id": "/hostedzone/Z2", "Config": {"PrivateZone": true}},
            {"Id": "/hostedzone/Z1", "Config": {"PrivateZone": false}},
        ]});
        let each = Each::of("ListHostedZones", "HostedZones", "Id", "Id")
            .only("Config.PrivateZone", &["true"])
            .part(Part::Tail);
        assert_eq!(each.ids(&zones, "1"), ["Z2"]);
        let arn = "arn:aws:vpc-lattice:eu-west-1:1:resourceconfiguration/rcfg-1";
        let each = each.part(Part::TailOfOwn);
        assert_eq!(each.name(arn), "rcfg-1");
        assert_eq!(
            (each.question(arn, "1"), each.question(arn, "2")),
            ("rcfg-1", arn)
        );
        let shared = json!({"items": [{"arn": arn}]});
        let each = Each::of("ListResourceConfigurations", "items", "arn", "x").own();
        assert_eq!(each.ids(&shared, "1"), [arn]);
        assert!(each.ids(&shared, "2").is_empty());
    }

    #[test]
    fn writing_calls_are_not_read_only() {
        for name in [
            "CreateVpc",
            "DeleteVpcEndpoints",
            "ModifyVpcAttribute",
            "AcceptVpcEndpointConnections",
            "SearchLocalGatewayRoutes",
            "AssumeRole",
            "",
        ] {
            assert!(!is_read_only(name), "{name}");
        }
        assert!(is_read_only("SearchTransitGatewayRoutes") && is_read_only("GetHostedZone"));
    }
}
