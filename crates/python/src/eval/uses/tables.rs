//! Known functions and methods, and what they do with a class that they receive.

/// Functions that receive a class and instantiate it: those of `FastAPI` and other frameworks that inject dependencies, of
/// functools, and of pydantic-settings.
pub(super) const MAKERS: [&str; 17] = [
    "Depends",
    "Security",
    "Provide",
    "partial",
    "lru_cache",
    "cache",
    "Singleton",
    "ThreadSafeSingleton",
    "ThreadLocalSingleton",
    "ContextLocalSingleton",
    "Factory",
    "Resource",
    "Callable",
    "LazyObject",
    "SimpleLazyObject",
    "get_subcommand",
    "run_cli",
];

/// Functions that receive a class and only inspect it.
pub(super) const LOOKERS: [&str; 26] = [
    "isinstance",
    "issubclass",
    "cast",
    "type",
    "TypeVar",
    "NewType",
    "get_type_hints",
    "get_args",
    "get_origin",
    "signature",
    "getattr",
    "setattr",
    "hasattr",
    "delattr",
    "dir",
    "id",
    "repr",
    "str",
    "print",
    "super",
    "fields",
    "getsource",
    "getfile",
    "assert_type",
    "object",
    "autospec",
];

/// Functions that validate data as the type that they receive.
pub(super) const ADAPTERS: [&str; 3] = ["TypeAdapter", "parse_obj_as", "parse_raw_as"];

/// Methods of pydantic that create instances from data.
pub(super) const FROM_DATA: [&str; 11] = [
    "model_validate",
    "model_validate_json",
    "model_validate_strings",
    "model_construct",
    "parse_obj",
    "parse_raw",
    "parse_file",
    "from_orm",
    "construct",
    "validate",
    "_from_data",
];

/// Functions that validate a dictionary by calling the class with its items as keyword arguments, which also reads the
/// environment.
pub(super) const FROM_DICTIONARY: [&str; 5] = ["model_validate", "parse_obj", "validate", "validate_python", "parse_obj_as"];

/// Functions that do the same with a JSON object.
pub(super) const FROM_JSON: [&str; 4] = ["model_validate_json", "parse_raw", "validate_json", "parse_raw_as"];

/// Attributes of every class that do not create instances.
pub(super) const PLAIN: [&str; 22] = [
    "model_json_schema",
    "schema",
    "schema_json",
    "model_rebuild",
    "update_forward_refs",
    "model_fields",
    "model_config",
    "model_computed_fields",
    "model_parametrized_name",
    "settings_customise_sources",
    "_settings_build_values",
    "mro",
    "copy",
    "json",
    "dict",
    "register",
    "get_settings_sources",
    "model_copy",
    "model_dump",
    "model_dump_json",
    "model_post_init",
    "from_orm_mode",
];
