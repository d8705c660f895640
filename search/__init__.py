"""Search that knows Chinese: one contract (`engine.py`), Meilisearch and PostgreSQL behind it.

It knows nothing of `app/`: it is given documents and answers ids. What an index is, is a file (`indexes/`); the words
of the field are a file too (`terms/`). Both engines share one fold of text (`text/folding.py`).
"""
