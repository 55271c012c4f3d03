//! Explanation codes that mean the same, or say the same thing of another side.
//!
//! AWS explains one path that it picked, so a missing route may appear as a
//! route that it could not use. The lists are by the texts of
//! <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>;
//! nothing of networks is known here.

/// Codes of one meaning.
const FAMILIES: &[&[&str]] = &[
    &[
        "NO_ROUTE_TO_DESTINATION",
        "CANNOT_ROUTE",
        "VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
        "MORE_SPECIFIC_ROUTE",
        "HIGHER_PRIORITY_ROUTE",
        "DISCONNECTED_VPCS",
        "NO_POSSIBLE_DESTINATION",
    ],
    &[
        "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
        "TGW_RTB_CANNOT_ROUTE",
        "TGW_RTB_MORE_SPECIFIC_ROUTE",
        "TGW_RTB_HIGHER_PRIORITY_ROUTE",
    ],
    &["ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES"],
    &["BAD_STATE", "BAD_STATE_ATTACHMENT", "TGW_ATTACH_BAD_STATE"],
    &["BAD_STATE_VPN", "TGW_BAD_STATE_VPN"],
    &["TGW_ROUTE_AZ_RESTRICTION", "TGW_ATTACH_VPC_AZ_RESTRICTION"],
    &[
        "IGW_DESTINATION_ADDRESS_NOT_IN_PUBLIC_RANGE",
        "X_IGW_DESTINATION_ADDRESS_NOT_IN_PUBLIC_RANGE",
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
    ],
    &[
        "IGW_REJECTS_TRAFFIC_WITH_SPOOFED_ADDRESS",
        "GATEWAY_REJECTS_SPOOFED_TRAFFIC",
    ],
    &[
        "X_NO_ENI_FOR_ADDRESS",
        "X_NO_SUBNET_FOR_ADDRESS",
        "X_NOTHING_THERE",
        "NO_POSSIBLE_DESTINATION",
        "NO_SOURCE_OR_DESTINATION",
        "UNASSOCIATED_COMPONENT",
        "ENI_ADDRESS_RESTRICTION",
    ],
];

/// Codes of AWS that say that it gave up, and fit whatever we name.
const GENERAL: &[&str] = &["NO_PATH", "UNKNOWN_DESTINATION"];

/// Whether one of AWS's codes and one of ours mean the same.
pub(super) fn same(theirs: &str, ours: &str) -> bool {
    theirs == ours
        || GENERAL.contains(&theirs)
        || FAMILIES
            .iter()
            .any(|family| family.contains(&theirs) && family.contains(&ours))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn codes_of_one_meaning_agree_and_others_do_not() {
        assert!(same("CANNOT_ROUTE", "NO_ROUTE_TO_DESTINATION"));
        assert!(same("SUBNET_ACL_RESTRICTION", "SUBNET_ACL_RESTRICTION"));
        assert!(same("NO_PATH", "X_EDGE_TO_EDGE_NOT_SUPPORTED"));
        assert!(!same("SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH"));
    }
}
