//! Tokens: what stands for a value, made of the value and a key.
//!
//! HMAC-SHA256, so that nobody without the key can find the value by trying, and
//! the same value has the same token in every file and every run with that key.
//! Must not know where a value stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::super::Error;
use crate::collect::load::hex;

/// Bytes of a key.
const KEY: usize = 32;

/// What tokens are made with: 32 bytes that nobody can guess.
#[derive(Clone)]
pub struct Key([u8; KEY]);

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

impl Key {
    /// A key of 32 random bytes.
    pub const fn new(bytes: [u8; KEY]) -> Self {
        Self(bytes)
    }

    /// Reads the text of a key file: 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let digits = text.trim();
        let bad = |message: String| Err(Error::content("the key", message));
        if digits.len() != 2 * KEY {
            return bad(format!(
                "it has {} characters; 64 hexadecimal digits were expected (--new-key makes such a file)",
                digits.chars().count()
            ));
        }
        let mut key = [0; KEY];
        for (at, byte) in key.iter_mut().enumerate() {
            let pair = digits.get(2 * at..2 * at + 2);
            let plain = pair.filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
            match plain.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(value) => *byte = value,
                None => {
                    return bad("it has something in it that is no hexadecimal digit".to_owned());
                }
            }
        }
        Ok(Self(key))
    }

    /// The text of a key file.
    pub fn text(&self) -> String {
        format!("{}\n", hex(&self.0))
    }

    /// The first 8 bytes of the HMAC of a value. What it is for is part of it, so
    /// that bits of addresses tell nothing about names.
    fn mac(&self, purpose: &str, value: &[u8]) -> u64 {
        // Keys of any length are taken; it cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return 0;
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(value);
        let all = mac.finalize().into_bytes();
        all.iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// Makes tokens, and keeps those of accounts apart.
#[derive(Debug)]
pub(super) struct Tokens {
    key: Key,
    accounts: BTreeMap<String, String>,
    taken: BTreeMap<String, String>,
    addresses: BTreeMap<IpAddr, IpAddr>,
    /// Blocks in which addresses keep their places, by length.
    subnets: BTreeMap<u8, BTreeSet<IpAddr>>,
}

impl Tokens {
    pub(super) const fn new(key: Key) -> Self {
        Self {
            key,
            accounts: BTreeMap::new(),
            taken: BTreeMap::new(),
            addresses: BTreeMap::new(),
            subnets: BTreeMap::new(),
        }
    }

    /// The token of a text: `anon-` and 16 hexadecimal digits, which is a name in
    /// every place where names are allowed.
    pub(super) fn text(&self, value: &str) -> String {
        format!("anon-{:016x}", self.key.mac("text", value.as_bytes()))
    }

    /// The token of an account: 12 digits, so that it is still an account. Two
    /// accounts of one snapshot never have the same: the second one to come is
    /// given another, in the order of their numbers.
    pub(super) fn account(&self, account: &str) -> String {
        self.accounts
            .get(account)
            .cloned()
            .unwrap_or_else(|| self.account_try(account, 0))
    }

    fn account_try(&self, account: &str, attempt: u32) -> String {
        let value = format!("{account}/{attempt}");
        let number = self.key.mac("account", value.as_bytes()) % 1_000_000_000_000;
        format!("{number:012}")
    }

    /// Gives tokens to all accounts of a snapshot, sorted, before any is used.
    pub(super) fn know_accounts(&mut self, accounts: impl Iterator<Item = String>) {
        for account in accounts {
            let free = (0..).map(|attempt| self.account_try(&account, attempt));
            let free = free
                .take(1000)
                .find(|token| !self.taken.contains_key(token));
            if let Some(token) = free {
                self.taken.insert(token.clone(), account.clone());
                self.accounts.insert(account, token);
            }
        }
    }

    /// Names a subnet, before any address is replaced. AWS keeps the first four and
    /// the last address of a subnet for itself, and what is free in it depends on
    /// where things are: inside a subnet, places stay.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
    pub(super) fn know_subnet(&mut self, address: IpAddr, length: u8) {
        let first = masked(address, length);
        self.subnets.entry(length).or_default().insert(first);
    }

    /// The length of the largest known subnet that an address is in.
    fn subnet_of(&self, address: IpAddr) -> Option<u8> {
        let mut known = self.subnets.iter();
        known
            .find(|(length, blocks)| blocks.contains(&masked(address, **length)))
            .map(|(length, _)| *length)
    }

    /// An address for an address. Addresses that began with the same bits still
    /// do, so that blocks contain what they contained; private ones stay private.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        if let Some(known) = self.addresses.get(&address) {
            return *known;
        }
        let token = match address {
            IpAddr::V4(four) => {
                let bits = u128::from(u32::from(four)) << 96;
                let end = self.subnet_of(address).unwrap_or(32).min(32);
                let bits = self.flipped(bits, kept_four(four), end.into(), 32) >> 96;
                IpAddr::V4(Ipv4Addr::from(u32::try_from(bits).unwrap_or_default()))
            }
            IpAddr::V6(six) => {
                let end = self.subnet_of(address).unwrap_or(128);
                let bits = self.flipped(u128::from(six), kept_six(six), end.into(), 128);
                IpAddr::V6(Ipv6Addr::from(bits))
            }
        };
        self.addresses.insert(address, token);
        token
    }

    /// A block for a block: the bits after its length stay zero.
    pub(super) fn block(&mut self, address: IpAddr, length: u8) -> IpAddr {
        masked(self.address(address), length)
    }

    /// Flips each bit from `kept` to `end` or not, as the bits before it and the
    /// key decide.
    fn flipped(&self, bits: u128, kept: u32, end: u32, width: u32) -> u128 {
        let mut token = bits;
        for at in kept..end {
            let before = if at == 0 {
                0
            } else {
                bits >> (128 - at) << (128 - at)
            };
            let mut value = before.to_be_bytes().to_vec();
            value.extend_from_slice(&[
                u8::try_from(at).unwrap_or(0),
                u8::try_from(width).unwrap_or(0),
            ]);
            let flip = u128::from(self.key.mac("address", &value) & 1);
            token ^= flip << (127 - at);
        }
        token
    }
}

