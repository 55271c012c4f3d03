//! An invitation to a share, as the receiver sees it. Within an organisation that
//! shares freely there are none.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareInvitation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share-invitation",
    variable: "resource_share_invitation",
    cloudformation: "AWS::RAM::ResourceShareInvitation",
    doc: "An invitation to take part in a share.",
    url: "https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareInvitation.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "resourceShareInvitationArn",
    sources: &[Source::list(
        "ram",
        "GetResourceShareInvitations",
        "resourceShareInvitations",
    )],
    fields: &[
        Field::text("resourceShareInvitationArn", "The ARN."),
        Field::reference(
            "resourceShareArn",
            Kind::ResourceShare,
            "The share; visible only after the invitation was accepted.",
        )
        .follow_back("resource_share", "invitations"),
        Field::text("resourceShareName", "The name of the share.").optional(),
        Field::text("senderAccountId", "The account that shares."),
        Field::text("receiverAccountId", "The account that is invited.").optional(),
        Field::text(
            "receiverArn",
            "The principal that is invited, if it is not an account.",
        )
        .optional(),
        Field::text("invitationTimestamp", "When it was sent, RFC 3339."),
        Field::text("status", "What came of it.")
            .values(&["PENDING", "ACCEPTED", "REJECTED", "EXPIRED"]),
    ],
};
