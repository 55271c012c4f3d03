//! Answers of Redis Cloud: tasks, what is in them, the three ways to say that there
//! is no `PrivateLink`, and what is never kept.

use super::*;

const LINK: &str = r#"{"status": "active", "subscriptionId": 48213,
    "resourceConfigurationId": "rcfg-0500da147ffc7f674",
    "resourceConfigurationArn": "arn:aws:vpc-lattice:us-east-1:444455556666:resourceconfiguration/rcfg-0500da147ffc7f674",
    "shareArn": "arn:aws:ram:us-east-1:444455556666:resource-share/a", "shareName": "redis",
    "principals": [{"principal": "111122223333", "type": "aws_account", "status": "associated"}],
    "connections": [{"associationId": "x", "connectionId": "vpce-099a941882c757792", "ownerId": "111122223333"}],
    "databases": [{"databaseId": 1, "port": 12001, "rlEndpoint": "a"}, {"databaseId": 2, "port": 12008}]}"#;

fn task(status: &str, response: &str) -> String {
    format!(
        r#"{{"taskId": "a-1", "commandType": "privateLinkGetRequest", "status": "{status}", "response": {response}, "links": []}}"#
    )
}

fn link_of(all: &Collected, row: usize) -> (String, String) {
    let kind = Kind::RedisCloudPrivateLink;
    let status = text(all, kind, row, "status");
    (text(all, kind, row, "subscriptionId"), status)
}

