//! A virtual network.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/virtual-networks/list-all>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-virtual-network",
    variable: "azure_virtual_network",
    cloudformation: "Microsoft.Network/virtualNetworks",
    doc: "A virtual network.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/virtual-networks/list-all",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network vnet list", "az network vnet list").permitted_by("Microsoft.Network/virtualNetworks/read")],
    fields: &[
        Field::text("id", "The id of the network.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::object("addressSpace", &[Field::texts("addressPrefixes", "Blocks.")], "The blocks of the network."),
        Field::object("dhcpOptions", &[Field::texts("dnsServers", "Addresses of DNS servers; none for those of Azure.")], "What it hands to its interfaces."),
        Field::embedded("subnets", Kind::AzureSubnet, "Its subnets."),
        Field::embedded("virtualNetworkPeerings", Kind::AzureVirtualNetworkPeering, "Its peerings."),

    ],
};
