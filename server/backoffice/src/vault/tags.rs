//! Import's bookkeeping: keyed tags by which a row is known again and an unchanged one left alone. Keyed, since
//! what they are made of is a customer's; kept apart from the masks (M5).

use super::{BlindIndex, VaultError, Wanted, combination_label};
use domain::catalogue::Catalogue;
use domain::normalise::Normal;

impl BlindIndex {
    /// Which customer of which source: one is one customer, however often it is imported.
    pub fn source_tag(&self, source: &str, customer_no: &Normal) -> Result<[u8; 32], VaultError> {
        let digest =
            self.mac(&[b"import", b"source"], &[source.as_bytes(), customer_no.expose_to_vault().as_bytes()])?;
        Ok(*digest.as_bytes())
    }

    /// All that a row leads to: values in their places, and the rules by which they are masked, indexed and chosen, so that
    /// the same file after a changed catalogue is not taken for "nothing to do".
    pub fn content_tag(
        &self,
        catalogue: &Catalogue,
        wanted: &[Wanted],
        flagged: Option<bool>,
    ) -> Result<[u8; 32], VaultError> {
        let flag: &[u8] = match flagged {
            None => b"",
            Some(false) => b"0",
            Some(true) => b"1",
        };
        let labels: Vec<String> = catalogue.combinations().iter().map(|fields| combination_label(fields)).collect();
        let labels = labels.join(",");
        let [window, product] = [catalogue.export_window(), catalogue.export_product()]
            .map(|field| field.map(|field| field.name.as_str()).unwrap_or_default().as_bytes());
        let places: [u8; 100] = std::array::from_fn(|n| n as u8);
        let mut parts: Vec<&[u8]> = vec![b"v2", flag, labels.as_bytes(), window, product];
        for field in wanted {
            let Some(rule) = catalogue.field(&field.field) else { continue };
            let key: &[u8] = if rule.strong_key { b"strong" } else { b"" };
            for (place, value) in &field.values {
                let place = places.get(usize::from(*place)).map(std::slice::from_ref).unwrap_or_default();
                let value = value.expose_to_vault().as_bytes();
                parts.extend([field.field.as_str().as_bytes(), rule.mask.name().as_bytes(), key, place, value]);
            }
        }
        Ok(*self.mac(&[b"import", b"content"], &parts)?.as_bytes())
    }
}
