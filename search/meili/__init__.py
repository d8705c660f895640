"""The engine that an installation configures: Meilisearch, by its official client and, for searches, by HTTP itself."""
