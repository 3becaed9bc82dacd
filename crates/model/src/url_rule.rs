//! The address types of pydantic (`pydantic/networks.py`).

use serde::{Deserialize, Serialize};

/// The requirements of an address type (`UrlConstraints`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UrlRule {
    /// The type's name.
    pub name: String,
    /// The schemes it allows; all if none is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Whether it allows several hosts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub many_hosts: bool,
    /// Whether it requires a host.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub host_required: bool,
    /// The default host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_host: Option<String>,
    /// The default port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_port: Option<u16>,
    /// The maximum length, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
}

/// A row of the table: name, schemes, many hosts, host required, default host, default port, longest.
type Row = (&'static str, &'static [&'static str], bool, bool, Option<&'static str>, Option<u16>, Option<u64>);

const LOCAL: Option<&str> = Some("localhost");
const POSTGRES: &[&str] = &[
    "postgres",
    "postgresql",
    "postgresql+asyncpg",
    "postgresql+pg8000",
    "postgresql+psycopg",
    "postgresql+psycopg2",
    "postgresql+psycopg2cffi",
    "postgresql+py-postgresql",
    "postgresql+pygresql",
];
const MYSQL: &[&str] = &[
    "mysql",
    "mysql+mysqlconnector",
    "mysql+aiomysql",
    "mysql+asyncmy",
    "mysql+mysqldb",
    "mysql+pymysql",
    "mysql+cymysql",
    "mysql+pyodbc",
];
const CLICKHOUSE: &[&str] =
    &["clickhouse+native", "clickhouse+asynch", "clickhouse+http", "clickhouse", "clickhouses", "clickhousedb"];

const ROWS: [Row; 19] = [
    ("AnyUrl", &[], false, false, None, None, None),
    ("AnyHttpUrl", &["http", "https"], false, false, None, None, None),
    ("HttpUrl", &["http", "https"], false, false, None, None, Some(2083)),
    ("AnyWebsocketUrl", &["ws", "wss"], false, false, None, None, None),
    ("WebsocketUrl", &["ws", "wss"], false, false, None, None, Some(2083)),
    ("FileUrl", &["file"], false, false, None, None, None),
    ("FtpUrl", &["ftp"], false, false, None, None, None),
    ("PostgresDsn", POSTGRES, true, true, None, None, None),
    ("CockroachDsn", &["cockroachdb", "cockroachdb+psycopg2", "cockroachdb+asyncpg"], false, true, None, None, None),
    ("AmqpDsn", &["amqp", "amqps"], false, false, None, None, None),
    ("RedisDsn", &["redis", "rediss"], false, true, LOCAL, Some(6379), None),
    ("MongoDsn", &["mongodb", "mongodb+srv"], true, false, None, Some(27017), None),
    ("KafkaDsn", &["kafka"], false, false, LOCAL, Some(9092), None),
    ("NatsDsn", &["nats", "tls", "ws", "wss"], true, false, LOCAL, Some(4222), None),
    ("MySQLDsn", MYSQL, false, true, None, Some(3306), None),
    ("MariaDBDsn", &["mariadb", "mariadb+mariadbconnector", "mariadb+pymysql"], false, false, None, Some(3306), None),
    ("ClickHouseDsn", CLICKHOUSE, false, false, LOCAL, Some(9000), None),
    ("SnowflakeDsn", &["snowflake"], false, true, None, None, None),
    ("Url", &[], false, false, None, None, None),
];

impl UrlRule {
    /// The requirements of the type of that name.
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.0 == name).map(|(name, schemes, many_hosts, host_required, host, port, longest)| Self {
            name: (*name).to_owned(),
            schemes: schemes.iter().map(|&scheme| scheme.to_owned()).collect(),
            many_hosts: *many_hosts,
            host_required: *host_required,
            default_host: host.map(str::to_owned),
            default_port: *port,
            max_length: *longest,
        })
    }

    /// Whether the name alone determines the requirements.
    pub fn is_known(&self) -> bool {
        Self::named(&self.name).as_ref() == Some(self)
    }
}
