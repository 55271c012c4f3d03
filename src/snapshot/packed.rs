//! Ids, addresses and CIDR blocks in eight bytes.
//!
//! A million interfaces have a million different ids: as texts they would be
//! most of the memory. The usual forms are numbers already and are stored as
//! such; any other form is a [`Symbol`], so that no text is ever lost.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::symbol::{Symbol, Symbols, Translation};

/// A text that is stored as a number where its form allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packed(u64);

/// Numbers below this are symbols, those from here on are packed.
const DIRECT: u64 = 1 << 40;

impl Packed {
    /// The source does not contain the field.
    pub const ABSENT: Self = Self(u64::MAX);
    /// The source says that the value is not known yet, or it is unreadable.
    pub const UNKNOWN: Self = Self(u64::MAX - 1);
    const LIMIT: u64 = u64::MAX - 2;

    /// Whether it stands for a text.
    pub const fn is_text(self) -> bool {
        self.0 <= Self::LIMIT
    }

    /// The number behind it, for hashing.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The symbol, if the text is not of the packed form.
    pub fn symbol(self) -> Option<Symbol> {
        u32::try_from(self.0).ok().map(Symbol::from_number)
    }

    /// Translates to another table of symbols.
    #[must_use]
    pub fn translate(self, translation: &Translation) -> Self {
        self.symbol()
            .map_or(self, |symbol| Self::from(translation.apply(symbol)))
    }

    /// Packs an id: `eni-0123456789abcdef0` is a number when the prefix is
    /// known and the first of its 17 digits is the usual 0.
    pub fn id(text: &str, prefix: &str, symbols: &mut Symbols) -> Self {
        pack_id(text, prefix).unwrap_or_else(|| Self::from(symbols.intern(text)))
    }

    /// Packs an id without adding to the table: `None` when no record has it.
    pub fn find_id(text: &str, prefix: &str, symbols: &Symbols) -> Option<Self> {
        pack_id(text, prefix).or_else(|| symbols.find(text).map(Self::from))
    }

    /// The text of a packed id.
    pub fn id_text(self, prefix: &str, symbols: &Symbols) -> String {
        match self.symbol() {
            Some(symbol) => symbols.text(symbol).to_owned(),
            None if self.is_text() => format!("{prefix}0{:016x}", self.0),
            None => String::new(),
        }
    }

    /// Packs an address or a block; IPv4 in canonical spelling is a number.
    pub fn network(text: &str, symbols: &mut Symbols) -> Self {
        pack_network(text).unwrap_or_else(|| Self::from(symbols.intern(text)))
    }

    /// The text of a packed address or block.
    pub fn network_text(self, symbols: &Symbols) -> String {
        match (self.symbol(), self.ipv4()) {
            (Some(symbol), _) => symbols.text(symbol).to_owned(),
            (None, Some((address, NO_LENGTH))) => address.to_string(),
            (None, Some((address, length))) => {
                let mut text = address.to_string();
                let _infallible = write!(text, "/{length}");
                text
            }
            (None, None) => String::new(),
        }
    }

    /// The IPv4 address and prefix length ([`NO_LENGTH`] for an address).
    pub fn ipv4(self) -> Option<(Ipv4Addr, u8)> {
        if self.0 < DIRECT || !self.is_text() {
            return None;
        }
        let [_, _, _, length, a, b, c, d] = (self.0 - DIRECT).to_be_bytes();
        Some((Ipv4Addr::new(a, b, c, d), length))
    }
}

/// The length of something that is an address and not a block.
pub const NO_LENGTH: u8 = 0xff;

impl From<Symbol> for Packed {
    fn from(symbol: Symbol) -> Self {
        match symbol {
            Symbol::ABSENT => Self::ABSENT,
            Symbol::UNKNOWN => Self::UNKNOWN,
            text => Self(u64::from(text.number())),
        }
    }
}

const NO_DIGIT: u8 = 0x80;

/// Values of lower-case hexadecimal digits, by byte.
const HEX: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut digit = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "worked out by the compiler, within the table"
    )]
    while digit < 16 {
        table[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
};

fn pack_id(text: &str, prefix: &str) -> Option<Packed> {
    let digits = text.strip_prefix(prefix)?;
    if prefix.is_empty() || digits.len() != 17 || !digits.starts_with('0') {
        return None;
    }
    // Ids are most of what is read: no branch for each digit.
    let mut number = 0_u64;
    let mut wrong = 0_u8;
    for byte in digits.bytes() {
        let digit = HEX.get(usize::from(byte)).copied().unwrap_or(NO_DIGIT);
        wrong |= digit;
        number = number << 4 | u64::from(digit & 0xf);
    }
    if wrong & NO_DIGIT != 0 {
        return None;
    }
    (DIRECT..=Packed::LIMIT)
        .contains(&number)
        .then_some(Packed(number))
}

fn pack_network(text: &str) -> Option<Packed> {
    let (address, length) = match text.split_once('/') {
        None => (text, NO_LENGTH),
        Some((address, length)) => {
            let canonical = !length.starts_with('0') || length == "0";
            let bits = length
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| length.parse::<u8>().ok())??;
            (address, (canonical && bits <= 32).then_some(bits)?)
        }
    };
    let [a, b, c, d] = address.parse::<Ipv4Addr>().ok()?.octets();
    Some(Packed(
        DIRECT + u64::from_be_bytes([0, 0, 0, length, a, b, c, d]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_ids_take_no_memory() {
        let mut symbols = Symbols::default();
        let id = Packed::id("eni-0123456789abcdef0", "eni-", &mut symbols);
        assert!(symbols.is_empty());
        assert_eq!(id.id_text("eni-", &symbols), "eni-0123456789abcdef0");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "(eni-)?[0-9a-fA-F]{0,18}|[0-9./]{0,20}|.{0,8}") {
            let mut symbols = Symbols::default();
            let id = Packed::id(&text, "eni-", &mut symbols);
            prop_assert_eq!(id.id_text("eni-", &symbols), text.clone());
            let network = Packed::network(&text, &mut symbols);
            prop_assert_eq!(network.network_text(&symbols), text);
        }

        #[test]
        fn every_ipv4_block_comes_back(a: u32, length in 0_u8..=32) {
            let mut symbols = Symbols::default();
            let text = format!("{}/{length}", Ipv4Addr::from(a));
            let packed = Packed::network(&text, &mut symbols);
            prop_assert!(symbols.is_empty());
            prop_assert_eq!(packed.network_text(&symbols), text);
        }
    }
}
