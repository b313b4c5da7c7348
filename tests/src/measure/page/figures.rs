//! The figures of a visit, each with its unit and a word on what it is, and their medians over many visits.

use super::requests::{KINDS, Request};
use super::subject::Subject;
use super::visit::Visit;
use crate::measure::Spread;

/// One figure of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Methods are painted, and pressing one leads to a payment: from the start of the visit.
    Usable,
    /// The same, from the first byte of the page that was gone to: of a shop's page the round trip to the shop is not ours.
    UsableFromHtml,
    /// The widget has put its own in the place of what the page came with, listens, and is painted.
    InCharge,
    /// The same, from the first byte of the page that was gone to.
    InChargeFromHtml,
    /// The first text or picture of the checkout is painted.
    FirstPaint,
    /// The largest text or picture of the checkout is painted.
    LargestPaint,
    /// How much moved by itself, in the page and in the frame together.
    Shift,
    /// How much of that since the widget has put its own in the place of what the page came with.
    ShiftAtTakeover,
    /// The longest task of the main thread.
    LongestTask,
    /// Bytes over the network, of one of [`KINDS`].
    Bytes(usize),
    /// Bytes over the network.
    AllBytes,
    /// Requests.
    Requests,
    /// The longest chain of requests of which each waits for the one before, until usable.
    TripsUsable,
    /// The same, until the widget is in charge.
    TripsInCharge,
}

/// All of them, as they are shown.
pub const ALL: [Figure; 18] = [
    Figure::Usable,
    Figure::UsableFromHtml,
    Figure::InCharge,
    Figure::InChargeFromHtml,
    Figure::FirstPaint,
    Figure::LargestPaint,
    Figure::Shift,
    Figure::ShiftAtTakeover,
    Figure::LongestTask,
    Figure::TripsUsable,
    Figure::TripsInCharge,
    Figure::Requests,
    Figure::AllBytes,
    Figure::Bytes(0),
    Figure::Bytes(1),
    Figure::Bytes(2),
    Figure::Bytes(3),
    Figure::Bytes(4),
];

impl Figure {
    /// For people, with the unit.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            Self::Usable => "usable, ms",
            Self::UsableFromHtml => "  usable from the page's first byte, ms",
            Self::InCharge => "widget in charge, ms",
            Self::InChargeFromHtml => "  in charge from its first byte, ms",
            Self::FirstPaint => "first contentful paint, ms",
            Self::LargestPaint => "largest contentful paint, ms",
            Self::Shift => "layout shift, score",
            Self::ShiftAtTakeover => "  layout shift at the takeover, score",
            Self::LongestTask => "longest task, ms",
            Self::Bytes(kind) => return format!("  … {}, B", KINDS[kind]),
            Self::AllBytes => "over the network, B",
            Self::Requests => "requests",
            Self::TripsUsable => "round trips until usable",
            Self::TripsInCharge => "round trips until in charge",
        };
        name.to_owned()
    }

    /// Of a visit, in the figure's unit; scores in ten-thousandths. Nothing if it never came to that.
    #[must_use]
    pub fn of(self, visit: &Visit, subject: Subject) -> Option<i64> {
        let first = |what: &str| visit.first(what).map(|mark| mark.at);
        let since = |from: Option<i64>, to: Option<i64>| Some((to? - from?) / 1000);
        let (start, html) = (first("start"), visit.requests.first().and_then(|request| request.answered));
        // The first "start" is the page's own, and so is the first answer; what is painted in a shop's page before the checkout is the shop's.
        let painted = |what: &str| visit.marks.iter().rev().find(|mark| mark.what == what && mark.top != (subject == Subject::Embedded));
        let shift = |from: i64| visit.marks.iter().filter(|mark| mark.what == "shift" && mark.at >= from).map(|mark| mark.value).sum();
        let bytes =
            |counts: &dyn Fn(&Request) -> bool| visit.requests.iter().filter(|request| counts(request)).map(|request| request.bytes).sum();
        match self {
            Self::Usable => since(start, first("usable")),
            Self::UsableFromHtml => since(html, first("usable")),
            Self::InCharge => since(start, first("in charge")),
            Self::InChargeFromHtml => since(html, first("in charge")),
            Self::FirstPaint => since(start, painted("fcp").map(|mark| mark.at)),
            Self::LargestPaint => since(start, painted("lcp").map(|mark| mark.at)),
            Self::Shift => Some(shift(i64::MIN)),
            Self::ShiftAtTakeover => first("takes over").map(shift),
            Self::LongestTask => visit.longest_task.as_ref().map(|task| task.took / 1000),
            Self::Bytes(kind) => Some(bytes(&|request| request.kind_of_bytes() == KINDS[kind])),
            Self::AllBytes => Some(bytes(&|_| true)),
            Self::Requests => i64::try_from(visit.requests.len()).ok(),
            Self::TripsUsable => trips(visit, first("usable")?),
            Self::TripsInCharge => trips(visit, first("in charge")?),
        }
    }

    /// A value as it is shown.
    #[must_use]
    pub fn show(self, value: i64) -> String {
        match self {
            Self::Shift | Self::ShiftAtTakeover => format!("{}.{:04}", value / 10_000, value % 10_000),
            _ => value.to_string(),
        }
    }
}

