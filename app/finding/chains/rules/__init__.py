"""What a document of a chain must satisfy, what belongs on a link and why, and what is counted there. Pure."""
