//! A diagram of a program's services and what they connect to: services on the left, resources on the right, a line for each use. It is as
//! wide as a phone, so that it is readable there without zooming.

use takk_plan::{EnvironmentPlan, PlannedResource};

use super::resource_state::ResourceState;

/// The maximum number of services or resources to draw; more would be unreadable.
const MOST: usize = 100;
/// The width of the drawing.
pub(super) const WIDTH: usize = 360;
/// The width of a box.
pub(super) const BOX: usize = 140;
/// The height of a box, and the distance to the next one.
pub(super) const HEIGHT: usize = 54;
const STEP: usize = 66;
/// The position of the bar that connects all services.
const BAR: usize = BOX + 12;
/// How many letters of a name fit in a box.
const LETTERS: usize = 18;

pub(super) struct Graph {
    pub height: usize,
    pub boxes: Vec<GraphBox>,
    /// The lines, as SVG paths.
    pub lines: Vec<String>,
}

/// A service or a resource.
pub(super) struct GraphBox {
    pub x: usize,
    pub y: usize,
    pub name: String,
    /// Its kind, in a word or two.
    pub kind: String,
    /// The full name, for the tooltip.
    pub title: String,
    /// Its CSS classes.
    pub class: &'static str,
    /// The state of a resource, and the path of its page.
    pub resource: Option<(ResourceState, String)>,
}

impl GraphBox {
    /// What one reads in it, which is also the name of its link.
    pub(super) fn label(&self) -> String {
        let word = self.resource.as_ref().map(|(state, _)| state.word()).unwrap_or_default();
        format!("{} {} {word}", self.name, self.kind)
    }
}

/// The drawing of a plan; `None` if there is nothing to draw, or too much.
pub(super) fn graph(plan: &EnvironmentPlan, state_of: &dyn Fn(&PlannedResource) -> (ResourceState, String)) -> Option<Graph> {
    if plan.resources.is_empty() || plan.resources.len().max(plan.services.len()) > MOST {
        return None;
    }
    // A program without components is drawn as one service.
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
        drawn.boxes.push(a_box(0, left + at * STEP, name, kind, None));
    }
    // Resources that all services use are connected to a common bar, to save a line from each service.
    let is_shared = |users: &[String]| services.len() > 2 && services.iter().all(|(name, _)| users.contains(name));
    if plan.resources.iter().any(|resource| is_shared(&resource.services)) {
        let middle = |at: usize| left + at * STEP + HEIGHT / 2;
        drawn.lines.push(format!("M{BAR} {}V{}", middle(0), middle(services.len() - 1)));
        drawn.lines.extend((0..services.len()).map(|at| format!("M{BOX} {y}H{BAR}", y = middle(at))));
    }
    let hub = left + (services.len() - 1) * STEP / 2 + HEIGHT / 2;
    for (at, resource) in plan.resources.iter().enumerate() {
        let version = resource.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
        let kind = format!("{}{version}", resource.kind);
        drawn.boxes.push(a_box(WIDTH - BOX, right + at * STEP, &resource.name, &kind, Some(state_of(resource))));
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

fn a_box(x: usize, y: usize, name: &str, kind: &str, resource: Option<(ResourceState, String)>) -> GraphBox {
    let (class, title) = match &resource {
        Some((state, _)) if state.is_lacking() => ("resource lacking", format!("{kind} {name}: {}", state.word())),
        Some((state, _)) => ("resource", format!("{kind} {name}: {}", state.word())),
        None => ("service", format!("{name}: {kind}")),
    };
    GraphBox { x: x + 1, y, name: short(name), kind: short(kind), title, class, resource }
}

/// Shortens a text to fit in a box.
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
