//! A prefix list, of AWS or of a customer.
//!
//! Two calls answer under the same key: `DescribeManagedPrefixLists` knows all
//! lists without their blocks, `DescribePrefixLists` only those of gateway
//! endpoints with their blocks. Entries need one call per list.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "managed-prefix-list",
    variable: "managed_prefix_list",
    cloudformation: "AWS::EC2::PrefixList",
    doc: "A named set of blocks for rules and routes.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html",
    id_prefix: "pl-",
    identity: Identity::Global,
    id: "PrefixListId",
    sources: &[
        Source::list("ec2", "DescribeManagedPrefixLists", "PrefixLists"),
        Source::list("ec2", "DescribePrefixLists", "PrefixLists"),
        Source::per_parent(
            "ec2",
            "GetManagedPrefixListEntries",
            "Entries",
            "PrefixListId",
        ),
    ],
    fields: &[
        Field::text("PrefixListId", "The id, `pl-…`."),
        Field::text(
            "PrefixListName",
            "The name; AWS's own begin with `com.amazonaws.`.",
        ),
        Field::text("OwnerId", "The account that owns it; `AWS` for AWS's own."),
        Field::text("AddressFamily", "`IPv4` or `IPv6`.").values(&["IPv4", "IPv6"]),
        Field::text(
            "State",
            "How the last change went; AWS's own lists may have none.",
        )
        .optional()
        .values(&[
            "create-in-progress",
            "create-complete",
            "create-failed",
            "modify-in-progress",
            "modify-complete",
            "modify-failed",
            "restore-in-progress",
            "restore-complete",
            "restore-failed",
            "delete-in-progress",
            "delete-complete",
            "delete-failed",
        ]),
        Field::int(
            "MaxEntries",
            "How many entries it may hold, which is what it counts for in a security group or \
            route table; AWS's own lists do not say.",
        )
        .optional(),
        Field::int(
            "Version",
            "The version of the entries; AWS's own lists have none.",
        )
        .optional(),
        Field::list(
            "Entries",
            &[
                Field::cidr("Cidr", "The block."),
                Field::text("Description", "What it is, in the owner's words.").optional(),
            ],
            "The blocks.",
        )
        .from("GetManagedPrefixListEntries")
        .required(),
        Field::texts(
            "Cidrs",
            "The blocks of a list that a gateway endpoint uses.",
        )
        .from("DescribePrefixLists")
        .required(),
        Field::tags("Tags"),
    ],
};
