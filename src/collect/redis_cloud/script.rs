//! The questions to Redis Cloud as a POSIX shell script with curl and jq, for
//! people who may not run this program.
//!
//! Texts only: numbers and the functions of `collect.sh`, which is beside this
//! file. No key is ever in it; the script takes them from the environment.

use super::ask::{BASE, Subject};

const FUNCTIONS: &str = include_str!("collect.sh");

/// The script that makes the snapshot folder that the live collector would make.
pub fn script(subject: Subject, version: &str) -> String {
    let Subject {
        subscription,
        region,
    } = subject;
    let (path, about) = region.map_or_else(
        || {
            (
                String::new(),
                format!("{{\"subscriptionId\": {subscription}}}"),
            )
        },
        |region| {
            let about = format!("{{\"subscriptionId\": {subscription}, \"regionId\": {region}}}");
            (format!("/regions/{region}"), about)
        },
    );
    let name = subject.name();
    let version: String = version
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || ".-+".contains(*char))
        .collect();
    format!(
        "#!/bin/sh
# Records what Redis Cloud says about subscription {subscription} for an audit (plaudit {version}).
#
#   REDISCLOUD_ACCESS_KEY=... REDISCLOUD_SECRET_KEY=... sh collect.sh FOLDER
#
# makes the new folder FOLDER with the answers as JSON, a line about each call in
# ledger.jsonl, and size and SHA-256 of each file in manifest.json. Every request is a GET:
# the databases of the subscription, its PrivateLink, and the task that has the answer.
# Passwords are blanked before anything is kept, and keys are written nowhere.
# Exit codes: 0 all is there, 2 nothing could be done, 3 something is missing.

SUBSCRIPTION={subscription}
REGION_PATH='{path}'
ABOUT='{about}'
NAME={name}
VERSION='{version}'
BASE='{BASE}'

{FUNCTIONS}
prepare \"$@\"
databases
link
seal
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_asks_for_what_is_wanted_and_sends_nothing_but_gets() {
        let subject = Subject {
            subscription: 48_213,
            region: Some(2),
        };
        let text = script(subject, "1.0'$(x)");
        assert!(text.contains("SUBSCRIPTION=48213\nREGION_PATH='/regions/2'\n"));
        assert!(text.contains("VERSION='1.0x'"));
        for word in [
            "curl -X",
            "--data",
            "--request",
            "--upload",
            "--trace",
            "--verbose",
        ] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
