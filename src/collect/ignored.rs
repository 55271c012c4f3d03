//! Sections that are known and not modelled, and keys that are no sections.
//!
//! An explicit list, so that a key that nobody has thought of is reported and
//! never dropped in silence. Data only.

/// Keys that stand beside sections and hold no resources.
const SIBLINGS: &str = "
    $metadata $schema AdditionalRoutesAvailable AlreadyExists Count DNSName HasMoreItems
    HostedZoneId IsTruncated JobCompletionDate JobCreationDate JobStatus Marker MaxItems
    MaxRecords MaxResults NextContinuationToken NextDNSName NextHostedZoneId NextMarker
    NextPageToken NextRecordIdentifier NextRecordName NextRecordType NextToken RequestId
    ResponseMetadata SdkHttpMetadata SdkResponseMetadata TotalCount Truncated UnprocessedItems
    Unsuccessful VPCId VPCRegion configSnapshotId fileVersion nextToken ownerId requestId
    responseMetadata unsuccessful
";

/// Keys that many operations use for different things: the objects under them
/// are looked at before they are read.
const COMMON: &str = "
    Associations Attributes Entries Instances IpAddresses PrefixLists ProfileSummaries Routes items
    resources
";

/// Sections of read-only operations that hold nothing the product asks about.
/// `ProfileSummaries` and `resources` are here for the services that use these
/// keys for other things than those that are modelled.
const SECTIONS: &str = "
    AccountAliases AccountAttributes AccountLimit AccountSettings Activities Addresses
    AggregateEvaluationResults Alarms Aliases Analyses Anomalies AppMonitors Applications
    AttachedManagedPolicies AttachedPolicies AutoScalingGroups AutoScalingInstances BackupJobs
    BackupPlansList BackupSelectionsList BackupVaultList BlockDeviceMappings BootstrapActions
    BrokerSummaries Brokers BucketPolicy Buckets Builds BundleTasks CACertificateIdentifiers
    CORSRules CacheEngineVersions CacheParameterGroups CacheSecurityGroups CapacityProviders
    CapacityReservations CarrierGateways CertificateAuthorities CertificateSummaryList
    Certificates ChangeBatches Changes Channels Checks CidrBlocks CidrCollections
    ClassicLinkInstances ClientVpnEndpoints CloudFrontOriginAccessIdentityList ClusterArns
    ClusterInfoList ClusterInfoListV2 ClusterParameterGroups ClusterSecurityGroups
    ClusterSnapshots ClusterSubnetGroups Clusters CoipPools Collections Commands
    ComplianceByConfigRules ComplianceByResources ComplianceItems
    ComplianceSummariesByResourceType ComplianceSummary ConfigRules ConfigRulesEvaluationStatus
    ConfigurationAggregators ConfigurationRecorders ConfigurationRecordersStatus
    ConformancePackDetails ConnectionNotificationSet Connections Contacts Content
    ContinuousBackupsDescription ConversionTasks CoreNetworks Credentials
    DBClusterParameterGroups DBClusterSnapshots DBClusters DBEngineVersions
    DBInstanceAutomatedBackups DBInstances DBParameterGroups DBProxies DBSecurityGroups
    DBSnapshots DBSubnetGroups DashboardEntries Dashboards DataCatalogsSummary Databases
    Datapoints DelegationSets DeliveryChannels DeliveryChannelsStatus DeliveryStreamNames
    DetectorIds DirectConnectGatewayAssociationProposals DirectConnectGatewayAssociations
    DirectConnectGatewayAttachments DirectConnectGateways DirectoryDescriptions
    DistributionConfig DistributionList DocumentIdentifiers DomainDescriptionList DomainName
    DomainNames DomainStatusList Domains EC2InstanceProfiles EngineDefaults EngineVersions
    EvaluationResults Evaluations EventSourceMappings EventSubscriptionsList Events
    ExportImageTasks ExportTasks Exports FastSnapshotRestores FileSystems Filters
    FirewallConfigs FirewallDomainLists FirewallPolicies FirewallRuleGroups FirewallRules
    Firewalls FleetHistory Fleets FpgaImages Functions GatewayAssociations Gateways
    GeneratedTime GlobalClusters GlobalNetworks GlobalReplicationGroups Grants GroupDetailList
    GroupIdentifiers GroupPolicies Groups HealthChecks Hosts HsmConfigurations
    IamInstanceProfileAssociations IdentityProviders Images ImportImageTasks InsightSelectors
    InstanceAssociations InstanceConnectEndpoints InstanceCreditSpecifications
    InstanceEventWindows InstanceHealthList InstanceInformationList InstanceProfiles
    InstanceStates InstanceStatuses InstanceTypeOfferings InstanceTypes Integrations
    Interconnects InternetMonitors IpamPools IpamResourceDiscoveries IpamScopes Ipams Jobs
    KeyMetadata KeyPairs KeyPolicies Keys Lags LaunchConfigurations LaunchTemplateVersions
    LaunchTemplates Layers LicenseConfigurations LifecycleHooks Limits LoadBalancerDescriptions
    LoadBalancerStates LocalGatewayRouteTableVirtualInterfaceGroupAssociations
    LocalGatewayRouteTableVpcAssociations LocalGatewayRouteTables
    LocalGatewayVirtualInterfaceGroups LocalGatewayVirtualInterfaces LocalGateways Locations
    LoggingConfigurations LoggingEnabled MFADevices MacHosts MaintenanceWindows Messages
    MetricAlarms Metrics MovingAddressStatuses MulticastDomainAssociations MulticastGroups
    NamedQueryIds Namespaces NetworkInsightsAccessScopeAnalyses NetworkInsightsAccessScopes
    NetworkInsightsAnalyses NetworkInsightsPaths NetworkInterfacePermissions
    NotificationConfigurations OpenIDConnectProviderList OptInStatus OptionGroupsList
    OrderableDBInstanceOptions Organization Outposts OwnedUsers Owner ParameterGroups Parameters
    PasswordPolicy PendingMaintenanceActions Pipelines PlacementGroups Policies PolicyNames
    PrefixListAssociations Processes Products ProfileSummaries Profiles Projects Protection
    Protections PublicAccessBlockConfiguration PublicIpv4Pools QueryLoggingConfigs QueueUrls
    Queues Quotas Regions RegistrationCount Repositories ReservedCacheNodes ReservedDBInstances
    ReservedInstances ReservedInstancesListings ReservedInstancesModifications
    ReservedInstancesOfferings ReservedNodes ResolverDnssecConfigs
    ResolverQueryLogConfigAssociations ResolverQueryLogConfigs ResourceIdentifiers
    ResourceTagMappingList Resources RestApis Results ResultsByTime RetentionConfigurations
    ReusableDelegationSets RoleDetailList Roles Rules SAMLProviderList SSHPublicKeys
    ScalingPolicies ScheduledActions ScheduledInstanceSet SecretList Secrets
    SecurityConfigurations SecurityGroupReferenceSet SecurityGroupsReferenceSet
    ServerCertificateMetadataList ServerCertificates Servers ServiceDetailsList ServiceNames
    ServicePrincipals ServiceUpdates Services ServicesLastAccessed Shards SigningCertificates
    SnapshotCopyGrants SnapshotTierStatuses Snapshots SpotFleetRequestConfigs
    SpotInstanceRequests SpotPriceHistory SslPolicies StackResources StackSummaries Stacks
    StaleSecurityGroupSet StateMachines StorageConsumedBytes StoreImageTaskResults StreamNames
    Streams SubnetGroups Subscriptions SummaryMap TableNames TagKeys TagList TagSet TagValues
    Tags TargetTags Targets Tasks TerminatingInstances Topics TrafficMirrorFilters
    TrafficMirrorSessions TrafficMirrorTargets TrafficPolicyInstances TrafficPolicySummaries
    TransitGatewayAttachmentPropagations TransitGatewayConnectPeers TransitGatewayConnects
    TransitGatewayMulticastDomains TransitGatewayPolicyTables
    TransitGatewayRouteTableAnnouncements TrunkInterfaceAssociations UpdateActions
    UserDetailList UserGroups UserPools Users VerifiedAccessEndpoints VerifiedAccessGroups
    VerifiedAccessInstances VerifiedAccessTrustProviders VirtualGateways VirtualInterfaces
    VirtualMFADevices VolumeStatuses Volumes VolumesModifications VpcBlockPublicAccessExclusions
    VpcClassicLinks VpcConnectors VpcEndpointConnectionNotifications WebACLs WorkGroups
    Workgroups Workspaces accessKeyMetadata analyzers apiKeys associations certificates
    clusterArns clusters configurationRecorders connections containerInstanceArns
    containerInstances deploymentGroups deployments directConnectGatewayAssociations
    directConnectGatewayAttachments directConnectGateways distributions environments failures
    fargateProfileNames findings functions imageDetails imageIds images integrations
    interconnects jobs lags logGroups metricFilters nodegroups permissions pipelines policies
    principals projects repositories resourceIdentifiers resourceSharePermissions
    resourceTagMappingList resources restApis rules secretsList serviceArns services snapshots
    stateMachines streams subscriptions successful tables tags targets taskArns
    taskDefinitionArns taskDefinitions tasks trailList users virtualGateways virtualInterfaces
    vpcLinks
