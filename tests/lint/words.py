"""Words that do not belong: one person's folders, hosts that serve packages, unfinished work."""
import re

import lint

TEXT = (".c", ".h", ".sh", ".py", ".txt", ".md", ".yaml", ".yml", ".json", ".cmake", ".in",
        ".gnuplot", "run", ".clang-tidy", ".clang-format", ".gitignore")

FORBIDDEN = [
    (re.compile(r"""(?<![\w./~$}-])/(?:home|root|work|Users|scratch)(?:/[\w.]|["'\s])"""),
     "a folder of one machine"),
    (re.compile(r"/tmp/[\w.]"), "a fixed name in /tmp: use mktemp or mkdtemp"),
    (re.compile(r"\b(?:registry|proxy|mirror|index|pkgs?|deb|archive|security|files|packages)"
                r"\.[a-z0-9-]+\.(?:org|com|io|net|dev|golang)\b", re.I), "a host that serves packages"),
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|HA" r"CK|XX" r"X)\b"), "unfinished work: finish it or say why in a sentence"),
]


def check(root):
    for path in lint.files(root, ["."], TEXT):
        for number, line in enumerate(lint.read(root, path).split("\n"), 1):
            for pattern, message in FORBIDDEN:
                match = pattern.search(line)
                if match:
                    yield path, number, f"{match.group().strip()}: {message}"


if __name__ == "__main__":
    lint.main(check)
