"""The results that docs/reliability.md tells, as the last runs left them, and its tables."""
