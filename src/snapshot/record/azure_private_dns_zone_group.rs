//! The zones that an endpoint keeps its records in.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/private-dns-zone-groups/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-private-dns-zone-group",
    variable: "azure_private_dns_zone_group",
    cloudformation: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    doc: "The private DNS zones that an endpoint keeps its records in.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/private-dns-zone-groups/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::per_parent("az", "network private-endpoint dns-zone-group list", "az network private-endpoint dns-zone-group list", "privateEndpointId").named_by("endpoint-name").permitted_by("Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read")],
    fields: &[
        Field::text("id", "The id of the group.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("privateEndpointId", Kind::AzurePrivateEndpoint, "The endpoint, from the id.")
            .follow_back("private_endpoint", "zone_groups"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::list(
            "privateDnsZoneConfigs",
            &[
                Field::text("name", "The name.").optional(),
                Field::reference("privateDnsZoneId", Kind::AzurePrivateDnsZone, "The zone.")
                    .follow_back("zones", "zone_groups"),
                Field::list(
                    "recordSets",
                    &[
                        Field::text("recordType", "`A`.").optional(),
                        Field::text("recordSetName", "The name in the zone.").optional(),
                        Field::text("fqdn", "The whole name.").optional(),
                        Field::texts("ipAddresses", "The addresses."),
                    ],
                    "Records that the group keeps.",
                ),
            ],
            "The zones, and what is kept in them.",
        ),

    ],
};
