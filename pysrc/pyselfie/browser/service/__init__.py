"""The side of the legacy JavaScript API: pictures in, pictures and masks out."""
