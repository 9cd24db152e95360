"""What this machine's processor can do."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Literal

Variant = Literal["auto", "fp32", "avx2", "avx512_vnni", "arm64"]
"""auto: the fastest for this processor; fp32: unquantised, almost equal on all; else int8 for that kind."""


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def int8_kind() -> str | None:
    """The int8 instructions to export for: avx512_vnni, avx2 or arm64; None where int8 would not pay."""
    machine = platform.machine().lower()
    if machine in {"arm64", "aarch64"}:
        return "arm64"
    flags = _flags()
    if {"avx512_vnni", "avx512vnni"} & flags:
        return "avx512_vnni"
    return "avx2" if "avx2" in flags else None


def kind_of(variant: Variant) -> str | None:
    """The int8 instructions that a variant means here; None for fp32."""
    if variant == "auto":
        return int8_kind()
    return None if variant == "fp32" else variant


def _flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    return next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), set())
