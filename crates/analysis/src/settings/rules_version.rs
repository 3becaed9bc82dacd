//! Which version's rules apply: the rules for names changed between releases of pydantic-settings.

/// The versions of pydantic whose rules apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesVersion {
    /// pydantic's, as pinned or assumed.
    pub pydantic: String,
    /// pydantic-settings', as pinned or assumed.
    pub pydantic_settings: String,
}

impl Default for RulesVersion {
    fn default() -> Self {
        Self { pydantic: "2.14.3".to_owned(), pydantic_settings: "2.16.3".to_owned() }
    }
}

impl RulesVersion {
    /// Whether the project pins pydantic 1.
    pub fn is_pydantic_v1(&self) -> bool {
        self.pydantic.starts_with("1.")
    }

    /// The annotation of an inherited field is that of the base's field, without the items of `Annotated` (`get_model_type_hints` of
    /// pydantic 2.13).
    pub fn annotates_by_fields(&self) -> bool {
        minor(&self.pydantic) >= 13
    }

    fn settings_minor(&self) -> u32 {
        minor(&self.pydantic_settings)
    }

    /// `Final` within `Annotated` makes a class variable too, and one whose value is `...` is a field (pydantic 2.11).
    pub fn finds_final_in_annotated(&self) -> bool {
        minor(&self.pydantic) >= 11
    }

    /// URL types are classes that can be subclassed (pydantic 2.10).
    pub fn has_url_classes(&self) -> bool {
        minor(&self.pydantic) >= 10
    }

    /// Keys in settings files match fields regardless of case, unless names are case-sensitive (pydantic-settings 2.15).
    pub fn file_keys_ignore_case(&self) -> bool {
        self.settings_minor() >= 15
    }

    /// `toml_table_header` is a key of the configuration, for all TOML files (pydantic-settings 2.15).
    pub fn has_table_header(&self) -> bool {
        self.settings_minor() >= 15
    }

    /// `yaml_config_section` exists (pydantic-settings 2.10).
    pub fn has_yaml_section(&self) -> bool {
        self.settings_minor() >= 10
    }

    /// `populate_by_name` adds the field's own name after its aliases (pydantic-settings 2.6).
    pub fn populate_by_name_adds_name(&self) -> bool {
        self.settings_minor() >= 6
    }

    /// `validate_by_name` does the same (pydantic-settings 2.13).
    pub fn validate_by_name_adds_name(&self) -> bool {
        self.settings_minor() >= 13
    }

    /// `validate_by_alias=False` hides the aliases (pydantic-settings 2.16).
    pub fn validate_by_alias_counts(&self) -> bool {
        self.settings_minor() >= 16
    }

    /// `env_prefix_target` exists (pydantic-settings 2.13).
    pub fn has_prefix_target(&self) -> bool {
        self.settings_minor() >= 13
    }

    /// The case of aliases of nested fields is restored (pydantic-settings 2.10).
    pub fn restores_case_of_aliases(&self) -> bool {
        self.settings_minor() >= 10
    }

    /// For which nested fields the original case of names is restored (`_replace_field_names_case_insensitively`).
    pub fn restores_case_in(&self) -> RestoresCase {
        match self.settings_minor() {
            16.. => RestoresCase::EveryModel,
            15 => RestoresCase::OptionalModels,
            _ => RestoresCase::DirectModels,
        }
    }

    /// `nested_model_default_partial_update` exists (pydantic-settings 2.5).
    pub fn updates_defaults(&self) -> bool {
        self.settings_minor() >= 5
    }

    /// The updated default appears under the field's name in the class's signature, not under the first of its aliases
    /// (`DefaultSettingsSource`, before pydantic-settings 2.7).
    pub fn names_defaults_as_in_signature(&self) -> bool {
        self.settings_minor() < 7
    }

    /// Names are split after as many characters as the prefix has, even if they do not start with it (before pydantic-settings 2.8).
    pub fn splits_behind_prefix(&self) -> bool {
        self.settings_minor() < 8
    }

