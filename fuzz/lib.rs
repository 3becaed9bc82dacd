//! What the fuzz targets do with an input, a module for each kind of input, and what they share: a project in memory, read as `takk` reads
//! one. The tests of takk build this file too, so that it cannot fall behind.

#[path = "input/compiled.rs"]
pub mod compiled;
#[path = "input/config.rs"]
pub mod config;
#[path = "input/declaration.rs"]
pub mod declaration;
#[path = "input/exchange.rs"]
pub mod exchange;
#[path = "input/python_project.rs"]
pub mod python_project;
#[path = "input/python_source.rs"]
pub mod python_source;
#[path = "input/scan.rs"]
pub mod scan;
#[path = "input/settings_file.rs"]
pub mod settings_file;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use takk_analysis::settings::RulesVersion;
use takk_analysis::{Analyzer, Input, STACK, modules};
use takk_model::{Finding, LibraryChoice, Manifest, Packages};
use takk_packages::Listing;
use takk_python::Loader;
use takk_python::scan::scan;

/// Files by path, in memory.
#[derive(Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Loader for Memory {
    fn project_file(&self, path: &str) -> io::Result<Arc<Vec<u8>>> {
        self.0.get(path).cloned().map(Arc::new).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn installed_file(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    fn installed_directory(&self, _path: &str) -> bool {
        false
    }
}

/// Analyses the files as a project.
pub fn read(files: &Memory) -> (Manifest, Vec<Finding>) {
    let scanned: Vec<_> = files.0.iter().map(|(path, text)| (path.clone(), scan(text, &|_| Some("openai")))).collect();
    let sql: Vec<String> =
        files.0.keys().filter(|path| path.rsplit_once('.').is_some_and(|(_, end)| end == "sql")).cloned().collect();
    let input = Input {
        files: &scanned,
        loader: files,
        sql: &sql,
        import_roots: vec![String::new(), "src".to_owned()],
        installed: Vec::new(),
        name: "project".to_owned(),
        requires_python: None,
        packages: Packages::default(),
        problems: Vec::new(),
        unreadable: Vec::new(),
        environments: Vec::new(),
        rules: RulesVersion::default(),
        libraries: LibraryChoice::default(),
        include_tests: true,
        judged: true,
    };
    std::thread::scope(|scope| {
        let read = || {
            let modules = modules(&input);
            let analyzer = Analyzer::new(&input, &modules);
            let analysis = analyzer.analyze(input);
            (analysis.manifest, analysis.findings)
        };
        let reading = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        reading.expect("a thread can be started").join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads one file that names packages.
pub fn read_packages(path: &str, content: &[u8]) {
    let read = |wanted: &str| if wanted == path { Ok(content.to_vec()) } else { Err(io::ErrorKind::NotFound.into()) };
    takk_packages::read(&Listing { files: &[path.to_owned()], read: &read });
}
