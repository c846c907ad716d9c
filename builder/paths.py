"""Where things are: every folder that the build reads or writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
MODELS = ROOT / "models"
NODE_MODULES = ROOT / "node_modules"
PYSRC = ROOT / "pysrc"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
VENV = ROOT / ".venv"
WEB = ROOT / "web"
