//! A Terraform plan of many stacks that are alike.
//!
//! A stack is twelve resources: a VPC, three subnets, a route table and its
//! three associations, a security group for 10000-19999, an Interface endpoint,
//! a Resource endpoint and a private zone. Each team has a module with
//! `count`, as such estates are written, so the configuration is small and
//! every resource is written twice: under `planned_values` and, with what is not
//! known yet, under `resource_changes`.

use std::fmt;

use crate::json::Json;
use crate::random::Random;

const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

const TEAMS: &[&str] = &[
    "pay", "order", "search", "iam", "core", "risk", "cart", "ship",
];

/// What to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// About how many resources.
    pub resources: u64,
    /// Everything follows from it.
    pub seed: u64,
    /// Whether attributes that are null are written too.
    pub nulls: bool,
}

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// How many resources there are.
    pub resources: u64,
    /// The JSON.
    pub bytes: Vec<u8>,
}

/// Makes a plan.
pub fn generate(options: &Options) -> Plan {
    let mut random = Random::new(options.seed, "plan", 0);
    let stacks: Vec<Stack> = (0..options.resources.div_ceil(12).max(1))
        .map(|number| Stack {
            number,
            network: number as u32 % 256,
            // Half of what is wrong is only seen by who knows which values are unknown.
            hostnames: (!random.permille(30)).then(|| random.permille(800)),
            zone_known: random.permille(200),
            bad_zone: random.permille(30),
            gap: random.permille(40),
            small: random.permille(30),
            private_dns: random.permille(900),
        })
        .collect();
    let mut json = Json::new(false);
    let mut resources = 0;
    json.item(|plan| {
        plan.text("format_version", "1.2");
        plan.text("terraform_version", "1.11.4");
        plan.object("variables", |variables| {
            variables.object("region", |region| region.text("value", "us-east-1"));
        });
        plan.object("planned_values", |values| {
            values.object("root_module", |root| {
                root.list("child_modules", |modules| {
                    for stack in &stacks {
                        modules.item(|module| {
                            module.list("resources", |list| {
                                for resource in stack.resources() {
                                    list.item(|item| resource.write_value(item, options.nulls));
                                }
                            });
                            module.text("address", stack.module());
                        });
                    }
                });
            });
        });
        plan.list("resource_changes", |list| {
            for stack in &stacks {
                for resource in stack.resources() {
                    list.item(|item| resource.write_change(item, options.nulls));
                    resources += 1;
                }
            }
        });
        plan.object("configuration", configuration);
        plan.text("timestamp", "2026-11-20T00:00:00Z");
        plan.bool("applyable", true);
        plan.bool("complete", true);
        plan.bool("errored", false);
    });
    json.newline();
    Plan {
        resources,
        bytes: json.bytes().to_vec(),
    }
}

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent throw of the dice"
)]
struct Stack {
    number: u64,
    network: u32,
    /// `None`: not known before it is applied.
    hostnames: Option<bool>,
    zone_known: bool,
    bad_zone: bool,
    gap: bool,
    small: bool,
    private_dns: bool,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Vpc,
    Subnet(u32),
    Table,
    TableAssociation(u32),
    Group,
    Interface,
    Resource,
    Zone,
}

struct Resource<'a> {
    stack: &'a Stack,
    what: What,
}

impl Stack {
    fn team(&self) -> &'static str {
        TEAMS[self.number as usize % TEAMS.len()]
    }

    fn module(&self) -> String {
        format!(
            "module.{}[{}]",
            self.team(),
            self.number / TEAMS.len() as u64
        )
    }

    fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        [
            What::Vpc,
            What::Subnet(0),
            What::Subnet(1),
            What::Subnet(2),
            What::Table,
            What::TableAssociation(0),
            What::TableAssociation(1),
            What::TableAssociation(2),
            What::Group,
            What::Interface,
            What::Resource,
            What::Zone,
        ]
        .into_iter()
        .map(|what| Resource { stack: self, what })
    }
}

