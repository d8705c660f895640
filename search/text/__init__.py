"""What both engines make of text: one fold, words, pinyin, queries, highlights. Pure, and without a database."""
