"""The kinds of file that the command reads and writes, by their suffixes."""

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
WITH_ALPHA = {".png", ".webp", ".tif", ".tiff"}
EXACT = {".png", ".tif", ".tiff"}
ANIMATED = {".png", ".webp"}  # or so they may be
VIDEOS = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".wmv", ".flv", ".3gp"}
VIDEOS_WRITTEN = {".mp4", ".m4v", ".mov", ".mkv", ".webm"}
VIDEOS_WITH_ALPHA = {".webm", ".mov"}  # by VP9, by ProRes 4444