impl What {
    fn of(self) -> (&'static str, &'static str, Option<u32>) {
        match self {
            Self::Vpc => ("aws_vpc", "main", None),
            Self::Subnet(index) => ("aws_subnet", "private", Some(index)),
            Self::Table => ("aws_route_table", "private", None),
            Self::TableAssociation(index) => {
                ("aws_route_table_association", "private", Some(index))
            }
            Self::Group => ("aws_security_group", "endpoint", None),
            Self::Interface => ("aws_vpc_endpoint", "service", None),
            Self::Resource => ("aws_vpc_endpoint", "database", None),
            Self::Zone => ("aws_route53_zone", "private", None),
        }
    }

    /// What only applying tells.
    fn unknown(self) -> &'static [&'static str] {
        match self {
            Self::Vpc => &[
                "arn",
                "default_security_group_id",
                "dhcp_options_id",
                "id",
                "main_route_table_id",
                "owner_id",
            ],
            Self::Subnet(_) | Self::Table => &["arn", "id", "owner_id", "vpc_id"],
            Self::TableAssociation(_) => &["id", "route_table_id", "subnet_id"],
            Self::Group => &["arn", "id", "name_prefix", "owner_id", "vpc_id"],
            Self::Interface | Self::Resource => &[
                "arn",
                "dns_entry",
                "id",
                "network_interface_ids",
                "owner_id",
                "state",
                "security_group_ids",
                "subnet_ids",
                "vpc_id",
            ],
            Self::Zone => &["arn", "name_servers", "primary_name_server", "zone_id"],
        }
    }

    /// What a provider writes although nobody set it.
    fn nulls(self) -> &'static [&'static str] {
        match self {
            Self::Vpc => &[
                "ipv4_ipam_pool_id",
                "ipv4_netmask_length",
                "ipv6_ipam_pool_id",
                "ipv6_netmask_length",
                "assign_generated_ipv6_cidr_block",
            ],
            Self::Subnet(_) => &[
                "customer_owned_ipv4_pool",
                "enable_lni_at_device_index",
                "ipv6_cidr_block",
                "map_customer_owned_ip_on_launch",
                "outpost_arn",
                "timeouts",
                "ipv6_ipam_pool_id",
            ],
            Self::Table => &["timeouts"],
            Self::TableAssociation(_) => &["gateway_id", "timeouts"],
            Self::Group => &["revoke_rules_on_delete", "timeouts"],
            Self::Interface | Self::Resource => &[
                "auto_accept",
                "cidr_blocks",
                "route_table_ids",
                "service_region",
                "timeouts",
                "service_network_arn",
            ],
            Self::Zone => &[
                "delegation_set_id",
                "enable_accelerated_recovery",
                "timeouts",
            ],
        }
    }
}

