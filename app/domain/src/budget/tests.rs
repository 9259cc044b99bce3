use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: i64 = 1_795_313_700_000;

fn width(window: Window) -> i64 {
    match window {
        Window::Hour => 5 * 60_000,
        Window::Day => 3_600_000,
        Window::Month => 86_400_000,
    }
}

/// Whether a time counts in the window that ends now: its bucket is not wholly before the window.
fn counts(then: i64, now: i64, window: Window) -> bool {
    let width = width(window);
    let end_of_bucket = (then.div_euclid(width) + 1) * width;
    end_of_bucket > now - window.span().millis()
}

/// Steps of time: often within a bucket, sometimes hours, now and then weeks.
fn steps() -> impl Strategy<Value = Vec<i64>> {
    vec(prop_oneof![5 => 0_i64..400_000, 3 => 0_i64..8_000_000, 1 => 0_i64..2_000_000_000], 1..120)
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

proptest! {
    #[test]
    fn q4_a_meter_counts_what_a_list_of_times_would(steps in steps()) {
        let (mut now, mut meter, mut times) = (START, Meter::default(), Vec::new());
        for step in steps {
            now += step;
            meter.add(at(now));
            times.push(now);
            for window in Window::ALL {
                let naive = times.iter().filter(|then| counts(**then, now, window)).count();
                prop_assert_eq!(meter.count(window) as usize, naive, "{:?}", window);
                // Never laxer than the words.
                let exact = times.iter().filter(|then| **then > now - window.span().millis()).count();
                prop_assert!(meter.count(window) as usize >= exact);
            }
        }
        prop_assert_eq!(Meter::from_bytes(&meter.to_bytes()), Ok(meter));
    }

    #[test]
    fn q4_a_customer_seen_again_moves_and_is_never_counted_twice(acts in vec((0_usize..6, 0_i64..40_000_000), 1..80)) {
        let (mut now, mut meter, mut seen) = (START, Meter::default(), BTreeMap::<usize, i64>::new());
        for (customer, step) in acts {
            now += step;
            let last = seen.insert(customer, now).map(at);
            let mut gauge = Gauge::at(at(now), Scope::Person, Counter::Customers, meter, last);
            gauge.spend(at(now), &Limits::default());
            meter = gauge.meter().clone();
            for window in Window::ALL {
                let naive = seen.values().filter(|then| counts(**then, now, window)).count();
                prop_assert_eq!(meter.count(window) as usize, naive, "{:?}", window);
            }
        }
    }

    #[test]
    fn q4_a_spent_budget_opens_when_it_says_and_not_before(steps in steps(), limit in 0_u32..40) {
        let (mut now, mut meter) = (START, Meter::default());
        for step in steps {
            now += step;
            meter.add(at(now));
        }
        for window in Window::ALL {
            let Some(opens) = meter.opens(window, limit, 1) else {
                prop_assert!(meter.count(window) < limit);
                continue;
            };
            prop_assert!(meter.count(window) >= limit && opens > at(now));
            let fits = |time| {
                let mut later = meter.clone();
                later.advance(time);
                later.count(window) < limit
            };
            prop_assert!(!fits(opens.minus(Span::seconds(1))));
            prop_assert_eq!(fits(opens), limit > 0);
        }
    }
}

#[test]
fn q4_time_that_goes_back_gives_no_budget_back() {
    let mut meter = Meter::default();
    meter.add(at(START));
    meter.add(at(START - 40 * 86_400_000));
    assert_eq!(Window::ALL.map(|window| meter.count(window)), [2, 2, 2]);
}

#[test]
fn q4_bytes_of_another_length_are_no_meter() {
    for length in [0, 8, METER_BYTES - 4, METER_BYTES - 1, METER_BYTES + 1, METER_BYTES + 4] {
        assert_eq!(Meter::from_bytes(&vec![0; length]), Err(BadMeter), "{length}");
    }
}

fn limits(key: impl Fn(&mut Limits)) -> Limits {
    let mut limits = Limits::NONE;
    key(&mut limits);
    limits
}

#[test]
fn q4_the_last_that_fits_passes_and_the_next_does_not() {
    let limits = limits(|limits| limits.person.searches_hour = 3);
    let mut gauge = Gauge::at(at(START), Scope::Person, Counter::Searches, Meter::default(), None);
    for _ in 0..3 {
        assert_eq!(gauge.spent(&limits), None);
        gauge.spend(at(START), &limits);
    }
    let spent = gauge.spent(&limits).unwrap();
    assert_eq!(spent.limit.to_string(), "person.searches_hour");
    assert!((3600..=3900).contains(&spent.retry_after(at(START))), "{spent:?}");
}

#[test]
fn q4_of_several_spent_limits_the_one_that_opens_last_is_told() {
    let limits = limits(|limits| {
        limits.person.reveals_hour = 1;
        limits.person.reveals_month = 1;
    });
    let mut gauge = Gauge::at(at(START), Scope::Person, Counter::Reveals, Meter::default(), None);
    gauge.spend(at(START), &limits);
    assert_eq!(gauge.spent(&limits).unwrap().limit.window, Window::Month);
}

#[test]
fn q4_zero_allows_none_and_as_a_mark_marks_nothing() {
    let limits = limits(|limits| limits.branch.misses_day = 0);
    let mut gauge = Gauge::at(at(START), Scope::Branch, Counter::Misses, Meter::default(), None);
    let spent = gauge.spent(&limits).unwrap();
    assert!(spent.retry_after(at(START)) >= 86_400, "{spent:?}");
    assert_eq!(gauge.spend(at(START), &limits), None);
}

#[test]
fn q4_a_mark_is_told_by_the_one_that_reaches_it() {
    let limits = limits(|limits| limits.alert.customers_day = 25);
    let mut meter = Meter::default();
    let mut told = Vec::new();
    for n in 1..=60 {
        let mut gauge = Gauge::at(at(START), Scope::Person, Counter::Customers, meter, None);
        told.extend(gauge.spend(at(START), &limits).map(|name| (n, name.to_string())));
        meter = gauge.meter().clone();
    }
    assert_eq!(told, [(25, "person.customers_day".to_owned())]);
    let mut branch = Gauge::at(at(START), Scope::Branch, Counter::Customers, meter, None);
    assert_eq!(branch.spend(at(START), &limits), None, "marks are a person's");
}

#[test]
fn q4_a_customer_who_counts_already_costs_nothing() {
    let limits = limits(|limits| limits.person.customers_hour = 1);
    let gauge = |meter, seen, now| Gauge::at(at(now), Scope::Person, Counter::Customers, meter, seen);
    let mut first = gauge(Meter::default(), None, START);
    first.spend(at(START), &limits);
    let meter = first.meter().clone();
    assert_eq!(gauge(meter.clone(), Some(at(START)), START).spent(&limits), None);
    assert!(gauge(meter, None, START).spent(&limits).is_some(), "another one does");
}

#[test]
fn q4_every_limit_has_a_name_of_its_own_that_an_event_may_hold() {
    let mut names = std::collections::BTreeSet::new();
    for scope in Scope::ALL {
        assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        for counter in Counter::ALL {
            assert_eq!(Counter::parse(counter.as_str()), Some(counter));
            for window in Window::ALL {
                let name = LimitName { scope, counter, window };
                assert!(name.mark_alert().is_some());
                names.insert(name.spent_alert().unwrap().as_str().to_owned());
            }
        }
    }
    assert_eq!(names.len(), 45);
}

#[test]
fn q4_the_keys_of_an_allowance_are_counter_and_window() {
    let table = serde_json::to_value(Limits::default().person).unwrap();
    let mut keys: Vec<_> = table.as_object().unwrap().keys().cloned().collect();
    let all = |counter: Counter| Window::ALL.map(|window| format!("{}_{}", counter.as_str(), window.as_str()));
    let mut expected: Vec<_> = Counter::ALL.into_iter().flat_map(all).collect();
    keys.sort();
    expected.sort();
    assert_eq!(keys, expected);
    for counter in Counter::ALL {
        for (window, key) in Window::ALL.into_iter().zip(all(counter)) {
            assert_eq!(u64::from(Limits::default().person.of(counter, window)), table[&key], "{key}");
        }
    }
}