/// An address with zeros after its first bits.
fn masked(address: IpAddr, length: u8) -> IpAddr {
    let length = u32::from(length);
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(length))
                .unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(four) & mask))
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(length))
                .unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(six) & mask))
        }
    }
}

/// First bits that say what an IPv4 address is, and stay.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry/>
const fn kept_four(address: Ipv4Addr) -> u32 {
    match address.octets() {
        // Link-local addresses of the platform are the same everywhere.
        [0, 0, 0, 0] | [127 | 224..=255, ..] | [169, 254, ..] => 32,
        [100 | 169 | 172 | 192 | 198 | 203, ..] => 16,
        _ => 8,
    }
}

/// The same for IPv6.
/// <https://www.iana.org/assignments/iana-ipv6-special-registry/>
const fn kept_six(address: Ipv6Addr) -> u32 {
    match address.segments() {
        // fd00:ec2:: is the platform's, fe80:: the link's, 64:ff9b:: that of NAT64.
        [0xfd00, 0x0ec2, ..] | [0 | 0xfe80..=0xfebf | 0xff00..=0xffff, ..] => 128,
        [0x64, 0xff9b, 0, ..] => 96,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(Key::new([7; KEY]))
    }

    /// <https://www.rfc-editor.org/rfc/rfc4231#section-4.3>, with the code that
    /// tokens use.
    #[test]
    fn the_mac_is_the_one_of_the_standard() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let bytes = mac.finalize().into_bytes();
        assert_eq!(
            hex(&bytes),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(&[0xaa; 131]).unwrap();
        mac.update(b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(
            hex(&mac.finalize().into_bytes()),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn keys_have_64_digits() {
        let key = Key::parse(&format!("{}\n", "0f".repeat(32))).unwrap();
        assert_eq!(key.text(), format!("{}\n", "0f".repeat(32)));
        assert!(!format!("{key:?}").contains("15"));
        for bad in [
            "",
            "0f",
            &"0g".repeat(32),
            &"é".repeat(32),
            &"+f".repeat(32),
            &"0f".repeat(33),
        ] {
            assert!(Key::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_depend_on_value_and_key_only() {
        let one = tokens();
        assert_eq!(one.text("a"), tokens().text("a"));
        assert_ne!(one.text("a"), one.text("b"));
        assert_ne!(one.text("a"), Tokens::new(Key::new([8; KEY])).text("a"));
        let account = one.account("111122223333");
        assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
    }

    #[test]
    fn accounts_stay_apart() {
        let mut tokens = tokens();
        let wanted = tokens.account("111122223333");
        tokens
            .taken
            .insert(wanted.clone(), "999999999999".to_owned());
        tokens.know_accounts(["111122223333".to_owned()].into_iter());
        assert_ne!(tokens.account("111122223333"), wanted);
    }

    #[test]
    fn blocks_contain_what_they_contained() {
        let mut tokens = tokens();
        let block = tokens.block("10.20.0.0".parse().unwrap(), 16);
        let inside = tokens.address("10.20.4.4".parse().unwrap());
        let outside = tokens.address("10.21.4.4".parse().unwrap());
        let (IpAddr::V4(block), IpAddr::V4(inside), IpAddr::V4(outside)) = (block, inside, outside)
        else {
            panic!("IPv4 stays IPv4");
        };
        assert!(block.is_private() && inside.is_private());
        assert_eq!(block.octets()[..2], inside.octets()[..2]);
        assert_ne!(block.octets()[..2], outside.octets()[..2]);
        assert_eq!(block.octets()[2..], [0, 0]);
        for same in ["0.0.0.0", "169.254.169.253", "::", "fd00:ec2::253"] {
            let address: IpAddr = same.parse().unwrap();
            assert_eq!(tokens.address(address), address);
            assert_eq!(
                tokens.block(address, 0),
                if address.is_ipv4() { "0.0.0.0" } else { "::" }
                    .parse::<IpAddr>()
                    .unwrap()
            );
        }
        let mut tokens = self::tokens();
        tokens.know_subnet("10.20.4.0".parse().unwrap(), 24);
        let IpAddr::V4(place) = tokens.address("10.20.4.9".parse().unwrap()) else {
            panic!("IPv4 stays IPv4");
        };
        assert_eq!(place.octets()[3], 9);
        assert_eq!(place.octets()[..2], block.octets()[..2]);
        let six: IpAddr = tokens.block("2001:db8:1:2::".parse().unwrap(), 64);
        assert!(six.to_string().ends_with("::"), "{six}");
    }
}
