"""Where things are: every folder that the build reads or writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD_LOCK = ROOT / "requirements" / "build.txt"
"""What building and serving need."""
CACHE = ROOT / ".cache"
DEV_LOCK = ROOT / "requirements" / "dev.txt"
"""The same, and what testing and measuring need besides."""
DIST = ROOT / "dist"
DOCS = ROOT / "docs"
MODELS = ROOT / "models"
MULTICLASS = ROOT / "packages" / "multiclass"
NODE_MODULES = ROOT / "node_modules"
PIP_LOCK = ROOT / "requirements" / "pip.txt"
"""What installs the others."""
PYSRC = ROOT / "pysrc"
SERVICE_WORKER = "service-worker.js"
"""In dist/; a browser knows it by this name."""
VENV = ROOT / ".venv"
WEB = ROOT / "web"
