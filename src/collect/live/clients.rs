//! One client a service, for one account and region.
//!
//! All share the credentials, the connections and the limits of one
//! configuration. Nothing here asks anything.

use aws_config::SdkConfig;

use super::record::NotAws;

/// The clients of one account and region.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub ec2: aws_sdk_ec2::Client,
    pub elasticache: aws_sdk_elasticache::Client,
    pub load_balancing: aws_sdk_elasticloadbalancingv2::Client,
    pub organizations: aws_sdk_organizations::Client,
    pub profiles: aws_sdk_route53profiles::Client,
    pub ram: aws_sdk_ram::Client,
    pub resolver: aws_sdk_route53resolver::Client,
    pub route53: aws_sdk_route53::Client,
    pub sts: aws_sdk_sts::Client,
    pub vpc_lattice: aws_sdk_vpclattice::Client,
}

impl Clients {
    /// Clients with this configuration; its region is theirs.
    pub(super) fn new(config: &SdkConfig) -> Self {
        macro_rules! client {
            ($service:ident) => {
                $service::Client::from_conf(
                    $service::config::Builder::from(config)
                        .retry_classifier(NotAws)
                        .build(),
                )
            };
        }
        Self {
            cloudwatch: client!(aws_sdk_cloudwatch),
            ec2: client!(aws_sdk_ec2),
            elasticache: client!(aws_sdk_elasticache),
            load_balancing: client!(aws_sdk_elasticloadbalancingv2),
            organizations: client!(aws_sdk_organizations),
            profiles: client!(aws_sdk_route53profiles),
            ram: client!(aws_sdk_ram),
            resolver: client!(aws_sdk_route53resolver),
            route53: client!(aws_sdk_route53),
            sts: client!(aws_sdk_sts),
            vpc_lattice: client!(aws_sdk_vpclattice),
        }
    }

    /// Clients that reach nobody.
    #[cfg(test)]
    pub(super) fn for_tests() -> Self {
        use aws_config::{BehaviorVersion, Region};
        use aws_credential_types::Credentials;
        use aws_credential_types::provider::SharedCredentialsProvider;

        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url("http://127.0.0.1:9")
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "id", "secret", None, None, "tests",
            )))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self::new(&config)
    }
}
