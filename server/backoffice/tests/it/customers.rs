//! Customers, sealed in the vault as an import seals them.

use crate::office::TestOffice;
use crate::people::Seat;
use backoffice::store::statement::sql;
use domain::desk::{DeskError, Found, Keep};
use domain::id::{CaseId, CustomerId, FieldName, Handle, Item};
use domain::normalise::{normalise, search_form};
use domain::search::GuardedSearch;

/// Someone who banks there.
#[derive(Clone)]
pub struct Customer {
    pub id: CustomerId,
    branch: &'static str,
    pub values: Vec<(&'static str, u8, String)>,
}

impl Customer {
    /// The n-th customer of a branch: a name, an ID number, two mobiles, a card with its expiry, an address.
    pub fn number(n: u32, branch: &'static str) -> Self {
        let names = ["王小芳", "欧阳建国", "陈思雨", "周立波", "郑晓敏", "冯德伦", "蒋文丽", "沈从文"];
        let mut id = [0x70; 16];
        id[12..].copy_from_slice(&n.to_be_bytes());
        let values = vec![
            ("name", 1, names[n as usize % names.len()].to_owned()),
            ("id_no", 1, id_no(n)),
            ("mobile", 1, format!("154{n:08}")),
            ("mobile", 2, format!("155{n:08}")),
            ("card_no", 1, card_no(n)),
            ("card_expiry", 1, "12/29".to_owned()),
            ("address", 1, format!("云海市长宁路 {n} 号")),
        ];
        Self { id: CustomerId::from_bytes(id), branch, values }
    }

    /// With another value for a field's first item.
    pub fn with(mut self, field: &'static str, value: &str) -> Self {
        for (name, item, old) in &mut self.values {
            if *name == field && *item == 1 {
                *old = value.to_owned();
            }
        }
        self
    }

    pub fn value(&self, field: &str) -> &str {
        &self.values.iter().find(|(name, ..)| *name == field).unwrap().2
    }
}

/// An ID number of a region that is none.
pub fn id_no(n: u32) -> String {
    let body = format!("99010119{:02}0101{:03}", n / 1000 % 100, n % 1000);
    let sum = body.bytes().fold(0_u32, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    match (12 - sum) % 11 {
        10 => format!("{body}X"),
        digit => format!("{body}{digit}"),
    }
}

fn card_no(n: u32) -> String {
    let body = format!("999999{n:09}");
    let luhn = |digits: &str| -> u32 {
        let digits = digits.bytes().rev().map(|b| u32::from(b - b'0')).enumerate();
        digits.map(|(at, d)| if at % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }).sum()
    };
    (0..10).map(|digit| format!("{body}{digit}")).find(|number| luhn(number).is_multiple_of(10)).unwrap()
}

impl TestOffice {
    /// Seals a customer and writes the four rows.
    pub async fn keep(&self, customer: &Customer) {
        let catalogue = self.office.catalogue();
        let (mut values, mut masks, mut index) = (Vec::new(), Vec::new(), Vec::new());
        let chosen_by = ["opened_on", "product"].map(|field| {
            let value = customer.values.iter().find(|(name, ..)| *name == field);
            value.map(|(_, _, value)| value.clone())
        });
        for (name, item, raw) in &customer.values {
            let (name, item) = (FieldName::parse(name).unwrap(), Item::new(*item).unwrap());
            let field = catalogue.field(&name).unwrap();
            let normal = normalise(field.kind, raw).unwrap();
            masks.push((name.clone(), item, field.mask(&normal).as_str().to_owned()));
            if field.strong_key || name.as_str() == "name" {
                let digest = self.office.index().digest(&name, &search_form(field.kind, &normal)).unwrap();
                index.push((name.clone(), digest));
            }
            values.push((name, item, normal));
        }
        let sealed = self.office.vault().seal_customer(customer.id, &values).unwrap();
        let id = customer.id.as_bytes().to_vec();
        let conn = &mut self.intruder().await;
        let insert = sql("INSERT INTO customer (id, branch, source, source_tag, content_tag, batch, created_at, \
            updated_at, opened_on, product) VALUES ($1, $2, 'core', $1, $1, $1, 0, 0, $3, $4)");
        let insert = insert.bind(&id).bind(customer.branch).bind(&chosen_by[0]).bind(&chosen_by[1]);
        insert.execute(&mut *conn).await.unwrap();
        let insert = sql("INSERT INTO customer_mask (customer, masks) VALUES ($1, $2)");
        insert.bind(&id).bind(serde_json::to_string(&masks).unwrap()).execute(&mut *conn).await.unwrap();
        let insert =
            sql("INSERT INTO vault_customer (customer, key_version, wrapped_dek, sealed) VALUES ($1, $2, $3, $4)");
        let insert =
            insert.bind(&id).bind(i64::from(sealed.key_version)).bind(&sealed.wrapped_dek).bind(&sealed.sealed);
        insert.execute(&mut *conn).await.unwrap();
        for (field, digest) in index {
            let insert = sql("INSERT INTO vault_index (field, digest, customer) VALUES ($1, $2, $3)");
            let insert = insert.bind(field.as_str()).bind(&digest.as_bytes()[..]).bind(&id);
            insert.execute(&mut *conn).await.unwrap();
        }
    }

    /// The first customer of branch 0101, kept.
    pub async fn customer(&self) -> Customer {
        let customer = Customer::number(1, "0101");
        self.keep(&customer).await;
        customer
    }
}

impl Seat {
    /// Searches by one key.
    pub async fn search(&self, case: CaseId, key: &str, value: &str) -> Result<Found, DeskError> {
        let desk = self.desk().await;
        let search = GuardedSearch::parse(desk.catalogue(), &[(key.into(), value.into())]).unwrap();
        Ok(desk.search(case, search, Keep::No).await?.found)
    }

    /// Finds one customer by ID number: the handle.
    pub async fn find(&self, case: CaseId, customer: &Customer) -> Handle {
        match self.search(case, "id_no", customer.value("id_no")).await.unwrap() {
            Found::Found { customers } => customers[0].id,
            other => panic!("{other:?}"),
        }
    }

    /// A case of that purpose, bound to the customer by a view: case and handle.
    pub async fn bound(&self, purpose: &str, customer: &Customer) -> (CaseId, Handle) {
        let case = self.open(purpose).await;
        let handle = self.find(case, customer).await;
        self.desk().await.view(case, handle).await.unwrap();
        (case, handle)
    }
}
