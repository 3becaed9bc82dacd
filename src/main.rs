//! Parse, run, exit code.
use std::path::PathBuf;
use takk::analysis::settings::RulesVersion;
use takk::analysis::{Input, gather};
use takk::python::{Assumptions, Evaluator, Loader, Modules, Quotations, scan};
use takk::source::{WalkOptions, WorkTree, walk};

struct L(WorkTree);
impl Loader for L {
    fn project_file(&self, path: &str) -> std::io::Result<Vec<u8>> { self.0.read(path) }
    fn installed_file(&self, path: &str) -> Option<Vec<u8>> { std::fs::read(path).ok() }
    fn installed_directory(&self, path: &str) -> bool { std::path::Path::new(path).is_dir() }
}

fn run() {
    let root = PathBuf::from(std::env::args().next_back().unwrap()).canonicalize().unwrap();
    let t = std::time::Instant::now();
    let found = walk(&root, &WalkOptions::default(), &|b: &[u8]| scan::scan(b, &|_| false)).unwrap();
    eprintln!("walk {:?} {}", t.elapsed(), found.python.len());
    let mut rules = RulesVersion::default();
    if let Ok(text) = std::fs::read_to_string(root.join("requirements.txt")) {
        for line in text.lines() {
            if let Some(v) = line.strip_prefix("pydantic==") { rules.pydantic = v.into(); }
            if let Some(v) = line.strip_prefix("pydantic-settings==") { rules.pydantic_settings = v.into(); }
        }
    }
    let loader = L(WorkTree::new(&root));
    let paths = found.python.iter().map(|(p, _)| p.clone()).collect();
    let modules = Modules::new(&loader, paths, vec![String::new(), "src".into()], vec![], takk::catalog::stub_source);
    let q = Quotations::default();
    let ev = Evaluator::new(&modules, &q, Assumptions { pydantic: rules.pydantic.clone(), ..Assumptions::default() });
    let input = Input { files: &found.python, loader: &loader };
    let m = takk::analysis::settings::Models::new(&ev, &rules);
    let g = gather(&input, &m);
    eprintln!("gather {:?} searched {}", t.elapsed(), g.searched.len());
    if std::env::var("QUIET").is_err() {
    println!("{}", serde_json::json!({"settings": g.settings}));
    for n in g.notes.iter() { eprintln!("{} {:?}", n.0, n.1); }
    }
}

fn main() { std::thread::Builder::new().stack_size(256 << 20).spawn(run).unwrap().join().unwrap(); }
