//! A subnet of a virtual network.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/subnets/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-subnet",
    variable: "azure_subnet",
    cloudformation: "Microsoft.Network/virtualNetworks/subnets",
    doc: "A range of addresses of a virtual network.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/subnets/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network vnet list", "az network vnet list").permitted_by("Microsoft.Network/virtualNetworks/read")],
    fields: &[
        Field::text("id", "The id of the subnet.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("virtualNetworkId", Kind::AzureVirtualNetwork, "The network, from the id.")
            .follow_back("virtual_network", "azure_subnets"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out.").optional(),
        Field::text("addressPrefix", "The block.").optional(),
        Field::texts("addressPrefixes", "The blocks, if there are several."),
        Field::object(
            "networkSecurityGroup",
            &[Field::reference("id", Kind::AzureNetworkSecurityGroup, "The group.").optional().follow_back("network_security_group", "subnets")],
            "What may enter and leave.",
        ),
        Field::text("privateEndpointNetworkPolicies", "Whether security groups and routes hold for private endpoints.").optional(),

    ],
};
