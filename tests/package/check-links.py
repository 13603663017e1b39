"""Follows every link of the site: the file and the anchor must be there, and nothing may come from elsewhere.

usage: links.py FOLDER
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, Optional, Set, Tuple
from urllib.parse import urldefrag, urlsplit


class Page(HTMLParser):
    """The anchors of a page and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: List[str] = []
        self.links: List[str] = []
        self.open: List[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: List[Tuple[str, Optional[str]]]) -> None:
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.anchors.append(value or "")
            elif name in ("href", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] in ("p", "li") and self.open[-1] != tag:
            self.open.pop()  # HTML does not want these closed
        if not self.open or self.open.pop() != tag:
            sys.exit(f"FAIL  check-docs  </{tag}> closes nothing, line {self.getpos()[0]}")


def main() -> None:
    folder = Path(sys.argv[1])
    pages: Dict[str, Page] = {path.name: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))}
    wrong: List[str] = []
    reached: Set[str] = {"index.html"}
    count = 0
    for name, page in pages.items():
        for anchor in sorted({anchor for anchor in page.anchors if page.anchors.count(anchor) > 1 or not anchor}):
            wrong.append(f"{name}: the anchor {anchor!r} is there twice")
        if page.open:
            wrong.append(f"{name}: {page.open} are not closed")
        for link in page.links:
            count += 1
            target, anchor = urldefrag(link)
            target = target or name
            reached.add(target)
            if urlsplit(link).scheme or link.startswith("//"):
                wrong.append(f"{name}: {link} leads elsewhere")
            elif not (folder / target).is_file():
                wrong.append(f"{name}: {link} leads to no file")
            elif anchor and anchor not in pages[target].anchors:
                wrong.append(f"{name}: {link} leads to no anchor")
    wrong += [f"{name} is reached from nowhere" for name in pages if name not in reached]
    if wrong or count < 100:
        sys.exit("\n".join(f"FAIL  check-docs  {line}" for line in wrong or [f"only {count} links"]))
    print(f"ok    check-docs  {count} links on {len(pages)} pages lead somewhere")


main()
