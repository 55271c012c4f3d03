//! The AWS services that are asked, and what differs between them.
//!
//! Names, whether there is one endpoint for all regions, and how fast a service
//! may be asked. Uses nothing; no operation belongs here.

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Metrics of endpoints.
    CloudWatch,
    /// VPCs, endpoints, security groups, routes, gateways.
    Ec2,
    /// Redis and Memcached of AWS.
    ElastiCache,
    /// Network and gateway load balancers behind endpoint services.
    ElasticLoadBalancing,
    /// The accounts of an organization.
    Organizations,
    /// Shares of resources between accounts.
    Ram,
    /// Hosted zones and their records.
    Route53,
    /// Sets of zones and rules that VPCs are given together.
    Route53Profiles,
    /// Resolver endpoints and rules.
    Route53Resolver,
    /// Who asks.
    Sts,
    /// Service networks, resource configurations and gateways.
    VpcLattice,
}

impl Service {
    /// All services.
    pub const ALL: &[Self] = &[
        Self::CloudWatch,
        Self::Ec2,
        Self::ElastiCache,
        Self::ElasticLoadBalancing,
        Self::Organizations,
        Self::Ram,
        Self::Route53,
        Self::Route53Profiles,
        Self::Route53Resolver,
        Self::Sts,
        Self::VpcLattice,
    ];

    /// The name in IAM actions, and in the files of a snapshot.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudWatch => "cloudwatch",
            Self::Ec2 => "ec2",
            Self::ElastiCache => "elasticache",
            Self::ElasticLoadBalancing => "elasticloadbalancing",
            Self::Organizations => "organizations",
            Self::Ram => "ram",
            Self::Route53 => "route53",
            Self::Route53Profiles => "route53profiles",
            Self::Route53Resolver => "route53resolver",
            Self::Sts => "sts",
            Self::VpcLattice => "vpc-lattice",
        }
    }

    /// The name of the AWS CLI's command.
    pub const fn command(self) -> &'static str {
        match self {
            Self::ElasticLoadBalancing => "elbv2",
            other => other.name(),
        }
    }

    /// The service with this name in IAM actions.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|service| service.name() == name)
    }

    /// Whether one endpoint answers for all regions of a partition.
    pub fn is_global(self) -> bool {
        crate::snapshot::ledger::is_global(self.name())
    }

    /// Requests a second that are sent at most, to one account and region.
    ///
    /// Route 53 allows five a second to an account, for all of its users
    /// together
    /// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests>);
    /// half of that is left to them. EC2 refills buckets of calls that read
    /// by 20 a second
    /// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>).
    /// The others publish no number, so they are asked slowly.
    pub const fn requests_per_second(self) -> u32 {
        match self {
            Self::Ec2 => 15,
            Self::Route53 => 3,
            Self::CloudWatch | Self::Sts => 10,
            Self::ElastiCache | Self::ElasticLoadBalancing | Self::VpcLattice => 8,
            Self::Organizations | Self::Ram | Self::Route53Profiles | Self::Route53Resolver => 5,
        }
    }
}
