//! What the code declares: the result of the analysis, and the contract of `takk inspect --format json`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Annotation, ClassRef, FieldNames, LibraryVariable, Packages, Place, Resource, Service, SettingsClass, ValueType};

/// The version of the format of [`Manifest`], raised by changes that readers must follow.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that the program needs at run time, as far as the source tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Manifest {
    /// The version of this schema.
    pub schema_version: u32,
    /// The project.
    pub project: ProjectInfo,
    /// Settings classes by module, then line.
    pub settings: Vec<SettingsClass>,
    /// Classes that are instantiated under other names (`Settings(_env_prefix="PG_")`), once for each set of names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<SettingsClass>,
    /// Components by name.
    pub services: Vec<Service>,
    /// Classes that `Project(shared_settings=...)` lists: every component has them.
    pub shared_settings: Vec<ClassRef>,
    /// Resources by kind, then name.
    pub resources: Vec<Resource>,
    /// Variables that the code reads outside settings classes.
    pub reads: Vec<EnvironmentRead>,
    /// What the code probably needs without declaring it.
    pub suggestions: Vec<Suggestion>,
    /// Variables that libraries read by themselves, sorted by name, without those that the project refuses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub libraries: Vec<LibraryVariable>,
    /// Packages and their versions.
    pub packages: Packages,
    /// The number of Python files.
    pub files: usize,
    /// The index of the fields that read a name.
    #[serde(skip)]
    pub names: FieldNames,
}

impl Manifest {
    /// The manifest of a project that needs nothing.
    pub fn empty(project: &str) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            project: ProjectInfo { name: project.to_owned(), ..ProjectInfo::default() },
            settings: Vec::new(),
            variants: Vec::new(),
            services: Vec::new(),
            shared_settings: Vec::new(),
            resources: Vec::new(),
            reads: Vec::new(),
            suggestions: Vec::new(),
            libraries: Vec::new(),
            packages: Packages::default(),
            files: 0,
            names: FieldNames::default(),
        }
    }

    /// What the field or nested field that reads a name accepts. If that is unknown, what the type of `reader` (a class and a field)
    /// accepts on its own. A name that no field reads accepts any text.
    pub fn accepts(&self, name: &str, reader: Option<(&ClassRef, &str)>) -> Cow<'_, ValueType> {
        if let Some(field) = self.field(name) {
            return Cow::Borrowed(&field.accepts);
        }
        let inside = self.nested().find_map(|(_, names)| names.find(name));
        match (inside.as_ref().map(|inside| inside.types.as_slice()), reader) {
            (Some([at]), _) => Cow::Borrowed(at.whole),
            (Some(types @ [_, ..]), _) => Cow::Owned(ValueType::Union(types.iter().map(|at| at.whole.clone()).collect())),
            (Some([]) | None, Some((class, field))) => Cow::Owned(self.accepts_by_itself(name, class, field)),
            (Some([]) | None, None) => Cow::Owned(ValueType::Str),
        }
    }

    fn accepts_by_itself(&self, name: &str, class: &ClassRef, field: &str) -> ValueType {
        let is_it = |found: &&SettingsClass| found.module == class.module && found.qualname == class.qualname;
        let class = self.settings.iter().chain(&self.variants).find(is_it);
        let field = class.and_then(|class| class.fields.iter().find(|found| found.name == field));
        let annotation = field.and_then(|field| {
            let leaf = field.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name));
            leaf.map_or(field.annotation.as_ref(), |leaf| leaf.annotation.as_ref())
        });
        annotation.and_then(Annotation::accepts).unwrap_or_else(|| ValueType::unchecked("its type is unknown"))
    }
}

/// The project itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectInfo {
    /// Its name: from `Project(...)`, else from `pyproject.toml`, else of the directory.
    pub name: String,
    /// Where `Project(...)` is called.
    pub place: Option<Place>,
    /// `requires-python`.
    pub requires_python: Option<String>,
    /// The version of pydantic whose rules apply.
    pub pydantic: Option<String>,
    /// The version of pydantic-settings whose rules apply.
    pub pydantic_settings: Option<String>,
}

/// A read such as `os.environ["X"]` outside a settings class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvironmentRead {
    /// The variable.
    pub name: String,
    /// Whether the code that reads it fails without it (`os.environ["X"]`).
    pub required: bool,
    /// Whether the code that reads it may never run: it is in a function, or under a condition.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conditional: bool,
    /// Whether it is in test code.
    pub test: bool,
    /// Where.
    pub place: Place,
}

/// A resource that the code uses without declaring it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// The kind of resource, or the variable that a library reads.
    pub kind: String,
    /// The evidence: `imports psycopg`, `DATABASE_URL defaults to a postgresql:// URL`.
    pub evidence: String,
    /// Where it was first seen.
    pub place: Place,
    /// The line that declares it: `database_url: PostgresDsn`.
    pub change: String,
    /// A compatible server version.
    pub version: Option<super::VersionAnswer>,
}
