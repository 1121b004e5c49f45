"""No name with external linkage is defined twice in src. All such names begin with skel_.

Two definitions in a static library are no error: the linker takes the first one it finds.
"""
import lint
from circles import code_of, defined


def check(root):
    owner = {}
    for path in sorted(lint.files(root, ["src"], (".c",))):
        for name in sorted(set(defined(code_of(root, path)))):
            if name.startswith("skel_") and owner.setdefault(name, path) != path:
                yield path, 1, f"{name} is also defined in {owner[name]}"


if __name__ == "__main__":
    lint.main(check)
