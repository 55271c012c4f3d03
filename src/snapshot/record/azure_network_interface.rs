//! A network interface.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-interfaces/list-all>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-network-interface",
    variable: "azure_network_interface",
    cloudformation: "Microsoft.Network/networkInterfaces",
    doc: "A network interface of a virtual machine or of a private endpoint.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-interfaces/list-all",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network nic list", "az network nic list").permitted_by("Microsoft.Network/networkInterfaces/read")],
    fields: &[
        Field::text("id", "The id of the interface.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::list(
            "ipConfigurations",
            &[
                Field::text("name", "The name.").optional(),
                Field::address("privateIPAddress", "The address.").optional(),
                Field::object(
                    "subnet",
                    &[Field::reference("id", Kind::AzureSubnet, "The subnet.").optional().follow_back("subnets", "network_interfaces")],
                    "Where the address is.",
                ),
                Field::object(
                    "privateLinkConnectionProperties",
                    &[
                        Field::text("groupId", "Which part of the target.").optional(),
                        Field::texts("fqdns", "The names that lead here."),
                    ],
                    "What it leads to, if it is of an endpoint.",
                ),
            ],
            "Its addresses.",
        ),
        Field::object(
            "networkSecurityGroup",
            &[Field::reference("id", Kind::AzureNetworkSecurityGroup, "The group.").optional().follow_back("network_security_group", "network_interfaces")],
            "What may enter and leave.",
        ),

    ],
};
