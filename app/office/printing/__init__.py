"""Printed documents (PDF) in Chinese and English, the same bytes for the same input."""
