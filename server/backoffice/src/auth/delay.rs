//! What stands before the lock (U3; ASVS 6.3.1): a try that comes too soon is not looked at. It is answered as
//! any other that failed, so nothing tells a delay from a lock, a wrong code or a number that nobody has (U2);
//! and it uses nothing up, so the code that was right still is.
//!
//! An account waits longer after each failure. An address that fails for many people has the minute against
//! it: whoever tries one password on everyone never comes to any account's third failure.

use super::actor::RequestStamp;
use super::sign_in::{FAILURES, LOCK};
use crate::store::WriteTx;
use crate::store::refusals::{self, Flood};
use crate::store::staff::Secrets;
use domain::clock::{Span, Timestamp};
use std::net::{IpAddr, Ipv6Addr};

/// Failures of an account that cost no time but their own.
const FREE: i64 = 2;
/// The longest delay before the lock, in seconds.
const LONGEST: i64 = 16;

/// For how long an account is not looked at after so many failures in a row: 1 s after the third, twice as
/// long each time up to 16 s, and the lock with the tenth.
pub(super) const fn after(failures: i64) -> Span {
    match failures - FREE {
        _ if failures >= FAILURES => LOCK,
        ..=0 => Span::seconds(0),
        n @ 1..=4 => Span::seconds(1 << (n - 1)),
        5.. => Span::seconds(LONGEST),
    }
}

/// Whether ten failures locked this person's factors, here and at step-ups. A delay is sign-in's alone.
pub(super) fn locked(secrets: &Secrets, now: Timestamp) -> bool {
    is_locked(secrets.failures, secrets.locked_until, now)
}

/// The same of the two columns.
pub(crate) fn is_locked(failures: i64, locked_until: Timestamp, now: Timestamp) -> bool {
    failures >= FAILURES && locked_until > now
}

/// Whether so many sign-ins from there failed in this minute that no more of them are looked at.
pub(super) async fn crowded(tx: &mut WriteTx<'_>, request: &RequestStamp, limit: u32) -> sqlx::Result<bool> {
    if limit == 0 {
        return Ok(false);
    }
    let minute = minute(tx.now());
    Ok(refusals::counted(tx.conn(), &source(request.address), minute).await? >= i64::from(limit))
}

/// Counts a failure against where it came from; `true` if it is the one that closes the minute to it, which is
/// an event of its own and names the address.
pub(super) async fn count(tx: &mut WriteTx<'_>, request: &RequestStamp, limit: u32) -> sqlx::Result<bool> {
    let minute = minute(tx.now());
    // Each of them is told under its number; the address tells nothing more.
    let flood = Flood { source: &source(request.address), minute, free: i64::MAX, template: &[] };
    Ok(refusals::count(tx.conn(), &flood).await? == i64::from(limit))
}

fn minute(now: Timestamp) -> i64 {
    now.seconds().div_euclid(60)
}

/// An IPv4 address is a place; of IPv6 its network is, since a machine there has as many addresses as it
/// likes. Those whose address the proxies did not tell share one place.
fn source(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(v4)) => format!("sign-in from {v4}"),
        Some(IpAddr::V6(v6)) => {
            let network = Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64));
            format!("sign-in from {network}/64")
        }
        None => "sign-in from nowhere".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u3_delays_double_from_the_third_failure_to_the_lock() {
        let seconds: Vec<i64> = (0..=11).map(|failures| after(failures).whole_seconds()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 8, 16, 16, 16, 1800, 1800]);
    }

    #[test]
    fn u3_a_place_is_an_ipv4_address_or_an_ipv6_network() {
        let of = |text: &str| source(Some(text.parse().unwrap()));
        assert_eq!(of("192.0.2.7"), "sign-in from 192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_eq!(of("2001:db8:1:2:ffff::7"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
        assert_ne!(source(None), of("0.0.0.0"));
    }
}