#[test]
fn a_private_link_is_read_with_and_without_its_task() {
    let done = task(
        "processing-completed",
        &format!(r#"{{"resourceId": 48213, "resource": {LINK}}}"#),
    );
    for (document, pointer) in [(LINK, ""), (done.as_str(), "/response/resource")] {
        let all = read_text("x.json", document);
        assert_eq!(messages(&all), [""; 0]);
        assert_eq!(rows(&all, Kind::RedisCloudPrivateLink), 1);
        assert_eq!(link_of(&all, 0), ("48213".to_owned(), "active".to_owned()));
        let kind = Kind::RedisCloudPrivateLink;
        assert_eq!(text(&all, kind, 0, "databases"), "2 entries");
        assert_eq!(text(&all, kind, 0, "connections"), "1 entries");
        assert_eq!(all.snapshot.runs[0].pointer, pointer);
        assert_eq!(all.snapshot.files[0].format.name(), "redis-cloud");
        // Redis Cloud knows no accounts of AWS: what it says holds for all.
        let answered = outcome(
            &all,
            ("111122223333", "us-east-1"),
            "redis-cloud",
            "GetPrivateLink",
        );
        assert_eq!(answered, Some(CallOutcome::Complete));
    }
}

#[test]
fn three_ways_to_say_that_there_is_none() {
    let empty = task(
        "processing-completed",
        r#"{"resourceId": 48213, "resource": {"links": []}}"#,
    );
    let error =
        r#"{"error": {"type": "PRIVATELINK_SERVICE_NOT_FOUND", "status": "404 NOT_FOUND"}}"#;
    let failed = task("processing-error", error);
    let beside = failed.replacen('{', r#"{"subscriptionId": 48213, "#, 1);
    let refused = r#"{"timestamp": "t", "status": 404, "error": "Not Found", "path": "/v1/subscriptions/48213/private-link"}"#;
    for (name, document) in [
        ("x.json", empty.as_str()),
        ("x.json", beside.as_str()),
        ("redis-cloud.GetPrivateLink/48213.json", failed.as_str()),
        ("redis-cloud.GetPrivateLink/48213.json", r#"{"links": []}"#),
        ("x.json", refused),
    ] {
        let all = read_text(name, document);
        assert_eq!(messages(&all), [""; 0], "{document}");
        assert_eq!(
            link_of(&all, 0),
            ("48213".to_owned(), String::new()),
            "{document}"
        );
    }
    let all = read_text("x.json", &failed);
    assert_eq!(rows(&all, Kind::RedisCloudPrivateLink), 0);
    assert!(messages(&all)[0].contains("not of which subscription"));
}

#[test]
fn a_region_of_an_active_active_subscription_is_one_of_its_own() {
    let other = r#"{"status": 404, "error": "Not Found", "path": "/v1/subscriptions/48213/regions/2/private-link"}"#;
    let here = LINK.replacen('{', r#"{"regionId": 1, "#, 1);
    let all = read_text("x.json", &format!("[{here}, {other}]"));
    assert_eq!(rows(&all, Kind::RedisCloudPrivateLink), 2);
    let region = |row| text(&all, Kind::RedisCloudPrivateLink, row, "regionId");
    assert_eq!((region(0), region(1)), ("1".to_owned(), "2".to_owned()));
}

#[test]
fn a_task_that_is_not_done_is_no_answer() {
    for status in ["initialized", "received", "processing-in-progress", "odd"] {
        let all = read_text("x.json", &task(status, "{}"));
        assert_eq!(rows(&all, Kind::RedisCloudPrivateLink), 0, "{status}");
        assert!(messages(&all)[0].contains("no answer yet"), "{status}");
        let asked = outcome(&all, ("", ""), "redis-cloud", "GetPrivateLink");
        assert_eq!(asked, None, "{status}");
    }
    let all = read_text(
        "x.json",
        &task("processing-error", r#"{"error": {"type": "FORBIDDEN"}}"#),
    );
    let asked = outcome(&all, ("", ""), "redis-cloud", "GetPrivateLink");
    assert_eq!(asked, Some(CallOutcome::Failed));
}

#[test]
fn refusals_say_of_which_call() {
    let body = |status: u16, path: &str| {
        format!(r#"{{"status": {status}, "error": "x", "path": "/v1/subscriptions/1/{path}"}}"#)
    };
    let asked = |document: &str, operation| {
        let all = read_text("x.json", document);
        outcome(&all, ("", ""), "redis-cloud", operation)
    };
    let denied = Some(CallOutcome::Denied);
    assert_eq!(asked(&body(403, "private-link"), "GetPrivateLink"), denied);
    let failed = Some(CallOutcome::Failed);
    assert_eq!(
        asked(&body(500, "databases"), "GetSubscriptionDatabases"),
        failed
    );
}

#[test]
fn databases_know_their_subscription_and_keep_no_password() {
    let document = r#"{"accountId": 1, "subscription": [{"subscriptionId": 48213, "numberOfDatabases": 2, "databases": [
        {"databaseId": 7, "name": "a", "provider": "AWS", "region": "us-east-1", "status": "active",
         "security": {"password": "hunter2hunter2", "sourceIps": ["10.0.0.0/8"], "enableTls": true}, "password": "hunter2hunter2"},
        {"databaseId": 8, "name": "b"}]}], "links": []}"#;
    let all = read_text("x.json", document);
    assert_eq!(messages(&all), [""; 0]);
    let kind = Kind::RedisCloudDatabase;
    assert_eq!(rows(&all, kind), 2);
    assert_eq!(text(&all, kind, 1, "subscriptionId"), "48213");
    assert_eq!(
        text(&all, kind, 0, "security.sourceIps"),
        "[\"10.0.0.0/8\"]"
    );
    assert_eq!(
        all.snapshot.runs[0].pointer_of(1),
        "/subscription/0/databases/1"
    );
    assert!(!dump(&all).contains("hunter2"));
    let none = read_text("x.json", r#"{"accountId": 1, "subscription": []}"#);
    let asked = outcome(&none, ("", ""), "redis-cloud", "GetSubscriptionDatabases");
    assert_eq!(asked, Some(CallOutcome::Complete));
}

#[test]
fn the_discovery_script_is_known_by_its_keys() {
    let document = r#"[{"type": "metrics", "dns-entry": "a", "private-dns-entry": "m.x", "port": 8070},
        {"type": "database", "dns-entry": "b", "private-dns-entry": "d.x", "port": 12345, "database_id": 1234567890}]"#;
    let all = read_text("x.json", document);
    assert_eq!(messages(&all), [""; 0]);
    let kind = Kind::RedisCloudEndpoint;
    assert_eq!(rows(&all, kind), 2);
    assert_eq!(text(&all, kind, 1, "private_dns_entry"), "d.x");
    assert_eq!(text(&all, kind, 1, "database_id"), "1234567890");
    assert_eq!(text(&all, kind, 0, "port"), "8070");
}

#[test]
fn other_tasks_are_known_and_not_read() {
    let script = r#"{"taskId": "a", "commandType": "privateLinkEndpointScriptGetRequest", "status": "processing-completed",
        "response": {"resourceId": 1, "resource": {"resourceEndpointScript": "x", "terraformAwsScript": "y"}}}"#;
    let all = read_text("x.json", script);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(all.snapshot.ignored.len(), 1);
}
