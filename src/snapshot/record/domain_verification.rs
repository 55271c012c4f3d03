//! The proof that a provider owns a domain, so that consumers accept private names
//! in it. The list says as much as the call per verification.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_DomainVerificationSummary.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "domain-verification",
    variable: "domain_verification",
    cloudformation: "AWS::VpcLattice::DomainVerification",
    doc: "The proof that a domain is the provider's own.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_DomainVerificationSummary.html",
    id_prefix: "dv-",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list(
        "vpc-lattice",
        "ListDomainVerifications",
        "items",
    )],
    fields: &[
        Field::text("id", "The id, `dv-…`."),
        Field::text("arn", "The ARN."),
        Field::text("domainName", "The domain."),
        Field::text("status", "The proof holds while this is `VERIFIED`.").values(&[
            "VERIFIED",
            "PENDING",
            "VERIFICATION_TIMED_OUT",
        ]),
        Field::object(
            "txtMethodConfig",
            &[
                Field::text("name", "The name of the record."),
                Field::text("value", "What the record must say."),
            ],
            "The TXT record that proves it.",
        ),
        Field::text("createdAt", "When it was made, RFC 3339."),
        Field::text("lastVerifiedTime", "When the proof was seen last, RFC 3339.").optional(),
        Field::tags("tags"),
    ],
};
