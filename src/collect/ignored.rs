//! Sections that are known and not modelled, and keys that are no sections.
//!
//! An explicit list, so that a key that nobody has thought of is reported and
//! never dropped in silence. Data only.

/// Keys that stand beside sections and hold no resources.
const SIBLINGS: &[&str] = &[
    "$schema", "AdditionalRoutesAvailable", "AlreadyExists", "Count", "DNSName", "HasMoreItems", "HostedZoneId", "IsTruncated",
    "JobCompletionDate", "JobCreationDate", "JobStatus", "Marker", "MaxItems", "MaxRecords", "MaxResults", "NextContinuationToken",
    "NextDNSName", "NextHostedZoneId", "NextMarker", "NextPageToken", "NextRecordIdentifier", "NextRecordName",
    "NextRecordType", "NextToken", "RequestId", "ResponseMetadata", "SdkHttpMetadata", "SdkResponseMetadata", "TotalCount",
    "Unsuccessful", "UnprocessedItems", "fileVersion", "configSnapshotId", "nextToken", "ownerId", "requestId", "responseMetadata",
    "unsuccessful", "$metadata", "Truncated", "VPCId", "VPCRegion",
];

/// Keys that many operations use for different things: the objects under them
/// are looked at before they are read.
const COMMON: &[&str] = &["Associations", "Attributes", "Entries", "IpAddresses", "PrefixLists", "Routes", "items"];

