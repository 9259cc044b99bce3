//! A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::net::IpAddr;

/// A network in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNetwork {
    /// Not an address with or without a length.
    #[error("not a network: write 10.1.2.0/24, 2001:db8::/48, or one address")]
    Malformed,
    /// The address has bits beyond the network's length: one of the two is a slip.
    #[error("not a network: the address has bits set beyond its length")]
    BitsBeyond,
    /// Everyone.
    #[error("not a network: a length of 0 would trust everyone; name your proxies")]
    Everyone,
}

impl Network {
    /// Reads CIDR notation.
    pub fn parse(text: &str) -> Result<Self, BadNetwork> {
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| BadNetwork::Malformed)?;
        let width = width(base);
        let bits = match bits {
            // u8 would take "+8" and "008".
            Some(bits) if bits.is_empty() || bits.len() > 3 || !bits.bytes().all(|b| b.is_ascii_digit()) => {
                return Err(BadNetwork::Malformed);
            }
            Some(bits) => bits.parse().map_err(|_| BadNetwork::Malformed)?,
            None => width,
        };
        match bits {
            0 => Err(BadNetwork::Everyone),
            _ if bits > width => Err(BadNetwork::Malformed),
            _ if prefix(base, bits) != as_bits(base) => Err(BadNetwork::BitsBeyond),
            _ => Ok(Self { base, bits }),
        }
    }

    /// Whether the address is one of its.
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        width(address) == width(self.base) && prefix(address, self.bits) == as_bits(self.base)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address as a number, its first bit the highest of 128.
fn as_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
        IpAddr::V6(v6) => u128::from(v6),
    }
}

fn prefix(address: IpAddr, bits: u8) -> u128 {
    as_bits(address) & !u128::MAX.checked_shr(bits.into()).unwrap_or(0)
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u8_a_network_holds_its_own_addresses_and_no_other() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.1.2.0/24", "10.1.2.7", "10.1.3.7"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.6/31", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::1", "::1", "::2"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "::10.0.0.1"),
            // The same bits of the other family are another network.
            ("a00::/8", "a00::1", "10.0.0.1"),
        ] {
            let parsed = Network::parse(network).unwrap();
            assert!(parsed.holds(inside.parse().unwrap()), "{network} {inside}");
            assert!(!parsed.holds(outside.parse().unwrap()), "{network} {outside}");
        }
    }

    #[test]
    fn u8_what_is_no_network_is_refused() {
        for text in
            ["", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10/8", "::/129", "proxy.bank.example", " ::1"]
        {
            assert_eq!(Network::parse(text), Err(BadNetwork::Malformed), "{text}");
        }
        assert_eq!(Network::parse("10.0.0.1/8"), Err(BadNetwork::BitsBeyond));
        for text in ["0.0.0.0/0", "::/0"] {
            assert_eq!(Network::parse(text), Err(BadNetwork::Everyone), "{text}");
        }
    }
}
