//! The example runs against real servers: pydantic itself reads every value, and the shop's own clients connect to every server.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::engine::Engine;
use super::project::Checkout;
use super::servers::{debian, moto_server, nats_server, path_with, postgres, weed};
use crate::shop::{python, shop};

/// What only a person knows.
const BY_HAND: &str =
    "PAYMENTS_API_KEY=offline\nPAYMENTS_MERCHANT_ID=m-000001\nWORKER_SMTP_HOST=smtp.example.org\nWORKER_SMTP_PASSWORD=none\n";

/// Uses every server that the shop is connected to.
const USES_ALL: &str = r#"
import asyncio, boto3, nats, psycopg
from takk.secrets import SqsConfig
from shop import check, receipts, report, store
from shop.orders import OrderLine, OrderRequest, price
from shop.settings import Checkout, InfraSettings, ReportSettings

assert check.main() == 0, "a settings class is refused"
order = price(OrderRequest(country="NO", lines=[OrderLine(sku="MUG-1", quantity=2, unit_price="9.90")]), Checkout())
store.save(order)
assert order.id in [kept.id for kept in store.placed_on(order.placed_at.date(), order.placed_at.date())]
assert store.is_first_request(str(order.id)) and not store.is_first_request(str(order.id))
receipts.keep("receipts/1.txt", receipts.render(order))
infra, sqs = InfraSettings(), SqsConfig()

async def announce():
    connection = await nats.connect(str(infra.nats_url))
    heard = await connection.subscribe("shop.order.placed")
    await connection.publish("shop.order.placed", b"an order")
    assert (await heard.next_msg(5)).data == b"an order"
    await connection.close()

asyncio.run(announce())
client = boto3.client("s3", endpoint_url=str(infra.s3_endpoint), aws_access_key_id=infra.s3_access_key,
                      aws_secret_access_key=infra.s3_secret_key.get_secret_value(), region_name=infra.s3_region)
archive = ReportSettings().archive_bucket
assert archive != infra.s3_bucket
client.put_object(Bucket=archive, Key="figures", Body=b"1")
queues = boto3.client("sqs", endpoint_url=str(sqs.sqs_endpoint), aws_access_key_id=sqs.sqs_access_key,
                      aws_secret_access_key=sqs.sqs_secret_key.get_secret_value(), region_name=sqs.sqs_region_name)
queues.create_queue(QueueName="receipts")
with psycopg.connect(str(ReportSettings().warehouse_url)) as warehouse:
    warehouse.execute("create table if not exists daily_sales (day date, country text, orders int, net numeric)")
    assert warehouse.info.server_version // 10000 == 16
with store.connect() as connection:
    assert connection.info.server_version // 10000 == 17
report.nightly_report(report.ReportArguments(days=2))
print("the shop runs")
"#;

/// The example in a directory of its own.
fn example(path: OsString, engine: Option<&Engine>) -> Checkout {
    let checkout = Checkout::new("shop", "unused: str", path, engine);
    copy(&shop(), checkout.root());
    fs::remove_file(checkout.root().join("settings.py")).expect("the example has a package of that name");
    fs::write(checkout.root().join("uses_all.py"), USES_ALL).expect("write");
    fs::write(checkout.root().join("by-hand.env"), BY_HAND).expect("write");
    checkout
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            fs::create_dir_all(&target).expect("a directory");
            copy(&source, &target);
        } else {
            fs::copy(&source, &target).expect("copy");
        }
    }
}

/// takk in the example, with the packages of its lock file.
fn takk(checkout: &Checkout, python: &Path, arguments: &[&str]) -> crate::process::Answer {
    let mut command: Command = checkout.command(arguments);
    let venv = python.parent().and_then(Path::parent).expect("it is in an environment");
    command.env("TAKK_VENV", venv).env("PYTHONDONTWRITEBYTECODE", "1").env("MLFLOW_DISABLE_TELEMETRY", "true");
    crate::process::piped(command, b"")
}

fn runs(checkout: &Checkout, python: &Path) {
    let takk = |arguments: &[&str]| takk(checkout, python, arguments);
    takk(&["secrets", "import", "by-hand.env", "--env", "dev"]).done();
    let program = python.to_str().expect("text");
    let answer = takk(&["up", "--env", "dev", "--", program, "uses_all.py"]);
    assert_eq!(answer.code, 0, "{}\n{}", answer.out, answer.err);
    assert!(answer.out.ends_with("the shop runs\n"), "{}", answer.out);
    takk(&["status", "--env", "dev"]).done();
    // A second time, with existing data.
    let again = takk(&["run", "--up", "--env", "dev", "--", program, "-m", "shop.check"]);
    assert_eq!(again.code, 0, "{}\n{}", again.out, again.err);
    takk(&["down", "--env", "dev"]).done();
    let servers = checkout.servers();
    assert!(servers.len() >= 7 && servers.iter().all(|server| server["status"] == "stopped"), "{servers:#?}");
}

#[test]
fn the_example_runs_without_an_engine() {
    let (Some(old), Some(new), Some(redis)) = (postgres(16), postgres(17), debian("redis-server")) else { return };
    let servers = [old.join("bin"), new.join("bin"), redis, nats_server("2.12"), weed(), moto_server()];
    let checkout = example(path_with(&servers.each_ref().map(PathBuf::as_path)), None);
    runs(&checkout, &python());
}

#[test]
fn the_example_runs_in_containers() {
    let images = [
        "postgres:16",
        "postgres:17",
        "redis:7.2.11",
        "nats:2.12.2-alpine",
        "chrislusf/seaweedfs:4.48",
        "softwaremill/elasticmq-native:1.7.1",
    ];
    let Some(engine) = Engine::shared(&images) else { return };
    let checkout = example(path_with(&[]), Some(&engine));
    // There is no image of MLflow to test with, but a database works as well. takk leaves values alone that a person has set.
    let database = checkout.root().join("mlflow.db");
    let mlflow = format!("MLFLOW_TRACKING_URI=sqlite:///{0}\nMLFLOW_REGISTRY_URI=sqlite:///{0}\n", database.display());
    fs::write(checkout.root().join("mlflow.env"), mlflow).expect("write");
    let python = python();
    takk(&checkout, &python, &["secrets", "import", "mlflow.env", "--env", "dev"]).done();
    runs(&checkout, &python);
}
