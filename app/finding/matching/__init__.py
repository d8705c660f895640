"""Matching (供需匹配, policy art. 15): for a demand what may meet it, for a listing who may want it, with reasons."""
