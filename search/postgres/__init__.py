"""The engine that needs nothing but the database: words in a `tsvector` under GIN, and no extension.

Its tables stand in the schema `search`, two a kind of document: one is searched, the other is filled next. The
application may make no tables, so a migration does; a setting changes what is written into them, not their form. Texts
stand apart: only a phrase is looked for in them, and a narrow row makes counting fast.
"""
