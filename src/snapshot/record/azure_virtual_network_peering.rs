//! One half of a peering between two virtual networks.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/virtual-network-peerings/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-virtual-network-peering",
    variable: "azure_virtual_network_peering",
    cloudformation: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    doc: "One half of a peering between two virtual networks.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/virtual-network-peerings/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network vnet list", "az network vnet list").permitted_by("Microsoft.Network/virtualNetworks/read")],
    fields: &[
        Field::text("id", "The id of the peering.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("virtualNetworkId", Kind::AzureVirtualNetwork, "The network, from the id.")
            .follow_back("virtual_network", "peerings"),
        Field::object(
            "remoteVirtualNetwork",
            &[Field::reference("id", Kind::AzureVirtualNetwork, "The other network.").follow_back("remote_virtual_network", "peerings_from_others")],
            "The other network.",
        ),
        Field::text("peeringState", "`Initiated`, `Connected`, `Disconnected`.").values(&["Initiated", "Connected", "Disconnected"]),
        Field::text("peeringSyncLevel", "`FullyInSync`.").optional(),
        Field::bool("allowVirtualNetworkAccess", "Whether traffic passes.").optional(),
        Field::bool("allowForwardedTraffic", "Whether traffic of others passes.").optional(),
        Field::bool("useRemoteGateways", "Whether gateways of the other network are used.").optional(),

    ],
};