/// Sections of read-only operations that hold nothing the product asks about.
/// Sorted.
const SECTIONS: &[&str] = &[
    "AccountAliases", "AccountAttributes", "AccountLimit", "AccountSettings", "Activities", "Addresses", "AggregateEvaluationResults", "Alarms", "Aliases", "Analyses", "Anomalies",
    "Applications", "AppMonitors", "AttachedManagedPolicies", "AttachedPolicies", "AutoScalingGroups", "AutoScalingInstances", "BackupJobs",
    "BackupPlansList", "BackupSelectionsList", "BackupVaultList", "BlockDeviceMappings", "BootstrapActions", "Brokers", "BrokerSummaries", "BucketPolicy", "Buckets", "Builds", "BundleTasks",
    "CACertificateIdentifiers", "CORSRules", "CacheEngineVersions", "CacheParameterGroups", "CacheSecurityGroups", "CapacityProviders", "CapacityReservations",
    "CarrierGateways", "CertificateAuthorities", "CertificateSummaryList", "Certificates", "Changes", "ChangeBatches", "Channels", "Checks", "CidrBlocks", "CidrCollections", "ClassicLinkInstances",
    "ClientVpnEndpoints", "CloudFrontOriginAccessIdentityList", "ClusterArns", "ClusterInfoList", "ClusterInfoListV2", "ClusterParameterGroups", "ClusterSecurityGroups", "ClusterSnapshots",
    "ClusterSubnetGroups", "Clusters", "CoipPools", "Collections", "Commands", "ComplianceByConfigRules", "ComplianceByResources", "ComplianceSummariesByResourceType", "ComplianceSummary", "ComplianceItems",
    "ConfigRules", "ConfigRulesEvaluationStatus", "ConfigurationAggregators", "ConfigurationRecorders", "ConfigurationRecordersStatus", "ConformancePackDetails",
    "ConnectionNotificationSet", "Connections", "Contacts", "Content", "ContinuousBackupsDescription", "ConversionTasks", "CoreNetworks", "Credentials", "DBClusterParameterGroups", "DBClusterSnapshots", "DBClusters",
    "DBEngineVersions", "DBInstanceAutomatedBackups", "DBInstances", "DBParameterGroups", "DBProxies", "DBSecurityGroups", "DBSnapshots",
    "DBSubnetGroups", "Dashboards", "DashboardEntries", "Datapoints", "Databases", "DataCatalogsSummary", "DeliveryChannels", "DeliveryChannelsStatus", "DeliveryStreamNames", "DetectorIds",
    "DirectConnectGatewayAssociationProposals", "DirectConnectGatewayAssociations", "DirectConnectGatewayAttachments", "DirectConnectGateways",
    "DirectoryDescriptions", "DistributionConfig", "DistributionList", "DocumentIdentifiers", "DomainDescriptionList", "DomainName", "DomainNames", "DomainStatusList", "Domains", "EC2InstanceProfiles", "EngineDefaults", "EngineVersions", "Evaluations",
    "EvaluationResults", "EventSourceMappings", "EventSubscriptionsList", "Events", "ExportImageTasks", "ExportTasks", "Exports", "FastSnapshotRestores", "FileSystems", "Filters", "FirewallConfigs",
    "FirewallDomainLists", "FirewallPolicies", "FirewallRuleGroupAssociations", "FirewallRuleGroups", "FirewallRules", "Firewalls", "FleetHistory", "Fleets", "FlowLogs", "FpgaImages",
    "Functions", "GatewayAssociations", "Gateways", "GeneratedTime", "GlobalClusters", "GlobalNetworks", "GlobalReplicationGroups", "Grants", "GroupDetailList", "GroupIdentifiers", "GroupPolicies",
    "Groups", "HealthChecks", "Hosts", "HsmConfigurations", "IamInstanceProfileAssociations", "IdentityProviders", "Images", "ImportImageTasks", "InstanceAssociations", "InstanceConnectEndpoints", "InstanceCreditSpecifications",
    "InstanceEventWindows", "InstanceHealthList", "InstanceInformationList", "InstanceProfiles", "InstanceStates", "InstanceStatuses", "InstanceTypeOfferings", "InstanceTypes", "InsightSelectors", "Integrations",
    "Interconnects", "InternetMonitors", "IpamPools", "IpamResourceDiscoveries", "IpamScopes", "Ipams", "Jobs", "KeyMetadata", "KeyPairs", "KeyPolicies", "Keys", "Lags", "LaunchConfigurations", "LaunchTemplateVersions",
    "LaunchTemplates", "Layers", "LicenseConfigurations", "LifecycleHooks", "Limits", "LoadBalancerDescriptions", "LoadBalancerStates", "LocalGatewayRouteTableVirtualInterfaceGroupAssociations", "LocalGatewayRouteTableVpcAssociations",
    "LocalGatewayRouteTables", "LocalGatewayVirtualInterfaceGroups", "LocalGatewayVirtualInterfaces", "LocalGateways", "Locations", "LoggingConfigurations", "LoggingEnabled", "MFADevices", "MacHosts", "MaintenanceWindows",
    "Metrics", "MetricAlarms", "MovingAddressStatuses", "MulticastDomainAssociations", "MulticastGroups", "NamedQueryIds", "Namespaces", "NetworkInsightsAccessScopeAnalyses", "NetworkInsightsAccessScopes",
    "NetworkInsightsAnalyses", "NetworkInsightsPaths", "NetworkInterfacePermissions", "NotificationConfigurations", "OpenIDConnectProviderList", "OptInStatus", "OptionGroupsList", "OrderableDBInstanceOptions", "Organization", "Outposts", "OwnedUsers", "Owner",
    "ParameterGroups", "Parameters", "PasswordPolicy", "PendingMaintenanceActions", "PlacementGroups", "Policies", "PolicyNames", "PolicyNames", "PrefixListAssociations", "ProfileAssociations", "ProfileResourceAssociations", "Profiles",
    "Pipelines", "Processes", "Products", "Projects", "Protection", "Protections", "PublicAccessBlockConfiguration", "PublicIpv4Pools", "QueryLoggingConfigs", "QueueUrls", "Queues", "Quotas", "Regions",
    "RegistrationCount", "Repositories", "ReservedCacheNodes", "ReservedDBInstances", "ReservedInstances", "ReservedInstancesListings", "ReservedInstancesModifications", "ReservedInstancesOfferings", "ReservedNodes", "ResolverDnssecConfigs", "ResolverQueryLogConfigAssociations",
    "ResolverQueryLogConfigs", "ResourceIdentifiers", "ResourceTagMappingList", "ResourceTagSets", "Resources", "RestApis", "ResultsByTime", "RetentionConfigurations", "ReusableDelegationSets", "DelegationSets", "RoleDetailList", "Roles", "Rules", "SAMLProviderList",
    "SSHPublicKeys", "ScalingPolicies", "ScheduledActions", "ScheduledInstanceSet", "SecretList", "Secrets", "SecurityConfigurations", "SecurityGroupsReferenceSet", "ServerCertificateMetadataList", "ServerCertificates", "Servers", "ServiceDetailsList",
    "ServiceNames", "ServicePrincipals", "ServiceUpdates", "Services", "ServicesLastAccessed", "Shards", "SigningCertificates", "SnapshotCopyGrants", "SnapshotTierStatuses", "Snapshots", "SpotFleetRequestConfigs", "SpotInstanceRequests", "SpotPriceHistory", "SslPolicies", "StackResources", "StackSummaries", "Stacks",
    "StaleSecurityGroupSet", "StateMachines", "StorageConsumedBytes", "StoreImageTaskResults", "StreamNames", "Streams", "SubnetGroups", "Subscriptions", "SummaryMap", "TableNames", "TagDescriptions", "TagKeys", "TagList", "TagSet", "TagValues", "Tags", "Targets", "TargetTags",
    "Tasks", "TerminatingInstances", "Topics", "TrafficMirrorFilters", "TrafficMirrorSessions", "TrafficMirrorTargets", "TrafficPolicyInstances", "TrafficPolicySummaries", "TransitGatewayAttachmentPropagations", "TransitGatewayConnectPeers", "TransitGatewayConnects",
    "TransitGatewayMulticastDomains", "TransitGatewayPolicyTables", "TransitGatewayRouteTableAnnouncements", "TrunkInterfaceAssociations", "UpdateActions", "UserDetailList", "UserGroups", "UserPools", "Users", "VerifiedAccessEndpoints", "VerifiedAccessGroups", "VerifiedAccessInstances", "VerifiedAccessTrustProviders",
    "VirtualGateways", "VirtualInterfaces", "VirtualMFADevices", "VolumeStatuses", "Volumes", "VolumesModifications", "VpcBlockPublicAccessExclusions", "VpcClassicLinks", "VpcConnectors", "VpcEndpointConnectionNotifications", "WebACLs", "Workgroups", "WorkGroups", "Workspaces",
    "accessKeyMetadata", "analyzers", "apiKeys", "associations", "certificates", "clusterArns", "clusters", "configurationRecorders", "connections", "containerInstanceArns", "containerInstances", "deploymentGroups", "deployments", "distributions", "environments", "failures", "fargateProfileNames",
    "findings", "functions", "imageDetails", "imageIds", "images", "integrations", "interconnects", "jobs", "lags", "logGroups", "metricFilters", "nodegroups", "permissions", "pipelines", "policies", "principals", "projects", "directConnectGatewayAssociations",
    "directConnectGatewayAttachments", "directConnectGateways", "repositories", "resourceSharePermissions", "resourceTagMappingList", "restApis", "rules", "secretsList", "serviceArns", "services", "snapshots", "stateMachines", "streams", "subscriptions", "successful", "tables", "tags", "targets", "taskArns",
    "taskDefinitionArns", "taskDefinitions", "tasks", "trailList", "users", "virtualGateways", "virtualInterfaces", "vpcLinks",
];

