//! The ways to get a resource that takk has not created: create it, use an existing one, or enter values.

use super::address_parts;
use super::answer::segment;
use super::resource_state::ResourceState;
use super::set::fields_of;
use super::value_field::ValueField;
use takk_model::Role;
use takk_plan::PlannedResource;
use takk_project::config::Level;
use takk_provision::login::LoginAddress;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::manifests::Needed;
use takk_server::hosted::resource_offers::{self, Offer};
use takk_server::hosted::{Hosted, Result, overview};

/// The field of an address.
pub(super) const FIELD: &str = "address";

/// The choice.
pub(super) struct Ways {
    pub offer: Offer,
    /// Whether this user can have it created now.
    pub can_create: bool,
    /// A person has set its variables, which takk does not replace.
    pub is_set_by_hand: bool,
    /// The page of the admin addresses, if the user may change them.
    pub admin: Option<String>,
    /// How an existing one is written, if one address says everything.
    pub existing: Option<Existing>,
    /// A field for each of its variables.
    pub fields: Vec<ValueField>,
    /// Where these are sent to.
    pub action: String,
}

/// The form for an address.
pub(super) struct Existing {
    /// `postgresql://user:password@host:5432/database`
    pub form: String,
    /// Whether takk can log in with it.
    pub is_testable: bool,
}

impl Ways {
    pub(super) fn read(
        hosted: &mut Hosted,
        visit: &AuthorizedAccess,
        needed: &Needed,
        resource: &PlannedResource,
        state: ResourceState,
    ) -> Result<Self> {
        let offer = resource_offers::offer(hosted, visit, &resource.kind)?;
        let columns = overview::columns(hosted, visit)?;
        let here = columns.iter().find(|column| column.environment == visit.environment);
        let environment = format!("/projects/{}/environments/{}", segment(&visit.project), segment(&visit.environment));
        let form = address_parts::form(needed, resource);
        let (is_set_by_hand, is_operator) = (state == ResourceState::SetByHand, visit.role >= Role::Operator);
        let is_allowed = is_operator || offer.level != Level::Full;
        Ok(Self {
            can_create: is_allowed && !is_set_by_hand && offer.places.iter().any(|place| !place.lacks_tls),
            offer,
            is_set_by_hand,
            admin: is_operator.then(|| format!("{environment}/admin-addresses")),
            existing: form.map(|form| Existing { form, is_testable: LoginAddress::has(&resource.kind) }),
            fields: fields_of(here, needed, &resource.variables),
            action: format!("{environment}/set"),
        })
    }
}