";

/// Keys of single objects that hold nothing the product asks about.
const OBJECTS: &str = "
    AccessControlPolicy Attachment BucketPolicyStatus ChangeInfo ConnectionNotification
    ContinuousBackupsDescription DelegationSet Description DistributionConfig DomainStatus
    EngineDefaults Error FirewallConfig FirewallDomainList FirewallRule FirewallRuleGroup
    GeoLocationDetails Group HealthCheck Instance KeyMetadata LoadBalancerAttributes
    LocalGatewayRouteTableVpcAssociation MetricAlarm NetworkInsightsAccessScope
    NetworkInsightsAccessScopeAnalysis NetworkInsightsAccessScopeContent NetworkInsightsAnalysis
    NetworkInsightsPath Owner PasswordPolicy QueryInfo QueryLoggingConfig ResolverQueryLogConfig
    ResolverQueryLogConfigAssociation ResourceTagSet Role ServerSideEncryptionConfiguration
    SourceDestCheck SummaryMap Table User defaultAction permission policy
";

/// Keys of answers that are one object and hold nothing the product asks about.
const ANSWERS: &str = "
    ARN Content FirewallRuleGroupPolicy LocationConstraint Policy Return ReturnValue
    SecretString policy policyText returnValue
";

/// Whether an object with the key is an answer that is known and not modelled.
pub(super) fn is_answer(key: &str) -> bool {
    has(ANSWERS, key)
}