impl Resource<'_> {
    fn write_head(&self, json: &mut Json, change: bool) {
        let (kind, name, index) = self.what.of();
        json.text(
            "address",
            Indexed(format_args!("{}.{kind}.{name}", self.stack.module()), index),
        );
        if change {
            json.text("module_address", self.stack.module());
        }
        json.text("mode", "managed");
        json.text("type", kind);
        json.text("name", name);
        if let Some(index) = index {
            json.int("index", index);
        }
        json.text("provider_name", PROVIDER);
    }

    fn write_value(&self, json: &mut Json, nulls: bool) {
        self.write_head(json, false);
        json.int("schema_version", 1);
        json.object("values", |values| self.write_attributes(values, nulls));
        json.object("sensitive_values", |values| self.write_sensitive(values));
    }

    fn write_change(&self, json: &mut Json, nulls: bool) {
        self.write_head(json, true);
        json.object("change", |change| {
            change.list("actions", |actions| actions.text_item("create"));
            change.null("before");
            change.object("after", |after| self.write_attributes(after, nulls));
            change.object("after_unknown", |unknown| {
                let mut names = self.what.unknown().to_vec();
                match self.what {
                    What::Vpc if self.stack.hostnames.is_none() => {
                        names.push("enable_dns_hostnames");
                    }
                    What::Subnet(_) if !self.stack.zone_known => names.push("availability_zone_id"),
                    _ => {}
                }
                names.sort_unstable();
                for name in names {
                    unknown.bool(name, true);
                }
            });
            change.bool("before_sensitive", false);
            change.object("after_sensitive", |values| self.write_sensitive(values));
        });
    }

    fn write_sensitive(&self, json: &mut Json) {
        if let What::Group = self.what {
            json.list("ingress", |list| list.item(|_| {}));
        }
        if self.is_tagged() {
            json.object("tags", |_| {});
            json.object("tags_all", |_| {});
        }
    }

    /// Not everything is tagged.
    fn is_tagged(&self) -> bool {
        matches!(
            self.what,
            What::Vpc | What::Interface | What::Resource | What::Zone
        )
    }

    /// Terraform writes attributes in the order of their names.
    fn write_attributes(&self, json: &mut Json, nulls: bool) {
        let mut fields = Vec::new();
        let mut set = |write: &dyn Fn(&mut Json)| {
            let mut field = Json::new(false);
            write(&mut field);
            fields.push(field);
        };
        let stack = self.stack;
        let network = stack.network;
        match self.what {
            What::Vpc => {
                set(&|json| json.text("cidr_block", format_args!("10.{network}.0.0/16")));
                if let Some(hostnames) = stack.hostnames {
                    set(&|json| json.bool("enable_dns_hostnames", hostnames));
                }
                set(&|json| json.bool("enable_dns_support", true));
                set(&|json| json.text("instance_tenancy", "default"));
            }
            What::Subnet(index) => {
                let letter = ['a', 'b', 'c'][index as usize % 3];
                set(&|json| json.text("availability_zone", format_args!("us-east-1{letter}")));
                if stack.zone_known {
                    let zone = if stack.bad_zone && index == 2 {
                        3
                    } else {
                        [1, 2, 4][index as usize % 3]
                    };
                    set(&|json| json.text("availability_zone_id", format_args!("use1-az{zone}")));
                }
                let length = if stack.small && index == 0 { 28 } else { 24 };
                set(&|json| {
                    json.text(
                        "cidr_block",
                        format_args!("10.{network}.{index}.0/{length}"),
                    );
                });
                set(&|json| json.bool("map_public_ip_on_launch", false));
            }
            What::Table => set(&|json| json.list("route", |_| {})),
            What::TableAssociation(_) => {}
            What::Group => {
                set(&|json| json.text("description", "database endpoint"));
                set(&|json| json.list("ingress", |list| list.item(|rule| self.write_rule(rule))));
                set(&|json| {
                    json.text(
                        "name",
                        format_args!("{}-{}-endpoint", stack.team(), stack.number),
                    );
                });
            }
            What::Interface => {
                set(&|json| json.bool("private_dns_enabled", stack.private_dns));
                set(&|json| json.text("service_name", "com.amazonaws.us-east-1.secretsmanager"));
                set(&|json| json.text("vpc_endpoint_type", "Interface"));
            }
            What::Resource => {
                let arn = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration";
                set(&|json| json.bool("private_dns_enabled", true));
                set(&|json| {
                    json.text(
                        "resource_configuration_arn",
                        format_args!("{arn}/rcfg-0{:016x}", stack.number),
                    );
                });
                set(&|json| json.text("vpc_endpoint_type", "Resource"));
            }
            What::Zone => {
                set(&|json| json.bool("force_destroy", false));
                set(&|json| {
                    json.text(
                        "name",
                        format_args!("s{}.{}.internal", stack.number, stack.team()),
                    );
                });
                set(&|json| {
                    json.list("vpc", |list| {
                        list.item(|vpc| vpc.text("vpc_region", "us-east-1"));
                    });
                });
            }
        }
        for key in ["tags", "tags_all"] {
            if self.is_tagged() {
                let name = format!("{}-{}", stack.team(), stack.number);
                set(&|json| json.object(key, |tags| tags.text("Name", &name)));
            } else if nulls && key == "tags" {
                set(&|json| json.null(key));
            }
        }
        if nulls {
            for name in self.what.nulls() {
                set(&|json| json.null(name));
            }
        }
        fields.sort_by(|one, other| one.bytes().cmp(other.bytes()));
        for field in &fields {
            json.element(field.bytes());
        }
    }

    fn write_rule(&self, rule: &mut Json) {
        rule.texts(
            "cidr_blocks",
            [format_args!("10.{}.0.0/16", self.stack.network)],
        );
        rule.text("description", "");
        rule.int("from_port", if self.stack.gap { 10_001 } else { 10_000 });
        rule.list("ipv6_cidr_blocks", |_| {});
        rule.list("prefix_list_ids", |_| {});
        rule.text("protocol", "tcp");
        rule.list("security_groups", |_| {});
        rule.bool("self", false);
        rule.int("to_port", 19_999);
    }
}

