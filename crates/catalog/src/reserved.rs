//! Names of variables that loaders, shells, interpreters and tools use: whoever sets one of them controls what a program runs,
//! or whom it trusts. Because a repository chooses the names that its code reads, takk neither stores nor sets a value under
//! such a name unless a person allows it.
//!
//! Names are compared case-sensitively: on POSIX, `path` and `PATH` are different variables. Programs that read a name in any case have a
//! row for each.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

struct Row {
    /// `PATH`, or `LD_*` for all names with that prefix.
    names: &'static [&'static str],
    /// Who obeys these variables, and how: "the dynamic loader loads code from it".
    why: &'static str,
}

const ROWS: &[Row] = &[
    Row { names: &["PATH", "PATHEXT"], why: "the system looks for programs there" },
    Row {
        names: &["HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TMPDIR", "XDG_*"],
        why: "it identifies the user, and programs use it to find their configuration",
    },
    Row { names: &["LD_*", "DYLD_*", "_RLD_*", "LIBPATH", "SHLIB_PATH"], why: "the dynamic loader loads code from it" },
    Row {
        names: &["GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH", "MALLOC_*", "GETCONF_DIR", "NIS_PATH"],
        why: "the C library loads code and settings from it",
    },
    Row {
        names: &["HOSTALIASES", "RES_OPTIONS", "LOCALDOMAIN", "RESOLV_*"],
        why: "the C library uses it to resolve host names",
    },
    Row {
        names: &[
            "IFS",
            "ENV",
            "BASH_*",
            "BASHOPTS",
            "SHELLOPTS",
            "CDPATH",
            "PS0",
            "PS1",
            "PS2",
            "PS4",
            "PROMPT_COMMAND",
            "ZDOTDIR",
            "FPATH",
            "FIGNORE",
            "GLOBIGNORE",
            "POSIXLY_CORRECT",
            "KSH_*",
        ],
        why: "shells execute or interpret it",
    },
    Row { names: &["PYTHON*", "VIRTUAL_ENV", "CONDA_*"], why: "it determines which code Python runs" },
    Row {
        names: &["PIP_*", "UV_*", "POETRY_*", "PDM_*", "PIPX_*", "HATCH_*"],
        why: "it configures installers of Python packages",
    },
    Row {
        names: &[
            "NODE_OPTIONS",
            "NODE_PATH",
            "NODE_EXTRA_CA_CERTS",
            "NODE_TLS_*",
            "NODE_REPL_*",
            "NODE_ICU_DATA",
            "NODE_V8_COVERAGE",
            "NODE_COMPILE_CACHE*",
            "npm_config_*",
            "NPM_CONFIG_*",
            "YARN_*",
            "BUN_INSTALL*",
            "BUN_CONFIG*",
            "DENO_DIR",
            "COREPACK_*",
        ],
        why: "it determines which code Node.js and its package managers run",
    },
    Row { names: &["PERL5*", "PERLLIB", "PERLIO*", "PERL_*"], why: "it determines which code Perl runs" },
    Row {
        names: &["RUBYOPT", "RUBYLIB", "RUBYPATH", "RUBYSHELL", "GEM_HOME", "GEM_PATH", "GEM_SPEC_CACHE", "BUNDLE_*"],
        why: "it determines which code Ruby runs",
    },
    Row {
        names: &[
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "JDK_JAVAC_OPTIONS",
            "_JAVA_*",
            "JAVA_HOME",
            "JAVA_OPTS",
            "CLASSPATH",
            "MAVEN_OPTS",
            "MAVEN_ARGS",
            "GRADLE_OPTS",
            "GRADLE_USER_HOME",
            "CATALINA_OPTS",
        ],
        why: "it determines which code Java runs",
    },
    Row { names: &["PHPRC", "PHP_INI_SCAN_DIR", "COMPOSER_HOME"], why: "it determines which code PHP runs" },
    Row { names: &["LUA_INIT*", "LUA_PATH*", "LUA_CPATH*", "LUAROCKS_CONFIG*"], why: "it determines which code Lua runs" },
    Row {
        names: &["R_PROFILE*", "R_ENVIRON*", "R_LIBS*", "R_HOME", "R_DEFAULT_PACKAGES", "JULIA_*"],
        why: "it determines which code R and Julia run",
    },
    Row {
        names: &["DOTNET_*", "COR_*", "CORECLR_*", "COMPlus_*", "MONO_PATH", "MONO_CONFIG", "MONO_ENV_OPTIONS"],
        why: "it determines which code the .NET runtime runs",
    },
    Row {
        names: &[
            "GOROOT",
            "GOPATH",
            "GOFLAGS",
            "GOENV",
            "GOPROXY",
            "GOTOOLCHAIN",
            "CARGO",
            "CARGO_*",
            "RUSTC",
            "RUSTC_*",
            "RUSTFLAGS",
            "RUSTDOC*",
            "RUSTUP_*",
            "ERL_*",
            "ELIXIR_ERL_OPTIONS",
            "GHC_*",
            "GHCRTS",
            "TCLLIBPATH",
            "TCL_LIBRARY",
            "GUILE_*",
        ],
        why: "it determines which code compilers and runtimes run",
    },
    Row {
        names: &[
            "MAKEFLAGS",
            "GNUMAKEFLAGS",
            "MAKEFILES",
            "CMAKE_*",
            "CC",
            "CXX",
            "CFLAGS",
            "CXXFLAGS",
            "LDFLAGS",
            "CPATH",
            "LIBRARY_PATH",
            "C_INCLUDE_PATH",
            "CPLUS_INCLUDE_PATH",
            "GCC_EXEC_PREFIX",
            "COMPILER_PATH",
            "PKG_CONFIG*",
        ],
        why: "it configures compilers and make",
    },
    Row {
        names: &["GIT_*", "HGRCPATH", "HGPLAIN", "SVN_SSH", "SVN_EDITOR"],
        why: "git and similar tools run commands that it names",
    },
    Row {
        names: &[
            "SSH_ASKPASS*",
            "SSH_AUTH_SOCK",
            "SSH_AGENT_PID",
            "SSH_SK_*",
            "SUDO_*",
            "DISPLAY",
            "XAUTHORITY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "DBUS_SYSTEM_BUS_ADDRESS",
            "GPG_AGENT_INFO",
            "GNUPGHOME",
        ],
        why: "programs use it to reach the user's keys and session",
    },
    Row {
        names: &[
            "PAGER",
            "MANPAGER",
            "LESS",
            "LESSOPEN",
            "LESSCLOSE",
            "LESSKEY",
            "LESSKEYIN",
            "LESSKEY_SYSTEM",
            "LESSHISTFILE",
            "LESSEDIT",
            "EDITOR",
            "VISUAL",
            "FCEDIT",
            "BROWSER",
            "TERM",
            "TERMINFO",
            "TERMINFO_DIRS",
            "TERMCAP",
            "INPUTRC",
            "VIMINIT",
            "EXINIT",
            "EMACSLOADPATH",
            "PSQLRC",
            "PSQL_EDITOR",
            "PSQL_PAGER",
            "PSQL_HISTORY",
            "MYSQL_HOME",
            "SQLITE_HISTORY",
        ],
        why: "programs in a terminal run or read what it names",
    },
    Row {
        names: &[
            "OPENSSL_*",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "SSLKEYLOGFILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_HOME",
            "CURL_CA_BUNDLE",
            "CURL_SSL_BACKEND",
            "GNUTLS_*",
            "NSS_*",
            "P11_KIT_*",
            "KRB5*",
        ],
        why: "it determines whom programs trust on the network, or which code encrypts",
    },
    Row {
        names: &[
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "FTP_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "ftp_proxy",
            "no_proxy",
        ],
        why: "programs send their network traffic through it",
    },
    Row {
        names: &[
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_CA_BUNDLE",
            "KUBECONFIG",
            "DOCKER_CONFIG",
            "DOCKER_HOST",
            "CLOUDSDK_*",
            "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
            "TF_CLI_*",
            "TF_PLUGIN_CACHE_DIR",
            "ANSIBLE_CONFIG",
            "ANSIBLE_LIBRARY",
            "HELM_PLUGINS",
            "HELM_REGISTRY_CONFIG",
            "PGSERVICEFILE",
            "PGSYSCONFDIR",
            "PGSSLKEY",
            "ODBCINI",
            "ODBCSYSINI",
            "TNS_ADMIN",
            "ORACLE_HOME",
        ],
        why: "it names a configuration file that can contain commands or another destination",
    },
    Row {
        names: &[
            "GTK_MODULES",
            "GTK_PATH",
            "GTK_EXE_PREFIX",
            "QT_PLUGIN_PATH",
            "QML_IMPORT_PATH",
            "QML2_IMPORT_PATH",
            "GIO_EXTRA_MODULES",
            "GIO_MODULE_DIR",
            "GST_PLUGIN*",
            "GST_REGISTRY*",
            "VK_ICD_FILENAMES",
            "VK_DRIVER_FILES",
            "VK_LAYER_PATH",
            "VK_ADD_*",
            "LIBGL_*",
            "OCL_ICD_*",
            "FONTCONFIG_*",
            "ALSA_CONFIG_*",
            "GDAL_DRIVER_PATH",
            "MAGICK_*",
        ],
        why: "libraries load modules from that path",
    },
    Row {
        // Other names with the prefix belong to projects: `TAKK_ENV`.
        names: &[
            "TAKK_HOME",
            "TAKK_MASTER_KEY*",
            "TAKK_KEYRING",
            "TAKK_SERVER",
            "TAKK_TOKEN",
            "TAKK_OIDC_*",
            "TAKK_PROJECT",
            "TAKK_CA_FILE",
            "TAKK_ALLOW_HTTP",
            "TAKK_TIMEOUT",
            "TAKK_VENV",
            "TAKK_DATABASE*",
            "TAKK_LISTEN",
            "TAKK_TRUSTED_PROXIES",
            "TAKK_CI_ISSUERS",
        ],
        why: "it configures takk itself",
    },
];

