"""The documentation that the program itself serves: the OpenAPI document, and the page that shows it."""
