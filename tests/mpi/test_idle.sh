#!/bin/bash
# The library that lets waiting ranks sleep is in force in what the tests start: a symbol that it does not export, or a
# path that has gone, would cost minutes without a word.
set -euo pipefail

/usr/bin/python3 - <<'PYTHON'
import ctypes


class Place(ctypes.Structure):
    _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("at", ctypes.c_void_p)]


libraries = ctypes.CDLL(None)
place = Place()
found = libraries.dladdr(ctypes.cast(libraries.sched_yield, ctypes.c_void_p), ctypes.byref(place))
if not found or b"skel_test_idle" not in place.file:
    raise SystemExit(f"sched_yield() is {place.file}'s, not the tests' own")
PYTHON
