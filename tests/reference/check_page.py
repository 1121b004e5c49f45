#!/usr/bin/env python3
"""Checks the page of a report: that it is whole, names its parts, and asks for no other file.

    check_page.py report.html [TEXT...]

prints what is wrong, and exits with 1 then. Each TEXT must be in the page's visible text.
"""
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.ids = []
        self.labels = []
        self.headings = []
        self.text = []
        self.counts = {}
        self.wrong = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "aria-labelledby" in attributes:
            self.labels.append(attributes["aria-labelledby"])
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag == "th" and "scope" not in attributes:
            self.wrong.append("a head of a table without scope")
        for name in ("src", "href", "xlink:href", "data", "srcset", "action"):
            value = attributes.get(name, "#")
            if not value.startswith(("#", "data:image/png;base64,")):
                self.wrong.append(f"<{tag} {name}={value[:60]}> asks for another file")
            if value.startswith("#") and len(value) > 1:
                self.labels.append(value[1:])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at line {self.getpos()[0]} closes another element")

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text.append(data)


def check(path, texts):
    source = open(path, encoding="utf-8").read()
    page = Page()
    page.feed(source)
    wrong = page.wrong
    if page.open:
        wrong.append(f"elements are not closed: {page.open}")
    if len(set(page.ids)) != len(page.ids):
        wrong.append(f"ids are there twice: {sorted({i for i in page.ids if page.ids.count(i) > 1})[:5]}")
    wrong += [f"no element has the id {label}" for label in page.labels if label not in page.ids]
    if page.headings[:1] != [1] or any(b > a + 1 for a, b in zip(page.headings, page.headings[1:])):
        wrong.append(f"levels of headings: {page.headings}")
    if page.counts.get("script") != 1 or "@import" in source or "url(http" in source:
        wrong.append("more than the page's own script, or a style from elsewhere")
    if len(source.encode()) > 2_000_000:
        wrong.append(f"{len(source)} bytes")
    visible = " ".join("".join(page.text).split())
    wrong += [f"the page does not say: {text}" for text in texts if text not in visible]
    return wrong


if __name__ == "__main__":
    complaints = check(sys.argv[1], sys.argv[2:])
    print("\n".join(complaints[:20]))
    sys.exit(len(complaints) > 0)
