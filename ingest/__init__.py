"""The corpus: from a file or address to searchable passages."""

import os

# onnxruntime reports to its maker unless it is told not to before it is loaded; nothing here reaches a network unasked.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
