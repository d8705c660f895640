"""Awards for technology transactions (技术交易奖励): programmes, runs, statements."""
