//! Item numbers: 1…n, and stable for life. A value keeps its number while it stays, a new value gets one
//! that no value of this customer's field ever had.

use super::envelope::{Entry, Envelope};
use super::{Bound, Plain, SealedCustomer, Vault, VaultError, aead, dek_associated};
use domain::id::{CustomerId, FieldName, Item};
use domain::normalise::Normal;

/// The values of one field, as a source gives them.
pub struct Wanted {
    /// Which field.
    pub field: FieldName,
    /// How its items are numbered.
    pub numbered: Numbered,
    /// Each with its place in the source, 1…n.
    pub values: Vec<(u8, Normal)>,
}

/// How a field's items get their numbers.
pub enum Numbered {
    /// There is one, and it is number 1.
    Single,
    /// By value.
    ByValue,
    /// Each as the item of that other field which stands in the same place: a card's expiry as its card.
    As(FieldName),
}

/// A customer's values under their numbers, and the numbers that are nobody's any more.
pub struct Numbering {
    values: Vec<(FieldName, Item, Normal)>,
    retired: Vec<Entry>,
}

impl Numbering {
    /// Field by field in the order they were wanted.
    pub fn values(&self) -> &[(FieldName, Item, Normal)] {
        &self.values
    }
}

/// An item that a customer has or, without a value, had.
struct Known {
    field: FieldName,
    item: Item,
    plain: Option<Plain>,
}

impl Vault {
    /// Numbers a customer's values, beside those sealed before. They are compared in here: no value leaves.
    pub fn number(&self, before: Option<&SealedCustomer>, wanted: Vec<Wanted>) -> Result<Numbering, VaultError> {
        let known = match before {
            Some(sealed) => self.known(sealed)?,
            None => Vec::new(),
        };
        let mut numbers: Vec<Vec<(u8, Item)>> = Vec::with_capacity(wanted.len());
        for field in &wanted {
            numbers.push(match &field.numbered {
                Numbered::Single => field.values.iter().map(|(place, _)| (*place, Item::FIRST)).collect(),
                Numbered::ByValue => by_value(field, &known)?,
                Numbered::As(_) => Vec::new(),
            });
        }
        for (at, field) in wanted.iter().enumerate() {
            if let Numbered::As(leader) = &field.numbered {
                let leader = wanted.iter().position(|other| other.field == *leader);
                let places = leader.and_then(|at| numbers.get(at)).map(Vec::as_slice).unwrap_or_default();
                let item_at = |place| places.iter().find(|(other, _)| *other == place).map(|(_, item)| (place, *item));
                let found: Option<Vec<_>> = field.values.iter().map(|(place, _)| item_at(*place)).collect();
                numbers[at] = found.ok_or(VaultError::Unaccompanied)?;
            }
        }
        let mut values: Vec<(FieldName, Item, Normal)> = Vec::new();
        for (field, numbers) in wanted.into_iter().zip(numbers) {
            for ((_, value), (_, item)) in field.values.into_iter().zip(numbers) {
                let twin = values.iter().find(|(name, number, _)| *name == field.field && *number == item);
                match twin {
                    None => values.push((field.field.clone(), item, value)),
                    Some((_, _, first)) if first.expose_to_vault() == value.expose_to_vault() => {}
                    Some(_) => return Err(VaultError::TwoForOneItem),
                }
            }
        }
        let gone =
            known.into_iter().filter(|known| !values.iter().any(|(f, i, _)| *f == known.field && *i == known.item));
        let retired = gone.map(|known| Entry::retired(known.field, known.item)).collect();
        Ok(Numbering { values, retired })
    }

    /// Seals what was numbered, and remembers the retired numbers.
    pub fn seal_numbered(&self, customer: CustomerId, numbering: &Numbering) -> Result<SealedCustomer, VaultError> {
        self.seal(customer, &numbering.values, numbering.retired.clone())
    }

    fn known(&self, sealed: &SealedCustomer) -> Result<Vec<Known>, VaultError> {
        let (customer, key_version) = (sealed.customer, sealed.key_version);
        let dek = self.kek.unwrap(key_version, &sealed.wrapped_dek, &dek_associated(customer, key_version))?;
        let cipher = aead::Cipher::new(&dek.0);
        let envelope = Envelope::decode(&sealed.sealed)?;
        let open = |entry: &Entry| {
            let bound = Bound { customer, field: entry.field.clone(), item: entry.item, key_version };
            let plain = match entry.is_retired() {
                true => None,
                false => Some(Plain::from_bytes(cipher.open(&entry.nonce, &bound.associated(), &entry.ciphertext)?)?),
            };
            Ok(Known { field: bound.field, item: bound.item, plain })
        };
        envelope.entries().iter().map(open).collect()
    }
}

/// A known value's own number, or the next that was never given. Twins share one.
fn by_value(wanted: &Wanted, known: &[Known]) -> Result<Vec<(u8, Item)>, VaultError> {
    let known: Vec<_> = known.iter().filter(|known| known.field == wanted.field).collect();
    let mut last = known.iter().map(|known| known.item.get()).max().unwrap_or(0);
    let mut given: Vec<(u8, Item, &Normal)> = Vec::with_capacity(wanted.values.len());
    for (place, value) in &wanted.values {
        let same = |plain: &Option<Plain>| plain.as_ref().is_some_and(|plain| plain.is(value));
        let kept = known.iter().find(|known| same(&known.plain)).map(|known| known.item);
        let twin = given.iter().find(|(_, _, other)| other.expose_to_vault() == value.expose_to_vault());
        let item = match kept.or(twin.map(|(_, item, _)| *item)) {
            Some(item) => item,
            None => {
                last = last.saturating_add(1);
                Item::new(last).map_err(|_| VaultError::TooManyItems)?
            }
        };
        given.push((*place, item, value));
    }
    Ok(given.into_iter().map(|(place, item, _)| (place, item)).collect())
}