/// Who obeys a variable of that name, and how, if it is reserved.
pub fn reserved(name: &str) -> Option<&'static str> {
    static INDEX: LazyLock<Index> = LazyLock::new(Index::new);
    INDEX.row_of(name).map(|row| ROWS[row].why)
}

/// An index of the rows, since every variable of a plan is looked up.
struct Index {
    names: FxHashMap<&'static str, usize>,
    /// Prefixes, sorted.
    beginnings: Vec<(&'static str, usize)>,
}

impl Index {
    fn new() -> Self {
        let (mut names, mut beginnings) = (FxHashMap::default(), Vec::new());
        for (row, pattern) in ROWS.iter().enumerate().flat_map(|(at, row)| row.names.iter().map(move |name| (at, *name))) {
            match pattern.strip_suffix('*') {
                Some(beginning) => beginnings.push((beginning, row)),
                None => {
                    names.entry(pattern).or_insert(row);
                }
            }
        }
        beginnings.sort_unstable();
        Self { names, beginnings }
    }

    /// The first row that contains the name.
    fn row_of(&self, name: &str) -> Option<usize> {
        let first = name.as_bytes().first()?;
        let from = self.beginnings.partition_point(|(beginning, _)| beginning.as_bytes().first() < Some(first));
        let alike = self.beginnings[from..].iter().take_while(|(beginning, _)| beginning.as_bytes().first() == Some(first));
        let begun = alike.filter(|(beginning, _)| name.starts_with(beginning)).map(|(_, row)| *row);
        begun.chain(self.names.get(name).copied()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_obey_is_reserved() {
        for name in [
            "PATH",
            "HOME",
            "SHELL",
            "USER",
            "IFS",
            "ENV",
            "BASH_ENV",
            "BASH_FUNC_ls%%",
            "CDPATH",
            "PS4",
            "PROMPT_COMMAND",
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "LD_AUDIT",
            "DYLD_INSERT_LIBRARIES",
            "GCONV_PATH",
            "GLIBC_TUNABLES",
            "LOCPATH",
            "HOSTALIASES",
            "RES_OPTIONS",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PYTHONHOME",
            "PYTHONBREAKPOINT",
            "PYTHONINSPECT",
            "PYTHONWARNINGS",
            "PYTHONUSERBASE",
            "PYTHONPYCACHEPREFIX",
            "NODE_OPTIONS",
            "NODE_PATH",
            "GIT_SSH_COMMAND",
            "GIT_CONFIG_COUNT",
            "PERL5OPT",
            "PERL5LIB",
            "PERLLIB",
            "RUBYOPT",
            "RUBYLIB",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "CLASSPATH",
            "PAGER",
            "EDITOR",
            "VISUAL",
            "BROWSER",
            "SSH_ASKPASS",
            "SUDO_ASKPASS",
            "OPENSSL_CONF",
            "OPENSSL_ENGINES",
            "SSL_CERT_FILE",
            "CURL_HOME",
            "PIP_INDEX_URL",
            "UV_INDEX",
            "npm_config_registry",
            "TERMINFO",
            "PHPRC",
            "LUA_INIT",
            "R_PROFILE_USER",
            "DOTNET_STARTUP_HOOKS",
            "COR_PROFILER_PATH",
            "TAKK_HOME",
            "HTTPS_PROXY",
            "https_proxy",
            "LESSOPEN",
            "MAKEFLAGS",
            "KUBECONFIG",
            "TAKK_MASTER_KEY_FILE",
            "TAKK_PROJECT",
        ] {
            assert!(reserved(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_programs_of_the_project_read_is_not() {
        for name in [
            "",
            "path",
            "home",
            "user",
            "APP_PATH",
            "PATH_PREFIX",
            "DATABASE_URL",
            "PGHOST",
            "PGPASSWORD",
            "REDIS_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_REGION",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "SECRET_KEY",
            "LOG_LEVEL",
            "HOST",
            "PORT",
            "DEBUG",
            "ENVIRONMENT",
            "TZ",
            "LANG",
            "RELEASE",
            "R2_BUCKET",
            "GITHUB_TOKEN",
            "JAVA_SERVICE_URL",
            "CURRENT_USER",
            "MYSQL_HOST",
            "TLS_CERT",
            "NODE_ENV",
            "NPM_TOKEN",
            "SSH_HOST",
            "VK_TOKEN",
            "TF_VAR_REGION",
            "LESSON_URL",
            "MAIL",
            "PSQL_URL",
            "TAKK_ENV",
            "CORS_ORIGINS",
            "R_AND_D_URL",
        ] {
            assert_eq!(reserved(name), None, "{name}");
        }
    }

    #[test]
    fn every_row_has_a_reason_and_no_name_twice() {
        let names: Vec<&str> = ROWS.iter().flat_map(|row| row.names.iter().copied()).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name} is there twice");
            assert!(!name.trim_end_matches('*').is_empty(), "a row must not cover everything");
        }
        assert!(ROWS.iter().all(|row| !row.why.is_empty() && !row.why.ends_with('.')));
    }
}
