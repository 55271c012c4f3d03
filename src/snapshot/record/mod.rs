//! The kinds of resources, one file each, and the one list that knows them all.
//!
//! A kind is data: a [`KindSpec`] of sources, fields and links. Reading,
//! storing, the graph, the checker of rules, the IAM policy and the
//! documentation follow from it; no code per kind belongs here.

use super::schema::KindSpec;

macro_rules! records {
    ($($kind:ident = $module:ident,)*) => {
        $(mod $module;)*

        /// A kind of resource.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(
                #[doc = concat!("See `record/", stringify!($module), ".rs`.")]
                $kind,
            )*
        }

        impl Kind {
            /// All kinds, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// What the product knows about the kind.
            pub const fn spec(self) -> &'static KindSpec {
                match self {
                    $(Self::$kind => &$module::SPEC,)*
                }
            }
        }
    };
}

records! {
    Vpc = vpc,
    Subnet = subnet,
    VpcEndpoint = vpc_endpoint,
    SubnetCidrReservation = subnet_cidr_reservation,
    SecurityGroup = security_group,
    SecurityGroupRule = security_group_rule,
    SecurityGroupVpcAssociation = security_group_vpc_association,
    NetworkAcl = network_acl,
    RouteTable = route_table,
    NetworkInterface = network_interface,
    Instance = instance,
    ManagedPrefixList = managed_prefix_list,
    DhcpOptions = dhcp_options,
    AvailabilityZone = availability_zone,
    VpcEndpointAssociation = vpc_endpoint_association,
    VpcEndpointService = vpc_endpoint_service,
    VpcEndpointServiceConfiguration = vpc_endpoint_service_configuration,
    VpcEndpointServicePermission = vpc_endpoint_service_permission,
    VpcEndpointConnection = vpc_endpoint_connection,
    VpcPeeringConnection = vpc_peering_connection,
    TransitGateway = transit_gateway,
    TransitGatewayAttachment = transit_gateway_attachment,
    TransitGatewayVpcAttachment = transit_gateway_vpc_attachment,
    TransitGatewayPeeringAttachment = transit_gateway_peering_attachment,
    TransitGatewayRouteTable = transit_gateway_route_table,
    TransitGatewayRoute = transit_gateway_route,
    TransitGatewayRouteTableAssociation = transit_gateway_route_table_association,
    TransitGatewayRouteTablePropagation = transit_gateway_route_table_propagation,
    TransitGatewayPrefixListReference = transit_gateway_prefix_list_reference,
    VpnGateway = vpn_gateway,
    VpnConnection = vpn_connection,
    CustomerGateway = customer_gateway,
    InternetGateway = internet_gateway,
    NatGateway = nat_gateway,
    EgressOnlyInternetGateway = egress_only_internet_gateway,
    HostedZone = hosted_zone,
    HostedZoneSummary = hosted_zone_summary,
    ResourceRecordSet = resource_record_set,
    ResolverEndpoint = resolver_endpoint,
    ResolverRule = resolver_rule,
    ResolverRuleAssociation = resolver_rule_association,
    ServiceNetwork = service_network,
    ResourceConfiguration = resource_configuration,
    ResourceGateway = resource_gateway,
    ServiceNetworkVpcAssociation = service_network_vpc_association,
    ServiceNetworkResourceAssociation = service_network_resource_association,
    ResourceEndpointAssociation = resource_endpoint_association,
    ServiceNetworkVpcEndpointAssociation = service_network_vpc_endpoint_association,
    ResourceShare = resource_share,
    ResourceShareInvitation = resource_share_invitation,
    ResourceShareAssociation = resource_share_association,
    LoadBalancer = load_balancer,
    Listener = listener,
    TargetGroup = target_group,
    TargetHealth = target_health,
    ReplicationGroup = replication_group,
    CacheCluster = cache_cluster,
    CacheSubnetGroup = cache_subnet_group,
    ServerlessCache = serverless_cache,
    FlowLog = flow_log,
    VpcBlockPublicAccessOptions = vpc_block_public_access_options,
    VpcAssociationAuthorization = vpc_association_authorization,
    ResolverConfig = resolver_config,
    FirewallRuleGroupAssociation = firewall_rule_group_association,
    Route53Profile = route53_profile,
    ProfileAssociation = profile_association,
    ProfileResourceAssociation = profile_resource_association,
    DomainVerification = domain_verification,
    ServiceNetworkServiceAssociation = service_network_service_association,
    SharedResource = shared_resource,
    MetricDataResult = metric_data_result,
    Connection = connection,
}