/// Services, without case and punctuation, that are not modelled and have an
/// operation of the same name as one that is: `autoscaling:DescribeTags`.
const SERVICES: &str = "
    autoscaling b2bi cloudcontrol cloudcontrolapi connect directconnect discovery efs
    elasticfilesystem es gamelift lakeformation machinelearning opensearch redshift
    resourceexplorer2 rolesanywhere route53recoveryreadiness transfer wellarchitected workmail
    workspaces
";

/// Whether a service is not modelled and has an operation of a modelled name.
pub(super) fn is_service(name: &str) -> bool {
    has(SERVICES, name)
}

/// Calls whose answers have a key that says nothing.
const OPERATIONS: &str = "
    describelistenerattributes getqueueattributes listaccesslogsubscriptions listlisteners
    listpendinginvitationresources listrules listservices listtargetgroups listtargets
";

/// Whether a file or folder is named after a call that is known and not
/// modelled.
pub(super) fn is_operation(name: &str) -> bool {
    let name = super::catalog::normal(name);
    let name = name.trim_end_matches(|char: char| char.is_ascii_digit());
    OPERATIONS
        .split_ascii_whitespace()
        .any(|operation| name.ends_with(operation))
}

/// The kind of the resource that an ARN names, if it is known and not modelled.
pub(super) fn resource(arn: &str) -> Option<&'static str> {
    const KINDS: &[(&str, &str)] = &[
        (":service/", "vpc-lattice service"),
        (":targetgroup/", "vpc-lattice target group"),
        (
            ":accesslogsubscription/",
            "vpc-lattice access log subscription",
        ),
    ];
    let known = KINDS
        .iter()
        .find(|(part, _)| arn.contains(":vpc-lattice:") && arn.contains(part));
    known.map(|(_, name)| *name)
}

/// Whether a word is in a list.
fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether the key stands beside sections and holds no resources.
pub(super) fn is_sibling(key: &str) -> bool {
    has(SIBLINGS, key)
}

/// Whether many operations use the key for different things.
pub(super) fn is_common(key: &str) -> bool {
    has(COMMON, key)
}

/// Whether the section is known and not modelled. `raw` is its JSON.
pub(super) fn is(key: &str, raw: &str) -> bool {
    has(SECTIONS, key) || (raw.starts_with('{') && has(OBJECTS, key))
}

/// All sections that are known and not modelled.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    SECTIONS.split_ascii_whitespace()
}
