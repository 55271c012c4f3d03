//! A private DNS zone of Azure.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/private-zones/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-private-dns-zone",
    variable: "azure_private_dns_zone",
    cloudformation: "Microsoft.Network/privateDnsZones",
    doc: "A DNS zone that virtual networks which are linked to it ask.",
    url: "https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/private-zones/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network private-dns zone list", "az network private-dns zone list").permitted_by("Microsoft.Network/privateDnsZones/read")],
    fields: &[
        Field::text("id", "The id of the zone.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::int("numberOfRecordSets", "Record sets in it.").optional(),
        Field::int("numberOfVirtualNetworkLinks", "Links to it.").optional(),

    ],
};
