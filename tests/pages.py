"""Parses pages like a browser and GitHub, and reports their contents.

Takes a path to an HTML page or a Markdown text. Prints as JSON the names of all elements, "element attribute" for every attribute, and the
text. HTML must have no errors according to the HTML standard; Markdown is parsed by cmark-gfm, the parser that GitHub itself uses.
"""

import json
import sys
from pathlib import Path

import cmarkgfm
import html5lib
from cmarkgfm.cmark import Options


def parsed(path: Path):
    text = path.read_text(encoding="utf-8")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    if path.suffix == ".html":
        return parser.parse(text)
    fragment = cmarkgfm.markdown_to_html_with_extensions(
        text, options=Options.CMARK_OPT_UNSAFE, extensions=["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
    )
    return parser.parseFragment(fragment)


def name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else "comment"


def main() -> None:
    tree = parsed(Path(sys.argv[1]))
    elements = list(tree.iter())[1:]
    attributes = {f"{name(element.tag)} {attribute}" for element in elements for attribute in element.attrib}
    visible = "".join(tree.itertext())
    answer = {
        "elements": sorted({name(element.tag) for element in elements}),
        "attributes": sorted(attributes),
        "text": visible,
    }
    print(json.dumps(answer))


main()
