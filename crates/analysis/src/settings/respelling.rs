//! Where pydantic restores the case of nested field names that case-insensitive variables have lost
//! (`_replace_field_names_case_insensitively`).

use super::rules_version::RestoresCase;
use takk_model::{ModelForm, ValueType};

/// The type of a field whose variables are compared without case.
pub(super) fn ignoring_case(accepts: ValueType, restored: RestoresCase) -> ValueType {
    below(accepts, restored, true)
}

fn below(accepts: ValueType, restored: RestoresCase, is_outermost: bool) -> ValueType {
    let again = |inner: Box<ValueType>| Box::new(below(*inner, restored, is_outermost));
    match accepts {
        ValueType::Model(mut rule) if is_restored(rule.form, restored) => {
            rule.ignore_case = true;
            for field in &mut rule.fields {
                field.accepts = below(std::mem::replace(&mut field.accepts, ValueType::Any), restored, false);
            }
            ValueType::Model(rule)
        }
        ValueType::Union(members) if is_of_one_model(&members, restored, is_outermost) => {
            ValueType::Union(members.into_iter().map(|member| below(member, restored, is_outermost)).collect())
        }
        ValueType::Constrained(of, inner) => ValueType::Constrained(of, again(inner)),
        ValueType::Checked(reason, inner) => ValueType::Checked(reason, again(inner)),
        ValueType::Preceded(reason, inner) => ValueType::Preceded(reason, again(inner)),
        ValueType::Undecoded(inner) => ValueType::Undecoded(again(inner)),
        ValueType::Merged(inner) => ValueType::Merged(again(inner)),
        ValueType::Usual(inner) => ValueType::Usual(again(inner)),
        other => other,
    }
}

fn is_restored(form: ModelForm, restored: RestoresCase) -> bool {
    form == ModelForm::Model || (form == ModelForm::PydanticDataclass && restored == RestoresCase::EveryModel)
}

/// `Model | None`, and `None | Model` if that is supported.
fn is_of_one_model(members: &[ValueType], restored: RestoresCase, is_outermost: bool) -> bool {
    let is_optional = members.len() == 2 && members.contains(&ValueType::None);
    match restored {
        RestoresCase::DirectModels => is_optional && is_outermost && members[1] == ValueType::None,
        RestoresCase::OptionalModels | RestoresCase::EveryModel => is_optional,
    }
}
