//! A list of what may enter and leave subnets and interfaces.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-security-groups/list-all>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-network-security-group",
    variable: "azure_network_security_group",
    cloudformation: "Microsoft.Network/networkSecurityGroups",
    doc: "A list of what may enter and leave subnets and interfaces.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-security-groups/list-all",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network nsg list", "az network nsg list").permitted_by("Microsoft.Network/networkSecurityGroups/read")],
    fields: &[
        Field::text("id", "The id of the group.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::list(
            "securityRules",
            &[
                Field::text("name", "The name.").optional(),
                Field::int("priority", "The lowest number decides."),
                Field::text("direction", "`Inbound` or `Outbound`."),
                Field::text("access", "`Allow` or `Deny`."),
                Field::text("protocol", "`Tcp`, `Udp`, `*` and others."),
                Field::text("sourceAddressPrefix", "A block, a service tag or `*`.").optional(),
                Field::texts("sourceAddressPrefixes", "Several of them."),
                Field::text("destinationAddressPrefix", "A block, a service tag or `*`.").optional(),
                Field::texts("destinationAddressPrefixes", "Several of them."),
                Field::text("destinationPortRange", "`6380`, `10000-10010` or `*`.").optional(),
                Field::texts("destinationPortRanges", "Several of them."),
            ],
            "Rules that were added to the default ones.",
        ),

    ],
};
