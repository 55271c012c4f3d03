//! A snapshot that can be given away: accounts, names, tags and texts replaced by
//! tokens that only the owner of the key can make again.
//!
//! Reads one snapshot and writes another. Ids of AWS, states, places and, unless
//! asked otherwise, addresses stay, so that an audit gives the same findings. Must
//! not keep a text because nobody thought of its field.

mod field;
mod shape;
mod token;
mod value;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::bundle::Bundle;
use super::manifest::{Draft, Manifest, Principal, Redaction, Tool};
use super::writer::{Existing, Writer};
use super::{Error, LEDGER, MANIFEST, file_name, json, ledger, secrets};
use crate::collect::document::percent_decoded;
pub use token::Key;
use token::Tokens;
use value::Replacer;
pub use value::Wish;

/// Why a value is not the one that AWS gave.
const REASON: &str = "replaced by tokens made with a key (HMAC-SHA256)";

/// Writes a redacted snapshot, and gives its manifest.
///
/// The same value has the same token in all files, names of files, the ledger and
/// the manifest, and in all snapshots that are redacted with the same key. Files
/// that are not JSON are left out.
pub fn redact(
    bundle: &Bundle,
    to: &Path,
    key: Key,
    wish: Wish,
    tool: Tool,
) -> Result<Manifest, Error> {
    let manifest = bundle.manifest()?;
    let mut tokens = Tokens::new(key);
    let seen = Seen::in_files(bundle, &manifest)?;
    tokens.know_accounts(seen.accounts.into_iter());
    if wish.addresses {
        know_subnets(bundle, &mut tokens)?;
    }
    let mut replacer = Replacer::new(tokens, wish);
    replacer.zones = seen.zones;
    let writer = Writer::create(to, Existing::Refuse)?;
    let mut redactions = Vec::new();
    let mut left_out = 0;
    let paths: Vec<&str> = bundle
        .paths()
        .filter(|path| !matches!(*path, MANIFEST | LEDGER))
        .collect();
    for path in paths {
        if path.strip_suffix(".json").is_none() {
            left_out += 1;
            continue;
        }
        let mut answer: Value = serde_json::from_slice(&bundle.bytes(path)?)
            .map_err(|error| Error::content(path, format!("not JSON: {error}")))?;
        let (service, operation) = call(path);
        let new_path = replacer.path(path);
        let removed = secrets::remove(&mut answer, service, operation);
        redactions.extend(removed.iter().map(|removed| removed.in_file(&new_path)));
        replacer.document(&mut answer);
        if writer.has(&new_path) {
            let message = "two files would have the same name; use another key";
            return Err(Error::content(path, message));
        }
        writer.put(&new_path, &json::pretty(&answer))?;
    }
    let text = bundle.ledger()?;
    let mut lines = Vec::new();
    for (_, line) in ledger::read(&text)? {
        lines.push(replacer.line(line)?);
    }
    let mut draft = replacer.draft(manifest, tool);
    draft.ledger = lines;
    draft.redactions.extend(redactions);
    for (category, count) in &replacer.counts {
        draft.redactions.push(all_files(category, *count, REASON));
    }
    if left_out > 0 {
        let reason = "left out: nothing is known about what is in them";
        draft
            .redactions
            .push(all_files("files that are not JSON", left_out, reason));
    }
    writer.seal(&draft)
}

fn all_files(field: &str, count: u64, reason: &str) -> Redaction {
    Redaction {
        file: "*".to_owned(),
        field: field.to_owned(),
        count,
        reason: reason.to_owned(),
    }
}

/// What stands before the id of a hosted zone.
const START: &str = "/hostedzone/";

/// What must be known of a snapshot before anything in it is replaced.
#[derive(Debug, Default)]
struct Seen {
    /// All that looks like an account, anywhere.
    accounts: BTreeSet<String>,
    /// What follows `/hostedzone/`, anywhere.
    zones: BTreeSet<String>,
}

impl Seen {
    fn in_files(bundle: &Bundle, manifest: &Manifest) -> Result<Self, Error> {
        let mut seen = Self::default();
        for account in &manifest.accounts {
            seen.text(account.as_bytes());
        }
        for path in bundle.paths() {
            seen.text(path.as_bytes());
            let bytes = bundle.bytes(path)?;
            // Better nothing than something that gives away whose it is.
            if path.starts_with("azure/") || has_azure(&bytes) {
                let message = "there is something of Azure in it, and names of subscriptions and groups in ids cannot be replaced yet; take these files out and make the snapshot again";
                return Err(Error::content(path, message));
            }
            seen.text(&bytes);
        }
        Ok(seen)
    }

    fn text(&mut self, text: &[u8]) {
        for word in text.split(|byte| !byte.is_ascii_alphanumeric()) {
            if let Ok(word) = std::str::from_utf8(word)
                && shape::is_account(word)
            {
                self.accounts.insert(word.to_owned());
            }
        }
        for at in memchr::memmem::find_iter(text, START) {
            let rest = text.get(at + START.len()..).unwrap_or_default();
            let id = rest.split(|byte| !byte.is_ascii_alphanumeric()).next();
            if let Some(Ok(id)) = id.map(std::str::from_utf8)
                && shape::is_id(&format!("{START}{id}"))
            {
                self.zones.insert(id.to_owned());
            }
        }
    }
}

