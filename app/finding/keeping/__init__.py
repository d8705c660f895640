"""What keeps the engines true: following the log, filling again, comparing."""
