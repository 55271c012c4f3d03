//! What is in the program that people build first, and what only the feature
//! `live` brings.
//!
//! Asks cargo for the tree of dependencies; nothing is built.

use std::collections::BTreeSet;
use std::process::Command;

use crate::program::root;

/// Names of the packages in the program.
fn packages(flags: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .args(flags)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// Packages that open connections, or exist for those that do.
fn speaks(name: &str) -> bool {
    [
        "aws-",
        "hyper",
        "rustls",
        "native-tls",
        "openssl",
        "tokio",
        "h2",
        "reqwest",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
        || [
            "http",
            "ureq",
            "curl",
            "isahc",
            "socket2",
            "mio",
            "async-std",
            "smol",
            "ring",
            "trust-dns-resolver",
        ]
        .contains(&name)
}

#[test]
fn the_default_program_has_no_http_client() {
    let packages = packages(&[]);
    assert!(packages.contains("serde_json"), "{packages:?}");
    let speaking: Vec<&String> = packages.iter().filter(|name| speaks(name)).collect();
    assert!(speaking.is_empty(), "{speaking:?}");
}

#[test]
fn the_feature_live_brings_one() {
    // Otherwise the test above would look for the wrong names.
    let packages = packages(&["--features", "live"]);
    for name in [
        "aws-config",
        "aws-sdk-ec2",
        "hyper",
        "rustls",
        "tokio",
        "ring",
    ] {
        assert!(packages.contains(name) && speaks(name), "{name}");
    }
    for name in ["aws-lc-sys", "native-tls", "openssl-sys", "reqwest"] {
        assert!(
            !packages.contains(name),
            "{name}: there is one TLS, and it is small"
        );
    }
}
