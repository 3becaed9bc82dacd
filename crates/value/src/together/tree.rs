//! The variables of one field, merged: nested values, each part of which records the variables that it comes from.

use std::collections::HashMap;

use crate::data::Data;

/// The indices of the variables that a value comes from.
pub(super) type From = Vec<usize>;

/// A value with its origin.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A value of which nothing else is known.
    Opaque(From),
    /// A value that is not an object.
    Data(Data, From),
    Object(Items, From),
}

/// The items of an object in order, with unique names.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    all: Vec<(String, Node)>,
    places: HashMap<String, usize>,
}

impl Items {
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.places.get(name).map(|at| &self.all[*at].1)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.all.iter().map(|(name, node)| (name.as_str(), node))
    }

    /// Sets an item; an existing one keeps its position.
    pub(super) fn set(&mut self, name: &str, node: Node) {
        if let Some(at) = self.places.get(name) {
            self.all[*at].1 = node;
        } else {
            self.places.insert(name.to_owned(), self.all.len());
            self.all.push((name.to_owned(), node));
        }
    }

    /// The item, created as an empty object with that origin if it does not exist (`setdefault`).
    pub(super) fn or_object(&mut self, name: &str, from: usize) -> &mut Node {
        if !self.places.contains_key(name) {
            self.set(name, Node::Object(Self::default(), vec![from]));
        }
        let at = self.places[name];
        &mut self.all[at].1
    }
}

impl Node {
    /// From a decoded value or a text.
    pub(super) fn of(data: Data, from: usize) -> Self {
        let Data::Object(items) = data else { return Self::Data(data, vec![from]) };
        let mut all = Items::default();
        for (name, item) in items {
            let Data::Text(name) = name else { return Self::Opaque(vec![from]) };
            all.set(&name, Self::of(item, from));
        }
        Self::Object(all, vec![from])
    }

    /// The variables that it, or a part of it, comes from.
    pub(super) fn all_from(&self) -> From {
        match self {
            Self::Opaque(from) | Self::Data(_, from) => from.clone(),
            Self::Object(items, from) => {
                let mut all: From = items.iter().flat_map(|(_, node)| node.all_from()).chain(from.iter().copied()).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
        }
    }

    /// The value without its origin, if all of it is known.
    pub(super) fn data(&self) -> Option<Data> {
        match self {
            Self::Opaque(_) => None,
            Self::Data(data, _) => Some(data.clone()),
            Self::Object(items, _) => {
                let items = items.iter().map(|(name, node)| Some((Data::Text(name.to_owned()), node.data()?)));
                items.collect::<Option<Vec<_>>>().map(Data::Object)
            }
        }
    }

    /// Merges another value into this one (`deep_update`): objects are merged, anything else is replaced.
    pub(super) fn updated(self, with: Self) -> Self {
        match (self, with) {
            (Self::Object(mut items, mut from), Self::Object(others, other_from)) => {
                for (name, node) in others.all {
                    let merged = match items.get(&name) {
                        Some(known) => known.clone().updated(node),
                        None => node,
                    };
                    items.set(&name, merged);
                }
                from.extend(other_from);
                Self::Object(items, from)
            }
            // An unknown value may contain everything that is required.
            (Self::Opaque(mut from), other @ Self::Object(..)) => {
                from.extend(other.all_from());
                Self::Opaque(from)
            }
            (_, with) => with,
        }
    }
}
