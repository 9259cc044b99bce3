use super::*;

fn certified(staff_no: &str) -> Certified {
    Certified {
        looked: Looked::parse(&format!("{staff_no}:3:1803103200000")).unwrap(),
        person: PersonNo::parse("P1001").unwrap(),
        name: PersonName::parse("林一").unwrap(),
        role: Role::Operator,
        unit: BranchNo::parse("0101").unwrap(),
    }
}

fn digest_of(list: &[Certified], by: &str, lineage: u8, policy: u8) -> ActDigest {
    let person = PersonNo::parse(by).unwrap();
    Certification { person: &person, lineage: Lineage::from_bytes([lineage; 16]), list, policy: [policy; 32] }.digest()
}

#[test]
fn u7_every_part_of_a_certification_changes_its_digest() {
    let with = |alter: fn(&mut Certified)| {
        let mut altered = certified("op1001");
        alter(&mut altered);
        digest_of(&[altered], "P9001", 1, 2)
    };
    let (one, other) = (certified("op1001"), certified("op1002"));
    let digests = [
        with(|_| ()),
        with(|one| one.looked.staff_no = StaffNo::parse("op1003").unwrap()),
        with(|one| one.looked.version += 1),
        with(|one| one.looked.until = Timestamp::from_millis(1_803_103_200_001)),
        with(|one| one.person = PersonNo::parse("P1002").unwrap()),
        with(|one| one.name = PersonName::parse("林二").unwrap()),
        with(|one| one.role = Role::Admin),
        with(|one| one.unit = BranchNo::parse("0102").unwrap()),
        digest_of(&[one.clone(), other.clone()], "P9001", 1, 2),
        digest_of(&[other.clone(), one.clone()], "P9001", 1, 2),
        digest_of(std::slice::from_ref(&one), "P9002", 1, 2),
        digest_of(std::slice::from_ref(&one), "P9001", 9, 2),
        digest_of(std::slice::from_ref(&one), "P9001", 1, 9),
    ];
    for (i, a) in digests.iter().enumerate() {
        for (j, b) in digests.iter().enumerate() {
            assert_eq!(a == b, i == j, "{i} and {j}");
        }
    }
}

#[test]
fn u7_a_list_has_one_to_fifty_people_each_once_in_one_spelling() {
    let of = |n: usize| (0..n).map(|i| format!("op{}:1:5", 1000 + i)).collect::<Vec<_>>();
    let parse = |list: &[String]| Ticked::parse(list.iter().map(String::as_str));
    assert_eq!(parse(&of(50)).unwrap().list().len(), 50);
    assert_eq!(parse(&of(51)), Err(BadTicked::TooMany));
    assert_eq!(parse(&[]), Err(BadTicked::Nobody));
    let two = ["op1002:1:5".to_owned(), "op1001:2:-5".to_owned()];
    let reversed: Vec<String> = two.iter().rev().cloned().collect();
    assert_eq!(parse(&two), parse(&reversed), "by number, however it was sent");
    assert_eq!(parse(&["op1001:1:5".to_owned(), "op1001:2:5".to_owned()]), Err(BadTicked::Malformed));
    for bad in ["", "op1001", "op1001:1", "OP1001:1:5", "op1001:01:5", "op1001:+1:5", "op1001:1:5:6", "op1001:1: 5"] {
        assert_eq!(parse(&[bad.to_owned()]), Err(BadTicked::Malformed), "{bad}");
    }
}
