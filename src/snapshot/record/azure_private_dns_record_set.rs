//! Records of one name and type in a private DNS zone.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/record-sets/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-private-dns-record-set",
    variable: "azure_private_dns_record_set",
    cloudformation: "Microsoft.Network/privateDnsZones/recordSets",
    doc: "The records of one name and type in a private DNS zone.",
    url: "https://learn.microsoft.com/en-us/rest/api/dns/privatednszones/record-sets/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::per_parent("az", "network private-dns record-set list", "az network private-dns record-set list", "zoneId").named_by("zone-name").permitted_by("Microsoft.Network/privateDnsZones/ALL/read")],
    fields: &[
        Field::text("id", "The id of the record set.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("zoneId", Kind::AzurePrivateDnsZone, "The zone, from the id.")
            .follow_back("zone", "record_sets"),
        Field::text("type", "`Microsoft.Network/privateDnsZones/A`.").optional(),
        Field::int("ttl", "Seconds.").optional(),
        Field::text("fqdn", "The whole name, with a dot at its end.").optional(),
        Field::bool("isAutoRegistered", "Whether a link with registration wrote it.").optional(),
        Field::list("aRecords", &[Field::address("ipv4Address", "The address.")], "Addresses, of type A."),
        Field::list("aaaaRecords", &[Field::address("ipv6Address", "The address.")], "Addresses, of type AAAA."),
        Field::object("cnameRecord", &[Field::text("cname", "The other name.").optional()], "Of type CNAME."),

    ],
};
