"""What makes the pages an app that works without a network: its manifest, its pictures, its service worker."""
