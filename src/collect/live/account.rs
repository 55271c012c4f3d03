//! Whose credentials: profiles, roles, accounts of an organization.
//!
//! Uses what the AWS SDK knows about credentials (environment, profiles, SSO,
//! web identities, containers, instances). Keeps no secret, and writes none.

use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;

use super::wish::{Error, Regions, Wish};

/// The name under which a role's sessions appear in the account's trail.
const SESSION: &str = "plaudit";

/// The configuration of whoever runs the program, with its role if it has one.
pub(super) async fn own(wish: &Wish) -> Result<SdkConfig, Error> {
    let retries = RetryConfig::standard()
        .with_max_attempts(wish.max_attempts)
        .with_max_backoff(Duration::from_secs(20));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(wish.timeout.min(Duration::from_secs(10)))
        .read_timeout(wish.timeout)
        .operation_attempt_timeout(wish.timeout)
        .build();
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(retries)
        .timeout_config(timeouts)
        // An answer that stalls is cut off by the time for an attempt.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(profile) = &wish.profile {
        loader = loader.profile_name(profile);
    }
    if let Regions::Named(regions) = &wish.regions
        && let Some(first) = regions.first()
    {
        loader = loader.region(Region::new(first.clone()));
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(Error::NoRegion);
    }
    Ok(match &wish.role_arn {
        Some(role) => assume(&config, role, wish.external_id.as_deref()).await,
        None => config,
    })
}

/// The same configuration, as another role.
pub(super) async fn assume(config: &SdkConfig, role: &str, external_id: Option<&str>) -> SdkConfig {
    let mut builder = AssumeRoleProvider::builder(role)
        .session_name(SESSION)
        .configure(config);
    if let Some(id) = external_id {
        builder = builder.external_id(id);
    }
    let provider = match config.credentials_provider() {
        Some(base) => builder.build_from_provider(base).await,
        None => builder.build().await,
    };
    config
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// The same configuration in another region.
pub(super) fn in_region(config: &SdkConfig, region: &str) -> SdkConfig {
    config
        .to_builder()
        .region(Region::new(region.to_owned()))
        .build()
}

/// The ARN of a role of an account, in the partition of whoever asks.
pub(super) fn role_arn(principal: &str, account: &str, role: &str) -> String {
    let partition = principal.split(':').nth(1).filter(|part| !part.is_empty());
    let role = role.trim_start_matches('/');
    format!(
        "arn:{}:iam::{account}:role/{role}",
        partition.unwrap_or("aws")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_of_the_callers_partition() {
        assert_eq!(
            role_arn("arn:aws-cn:iam::1:user/a", "222233334444", "audit/reader"),
            "arn:aws-cn:iam::222233334444:role/audit/reader"
        );
        assert_eq!(role_arn("", "2", "/r"), "arn:aws:iam::2:role/r");
    }
}
