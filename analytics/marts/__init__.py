"""Clean tables into what the tiers read: each mart one Ibis expression in a module of its own."""

from analytics.marts.marts import Marts

__all__ = ["Marts"]