struct Indexed<'a>(fmt::Arguments<'a>, Option<u32>);

impl fmt::Display for Indexed<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(index) => write!(out, "{}[{index}]", self.0),
            None => write!(out, "{}", self.0),
        }
    }
}

fn configuration(json: &mut Json) {
    json.object("provider_config", |providers| {
        providers.object("aws", |provider| {
            provider.text("name", "aws");
            provider.text("full_name", PROVIDER);
            provider.text("version_constraint", "~> 6.0");
            provider.object("expressions", |expressions| {
                expressions.object("region", |region| {
                    region.texts("references", ["var.region"]);
                });
            });
        });
    });
    json.object("root_module", |root| {
        root.object("module_calls", |calls| {
            for team in TEAMS {
                calls.object(team, |call| {
                    call.text("source", "./modules/stack");
                    call.object("expressions", |expressions| {
                        expressions.object("network", |network| {
                            network.texts("references", ["count.index"]);
                        });
                    });
                    call.object("count_expression", |count| {
                        count.texts("references", [format_args!("var.stacks_{team}")]);
                    });
                    call.object("module", |module| {
                        module.list("resources", module_resources);
                        module.object("variables", |variables| variables.object("network", |_| {}));
                    });
                });
            }
        });
        root.object("variables", |variables| {
            variables.object("region", |_| {});
            for team in TEAMS {
                variables.object(&format!("stacks_{team}"), |_| {});
            }
        });
    });
}

type Names = &'static [&'static str];

fn module_resources(list: &mut Json) {
    let vpc: Names = &["aws_vpc.main.id", "aws_vpc.main"];
    let subnets: Names = &["aws_subnet.private"];
    let subnet: Names = &["aws_subnet.private", "count.index"];
    let table: Names = &["aws_route_table.private.id", "aws_route_table.private"];
    let group: Names = &[
        "aws_security_group.endpoint.id",
        "aws_security_group.endpoint",
    ];
    let network: Names = &["var.network"];
    let all: [(What, &[(&str, Names)]); 8] = [
        (What::Vpc, &[("cidr_block", network)]),
        (What::Subnet(0), &[("cidr_block", network), ("vpc_id", vpc)]),
        (What::Table, &[("vpc_id", vpc)]),
        (
            What::TableAssociation(0),
            &[("route_table_id", table), ("subnet_id", subnet)],
        ),
        (What::Group, &[("ingress", network), ("vpc_id", vpc)]),
        (
            What::Interface,
            &[
                ("security_group_ids", group),
                ("subnet_ids", subnets),
                ("vpc_id", vpc),
            ],
        ),
        (
            What::Resource,
            &[
                ("security_group_ids", group),
                ("subnet_ids", subnets),
                ("vpc_id", vpc),
            ],
        ),
        (What::Zone, &[]),
    ];
    for (what, references) in all {
        let (kind, name, index) = what.of();
        list.item(|item| {
            item.text("address", format_args!("{kind}.{name}"));
            item.text("mode", "managed");
            item.text("type", kind);
            item.text("name", name);
            item.text("provider_config_key", "aws");
            item.object("expressions", |expressions| {
                for (attribute, to) in references {
                    expressions.object(attribute, |expression| expression.texts("references", *to));
                }
                if let What::Zone = what {
                    expressions.list("vpc", |list| {
                        list.item(|block| block.object("vpc_id", |id| id.texts("references", vpc)));
                    });
                }
            });
            item.int("schema_version", 1);
            if index.is_some() {
                item.object("count_expression", |count| count.int("constant_value", 3));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_stacks_and_the_same_bytes() {
        let options = Options {
            resources: 100,
            seed: 7,
            nulls: true,
        };
        let plan = generate(&options);
        assert_eq!(plan.resources, 108);
        assert_eq!(plan.bytes, generate(&options).bytes);
        let value: serde_json::Value = serde_json::from_slice(&plan.bytes).unwrap();
        assert_eq!(
            value["resource_changes"].as_array().map(Vec::len),
            Some(108)
        );
        let modules = value["planned_values"]["root_module"]["child_modules"]
            .as_array()
            .unwrap();
        let planned: usize = modules
            .iter()
            .map(|module| module["resources"].as_array().unwrap().len())
            .sum();
        assert_eq!(planned, 108);
    }
}
