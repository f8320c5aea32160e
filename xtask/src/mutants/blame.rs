//! Which mutants an error of the compiler is about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;

use super::weave::{Kind, Region, Woven};

/// A place that the compiler names.
struct Named {
    file: String,
    range: Range<usize>,
    is_primary: bool,
}

/// Mutants without which an error is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// It is in what is there for one mutant only.
    Certain(BTreeSet<usize>),
    /// One of these, of the same place or the same function.
    Among(BTreeSet<usize>),
}

/// Returns the mutants that an error is about. `None` if it is about none.
pub(super) fn blame(error: &Value, files: &BTreeMap<String, Woven>) -> Option<Blame> {
    let places = named(error, files);
    let primary: Vec<&Named> = places.iter().filter(|place| place.is_primary).collect();
    let others: Vec<&Named> = places.iter().filter(|place| !place.is_primary).collect();
    let copies = |places: &[&Named]| numbers(places, files, copy_around);
    let sites = |places: &[&Named]| numbers(places, files, site_around);
    let within = |places: &[&Named]| numbers(places, files, all_within);
    let functions = |places: &[&Named]| numbers(places, files, all_of_function);
    if let Some(certain) = copies(&primary) {
        return Some(Blame::Certain(certain));
    }
    let among = copies(&others)
        .or_else(|| sites(&primary))
        .or_else(|| within(&primary))
        .or_else(|| sites(&others))
        .or_else(|| functions(&primary))
        .or_else(|| functions(&others));
    among.map(Blame::Among)
}

/// Collects the places in woven files, those of the hints too.
fn named(error: &Value, files: &BTreeMap<String, Woven>) -> Vec<Named> {
    let spans = |message: &Value| message["spans"].as_array().cloned().unwrap_or_default();
    let hints = error["children"].as_array().cloned().unwrap_or_default();
    let own = spans(error).into_iter().map(|span| (span, true));
    let all = own.chain(hints.iter().flat_map(spans).map(|span| (span, false)));
    let place = |(span, is_own): (Value, bool)| {
        let is_primary = is_own && span["is_primary"].as_bool()?;
        // What a macro has written has its place where the macro is called.
        let mut span = &span;
        while !files.contains_key(span["file_name"].as_str()?) {
            span = span.get("expansion")?.get("span")?;
        }
        let byte = |name: &str| usize::try_from(span[name].as_u64()?).ok();
        Some(Named { file: span["file_name"].as_str()?.to_owned(), range: byte("byte_start")?..byte("byte_end")?, is_primary })
    };
    all.filter_map(place).collect()
}

fn numbers(
    places: &[&Named],
    files: &BTreeMap<String, Woven>,
    find: impl Fn(&Range<usize>, &[Region]) -> Vec<usize>,
) -> Option<BTreeSet<usize>> {
    let in_place = |place: &&Named| files.get(&place.file).map_or_else(Vec::new, |woven| find(&place.range, &woven.regions));
    let found: BTreeSet<usize> = places.iter().flat_map(in_place).collect();
    (!found.is_empty()).then_some(found)
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The smallest region of a kind around a place.
fn around<'a>(place: &Range<usize>, regions: &'a [Region], is: impl Fn(&Kind) -> bool) -> Option<&'a Region> {
    let candidates = regions.iter().filter(|region| is(&region.kind) && contains(&region.range, place));
    candidates.min_by_key(|region| region.range.len())
}

fn copy_around(place: &Range<usize>, regions: &[Region]) -> Vec<usize> {
    let found = around(place, regions, |kind| matches!(kind, Kind::Copy(_)));
    found.map_or_else(Vec::new, |region| of_copy(&region.kind))
}

fn site_around(place: &Range<usize>, regions: &[Region]) -> Vec<usize> {
    match around(place, regions, |kind| matches!(kind, Kind::Site(_))).map(|region| &region.kind) {
        Some(Kind::Site(numbers)) => numbers.clone(),
        _ => Vec::new(),
    }
}

fn all_within(place: &Range<usize>, regions: &[Region]) -> Vec<usize> {
    regions.iter().filter(|region| contains(place, &region.range)).flat_map(|region| of_copy(&region.kind)).collect()
}

fn all_of_function(place: &Range<usize>, regions: &[Region]) -> Vec<usize> {
    let function = around(place, regions, |kind| matches!(kind, Kind::Function));
    function.map_or_else(Vec::new, |function| all_within(&function.range, regions))
}

fn of_copy(kind: &Kind) -> Vec<usize> {
    match kind {
        Kind::Copy(number) => vec![*number],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// ```text
    /// 0         10        20        30        40
    /// fn───────────────────────────────────────
    ///    site 1, 2 ───────────────────  site 3
    ///    copy 1  copy 2    site 4       copy 3
    ///                      copy 4
    /// ```
    fn files() -> BTreeMap<String, Woven> {
        let region = |range, kind| Region { range, kind };
        let regions = vec![
            region(3..9, Kind::Copy(1)),
            region(10..18, Kind::Copy(2)),
            region(22..26, Kind::Copy(4)),
            region(21..28, Kind::Site(vec![4])),
            region(3..31, Kind::Site(vec![1, 2])),
            region(34..38, Kind::Copy(3)),
            region(33..40, Kind::Site(vec![3])),
            region(0..45, Kind::Function),
        ];
        BTreeMap::from([("src/a.rs".to_owned(), Woven { text: String::new(), regions })])
    }

    fn span(start: usize, end: usize, is_primary: bool) -> Value {
        json!({ "file_name": "src/a.rs", "byte_start": start, "byte_end": end, "is_primary": is_primary, "expansion": null })
    }

    fn blamed(spans: &[Value]) -> Option<Blame> {
        blame(&json!({ "spans": spans, "children": [] }), &files())
    }

    fn certain(number: usize) -> Blame {
        Blame::Certain(BTreeSet::from([number]))
    }

    fn among<const COUNT: usize>(numbers: [usize; COUNT]) -> Blame {
        Blame::Among(BTreeSet::from(numbers))
    }

    #[test]
    fn an_error_in_a_copy_is_about_its_mutant() {
        assert_eq!(blamed(&[span(12, 15, true)]), Some(certain(2)));
        assert_eq!(blamed(&[span(23, 24, true), span(4, 5, false)]), Some(certain(4)));
    }

    #[test]
    fn a_hint_in_a_copy_says_more_than_an_original_that_does_not_fit() {
        assert_eq!(blamed(&[span(29, 30, true), span(4, 6, false)]), Some(among([1])));
        let hint = json!({ "spans": [span(29, 30, true)], "children": [{ "spans": [span(35, 36, true)] }] });
        assert_eq!(blame(&hint, &files()), Some(among([3])));
    }

    #[test]
    fn otherwise_it_is_about_all_of_the_place_or_of_the_function() {
        assert_eq!(blamed(&[span(29, 30, true)]), Some(among([1, 2])));
        assert_eq!(blamed(&[span(27, 28, true)]), Some(among([4])));
        assert_eq!(blamed(&[span(32, 41, true)]), Some(among([3])));
        assert_eq!(blamed(&[span(42, 44, true)]), Some(among([1, 2, 3, 4])));
        assert_eq!(blamed(&[span(50, 51, true)]), None);
    }

    #[test]
    fn a_macro_has_its_place_where_it_is_called() {
        let inside = json!({
            "file_name": "/lib/macros.rs", "byte_start": 1, "byte_end": 2, "is_primary": true,
            "expansion": { "span": span(12, 15, false) },
        });
        assert_eq!(blamed(&[inside]), Some(certain(2)));
    }
}
