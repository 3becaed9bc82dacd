//! The TLS parameters of a URL for a server that exists: those of the admin address, under the names that the driver uses.

use takk_model::percent::encoded;
use takk_provision::Entry;

/// The query of a URL, with its `?`, or the `&` after `text` that already has some. It is empty if the admin address names no mode, or if the driver takes none from a URL.
pub(super) fn tls_parameters(entry: &Entry, scheme: &str, text: &str) -> String {
    let Some(mode) = entry.ssl_mode.as_deref() else { return String::new() };
    let driver = scheme.split_once('+').map_or("", |(_, driver)| driver);
    let roots = entry.ssl_roots.as_deref();
    let parameters = match entry.kind.as_str() {
        "mariadb" | "mysql" => mysql(driver, mode, roots),
        "redis" => redis(mode, roots),
        "clickhouse" => clickhouse(driver, scheme, roots),
        "kafka" => kafka(mode, roots),
        "mongo" => mongo(mode, roots),
        _ => postgres(driver, mode, roots),
    };
    let pairs: Vec<String> = parameters.into_iter().map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
    let begin = if text.contains('?') { '&' } else { '?' };
    if pairs.is_empty() { String::new() } else { format!("{begin}{}", pairs.join("&")) }
}

/// The scheme of a URL. That of Redis decides whether there is TLS.
pub(super) fn scheme<'s>(entry: &Entry, scheme: Option<&'s str>) -> Option<&'s str> {
    let is_secured = entry.kind == "redis" && entry.ssl_mode.is_some();
    if is_secured { Some("rediss") } else { scheme }
}

type Parameters = Vec<(&'static str, String)>;

/// SQLAlchemy passes parameters on as the driver calls them; asyncpg takes the file from `PGSSLROOTCERT` alone.
fn postgres(driver: &str, mode: &str, roots: Option<&str>) -> Parameters {
    match driver {
        "asyncpg" => vec![("ssl", mode.to_owned())],
        "pg8000" => Vec::new(),
        _ => with_roots(vec![("sslmode", mode.to_owned())], "sslrootcert", roots),
    }
}

/// aiomysql takes an `SSLContext`, which no URL can have. Without a parameter, drivers that can use TLS do so where the server offers it.
fn mysql(driver: &str, mode: &str, roots: Option<&str>) -> Parameters {
    let verifies = mode.starts_with("VERIFY");
    if !verifies && mode != "REQUIRED" {
        return Vec::new();
    }
    let verifies_name = mode == "VERIFY_IDENTITY";
    let flag = |value: bool| value.to_string();
    match driver {
        "" | "mysqldb" => with_roots(vec![("ssl_mode", mode.to_owned())], "ssl_ca", roots),
        // Without a file, they verify nothing.
        "pymysql" | "cymysql" | "asyncmy" => with_roots(vec![("ssl_check_hostname", flag(verifies_name))], "ssl_ca", roots),
        "mysqlconnector" if verifies => {
            let flags = vec![("ssl_verify_cert", flag(true)), ("ssl_verify_identity", flag(verifies_name))];
            with_roots(flags, "ssl_ca", roots)
        }
        "mariadbconnector" => with_roots(vec![("ssl_verify_cert", flag(verifies))], "ssl_ca", roots),
        _ => Vec::new(),
    }
}

/// The parameters of redis-py and celery. The scheme already enables TLS.
fn redis(mode: &str, roots: Option<&str>) -> Parameters {
    let mut parameters = vec![("ssl_cert_reqs", mode.to_owned())];
    if mode == "required" {
        parameters.push(("ssl_check_hostname", true.to_string()));
    }
    with_roots(parameters, "ssl_ca_certs", roots)
}

/// The HTTP driver of clickhouse-sqlalchemy names the protocol, all others say `secure`.
fn clickhouse(driver: &str, scheme: &str, roots: Option<&str>) -> Parameters {
    let secure = vec![("secure", true.to_string())];
    match driver {
        "http" => vec![("protocol", "https".to_owned())],
        "native" | "asynch" => with_roots(secure, "ca_certs", roots),
        _ if scheme == "clickhousedb" => with_roots(secure, "ca_cert", roots),
        _ => secure,
    }
}

/// No driver of Kafka reads a URL: a program passes on what it has, in the words of kafka-python and aiokafka.
fn kafka(mode: &str, roots: Option<&str>) -> Parameters {
    let parameters = vec![("security_protocol", mode.to_owned()), ("sasl_mechanism", "SCRAM-SHA-256".to_owned())];
    with_roots(parameters, "ssl_cafile", roots)
}

/// All drivers have the same words.
fn mongo(mode: &str, roots: Option<&str>) -> Parameters {
    if mode == "true" { with_roots(vec![("tls", mode.to_owned())], "tlsCAFile", roots) } else { Vec::new() }
}

fn with_roots(mut parameters: Parameters, name: &'static str, roots: Option<&str>) -> Parameters {
    parameters.extend(roots.map(|roots| (name, roots.to_owned())));
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(parameters: Parameters) -> String {
        let pairs: Vec<String> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(" ")
    }

    #[test]
    fn each_driver_of_mysql_is_told_in_its_words() {
        let (file, full) = (Some("/ca.pem"), "VERIFY_IDENTITY");
        let cases = [
            ("", full, file, "ssl_mode=VERIFY_IDENTITY ssl_ca=/ca.pem"),
            ("mysqldb", "REQUIRED", None, "ssl_mode=REQUIRED"),
            ("pymysql", full, file, "ssl_check_hostname=true ssl_ca=/ca.pem"),
            ("asyncmy", "VERIFY_CA", file, "ssl_check_hostname=false ssl_ca=/ca.pem"),
            ("pymysql", "REQUIRED", None, "ssl_check_hostname=false"),
            ("mysqlconnector", full, file, "ssl_verify_cert=true ssl_verify_identity=true ssl_ca=/ca.pem"),
            ("mysqlconnector", "REQUIRED", None, ""),
            ("mariadbconnector", full, file, "ssl_verify_cert=true ssl_ca=/ca.pem"),
            ("aiomysql", full, file, ""),
            ("pymysql", "PREFERRED", None, ""),
            ("mysqldb", "DISABLED", None, ""),
        ];
        for (driver, mode, roots, expected) in cases {
            assert_eq!(said(mysql(driver, mode, roots)), expected, "{driver} {mode}");
        }
    }

    #[test]
    fn each_driver_of_clickhouse_is_told_in_its_words() {
        let cases = [
            ("", "clickhouse", "secure=true"),
            ("", "clickhousedb", "secure=true ca_cert=/a"),
            ("native", "clickhouse+native", "secure=true ca_certs=/a"),
            ("http", "clickhouse+http", "protocol=https"),
        ];
        for (driver, scheme, expected) in cases {
            assert_eq!(said(clickhouse(driver, scheme, Some("/a"))), expected, "{scheme}");
        }
    }

    #[test]
    fn mongodb_is_told_if_there_is_tls() {
        assert_eq!(said(mongo("true", Some("/a"))), "tls=true tlsCAFile=/a");
        assert_eq!(said(mongo("false", None)), "");
    }

    #[test]
    fn redis_verifies_the_name_too() {
        assert_eq!(said(redis("required", Some("/a"))), "ssl_cert_reqs=required ssl_check_hostname=true ssl_ca_certs=/a");
        assert_eq!(said(redis("none", None)), "ssl_cert_reqs=none");
    }
}
