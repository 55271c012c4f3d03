//! What lets a virtual network ask a private DNS zone.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/virtual-network-links/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-virtual-network-link",
    variable: "azure_virtual_network_link",
    cloudformation: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    doc: "What lets a virtual network ask a private DNS zone.",
    url: "https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/virtual-network-links/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::per_parent("az", "network private-dns link vnet list", "az network private-dns link vnet list", "zoneId").named_by("zone-name").permitted_by("Microsoft.Network/privateDnsZones/virtualNetworkLinks/read")],
    fields: &[
        Field::text("id", "The id of the link.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("zoneId", Kind::AzurePrivateDnsZone, "The zone, from the id.")
            .follow_back("zone", "links"),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::object(
            "virtualNetwork",
            &[Field::reference("id", Kind::AzureVirtualNetwork, "The network.").follow_back("virtual_network", "zone_links")],
            "Who may ask.",
        ),
        Field::bool("registrationEnabled", "Whether names of virtual machines are written into the zone.").optional(),
        Field::text("resolutionPolicy", "`Default`, or `NxDomainRedirect`: names that are missing are looked up in public.").optional().values(&["Default", "NxDomainRedirect"]),
        Field::text("virtualNetworkLinkState", "`Completed`, `InProgress`.").optional().values(&["Completed", "InProgress"]),

    ],
};
