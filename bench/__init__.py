"""Vaults made from a seed, yardsticks, and how our own commands compare with them (how to run: bench/README.md)."""
