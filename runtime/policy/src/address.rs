//! What kind of machine an IP address leads to.
//!
//! Works on addresses, never on their spelling: decimal, octal, hexadecimal and short forms are brought to
//! the same 32 bits by the URL parser before they come here, and a resolver gives bits anyway. An IPv6
//! address that carries an IPv4 address is judged by the worse of the two.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of machine an address leads to; in order of how bad it is to reach it by accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressClass {
    /// Anywhere on the internet.
    Public,
    /// Set aside for examples: nothing answers there.
    Documentation,
    /// Not assigned for use on the internet, or a tunnel that is no longer in use there.
    Reserved,
    /// Shared by customers of one provider (100.64.0.0/10).
    Cgnat,
    /// A private network (RFC 1918, unique local IPv6).
    Private,
    /// The same cable.
    LinkLocal,
    /// This machine.
    Loopback,
    /// Many machines at once.
    Multicast,
    /// Every machine on the cable.
    Broadcast,
    /// No address; systems take it for this machine.
    Unspecified,
    /// Where a cloud hands credentials to whoever asks from this machine.
    Metadata,
}

/// Which rules open an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Any rule that matches.
    Any,
    /// A rule that says `private`.
    PrivateRule,
    /// None.
    Never,
}

impl AddressClass {
    /// Which rules open it.
    pub fn access(self) -> Access {
        match self {
            Self::Public => Access::Any,
            Self::Documentation
            | Self::Reserved
            | Self::Cgnat
            | Self::Private
            | Self::LinkLocal
            | Self::Loopback => Access::PrivateRule,
            Self::Multicast | Self::Broadcast | Self::Unspecified | Self::Metadata => Access::Never,
        }
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Documentation => "a documentation address",
            Self::Reserved => "a reserved address",
            Self::Cgnat => "a carrier-grade NAT address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::Loopback => "a loopback address",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Unspecified => "an unspecified address",
            Self::Metadata => "a cloud metadata address",
        })
    }
}

/// Whether a rule, which says `private` or does not, may lead to this address.
///
/// # Errors
/// The class of the address, when it may not.
pub fn check(address: IpAddr, allow_private: bool) -> Result<(), AddressClass> {
    let class = classify(address);
    match class.access() {
        Access::Any => Ok(()),
        Access::PrivateRule if allow_private => Ok(()),
        Access::PrivateRule | Access::Never => Err(class),
    }
}

/// The class of an address.
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

/// Where clouds put credentials, user data and control of the machine. Some are in ranges that a `private`
/// rule opens, one (Azure's) is in public space, so they are named.
const METADATA_V4: &[[u8; 4]] = &[
    [169, 254, 169, 254], // the common one
    [169, 254, 169, 253], // AWS: the network's own resolver
    [169, 254, 170, 2],   // AWS: credentials of a container
    [169, 254, 170, 23],  // AWS: credentials of a pod
    [169, 254, 42, 42],   // Scaleway
    [169, 254, 0, 23],    // Tencent
    [100, 100, 100, 200], // Alibaba
    [192, 0, 0, 192],     // Oracle
    [168, 63, 129, 16],   // Azure
];

const METADATA_V6: &[[u16; 8]] = &[
    [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],   // AWS
    [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253],   // AWS: the network's own resolver
    [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23],    // AWS: credentials of a pod
    [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254],    // Google
    [0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42],     // Scaleway
    [0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe], // OpenStack
];

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    let octets = address.octets();
    if METADATA_V4.contains(&octets) {
        return AddressClass::Metadata;
    }
    match octets {
        [0, ..] => AddressClass::Unspecified,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressClass::Private,
        [100, 64..=127, ..] => AddressClass::Cgnat,
        [127, ..] => AddressClass::Loopback,
        [169, 254, ..] => AddressClass::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        // Protocol assignments, the anycast end of 6to4, and benchmarks.
        [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => AddressClass::Reserved,
        [224..=239, ..] => AddressClass::Multicast,
        [255, 255, 255, 255] => AddressClass::Broadcast,
        [240..=255, ..] => AddressClass::Reserved,
        _ => AddressClass::Public,
    }
}

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    if METADATA_V6.contains(&address.segments()) {
        return AddressClass::Metadata;
    }
    let own = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressClass::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        // IPv4 on an IPv6 socket, and a translator's well-known prefix: exactly as good as what they carry.
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => AddressClass::Public,
        // A translator of the local network: it leads wherever its operator says.
        [0x64, 0xff9b, 1, ..] => AddressClass::Private,
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => AddressClass::Private,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => AddressClass::Documentation,
        // Protocol assignments (Teredo and benchmarks among them) and 6to4.
        [0x2001, 0..=0x1ff, ..] | [0x2002, ..] => AddressClass::Reserved,
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Reserved,
    };
    embedded_v4(address)
        .into_iter()
        .flatten()
        .map(classify_v4)
        .fold(own, AddressClass::max)
}

/// The IPv4 addresses to which a packet for this IPv6 address may end up, by every embedding in use.
fn embedded_v4(address: Ipv6Addr) -> [Option<Ipv4Addr>; 4] {
    let s = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    let one = |high, low| [v4(high, low), None, None, None];
    match s {
        // These two are no IPv4 addresses, though they have the form of the next.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 4],
        // Compatible, mapped, translated.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => one(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => one(high, low),
        // The prefix may be used as /48, /56, /64 or /96; the address goes around bits 64 to 71.
        [0x64, 0xff9b, 1, s3, s4, s5, s6, s7] => {
            let (s3_s4, s4_s5, s5_s6) = (s3 << 8 | s4 & 0xff, s4 << 8 | s5 >> 8, s5 << 8 | s6 >> 8);
            [v4(s3, s4_s5), v4(s3_s4, s5), v4(s4_s5, s5_s6), v4(s6, s7)]
        }
        [0x2002, high, low, ..] => one(high, low),
        // Teredo: the server, and the client with its bits turned over.
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            [v4(server_high, server_low), v4(!high, !low), None, None]
        }
        // ISATAP, under any prefix.
        [.., 0 | 0x200, 0x5efe, high, low] => one(high, low),
        _ => [None; 4],
    }
}