    /// `env_parse_enums` exists (pydantic-settings 2.4).
    pub fn parses_enums(&self) -> bool {
        self.settings_minor() >= 4
    }

    /// `env_ignore_empty` and `env_parse_none_str` exist (pydantic-settings 2.2).
    pub fn ignores_empty(&self) -> bool {
        self.settings_minor() >= 2
    }

    /// `NoDecode`, `ForceDecode` and `enable_decoding` exist (pydantic-settings 2.7).
    pub fn knows_no_decode(&self) -> bool {
        self.settings_minor() >= 7
    }

    /// With `strict`, texts are converted before they are validated (pydantic-settings 2.12).
    pub fn coerces_strict(&self) -> bool {
        self.settings_minor() >= 12
    }

    /// The same for unions with strict members (pydantic-settings 2.14).
    pub fn coerces_strict_unions(&self) -> bool {
        self.settings_minor() >= 14
    }

    /// For a bare `AliasPath`, only its first part is a variable; before, every string in it was (pydantic-settings 2.16).
    pub fn alias_path_is_its_head(&self) -> bool {
        self.settings_minor() >= 16
    }
}

/// Where the original case of nested names is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoresCase {
    /// In models; at the outermost level also in `Model | None`, but not in `None | Model`.
    DirectModels,
    /// In models, and in optional models.
    OptionalModels,
    /// The same, and also in pydantic dataclasses, and within `Annotated`.
    EveryModel,
}

/// The version whose rules for values apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRules {
    /// The reference versions: pydantic 2.14 with pydantic-settings 2.16.
    Same,
    /// The same, for texts in the usual form.
    Older,
    /// Pydantic 1.
    First,
}

impl RulesVersion {
    /// The version whose rules for values apply.
    pub fn value_rules(&self) -> ValueRules {
        match (minor(&self.pydantic), self.settings_minor()) {
            _ if self.is_pydantic_v1() => ValueRules::First,
            (14.., 16..) => ValueRules::Same,
            _ => ValueRules::Older,
        }
    }

    /// The reason for uncertainty: the package that is older than the reference, with its version.
    pub fn differs(&self) -> String {
        let (package, version) = match minor(&self.pydantic) {
            14.. => ("pydantic-settings", &self.pydantic_settings),
            _ => ("pydantic", &self.pydantic),
        };
        format!("{package} {version} may treat it differently")
    }

    /// `coerce_numbers_to_str` exists (pydantic 2.4).
    pub fn coerces_numbers(&self) -> bool {
        minor(&self.pydantic) >= 4
    }

    /// Among several constraints of one name, a different one takes precedence (pydantic 2.0).
    pub fn keeps_constraints(&self) -> bool {
        minor(&self.pydantic) == 0
    }

    /// String enums are validated as strings first (before pydantic 2.7).
    pub fn enums_are_texts(&self) -> bool {
        minor(&self.pydantic) < 7
    }

    /// A dataclass without a configuration inherits that of the enclosing model (pydantic 2.1).
    pub fn dataclasses_inherit(&self) -> bool {
        minor(&self.pydantic) >= 1
    }

    /// Whether a `NamedTuple` accepts extra names depends on the enclosing model, if it has only one (`ArgumentsValidator` of pydantic 2.6
    /// to 2.13).
    pub fn named_tuples_inherit(&self) -> bool {
        (6..14).contains(&minor(&self.pydantic))
    }

    /// `SecretBytes` accepts strings (pydantic 2.7).
    pub fn reads_secret_bytes(&self) -> bool {
        minor(&self.pydantic) >= 7
    }
}

/// The minor version of 2.x; the largest number for later major versions.
fn minor(version: &str) -> u32 {
    // Called for every field. Comparing bytes takes a tenth of the time of splitting the text.
    let number = |part: Option<&[u8]>| part.and_then(|part| std::str::from_utf8(part).ok()?.parse().ok()).unwrap_or(0);
    let mut parts = version.as_bytes().split(|byte| *byte == b'.');
    let (major, minor): (u32, u32) = (number(parts.next()), number(parts.next()));
    if major > 2 { u32::MAX } else { minor }
}