/// Whether an id of a resource of Azure is in a text.
fn has_azure(text: &[u8]) -> bool {
    memchr::memmem::find(&text.to_ascii_lowercase(), b"\"/subscriptions/").is_some()
}

/// Names the subnets of the snapshot, so that places inside them stay.
fn know_subnets(bundle: &Bundle, tokens: &mut Tokens) -> Result<(), Error> {
    let of_subnets = |path: &&str| call(path) == ("ec2", "DescribeSubnets");
    for path in bundle.paths().filter(of_subnets) {
        let answer: Value = serde_json::from_slice(&bundle.bytes(path)?)
            .map_err(|error| Error::content(path, format!("not JSON: {error}")))?;
        let subnets = answer.get("Subnets").and_then(Value::as_array);
        for subnet in subnets.into_iter().flatten() {
            let six = subnet
                .get("Ipv6CidrBlockAssociationSet")
                .and_then(Value::as_array);
            let six = six
                .into_iter()
                .flatten()
                .filter_map(|block| block.get("Ipv6CidrBlock"));
            for block in subnet.get("CidrBlock").into_iter().chain(six) {
                let block = block.as_str().and_then(shape::address);
                if let Some((address, Some(length))) = block {
                    tokens.know_subnet(address, length);
                }
            }
        }
    }
    Ok(())
}

/// Service and operation of `…/ec2.DescribeVpcs.json` and `…/ec2.DescribeVpcs/x.json`.
fn call(path: &str) -> (&str, &str) {
    let mut parts = path.rsplit('/');
    let named = parts.find(|part| is_call(part)).unwrap_or_default();
    let (service, operation) = named.split_once('.').unwrap_or_default();
    (service, operation.split('.').next().unwrap_or_default())
}

/// `ec2.DescribeVpcs`, also with the number of a part and `.json`.
fn is_call(part: &str) -> bool {
    let stem = part.strip_suffix(".json").unwrap_or(part);
    let mut words = stem.split('.');
    let (Some(service), Some(operation)) = (words.next(), words.next()) else {
        return false;
    };
    let number = words.next();
    !service.is_empty()
        && service
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && operation.starts_with(|char: char| char.is_ascii_uppercase())
        && operation.bytes().all(|b| b.is_ascii_alphanumeric())
        && number.is_none_or(|number| number.bytes().all(|b| b.is_ascii_digit()))
        && words.next().is_none()
}

impl Replacer {
    /// The path of a file, with tokens for what is about its owner.
    fn path(&mut self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let new: Vec<String> = parts.iter().map(|part| self.path_part(part)).collect();
        new.join("/")
    }

    fn path_part(&mut self, part: &str) -> String {
        if matches!(part, "aws" | "global") || shape::is_place(part) || is_call(part) {
            return part.to_owned();
        }
        let stem = part.strip_suffix(".json").unwrap_or(part);
        // The number of a part of a section.
        let numbered = stem
            .rsplit_once('.')
            .filter(|(_, number)| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()));
        let name = numbered.map_or(stem, |(name, _)| name);
        let tail = part.get(name.len()..).unwrap_or_default();
        let parent = percent_decoded(name);
        if shape::is_batch(&parent) {
            return part.to_owned();
        }
        let new = self.parent(&parent);
        if new == parent {
            part.to_owned()
        } else {
            format!("{}{tail}", file_name(&new))
        }
    }

    /// A line of the ledger.
    fn line(&mut self, line: &str) -> Result<String, Error> {
        let mut value: Value = serde_json::from_str(line)
            .map_err(|error| Error::content(LEDGER, format!("a line is not JSON: {error}")))?;
        let mut apart = Vec::new();
        if let Some(object) = value.as_object_mut() {
            for key in ["file", "parent"] {
                let text = object.get(key).and_then(Value::as_str).map(str::to_owned);
                if let Some(text) = text {
                    object.remove(key);
                    let new = if key == "file" {
                        self.path(&text)
                    } else {
                        self.parent(&text)
                    };
                    apart.push((key.to_owned(), Value::String(new)));
                }
            }
        }
        secrets::remove(&mut value, "", "");
        self.document(&mut value);
        if let Some(object) = value.as_object_mut() {
            object.extend(apart);
        }
        Ok(json::compact(&value))
    }

    /// What the manifest says beside the files.
    fn draft(&mut self, manifest: Manifest, tool: Tool) -> Draft {
        let mut principals = Vec::new();
        for principal in manifest.principals {
            principals.push(Principal {
                account: self.parent(&principal.account),
                arn: self.parent(&principal.arn),
            });
        }
        let mut accounts = Vec::new();
        for account in manifest.accounts {
            accounts.push(self.parent(&account));
        }
        let mut redactions = Vec::new();
        for redaction in manifest.redactions {
            let file = if redaction.file == "*" {
                redaction.file
            } else {
                self.path(&redaction.file)
            };
            redactions.push(Redaction { file, ..redaction });
        }
        Draft {
            tool,
            created: manifest.created,
            complete: manifest.complete == Some(true),
            principals,
            accounts,
            regions: manifest.regions,
            redactions,
            ledger: Vec::new(),
        }
    }
}