impl Kind {
    /// The kind with this kebab-case name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.spec().name == name)
    }

    /// Position in [`Kind::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::Kind;
    use crate::snapshot::schema::{Field, Shape};

    /// Calls `visit` with every field of the kind, nested ones too, and its path.
    fn walk(fields: &'static [Field], path: &str, visit: &mut impl FnMut(&str, &'static Field)) {
        for field in fields {
            let path = if path.is_empty() {
                field.name.to_owned()
            } else {
                format!("{path}.{}", field.name)
            };
            visit(&path, field);
            match field.shape {
                Shape::Object(inner) | Shape::List(inner) => walk(inner, &path, visit),
                _ => {}
            }
        }
    }

    fn each(mut visit: impl FnMut(Kind, &str, &'static Field)) {
        for &kind in Kind::ALL {
            walk(kind.spec().fields, "", &mut |path, field| {
                visit(kind, path, field);
            });
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names = BTreeSet::new();
        let mut variables = BTreeSet::new();
        let mut types = BTreeSet::new();
        let mut prefixes = BTreeSet::new();
        for &kind in Kind::ALL {
            let spec = kind.spec();
            assert!(names.insert(spec.name), "name {}", spec.name);
            assert!(
                variables.insert(spec.variable),
                "variable {}",
                spec.variable
            );
            assert!(
                types.insert(spec.cloudformation),
                "type {}",
                spec.cloudformation
            );
            assert!(
                spec.id_prefix.is_empty() || prefixes.insert(spec.id_prefix),
                "prefix {}",
                spec.id_prefix
            );
            assert_eq!(Kind::from_name(spec.name), Some(kind));
            assert_eq!(Kind::ALL[kind.index()], kind);
            if kind != Kind::VpcEndpoint {
                assert_eq!(spec.variable, spec.name.replace('-', "_"));
            }
        }
    }

    #[test]
    fn every_kind_has_an_id_and_a_source() {
        for &kind in Kind::ALL {
            let spec = kind.spec();
            let mut found = false;
            walk(spec.fields, "", &mut |path, field| {
                found |= path == spec.id
                    && matches!(field.shape, Shape::Text | Shape::Cidr | Shape::Reference(_));
            });
            assert!(found, "{} has no field {}", spec.name, spec.id);
            assert!(!spec.sources.is_empty(), "{} has no source", spec.name);
            assert!(
                spec.doc.ends_with('.') && spec.url.starts_with("https://"),
                "{}",
                spec.name
            );
        }
    }

    #[test]
    fn fields_are_unique_and_documented() {
        let mut seen = BTreeSet::new();
        each(|kind, path, field| {
            assert!(
                seen.insert((kind, path.to_owned())),
                "{kind:?}.{path} is there twice"
            );
            assert!(
                field.doc.len() > 1 && (field.doc.ends_with('.') || field.doc.ends_with('>')),
                "{kind:?}.{path}: {:?}",
                field.doc
            );
            let values: BTreeSet<String> = field
                .values
                .iter()
                .map(|value| value.to_ascii_lowercase())
                .collect();
            assert_eq!(
                values.len(),
                field.values.len(),
                "{kind:?}.{path} repeats a value"
            );
        });
    }

    #[test]
    fn operations_of_fields_are_sources() {
        each(|kind, path, field| {
            if let Some(operation) = field.operation {
                assert!(
                    kind.spec()
                        .sources
                        .iter()
                        .any(|source| source.operation == operation),
                    "{kind:?}.{path} is from {operation}, which is no source"
                );
            }
        });
    }

    #[test]
    fn parents_are_fields() {
        for &kind in Kind::ALL {
            let spec = kind.spec();
            for source in spec.sources {
                let Some(parent) = source.parent else {
                    continue;
                };
                let field = spec.fields.iter().find(|field| field.name == parent);
                let field = field.unwrap_or_else(|| panic!("{} has no {parent}", spec.name));
                if parent == spec.id {
                    // The answer is a list that belongs to the record itself.
                    let list = spec.fields.iter().find(|field| field.name == source.key);
                    let list =
                        list.unwrap_or_else(|| panic!("{} has no {}", spec.name, source.key));
                    assert!(
                        matches!(list.shape, Shape::List(_)),
                        "{}.{}",
                        spec.name,
                        list.name
                    );
                    assert_eq!(list.operation, Some(source.operation));
                } else {
                    assert!(
                        matches!(field.shape, Shape::Reference(_)),
                        "{}.{parent}",
                        spec.name
                    );
                }
            }
        }
    }

    #[test]
    fn members_are_unique_per_kind() {
        let mut members: BTreeMap<(Kind, &str), String> = BTreeMap::new();
        let mut add = |kind: Kind, member: &'static str, from: String| {
            if let Some(other) = members.insert((kind, member), from.clone()) {
                panic!("{kind:?}.{member}() is both {other} and {from}");
            }
            let fields = kind.spec().fields;
            assert!(
                fields.iter().all(|field| field.name != member),
                "{kind:?}.{member} is a field too"
            );
        };
        each(|kind, path, field| {
            let (Shape::Reference(target) | Shape::References(target)) = field.shape else {
                assert!(
                    field.link.is_none(),
                    "{kind:?}.{path} has a link and is no reference"
                );
                return;
            };
            let Some(link) = field.link else {
                panic!("{kind:?}.{path} has no link");
            };
            let all = std::iter::once((target, link)).chain(field.others.iter().copied());
            for (target, link) in all {
                add(kind, link.forward, format!("{kind:?}.{path}"));
                if !link.reverse.is_empty() {
                    add(
                        target,
                        link.reverse,
                        format!("the reverse of {kind:?}.{path}"),
                    );
                }
                assert!(
                    field.others.is_empty() || !target.spec().id_prefix.is_empty(),
                    "{kind:?}.{path} may name several kinds, and {target:?} has no prefix"
                );
            }
        });
    }
}
