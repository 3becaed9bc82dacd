//! takk's own annotations of a type: resource tags, named references, service URLs, templates.

use takk_catalog::catalog;
use takk_model::{ResourcePart, ServiceUrlRef, TemplatePart, UrlKind};
use takk_python::{Call, Value};

use super::reading::Reading;

/// The meaning of takk's marks on a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The resource that the field is a part of.
    pub resource: Option<ResourcePart>,
    /// Whether a mark says that it is a SQLAlchemy URL.
    pub sqlalchemy: bool,
    /// The service whose URL it is.
    pub service: Option<ServiceUrlRef>,
    /// The parts it is composed of.
    pub template: Vec<TemplatePart>,
    /// Whether a mark says that it is secret.
    pub secret: bool,
}

impl Marks {
    /// Reads the metadata of a field: the items of `Annotated` around and within its type. An explicit mark takes precedence over the type.
    pub(super) fn of<'a>(metadata: &[Value<'a>], said: &Reading<'a>) -> Self {
        let mut marks = Self::default();
        let mut explicit = false;
        for item in metadata.iter().chain(&said.metadata) {
            if let Some((part, secret)) = resource_tag(item, &said.addresses) {
                // A named reference is more specific than a bare tag.
                let named = reference(item).is_some();
                if !explicit || named {
                    marks.resource = Some(part);
                }
                explicit |= named;
                marks.secret |= secret;
                marks.sqlalchemy |= is_sqlalchemy_tag(item);
            } else if let Some(service) = service_url(item) {
                marks.service = Some(service);
            } else if let Some(parts) = template(item) {
                marks.template = parts;
            } else if is_secret_mark(item) {
                marks.secret = true;
            }
        }
        if marks.resource.is_none() && marks.template.is_empty() {
            marks.resource = said.addresses.first().and_then(|name| {
                let (kind, _) = catalog().dsn_type(name)?;
                Some(ResourcePart { kind: kind.name.to_owned(), name: "default".to_owned(), part: "dsn".to_owned() })
            });
        }
        marks
    }
}

/// `SecretTypes.opaque`, `OpaqueSecret`
fn is_secret_mark(item: &Value<'_>) -> bool {
    matches!(item, Value::Member(member) if &*member.class.name == "SecretTypes")
}

/// `ResourceRef(...)` of takk.
fn reference<'v, 'a>(item: &'v Value<'a>) -> Option<&'v Call<'a>> {
    takk_call(item, "ResourceRef")
}

fn takk_call<'v, 'a>(item: &'v Value<'a>, name: &str) -> Option<&'v Call<'a>> {
    let (path, call) = item.call_of()?;
    (path.starts_with("takk.") && path.rsplit('.').next() == Some(name)).then_some(call)
}

/// The resource that a tag or a reference names, and whether it is a credential. `addresses`: the URL types of the field, which determine
/// the kind for `sqlalchemy_uri`.
pub fn resource_tag(item: &Value<'_>, addresses: &[String]) -> Option<(ResourcePart, bool)> {
    if let Some(call) = reference(item) {
        let (mut part, secret) = resource_tag(call.argument(0, "tag")?, addresses)?;
        if let Some(name) = call.argument(1, "name") {
            part.name = name.as_str()?.to_owned();
        }
        return Some((part, secret));
    }
    let Value::Member(member) = item else { return None };
    if &*member.class.name != "ResourceTags" {
        return None;
    }
    let tag = catalog().tag(&member.name)?;
    let kind = addresses
        .first()
        .filter(|_| tag.kind_from_type)
        .and_then(|name| catalog().dsn_type(name))
        .map_or(tag.kind, |(kind, _)| kind.name);
    let part = ResourcePart { kind: kind.to_owned(), name: "default".to_owned(), part: tag.part.to_owned() };
    Some((part, tag.secret))
}

/// `ResourceTags.sqlalchemy_uri`, or a reference to it. It can mark a URL of any kind; the type says of which.
fn is_sqlalchemy_tag(item: &Value<'_>) -> bool {
    let tag = reference(item).and_then(|call| call.argument(0, "tag")).unwrap_or(item);
    matches!(tag, Value::Member(member) if catalog().tag(&member.name).is_some_and(|tag| tag.kind_from_type))
}

/// `ServiceUrl("api", "external", "https")`
pub fn service_url(item: &Value<'_>) -> Option<ServiceUrlRef> {
    let call = takk_call(item, "ServiceUrl")?;
    let url = match call.argument(1, "url_type")?.as_str()? {
        "external" => UrlKind::External,
        "internal" => UrlKind::Internal,
        _ => return None,
    };
    Some(ServiceUrlRef {
        name: call.argument(0, "value")?.as_str()?.to_owned(),
        url,
        protocol: call.argument(2, "protocol").and_then(Value::as_str).unwrap_or("http").to_owned(),
    })
}

/// `Template(["jdbc:postgresql://", ResourceTags.psql_host, ...])`
fn template(item: &Value<'_>) -> Option<Vec<TemplatePart>> {
    let call = takk_call(item, "Template")?;
    let part = |part: &Value<'_>| {
        if let Some((resource, _)) = resource_tag(part, &[]) {
            return Some(TemplatePart::Resource(resource));
        }
        service_url(part).map(TemplatePart::Service).or_else(|| part.as_str().map(|text| TemplatePart::Text(text.to_owned())))
    };
    call.argument(0, "parts")?.elements()?.iter().map(part).collect()
}
