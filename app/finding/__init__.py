"""Finding: what is public is kept in the search engines, and searched."""
