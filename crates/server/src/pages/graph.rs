//! A diagram of a program's services and what they connect to: services on the left, resources on the right, a line for each use. It is as
//! wide as a phone, so that it is readable there without zooming.

use takk_plan::EnvironmentPlan;

/// How many services, or resources, are drawn: nobody sees anything in a drawing of more.
const MOST: usize = 100;
/// How wide the drawing is.
pub(super) const WIDTH: usize = 360;
/// How wide a box is.
pub(super) const BOX: usize = 140;
/// How high a box is, and how far the next one begins below it.
pub(super) const HEIGHT: usize = 40;
const STEP: usize = 52;
/// Where the bar is that all services hang on.
const BAR: usize = BOX + 12;
/// How many letters of a name a box has room for.
const LETTERS: usize = 18;

pub(super) struct Graph {
    pub height: usize,
    pub boxes: Vec<GraphBox>,
    /// The lines, as SVG writes paths.
    pub lines: Vec<String>,
}

/// A service or a resource.
pub(super) struct GraphBox {
    pub x: usize,
    pub y: usize,
    pub name: String,
    /// What it is, in a word or two.
    pub kind: String,
    /// The whole name, for whoever points at it.
    pub title: String,
    /// The classes of its look.
    pub class: &'static str,
}

/// The drawing of a plan; `None` where there is nothing to draw, or too much.
pub(super) fn graph(plan: &EnvironmentPlan, lacks: &dyn Fn(&[String]) -> bool) -> Option<Graph> {
    if plan.resources.is_empty() || plan.resources.len().max(plan.services.len()) > MOST {
        return None;
    }
    // A program without components is one service.
    let program = ("the program".to_owned(), "everything that reads settings".to_owned());
    let mut services: Vec<(String, String)> =
        plan.services.iter().map(|service| (service.name.clone(), service.component.clone())).collect();
    if services.is_empty() {
        services.push(program);
    }
    let rows = services.len().max(plan.resources.len());
    let first = |count: usize| (rows - count) * STEP / 2 + 4;
    let (left, right) = (first(services.len()), first(plan.resources.len()));
    let mut drawn = Graph { height: rows * STEP, boxes: Vec::new(), lines: Vec::new() };
    for (at, (name, kind)) in services.iter().enumerate() {
        drawn.boxes.push(a_box(0, left + at * STEP, name, kind, "service"));
    }
    // What all use hangs on one bar, so that not every service has a line to each of it.
    let is_shared = |users: &[String]| services.len() > 2 && services.iter().all(|(name, _)| users.contains(name));
    if plan.resources.iter().any(|resource| is_shared(&resource.services)) {
        let middle = |at: usize| left + at * STEP + HEIGHT / 2;
        drawn.lines.push(format!("M{BAR} {}V{}", middle(0), middle(services.len() - 1)));
        drawn.lines.extend((0..services.len()).map(|at| format!("M{BOX} {y}H{BAR}", y = middle(at))));
    }
    let hub = left + (services.len() - 1) * STEP / 2 + HEIGHT / 2;
    for (at, resource) in plan.resources.iter().enumerate() {
        let version = resource.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
        let class = if lacks(&resource.variables) { "resource lacking" } else { "resource" };
        let kind = format!("{}{version}", resource.kind);
        drawn.boxes.push(a_box(WIDTH - BOX, right + at * STEP, &resource.name, &kind, class));
        let to = right + at * STEP + HEIGHT / 2;
        if is_shared(&resource.services) {
            drawn.lines.push(curve(BAR, hub, to));
            continue;
        }
        for (from, (name, _)) in services.iter().enumerate() {
            if resource.services.contains(name) || plan.services.is_empty() {
                drawn.lines.push(curve(BOX, left + from * STEP + HEIGHT / 2, to));
            }
        }
    }
    Some(drawn)
}

/// A line from the right of a service, or from the bar, to a resource.
fn curve(x: usize, y: usize, to: usize) -> String {
    let (middle, end) = (WIDTH / 2, WIDTH - BOX);
    format!("M{x} {y}C{middle} {y} {middle} {to} {end} {to}")
}

fn a_box(x: usize, y: usize, name: &str, kind: &str, class: &'static str) -> GraphBox {
    GraphBox { x: x + 1, y, name: short(name), kind: short(kind), title: format!("{name}: {kind}"), class }
}

/// A text that fits into a box.
fn short(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    text.chars().take(LETTERS - 1).chain(['\u{2026}']).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_name_ends_with_dots() {
        assert_eq!(short("orders"), "orders");
        assert_eq!(short("\u{e4}".repeat(19).as_str()).chars().count(), 18);
    }
}
