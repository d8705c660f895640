"""Pure decisions about rights: their standing, where a grant reaches, and which grants exclude each other."""
