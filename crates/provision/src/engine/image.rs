//! The image of a server: a local one, or else a pulled one, or else another local one that fits.

use bollard::models::CreateImageInfo;
use bollard::query_parameters::{CreateImageOptionsBuilder, ListImagesOptionsBuilder};
use futures_util::StreamExt;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use takk_model::error::{Error, Result};
use tokio::time::timeout;

use super::Engine;
use super::failure::{is_missing, shortened, words};
use crate::blueprint::Blueprint;
use crate::disk::{FREE_SPACE, is_disk_full};
use crate::provisioner::{Journal, Phase};

/// How often to check for an interruption while nothing arrives.
const PATIENCE: Duration = Duration::from_millis(100);

/// Downloaded and total bytes of each layer.
type Layers = BTreeMap<String, (u64, u64)>;

impl Engine {
    /// The image to create the container from.
    pub(super) fn image(&self, blueprint: &Blueprint, journal: &dyn Journal) -> Result<String> {
        let image =
            blueprint.image().ok_or_else(|| Error::usage(format!("there is no image for {}", blueprint.kind.display)))?;
        let qualified = qualified(&image);
        match self.wait(self.docker.inspect_image(&qualified)) {
            Ok(_) => return Ok(qualified),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(self.failed(&format!("cannot look for the image {image}"), error)),
        }
        let Err(trouble) = self.pull(&qualified, journal) else { return Ok(qualified) };
        if journal.is_cancelled() {
            return Err(Error::usage(format!("pulling {image} was interrupted")));
        }
        if let Some(here) = self.local_image(blueprint) {
            journal.note(format!("{image}: {trouble}; using {here}, which is present"));
            return Ok(self::qualified(&here));
        }
        let error = Error::system(format!("cannot pull {image}: {trouble}"));
        if is_disk_full(&trouble) {
            return Err(error.hint(FREE_SPACE));
        }
        Err(error.hint(format!("check the network, or load the image: `{} pull {image}`", self.flavour.name())))
    }

    /// Pulls an image, or says why that failed: with an error, or within a stream whose status was 200.
    fn pull(&self, image: &str, journal: &dyn Journal) -> Result<(), String> {
        let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
        let options = CreateImageOptionsBuilder::new().from_image(name).tag(tag).build();
        journal.phase(Phase::Pulling { done: 0, total: 0 });
        self.wait(async {
            let mut stream = std::pin::pin!(self.docker.create_image(Some(options), None, None));
            let mut layers = Layers::new();
            loop {
                if journal.is_cancelled() {
                    return Err("interrupted".to_owned());
                }
                // A registry may be silent for minutes.
                let Ok(answer) = timeout(PATIENCE, stream.next()).await else { continue };
                let Some(answer) = answer else { break };
                let info = answer.map_err(|error| words(&error))?;
                if let Some(error) = info.error_detail {
                    return Err(shortened(&error.message.unwrap_or_default()));
                }
                if let Some((done, total)) = counted(&mut layers, &info) {
                    journal.phase(Phase::Pulling { done, total });
                }
            }
            Ok(())
        })
        .and_then(|()| {
            // A stream that breaks off contains no error.
            self.wait(self.docker.inspect_image(image)).map(|_| ()).map_err(|_| "the engine did not finish it".to_owned())
        })
    }

    /// The newest suitable local image of the kind.
    fn local_image(&self, blueprint: &Blueprint) -> Option<String> {
        let (image, form) = blueprint.image_and_tag()?;
        let (name, _) = image.rsplit_once(':')?;
        let filters = HashMap::from([("reference".to_owned(), vec![name.to_owned(), qualified(name)])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let images = self.wait(self.docker.list_images(Some(options))).ok()?;
        let tags = images.into_iter().flat_map(|image| image.repo_tags);
        let version = |tag: &str| {
            let (before, after) = form.split_once("{version}").or_else(|| form.split_once("{major}"))?;
            let found = tag.rsplit_once(':')?.1.strip_prefix(before)?.strip_suffix(after)?;
            (blueprint.accepts)(found).then(|| takk_catalog::server_number(found)).flatten()
        };
        tags.filter_map(|tag| Some((version(&tag)?, tag))).max().map(|(_, tag)| tag)
    }
}

/// Sums up the layers, if the event is about a download.
fn counted(layers: &mut Layers, info: &CreateImageInfo) -> Option<(u64, u64)> {
    let (layer, detail) = (info.id.as_ref()?, info.progress_detail.as_ref()?);
    match info.status.as_deref()? {
        "Downloading" => {}
        // The last progress event of a download need not be complete.
        "Download complete" | "Pull complete" => {
            let (done, total) = layers.get_mut(layer)?;
            *done = *total;
            return Some(sum(layers));
        }
        _ => return None,
    }
    let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default();
    layers.insert(layer.clone(), (number(detail.current), number(detail.total)));
    Some(sum(layers))
}

fn sum(layers: &Layers) -> (u64, u64) {
    layers.values().fold((0, 0), |(done, total), (of, all)| (done + of, total + all))
}

/// An image name with its registry, because engines have different defaults.
fn qualified(image: &str) -> String {
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => image.to_owned(),
        Some(_) => format!("docker.io/{image}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_without_a_registry_is_of_docker_hub() {
        assert_eq!(qualified("postgres:17"), "docker.io/library/postgres:17");
        assert_eq!(qualified("grafana/loki:3.7.6"), "docker.io/grafana/loki:3.7.6");
        assert_eq!(qualified("ghcr.io/mlflow/mlflow:v3.1.4"), "ghcr.io/mlflow/mlflow:v3.1.4");
        assert_eq!(qualified("localhost:5000/x:1"), "localhost:5000/x:1");
    }
}
