"""An app's folder as an image."""