/// Keys of single objects that hold nothing the product asks about.
const OBJECTS: &[&str] = &[
    "AccessControlPolicy", "Attachment", "BucketPolicyStatus", "ConnectionNotification", "ContinuousBackupsDescription", "Description", "DistributionConfig", "DomainStatus", "EngineDefaults", "Error", "FirewallConfig", "FirewallDomainList",
    "FirewallRule", "FirewallRuleGroup", "FirewallRuleGroupAssociation", "GeoLocationDetails", "Group", "HealthCheck", "Instance", "KeyMetadata", "LoadBalancerAttributes", "LocalGatewayRouteTableVpcAssociation", "MetricAlarm", "NetworkInsightsAccessScope",
    "NetworkInsightsAccessScopeAnalysis", "NetworkInsightsAccessScopeContent", "NetworkInsightsAnalysis", "NetworkInsightsPath", "Owner", "PasswordPolicy", "Role", "ServerSideEncryptionConfiguration", "SourceDestCheck", "SummaryMap", "Table", "User", "permission",
    "defaultAction", "policy",
];

/// Whether the key stands beside sections and holds no resources.
pub(super) fn is_sibling(key: &str) -> bool {
    SIBLINGS.contains(&key)
}

/// Whether many operations use the key for different things.
pub(super) fn is_common(key: &str) -> bool {
    COMMON.contains(&key)
}

/// Whether the section is known and not modelled. `raw` is its JSON.
pub(super) fn is(key: &str, raw: &str) -> bool {
    SECTIONS.contains(&key) || (raw.starts_with('{') && OBJECTS.contains(&key))
}

/// All sections that are known and not modelled.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    SECTIONS.iter().copied()
}
