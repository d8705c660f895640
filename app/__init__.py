"""techex: the backend of a technology exchange (技术交易所)."""
