//! Blocks of a subnet that AWS does not hand out by itself. One call per subnet
//! answers with two lists, IPv4 and IPv6, of the same objects.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrReservation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "subnet-cidr-reservation",
    variable: "subnet_cidr_reservation",
    cloudformation: "AWS::EC2::SubnetCidrReservation",
    doc: "A block of a subnet that is kept out of automatic assignment.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrReservation.html",
    id_prefix: "scr-",
    identity: Identity::Global,
    id: "SubnetCidrReservationId",
    sources: &[
        Source::per_parent(
            "ec2",
            "GetSubnetCidrReservations",
            "SubnetIpv4CidrReservations",
            "SubnetId",
        )
        .repeating(),
        Source::per_parent(
            "ec2",
            "GetSubnetCidrReservations",
            "SubnetIpv6CidrReservations",
            "SubnetId",
        )
        .repeating(),
    ],
    fields: &[
        Field::text("SubnetCidrReservationId", "The id, `scr-…`."),
        Field::reference("SubnetId", Kind::Subnet, "The subnet.")
            .follow_back("subnet", "cidr_reservations"),
        Field::cidr("Cidr", "The block, IPv4 or IPv6."),
        Field::text(
            "ReservationType",
            "`prefix` keeps the block for prefixes of interfaces, `explicit` for addresses \
            that are asked for by name.",
        )
        .values(&["prefix", "explicit"]),
        Field::text("OwnerId", "The account that made the reservation."),
        Field::text("Description", "What it is for, in the owner's words.").optional(),
        Field::tags("Tags"),
    ],
};
