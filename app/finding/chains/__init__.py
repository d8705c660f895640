"""The industry map (产业图谱, policy art. 15): chains and their links as data, and what is public placed on them."""
