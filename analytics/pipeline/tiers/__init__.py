"""Hands each tier its marts and settings, and one tier's result to the next: a module a tier."""