fn trips(visit: &Visit, until: i64) -> Option<i64> {
    visit.requests.iter().filter(|request| request.is_answered_by(until)).map(|request| request.depth).max()
}

/// How a figure is spread over visits; nothing if it is missing from one.
#[must_use]
pub fn spread(figure: Figure, visits: &[Visit], subject: Subject) -> Option<Spread> {
    let values: Option<Vec<i64>> = visits.iter().map(|visit| figure.of(visit, subject)).collect();
    values.filter(|values| !values.is_empty()).map(Spread::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::page::visit::Mark;
    use serde_json::json;

    fn visit(marks: &[(&str, i64, bool, i64)]) -> Visit {
        let mark = |(what, at, top, value): &(&str, i64, bool, i64)| {
            serde_json::from_value::<Mark>(json!({ "what": what, "at": at * 1000, "top": top, "value": value })).unwrap()
        };
        let requests = [(1, 500), (2, 1100), (3, 1700), (4, 2500)];
        let requests = requests.map(|(depth, ended)| Request {
            depth,
            answered: Some((ended + 100) * 1000),
            ended: Some((ended + 100) * 1000),
            bytes: 10,
            media: "text/html".into(),
            ..Request::default()
        });
        Visit { marks: marks.iter().map(mark).collect(), requests: requests.to_vec(), ..Visit::default() }
    }

    #[test]
    fn in_a_shop_what_counts_is_painted_in_the_frame_and_moves_anywhere() {
        let visit = visit(&[
            ("start", 100, true, 0),
            ("fcp", 700, true, 0),
            ("start", 1200, false, 0),
            ("fcp", 1850, false, 0),
            ("shift", 1860, false, 12),
            ("usable", 1900, false, 0),
            ("takes over", 1950, false, 0),
            ("shift", 2000, true, 1300),
        ]);
        let of = |figure: Figure| figure.of(&visit, Subject::Embedded);
        assert_eq!((of(Figure::Usable), of(Figure::UsableFromHtml), of(Figure::FirstPaint)), (Some(1800), Some(1300), Some(1750)));
        assert_eq!((of(Figure::InCharge), of(Figure::TripsInCharge), of(Figure::TripsUsable)), (None, None, Some(3)));
        assert_eq!((of(Figure::Shift), of(Figure::ShiftAtTakeover)), (Some(1312), Some(1300)));
        assert_eq!((of(Figure::AllBytes), of(Figure::Bytes(0)), of(Figure::Bytes(1))), (Some(40), Some(40), Some(0)));
        assert_eq!(Figure::Shift.show(1312), "0.1312");
        assert_eq!(spread(Figure::InCharge, &[visit], Subject::Embedded), None);
    }
}
